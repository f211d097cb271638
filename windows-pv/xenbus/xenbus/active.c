/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine may show several devices that this driver binds to: the platform device and a vendor's.
 * One of them is active, at every boot the same: the first that ever started, which is recorded in
 * the registry under XEN. The others start, and have no children.
 */
#include "irp.h"

/* Of the devices of this boot, one. */
static volatile LONG Taken;

static VOID QueryId(PFDO Fdo, BUS_QUERY_ID_TYPE Type, PWCHAR Text) NT_PASSIVE;
static VOID QueryId(PFDO Fdo, BUS_QUERY_ID_TYPE Type, PWCHAR Text)
{
	IO_STACK_LOCATION Stack = { .MinorFunction = IRP_MN_QUERY_ID };
	ULONG_PTR Information;
	const WCHAR *Found;

	Text[0] = L'\0';
	Stack.Parameters.QueryId.IdType = Type;
	if (!NT_SUCCESS(IrpSendPnp(Fdo->Lower, &Stack, &Information)) || Information == 0)
		return;
	Found = (const WCHAR *)Information;
	for (ULONG i = 0; i < XEN_DEVICE_ID_LENGTH; i++) {
		Text[i] = Found[i];
		if (Found[i] == L'\0')
			break;
	}
	/* One that is too long is not cut, but unknown. */
	if (Text[XEN_DEVICE_ID_LENGTH - 1] != L'\0')
		Text[0] = L'\0';
	ExFreePool((PVOID)Information);
}

static BOOLEAN Same(const XEN_ACTIVE_DEVICE *First, const XEN_ACTIVE_DEVICE *Second)
{
	return pv_pnp_same(First->DeviceId, Second->DeviceId, XEN_DEVICE_ID_LENGTH) &&
	       pv_pnp_same(First->InstanceId, Second->InstanceId, XEN_DEVICE_ID_LENGTH);
}

/* Whether the record names this device, or nobody, and then this device from now on. */
static BOOLEAN Recorded(const XEN_ACTIVE_DEVICE *Self, PXEN_ACTIVE_DEVICE Record) NT_PASSIVE;
static BOOLEAN Recorded(const XEN_ACTIVE_DEVICE *Self, PXEN_ACTIVE_DEVICE Record)
{
	NTSTATUS Status = XenActiveDeviceQuery(Record);

	if (NT_SUCCESS(Status))
		return Same(Self, Record);
	/* No record, or one that cannot be read. */
	Status = XenActiveDeviceSet(Self);
	if (!NT_SUCCESS(Status))
		LogWarning("active device: it cannot be recorded: %08x", (unsigned)Status);
	return TRUE;
}

static ULONG Length(const WCHAR *Text)
{
	ULONG Units = 0;

	while (Units < XEN_DEVICE_ID_LENGTH && Text[Units] != L'\0')
		Units++;
	return Units;
}

VOID ActiveDecide(PFDO Fdo)
{
	/* Self, then the record. */
	PXEN_ACTIVE_DEVICE Devices = PoolAllocate(2 * sizeof(*Devices));

	Fdo->Active = FALSE;
	if (Devices == NULL) {
		LogError("active device: no memory");
		return;
	}
	if (InterlockedCompareExchange(&Taken, 1, 0) != 0) {
		LogInfo("active device: another one is");
		PoolFree(Devices);
		return;
	}
	QueryId(Fdo, BusQueryDeviceID, Devices[0].DeviceId);
	QueryId(Fdo, BusQueryInstanceID, Devices[0].InstanceId);
	/* Children's ids carry the number; a bus that is not PCI has none to give. */
	if (pv_pnp_pci_device(Devices[0].DeviceId, Length(Devices[0].DeviceId), &Fdo->PciDevice) !=
		0)
		LogWarning("active device: its id is not that of a device of Xen's");
	else
		Fdo->Active = Recorded(&Devices[0], &Devices[1]);
	if (!Fdo->Active) {
		LogInfo("active device: not this one");
		InterlockedExchange(&Taken, 0);
	}
	PoolFree(Devices);
}

BOOLEAN ActiveExists(VOID)
{
	return ReadLong(&Taken) != 0;
}

VOID ActiveResign(PFDO Fdo)
{
	if (!Fdo->Active)
		return;
	Fdo->Active = FALSE;
	InterlockedExchange(&Taken, 0);
}
