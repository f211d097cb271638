/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "irp.h"
#include "pdo.h"

typedef NTSTATUS HANDLER(PPDO Pdo, PIRP Irp);

/* What Microsoft calls a bus that has no type of its own. */
static const GUID BusType = { 0x1530ea73, 0x086b, 0x11d1,
	{ 0xa0, 0x9f, 0x00, 0xc0, 0x4f, 0xc3, 0x40, 0xb1 } };

static NTSTATUS Leave(PPDO Pdo, PIRP Irp)
{
	return IrpComplete(&Pdo->Device, Irp, Irp->IoStatus.Status);
}

static NTSTATUS Finish(PPDO Pdo, PIRP Irp, NTSTATUS Status)
{
	return IrpComplete(&Pdo->Device, Irp, Status);
}

static NTSTATUS Enter(PPDO Pdo, PIRP Irp, PNP_STATE State)
{
	Pdo->Device.State = State;
	return Finish(Pdo, Irp, STATUS_SUCCESS);
}

static NTSTATUS Ask(PPDO Pdo, PIRP Irp, PNP_STATE State)
{
	Pdo->Device.Before = Pdo->Device.State;
	return Enter(Pdo, Irp, State);
}

static NTSTATUS Cancel(PPDO Pdo, PIRP Irp, PNP_STATE State)
{
	if (Pdo->Device.State == State)
		Pdo->Device.State = Pdo->Device.Before;
	return Finish(Pdo, Irp, STATUS_SUCCESS);
}

static VOID SetPower(PPDO Pdo, DEVICE_POWER_STATE Level)
{
	POWER_STATE State = { .DeviceState = Level };

	PoSetPowerState(Pdo->Device.DeviceObject, DevicePowerState, State);
	Pdo->Device.PowerState = Level;
}

static NTSTATUS StartDevice(PPDO Pdo, PIRP Irp)
{
	SetPower(Pdo, PowerDeviceD0);
	return Enter(Pdo, Irp, PNP_STARTED);
}

static NTSTATUS QueryStop(PPDO Pdo, PIRP Irp)
{
	return Ask(Pdo, Irp, PNP_STOP_PENDING);
}

static NTSTATUS CancelStop(PPDO Pdo, PIRP Irp)
{
	return Cancel(Pdo, Irp, PNP_STOP_PENDING);
}

static NTSTATUS StopDevice(PPDO Pdo, PIRP Irp)
{
	SetPower(Pdo, PowerDeviceD3);
	return Enter(Pdo, Irp, PNP_STOPPED);
}

static NTSTATUS QueryRemove(PPDO Pdo, PIRP Irp)
{
	return Ask(Pdo, Irp, PNP_REMOVE_PENDING);
}

static NTSTATUS CancelRemove(PPDO Pdo, PIRP Irp)
{
	return Cancel(Pdo, Irp, PNP_REMOVE_PENDING);
}

static NTSTATUS SurpriseRemoval(PPDO Pdo, PIRP Irp)
{
	return Enter(Pdo, Irp, PNP_SURPRISE_REMOVED);
}

