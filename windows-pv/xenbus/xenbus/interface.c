/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "interface_fill.h"

/* In the order of the table; one structure for each version, the oldest first. */
static const VOID *const *const Structures[] = {
	[DK_XENBUS_ROW_STORE] = INTERFACE_VERSIONS(&StoreInterfaceV1),
	[DK_XENBUS_ROW_EVTCHN] = INTERFACE_VERSIONS(&EvtchnInterfaceV1),
	[DK_XENBUS_ROW_GNTTAB] = INTERFACE_VERSIONS(&GnttabInterfaceV1),
	[DK_XENBUS_ROW_RANGE_SET] = INTERFACE_VERSIONS(&RangeSetInterfaceV1),
	[DK_XENBUS_ROW_SHARED_INFO] = INTERFACE_VERSIONS(&SharedInfoInterfaceV1),
	[DK_XENBUS_ROW_DEBUG] = INTERFACE_VERSIONS(&DebugInterfaceV1),
	[DK_XENBUS_ROW_CACHE] = INTERFACE_VERSIONS(&CacheInterfaceV1),
	[DK_XENBUS_ROW_SUSPEND] = INTERFACE_VERSIONS(&SuspendInterfaceV1),
	[DK_XENBUS_ROW_UNPLUG] = INTERFACE_VERSIONS(&UnplugInterfaceV1),
#if DBG
	[DK_XENBUS_ROW_TEST] =
		INTERFACE_VERSIONS(&TestInterfaceV1, &TestInterfaceV2, &TestInterfaceV3),
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

static const INTERFACE_PROVIDER Provider = {
	.Rows = DkXenbusInterfaces,
	.Structures = Structures,
	.Count = RTL_NUMBER_OF(Structures),
	.Reference = Reference,
	.Dereference = Dereference,
};

NTSTATUS InterfaceQuery(PFDO Fdo, const IO_STACK_LOCATION *Stack)
{
	return InterfaceFill(&Provider, Fdo, Stack);
}
