/* SPDX-License-Identifier: BSD-2-Clause */
/* UNPLUG: children count themselves ready; XEN.SYS keeps the books, XENFILT acts on them. */
#include "interface.h"

_Static_assert(DK_UNPLUG_DISKS == XEN_UNPLUG_DISKS && DK_UNPLUG_NICS == XEN_UNPLUG_NICS,
	"the interface's kinds are XEN.SYS's");

VOID UnplugForget(PFDO Fdo)
{
	if (!Fdo->Active)
		return;
	NtAcquireMutex(&Fdo->UnplugLock);
	XenUnplugForget();
	NtReleaseMutex(&Fdo->UnplugLock);
}

INTERFACE_REFERENCES(Unplug, DK_XENBUS_ROW_UNPLUG)

static NTSTATUS NTAPI Request(PINTERFACE Interface, DK_UNPLUG_KIND Kind, BOOLEAN Ready) NT_PASSIVE;
static NTSTATUS NTAPI Request(PINTERFACE Interface, DK_UNPLUG_KIND Kind, BOOLEAN Ready)
{
	PFDO Fdo = InterfaceFdo(Interface);
	NTSTATUS Status;

	NtAcquireMutex(&Fdo->UnplugLock);
	Status = XenUnplugRequest((ULONG)Kind, Ready);
	NtReleaseMutex(&Fdo->UnplugLock);
	LogInfo("unplug: a driver %s for %s: %08x", Ready ? "is ready" : "is no longer ready",
		Kind == DK_UNPLUG_DISKS ? "disks" : "network cards", (unsigned)Status);
	return Status;
}

static BOOLEAN NTAPI IsUnplugged(PINTERFACE Interface, DK_UNPLUG_KIND Kind)
{
	UNREFERENCED_PARAMETER(Interface);
	return XenUnplugged((ULONG)Kind);
}

static NTSTATUS NTAPI Reboot(PINTERFACE Interface, PCSTR Driver) NT_PASSIVE;
static NTSTATUS NTAPI Reboot(PINTERFACE Interface, PCSTR Driver)
{
	UNREFERENCED_PARAMETER(Interface);
	return XenRebootRequest(Driver);
}

const DK_UNPLUG_INTERFACE_V1 UnplugInterfaceV1 = {
	.Acquire = UnplugAcquire,
	.Release = UnplugRelease,
	.Request = Request,
	.IsUnplugged = IsUnplugged,
	.Reboot = Reboot,
};
