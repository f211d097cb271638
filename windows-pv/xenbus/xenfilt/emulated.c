/* SPDX-License-Identifier: BSD-2-Clause */
/* EMULATED: what was enumerated on the filtered buses. */
#include "xenfilt.h"

#include "dk_tables.h"
#include "interface_fill.h"

static NTSTATUS NTAPI Acquire(PINTERFACE Interface)
{
	UNREFERENCED_PARAMETER(Interface);
	return STATUS_SUCCESS;
}

static VOID NTAPI Release(PINTERFACE Interface)
{
	UNREFERENCED_PARAMETER(Interface);
}

typedef BOOLEAN MATCH(PFILTER Child, const VOID *Wanted);

static BOOLEAN Any(MATCH *Match, const VOID *Wanted) NT_PASSIVE;
static BOOLEAN Any(MATCH *Match, const VOID *Wanted)
{
	BOOLEAN Found = FALSE;

	NtAcquireMutex(&Driver.Lock);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Driver.Buses) && !Found; i++) {
		PFILTER Bus = Driver.Buses[i];

		for (PLIST_ENTRY Entry = Bus == NULL ? NULL : Bus->Children.Flink;
			Bus != NULL && Entry != &Bus->Children && !Found; Entry = Entry->Flink) {
			PFILTER Child = CONTAINING_RECORD(Entry, FILTER, Link);

			Found = Child->Reported && Match(Child, Wanted);
		}
	}
	NtReleaseMutex(&Driver.Lock);
	return Found;
}

struct names {
	PCWSTR Device, Instance;
};

static BOOLEAN HasNames(PFILTER Child, const VOID *Wanted)
{
	const struct names *Names = Wanted;

	if (!Child->Usable)
		return FALSE;
	if (Names->Device != NULL &&
		!pv_pnp_begins(Child->DeviceId, Names->Device, XEN_DEVICE_ID_LENGTH))
		return FALSE;
	return Names->Instance == NULL ||
	       pv_pnp_same(Child->InstanceId, Names->Instance, XEN_DEVICE_ID_LENGTH);
}

static BOOLEAN NTAPI IsDevicePresent(
	PINTERFACE Interface, PCWSTR DeviceId, PCWSTR InstanceId) NT_PASSIVE;
static BOOLEAN NTAPI IsDevicePresent(PINTERFACE Interface, PCWSTR DeviceId, PCWSTR InstanceId)
{
	const struct names Names = { DeviceId, InstanceId };

	UNREFERENCED_PARAMETER(Interface);
	return Any(HasNames, &Names);
}

/* Only hard disks: the emulator leaves CD-ROMs where they are. */
static BOOLEAN IsHardDisk(PFILTER Child)
{
	static const WCHAR Disk[] = L"IDE\\Disk";

	for (ULONG i = 0; Disk[i] != L'\0'; i++)
		if ((Child->DeviceId[i] | 0x20) != (Disk[i] | 0x20))
			return FALSE;
	return TRUE;
}

static BOOLEAN MayBeDisk(PFILTER Child, const VOID *Wanted)
{
	const ULONG *Index = Wanted;
	uint32_t Own;

	if (Child->Bus == PV_EMUL_PCI)
		return Child->Usable && pv_emul_is_nvme(Child->DeviceId, XEN_DEVICE_ID_LENGTH);
	if (!Child->Usable)
		return TRUE;
	if (!IsHardDisk(Child))
		return FALSE;
	return pv_emul_ide_index(Child->Parent->InstanceId, Child->InstanceId, XEN_DEVICE_ID_LENGTH,
		       &Own) != 0 ||
	       Own == *Index;
}

static BOOLEAN NTAPI IsDiskPresent(PINTERFACE Interface, ULONG Index) NT_PASSIVE;
static BOOLEAN NTAPI IsDiskPresent(PINTERFACE Interface, ULONG Index)
{
	UNREFERENCED_PARAMETER(Interface);
	return Any(MayBeDisk, &Index);
}

static const DK_EMULATED_INTERFACE_V1 EmulatedInterfaceV1 = {
	.Acquire = Acquire,
	.Release = Release,
	.IsDevicePresent = IsDevicePresent,
	.IsDiskPresent = IsDiskPresent,
};

static const VOID *const *const Structures[] = {
	[DK_XENFILT_ROW_EMULATED] = INTERFACE_VERSIONS(&EmulatedInterfaceV1),
};
_Static_assert(RTL_NUMBER_OF(Structures) == RTL_NUMBER_OF(DkXenfiltInterfaces),
	"one row for each interface of the table");

static VOID NTAPI Reference(PVOID Context)
{
	ObReferenceObject(((PFILTER)Context)->DeviceObject);
}

static VOID NTAPI Dereference(PVOID Context)
{
	ObDereferenceObject(((PFILTER)Context)->DeviceObject);
}

static const INTERFACE_PROVIDER Provider = {
	.Rows = DkXenfiltInterfaces,
	.Structures = Structures,
	.Count = RTL_NUMBER_OF(Structures),
	.Reference = Reference,
	.Dereference = Dereference,
};

NTSTATUS EmulatedQuery(PFILTER Filter, const IO_STACK_LOCATION *Stack)
{
	/* What is malformed is for the device below to refuse. */
	if (Stack->Parameters.QueryInterface.Interface == NULL ||
		Stack->Parameters.QueryInterface.InterfaceType == NULL)
		return STATUS_NOT_FOUND;
	return InterfaceFill(&Provider, Filter, Stack);
}
