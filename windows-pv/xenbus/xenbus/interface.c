/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"

#define VERSIONS(...) ((const VOID *const[]){ __VA_ARGS__ })

/* In the order of the table; one structure for each version, the oldest first. */
static const VOID *const *const Structures[] = {
	[DK_XENBUS_ROW_STORE] = VERSIONS(&StoreInterfaceV1),
	[DK_XENBUS_ROW_EVTCHN] = VERSIONS(&EvtchnInterfaceV1),
	[DK_XENBUS_ROW_GNTTAB] = VERSIONS(&GnttabInterfaceV1),
	[DK_XENBUS_ROW_RANGE_SET] = VERSIONS(&RangeSetInterfaceV1),
	[DK_XENBUS_ROW_SHARED_INFO] = VERSIONS(&SharedInfoInterfaceV1),
	[DK_XENBUS_ROW_DEBUG] = VERSIONS(&DebugInterfaceV1),
	[DK_XENBUS_ROW_CACHE] = VERSIONS(&CacheInterfaceV1),
	[DK_XENBUS_ROW_SUSPEND] = VERSIONS(&SuspendInterfaceV1),
	[DK_XENBUS_ROW_UNPLUG] = VERSIONS(&UnplugInterfaceV1),
#if DBG
	[DK_XENBUS_ROW_TEST] = VERSIONS(&TestInterfaceV1, &TestInterfaceV2, &TestInterfaceV3),
#endif
};
_Static_assert(RTL_NUMBER_OF(Structures) == RTL_NUMBER_OF(DkXenbusInterfaces),
	"one row for each interface of the table");
_Static_assert(RTL_NUMBER_OF(Structures) <= FDO_INTERFACES, "a counter for each row");

NTSTATUS InterfaceAcquire(PFDO Fdo, ULONG Row)
{
	NTSTATUS Status = STATUS_DEVICE_NOT_READY;

	NtAcquireLockAny(&Fdo->InterfaceLock);
	if (Fdo->Up) {
		Fdo->References[Row]++;
		Status = STATUS_SUCCESS;
	}
	NtReleaseLockAny(&Fdo->InterfaceLock);
	return Status;
}

VOID InterfaceRelease(PFDO Fdo, ULONG Row)
{
	BOOLEAN Known = FALSE;

	NtAcquireLockAny(&Fdo->InterfaceLock);
	if (Fdo->References[Row] != 0) {
		Fdo->References[Row]--;
		Known = TRUE;
	}
	NtReleaseLockAny(&Fdo->InterfaceLock);
	if (!Known)
		LogError("interface %u is released once more than it was acquired", (unsigned)Row);
}

VOID InterfacesOpen(PFDO Fdo)
{
	NtAcquireLock(&Fdo->InterfaceLock);
	Fdo->Up = TRUE;
	NtReleaseLock(&Fdo->InterfaceLock);
}

VOID InterfacesClose(PFDO Fdo)
{
	ULONG Left[FDO_INTERFACES];

	NtAcquireLock(&Fdo->InterfaceLock);
	Fdo->Up = FALSE;
	memcpy(Left, Fdo->References, sizeof(Left));
	NtReleaseLock(&Fdo->InterfaceLock);
	/* A child that is still there has to let go before its parent sleeps. */
	for (ULONG i = 0; i < RTL_NUMBER_OF(Structures); i++)
		if (Left[i] != 0)
			LogError("interface %u is still acquired %u times", (unsigned)i,
				(unsigned)Left[i]);
}

/* The provider stays in memory; whether it does anything is for Acquire to say. */
static VOID NTAPI Reference(PVOID Context)
{
	PFDO Fdo = Context;

	ObReferenceObject(Fdo->Device.DeviceObject);
}

static VOID NTAPI Dereference(PVOID Context)
{
	PFDO Fdo = Context;

	ObDereferenceObject(Fdo->Device.DeviceObject);
}

NTSTATUS InterfaceQuery(PFDO Fdo, const IO_STACK_LOCATION *Stack)
{
	USHORT Version = Stack->Parameters.QueryInterface.Version;
	PINTERFACE Interface = Stack->Parameters.QueryInterface.Interface;
	const struct pv_iface *Row;
	USHORT Size;
	int Error;

	if (Interface == NULL || Stack->Parameters.QueryInterface.InterfaceType == NULL)
		return STATUS_INVALID_PARAMETER;
	Error = pv_iface_query(DkXenbusInterfaces, RTL_NUMBER_OF(DkXenbusInterfaces),
		(const uint8_t *)Stack->Parameters.QueryInterface.InterfaceType, Version,
		Stack->Parameters.QueryInterface.Size, &Row);
	if (Error == PV_ENOENT)
		return STATUS_NOT_FOUND;
	if (Error != 0) {
		LogWarning("an interface was asked for in version %u, which is %s", Version,
			Error == PV_EOLD   ? "too old"
			: Error == PV_ENEW ? "too new"
					   : "larger than the structure for it");
		return StatusOf(Error);
	}
	Size = Row->size[Version - Row->oldest];
	memcpy(Interface, Structures[Row - DkXenbusInterfaces][Version - Row->oldest], Size);
	Interface->Size = Size;
	Interface->Version = Version;
	Interface->Context = Fdo;
	Interface->InterfaceReference = Reference;
	Interface->InterfaceDereference = Dereference;
	Reference(Fdo);
	return STATUS_SUCCESS;
}