static NTSTATUS RemoveDevice(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS RemoveDevice(PPDO Pdo, PIRP Irp)
{
	PFDO Fdo = Pdo->Fdo;
	BOOLEAN Gone;

	SetPower(Pdo, PowerDeviceD3);
	NtAcquireMutex(&Fdo->ChildrenLock);
	Gone = Pdo->ReportedMissing;
	Pdo->Device.State = Gone ? PNP_REMOVED : PNP_NOT_STARTED;
	NtReleaseMutex(&Fdo->ChildrenLock);
	/* As long as it is reported it may be started again. */
	if (!Gone)
		return Finish(Pdo, Irp, STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&Pdo->Device.RemoveLock, Irp);
	PdoDelete(Pdo);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static NTSTATUS QueryRelations(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryRelations(PPDO Pdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PDEVICE_RELATIONS Relations;

	if (Stack->Parameters.QueryDeviceRelations.Type != TargetDeviceRelation)
		return Leave(Pdo, Irp);
	Relations = PoolAllocatePaged(sizeof(*Relations));
	if (Relations == NULL)
		return Finish(Pdo, Irp, STATUS_INSUFFICIENT_RESOURCES);
	ObReferenceObject(Pdo->Device.DeviceObject);
	Relations->Count = 1;
	Relations->Objects[0] = Pdo->Device.DeviceObject;
	Irp->IoStatus.Information = (ULONG_PTR)Relations;
	return Finish(Pdo, Irp, STATUS_SUCCESS);
}

static NTSTATUS QueryCapabilities(PPDO Pdo, PIRP Irp)
{
	PDEVICE_CAPABILITIES Capabilities =
		IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceCapabilities.Capabilities;

	if (Capabilities == NULL || Capabilities->Version != 1 ||
		Capabilities->Size < sizeof(*Capabilities))
		return Finish(Pdo, Irp, STATUS_INVALID_PARAMETER);
	/* The instance is known by its class alone, whichever device the bus hangs on. */
	Capabilities->UniqueID = TRUE;
	Capabilities->SurpriseRemovalOK = TRUE;
	Capabilities->SilentInstall = TRUE;
	Capabilities->Address = MAXULONG;
	Capabilities->UINumber = MAXULONG;
	Capabilities->DeviceState[PowerSystemWorking] = PowerDeviceD0;
	for (ULONG i = PowerSystemSleeping1; i < PowerSystemMaximum; i++)
		Capabilities->DeviceState[i] = PowerDeviceD3;
	Capabilities->SystemWake = PowerSystemUnspecified;
	Capabilities->DeviceWake = PowerDeviceUnspecified;
	return Finish(Pdo, Irp, STATUS_SUCCESS);
}

static NTSTATUS QueryText(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryText(PPDO Pdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status;
	PWCHAR Text;

	Status = PdoQueryText(Pdo, Stack->Parameters.QueryDeviceText.DeviceTextType, &Text);
	if (Status == STATUS_NOT_SUPPORTED)
		return Leave(Pdo, Irp);
	if (NT_SUCCESS(Status))
		Irp->IoStatus.Information = (ULONG_PTR)Text;
	return Finish(Pdo, Irp, Status);
}

static NTSTATUS QueryId(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryId(PPDO Pdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status;
	PWCHAR Id;

	Status = PdoQueryId(Pdo, Stack->Parameters.QueryId.IdType, &Id);
	if (Status == STATUS_NOT_SUPPORTED)
		return Leave(Pdo, Irp);
	if (NT_SUCCESS(Status))
		Irp->IoStatus.Information = (ULONG_PTR)Id;
	return Finish(Pdo, Irp, Status);
}

static NTSTATUS QueryBusInformation(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryBusInformation(PPDO Pdo, PIRP Irp)
{
	PPNP_BUS_INFORMATION Information = PoolAllocatePaged(sizeof(*Information));

	if (Information == NULL)
		return Finish(Pdo, Irp, STATUS_INSUFFICIENT_RESOURCES);
	Information->BusTypeGuid = BusType;
	Information->LegacyBusType = PNPBus;
	Information->BusNumber = 0;
	Irp->IoStatus.Information = (ULONG_PTR)Information;
	return Finish(Pdo, Irp, STATUS_SUCCESS);
}

/* Of a file on this child that the system needs: all of the parent's stack has to know. */
static NTSTATUS UsageNotification(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS UsageNotification(PPDO Pdo, PIRP Irp)
{
	PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Pdo->Fdo->Device.DeviceObject);
	NTSTATUS Status = IrpSendPnp(Top, IoGetCurrentIrpStackLocation(Irp), NULL);

	ObDereferenceObject(Top);
	if (NT_SUCCESS(Status) && !(Pdo->Fdo->Device.DeviceObject->Flags & DO_POWER_PAGABLE))
		Pdo->Device.DeviceObject->Flags &= ~DO_POWER_PAGABLE;
	return Finish(Pdo, Irp, Status);
}

/* What is not ours may be the parent's. */
static NTSTATUS QueryInterface(PPDO Pdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryInterface(PPDO Pdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status = InterfaceQuery(Pdo->Fdo, Stack);

	if (Status == STATUS_NOT_FOUND) {
		Status = IrpSendPnp(Pdo->Fdo->Lower, Stack, NULL);
		if (Status == STATUS_NOT_SUPPORTED)
			return Leave(Pdo, Irp);
	}
	return Finish(Pdo, Irp, Status);
}

static HANDLER *const Handlers[] = {
#define PNP(Minor, Fdo, Pdo) [IRP_MN_##Minor] = (Pdo),
#include "irps.def"
#undef PNP
};

NTSTATUS PdoPnp(PPDO Pdo, PIRP Irp)
{
	UCHAR Minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;

	if (Minor >= RTL_NUMBER_OF(Handlers) || Handlers[Minor] == NULL)
		return Leave(Pdo, Irp);
	return Handlers[Minor](Pdo, Irp);
}

NTSTATUS PdoPower(PPDO Pdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

	switch (Stack->MinorFunction) {
	case IRP_MN_SET_POWER:
		if (Stack->Parameters.Power.Type == DevicePowerState)
			SetPower(Pdo, Stack->Parameters.Power.State.DeviceState);
		return Finish(Pdo, Irp, STATUS_SUCCESS);
	case IRP_MN_QUERY_POWER:
		return Finish(Pdo, Irp, STATUS_SUCCESS);
	default:
		return Leave(Pdo, Irp);
	}
}
