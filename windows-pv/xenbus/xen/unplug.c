/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking the emulated devices away (docs/misc/hvm-emulated-unplug in Xen's tree), so that a boot
 * that nobody has prepared, or that is not to be trusted, has them.
 *
 * Services\XENFILT\Unplug holds DISKS and NICS, how many drivers counted themselves ready, and
 * Version, of the XEN.SYS that counted. A boot deletes the counts, and only when that has gone
 * through does it look at what they were. The orders of writing below are such that a machine that
 * stops between any two has either what was there before or no count.
 */
#include "internal.h"
#include "dk_config.h"
#include "options.h"
#include "primitives.h"

#include "pv_unplug.h"

#define SERVICE_PATH   L"Services\\XENFILT"
#define KEY_PATH       SERVICE_PATH L"\\Unplug"
#define CHILDREN_PATH  L"Enum\\XENBUS\\VEN_" DK_VENDOR_PREFIX L"&DEV_"
#define VERSION_LENGTH 32
#define SAFE_MODE_PATH L"Control\\SafeBoot\\Option" /* there in safe mode only */

/* The system lists the files of its registry here, and SOFTWARE's only once it has disks. */
#define HIVES_PATH   L"Control\\hivelist"
#define HIVE_OF_DISK L"\\REGISTRY\\MACHINE\\SOFTWARE"

static const PCWSTR Names[] = { [XEN_UNPLUG_DISKS] = L"DISKS", [XEN_UNPLUG_NICS] = L"NICS" };
static const PCWSTR Children[] = {
	[XEN_UNPLUG_DISKS] = CHILDREN_PATH L"VBD",
	[XEN_UNPLUG_NICS] = CHILDREN_PATH L"VIF",
};

/* Of this boot. Counts: of who has called XenUnplugRequest, whose callers come one at a time. */
static struct {
	volatile LONG Begun;
	uint32_t Counts[RTL_NUMBER_OF(Names)];
	volatile LONG Mask;
} Unplug;

static bool KeyExists(PCWSTR Path) NT_PASSIVE;
static bool KeyExists(PCWSTR Path)
{
	HANDLE Key;

	if (!NT_SUCCESS(XenRegistryOpen(Path, &Key)))
		return false;
	ZwClose(Key);
	return true;
}

static bool OptionIs(PCSTR Name, PCSTR Word)
{
	CHAR Value[8];

	return NT_SUCCESS(XenQueryStartOption(Name, Value, sizeof(Value))) &&
	       xen_option_is(Value, Word);
}

/* The one who wrote the counts is this very version. */
static bool SameVersion(HANDLE Key) NT_PASSIVE;
static bool SameVersion(HANDLE Key)
{
	static const WCHAR Ours[] = L"" DK_VERSION;
	WCHAR Text[VERSION_LENGTH];

	_Static_assert(RTL_NUMBER_OF(Ours) <= VERSION_LENGTH, "room for a version");
	if (!NT_SUCCESS(XenRegistryQueryText(Key, L"Version", Text, VERSION_LENGTH)))
		return false;
	for (ULONG i = 0; i < RTL_NUMBER_OF(Ours); i++)
		if (Text[i] != Ours[i])
			return false;
	return true;
}

/* Both counts go, on disk where there is one yet. */
static NTSTATUS DeleteCounts(HANDLE Key) NT_PASSIVE;
static NTSTATUS DeleteCounts(HANDLE Key)
{
	NTSTATUS Status = XenRegistryDelete(Key, Names[XEN_UNPLUG_DISKS]);

	if (NT_SUCCESS(Status))
		Status = XenRegistryDelete(Key, Names[XEN_UNPLUG_NICS]);
	if (NT_SUCCESS(Status))
		Status = ZwFlushKey(Key);
	return Status;
}

static uint32_t QueryCount(HANDLE Key, ULONG Kind, bool Same) NT_PASSIVE;
static uint32_t QueryCount(HANDLE Key, ULONG Kind, bool Same)
{
	ULONG Value = 0;
	bool There = NT_SUCCESS(XenRegistryQueryDword(Key, Names[Kind], &Value));

	return pv_unplug_count(There, Same, Value);
}

static bool SystemIsUp(VOID) NT_PASSIVE;
static bool SystemIsUp(VOID)
{
	WCHAR Text[1];
	HANDLE Key;
	NTSTATUS Status;

	if (!NT_SUCCESS(XenRegistryOpen(HIVES_PATH, &Key)))
		return false;
	Status = XenRegistryQueryText(Key, HIVE_OF_DISK, Text, RTL_NUMBER_OF(Text));
	ZwClose(Key);
	return Status != STATUS_OBJECT_NAME_NOT_FOUND;
}

/* False: the counts could not be used up, and count for nothing. */
static bool Consume(struct pv_unplug_input *In) NT_PASSIVE;
static bool Consume(struct pv_unplug_input *In)
{
	HANDLE Key;
	NTSTATUS Status;
	bool Same;

	/* Nobody has ever counted: that is how it begins. */
	if (!KeyExists(KEY_PATH))
		return true;
	Status = XenRegistryCreate(KEY_PATH, &Key);
	if (!NT_SUCCESS(Status))
		goto fail;
	Same = SameVersion(Key);
	In->disks.requests = QueryCount(Key, XEN_UNPLUG_DISKS, Same);
	In->nics.requests = QueryCount(Key, XEN_UNPLUG_NICS, Same);
	Status = DeleteCounts(Key);
	ZwClose(Key);
	if (NT_SUCCESS(Status))
		return true;
fail:
	XenLog(XEN_LOG_ERROR, MODULE, "unplug: the counts cannot be used up: %08x",
		(unsigned)Status);
	return false;
}

/* The emulator is told who we are, since it may not want this driver to unplug. */
static enum pv_unplug_port Handshake(VOID)
{
	USHORT Magic = XenAsmIn16(PV_UNPLUG_PORT_MAGIC);
	UCHAR Version;
	enum pv_unplug_port Port;

	if (pv_unplug_handshake(Magic, 0, false) != PV_UNPLUG_PORT_READY)
		return pv_unplug_handshake(Magic, 0, false);
	Version = XenAsmIn8(PV_UNPLUG_PORT_VERSION);
	Port = pv_unplug_handshake(Magic, Version, false);
	if (Port != PV_UNPLUG_PORT_IDENTIFY)
		return Port;
	XenAsmOut16(PV_UNPLUG_PORT_VERSION, DK_PRODUCT_NUMBER);
	XenAsmOut32(PV_UNPLUG_PORT_MAGIC, DK_BUILD_NUMBER);
	return pv_unplug_handshake(XenAsmIn16(PV_UNPLUG_PORT_MAGIC), Version, true);
}

static VOID Tell(PCSTR What, enum pv_unplug_reason Reason)
{
	static const CHAR *const Reasons[] = {
		[PV_UNPLUG_YES] = "taken away",
		[PV_UNPLUG_NOT_ENABLED] = "stay: the boot option says so",
		[PV_UNPLUG_NO_PORT] = "stay: the emulator has no ports for it",
		[PV_UNPLUG_HOST_REFUSES] = "stay: the host does not want this driver",
		[PV_UNPLUG_SAFE_MODE] = "stay: safe mode",
		[PV_UNPLUG_TOO_LATE] = "stay: the system runs already",
		[PV_UNPLUG_NOT_REQUESTED] = "stay: no driver has counted itself ready",
		[PV_UNPLUG_NO_DEVICE] = "stay: no device would take over",
	};

	XenLog(XEN_LOG_INFO, MODULE, "unplug: emulated %s %s", What, Reasons[Reason]);
}

VOID NTAPI XenUnplugBoot(VOID)
{
	struct pv_unplug_input In = {
		.enabled = !OptionIs("UNPLUG", "OFF"),
		.boot_emulated = OptionIs("BOOT_EMULATED", "TRUE"),
		.nvme = true, /* an emulator that does not know the bit does not look at it */
	};
	struct pv_unplug_output Out;

	if (InterlockedCompareExchange(&Unplug.Begun, 1, 0) != 0)
		return;
	if (!Consume(&In))
		return;
	In.safe_mode = XenStartedSafely() || KeyExists(SAFE_MODE_PATH);
	In.disks.device_known = KeyExists(Children[XEN_UNPLUG_DISKS]);
	In.nics.device_known = KeyExists(Children[XEN_UNPLUG_NICS]);
	In.too_late = SystemIsUp();
	In.port = Handshake();
	pv_unplug_decide(&In, &Out);
	if (Out.mask != 0) {
		XenAsmOut16(PV_UNPLUG_PORT_MAGIC, Out.mask);
		InterlockedExchange(&Unplug.Mask, Out.mask);
	}
	Tell("disks", Out.disks);
	Tell("network cards", Out.nics);
}

/* A hibernated system goes on with the drivers it had, and has no use for a second way to its
 * disks. */
VOID NTAPI XenUnplugResume(VOID)
{
	LONG Mask = InterlockedCompareExchange(&Unplug.Mask, 0, 0);

	if (Mask == 0)
		return;
	if (Handshake() != PV_UNPLUG_PORT_READY) {
		XenLog(XEN_LOG_CRITICAL, MODULE,
			"unplug: the emulated devices are back, and the host leaves them");
		return;
	}
	XenAsmOut16(PV_UNPLUG_PORT_MAGIC, (USHORT)Mask);
	XenLog(XEN_LOG_INFO, MODULE, "unplug: taken away again");
}

BOOLEAN NTAPI XenUnplugged(ULONG Kind)
{
	LONG Mask = InterlockedCompareExchange(&Unplug.Mask, 0, 0);

	if (Kind == XEN_UNPLUG_DISKS)
		return (Mask & PV_UNPLUG_ALL_DISKS) != 0;
	return Kind == XEN_UNPLUG_NICS && (Mask & PV_UNPLUG_NICS) != 0;
}

/* A count of another version goes before Version does, and Version comes before a count. */
static NTSTATUS OwnVersion(HANDLE Key) NT_PASSIVE;
static NTSTATUS OwnVersion(HANDLE Key)
{
	NTSTATUS Status;

	if (SameVersion(Key))
		return STATUS_SUCCESS;
	Status = DeleteCounts(Key);
	if (NT_SUCCESS(Status))
		Status = XenRegistrySetText(Key, L"Version", L"" DK_VERSION);
	if (NT_SUCCESS(Status))
		Status = ZwFlushKey(Key);
	return Status;
}

static NTSTATUS WriteCount(HANDLE Key, ULONG Kind, uint32_t Count) NT_PASSIVE;
static NTSTATUS WriteCount(HANDLE Key, ULONG Kind, uint32_t Count)
{
	NTSTATUS Status = OwnVersion(Key);

	if (NT_SUCCESS(Status))
		Status = Count != 0 ? XenRegistrySetDword(Key, Names[Kind], Count)
				    : XenRegistryDelete(Key, Names[Kind]);
	if (NT_SUCCESS(Status))
		Status = ZwFlushKey(Key);
	return Status;
}

static NTSTATUS Change(HANDLE Key, ULONG Kind, bool Ready) NT_PASSIVE;
static NTSTATUS Change(HANDLE Key, ULONG Kind, bool Ready)
{
	uint32_t There = QueryCount(Key, Kind, SameVersion(Key));
	uint32_t Count = Unplug.Counts[Kind];
	NTSTATUS Status;

	/* An installer has taken back what was counted, of drivers that it replaces. What is
	 * there beyond ours is left over from a boot that did not use it up. */
	if (There < Count)
		Count = 0;
	if (Count == 0 && !Ready && Unplug.Counts[Kind] != 0) {
		Unplug.Counts[Kind] = 0;
		return STATUS_SUCCESS;
	}
	switch (pv_unplug_change(&Count, Ready)) {
	case 0:
		break;
	case PV_ENOSPC:
		return STATUS_INSUFFICIENT_RESOURCES;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	Status = WriteCount(Key, Kind, Count);
	if (!NT_SUCCESS(Status)) {
		/* What is on disk must not say more than is true. */
		(VOID) DeleteCounts(Key);
		Count = 0;
	}
	Unplug.Counts[Kind] = Count;
	return Status;
}

NTSTATUS NTAPI XenUnplugRequest(ULONG Kind, BOOLEAN Ready)
{
	HANDLE Key;
	NTSTATUS Status;

	if (Kind != XEN_UNPLUG_DISKS && Kind != XEN_UNPLUG_NICS)
		return STATUS_INVALID_PARAMETER;
	if (!KeyExists(SERVICE_PATH))
		return STATUS_NOT_FOUND;
	Status = XenRegistryCreate(KEY_PATH, &Key);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = Change(Key, Kind, Ready);
	ZwClose(Key);
	return Status;
}

VOID NTAPI XenUnplugForget(VOID)
{
	HANDLE Key;

	memset(Unplug.Counts, 0, sizeof(Unplug.Counts));
	if (!KeyExists(KEY_PATH) || !NT_SUCCESS(XenRegistryCreate(KEY_PATH, &Key)))
		return;
	(VOID) DeleteCounts(Key);
	ZwClose(Key);
}
