/* SPDX-License-Identifier: BSD-2-Clause */
#include "balloon.h"
#include "bus.h"
#include "irp.h"

typedef NTSTATUS HANDLER(PFDO Fdo, PIRP Irp);

static NTSTATUS Pass(PFDO Fdo, PIRP Irp)
{
	return IrpForward(Fdo, Irp);
}

static NTSTATUS Succeed(PFDO Fdo, PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_SUCCESS;
	return IrpForward(Fdo, Irp);
}

/* What follows a start goes from the bottom up. */
static NTSTATUS StartDevice(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS StartDevice(PFDO Fdo, PIRP Irp)
{
	NTSTATUS Status = IrpForwardWait(Fdo, Irp);

	if (NT_SUCCESS(Status))
		Status = FdoStart(Fdo, IoGetCurrentIrpStackLocation(Irp));
	if (NT_SUCCESS(Status))
		Fdo->Device.State = PNP_STARTED;
	return IrpComplete(&Fdo->Device, Irp, Status);
}

static NTSTATUS Ask(PFDO Fdo, PIRP Irp, PNP_STATE State)
{
	Fdo->Device.Before = Fdo->Device.State;
	Fdo->Device.State = State;
	return Succeed(Fdo, Irp);
}

static NTSTATUS Cancel(PFDO Fdo, PIRP Irp, PNP_STATE State) NT_PASSIVE;
static NTSTATUS Cancel(PFDO Fdo, PIRP Irp, PNP_STATE State)
{
	Irp->IoStatus.Status = STATUS_SUCCESS;
	(VOID) IrpForwardWait(Fdo, Irp);
	/* It may come without a question: then there is nothing to go back to. */
	if (Fdo->Device.State == State)
		Fdo->Device.State = Fdo->Device.Before;
	return IrpComplete(&Fdo->Device, Irp, STATUS_SUCCESS);
}

static NTSTATUS QueryStop(PFDO Fdo, PIRP Irp)
{
	/* Not under a page file. */
	if (ReadLong(&Fdo->Special) > 0)
		return IrpComplete(&Fdo->Device, Irp, STATUS_UNSUCCESSFUL);
	return Ask(Fdo, Irp, PNP_STOP_PENDING);
}

static NTSTATUS CancelStop(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS CancelStop(PFDO Fdo, PIRP Irp)
{
	return Cancel(Fdo, Irp, PNP_STOP_PENDING);
}

static NTSTATUS QueryRemove(PFDO Fdo, PIRP Irp)
{
	if (ReadLong(&Fdo->Special) > 0)
		return IrpComplete(&Fdo->Device, Irp, STATUS_UNSUCCESSFUL);
	return Ask(Fdo, Irp, PNP_REMOVE_PENDING);
}

static NTSTATUS CancelRemove(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS CancelRemove(PFDO Fdo, PIRP Irp)
{
	return Cancel(Fdo, Irp, PNP_REMOVE_PENDING);
}

/* And what ends one, from the top down. */
static NTSTATUS StopDevice(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS StopDevice(PFDO Fdo, PIRP Irp)
{
	FdoStop(Fdo);
	Fdo->Device.State = PNP_STOPPED;
	return Succeed(Fdo, Irp);
}

static NTSTATUS SurpriseRemoval(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS SurpriseRemoval(PFDO Fdo, PIRP Irp)
{
	/* Children may hold interfaces until they are removed, which they are before this device
	 * is; and Xen itself does not go away. */
	BusStop(Fdo);
	BalloonStop(Fdo);
	Fdo->Device.State = PNP_SURPRISE_REMOVED;
	return Succeed(Fdo, Irp);
}

static NTSTATUS RemoveDevice(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS RemoveDevice(PFDO Fdo, PIRP Irp)
{
	NTSTATUS Status;

	FdoStop(Fdo);
	Fdo->Device.State = PNP_REMOVED;
	ChildrenDeleteAll(Fdo);
	IoReleaseRemoveLockAndWait(&Fdo->Device.RemoveLock, Irp);
	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	Status = IoCallDriver(Fdo->Lower, Irp);
	FdoDelete(Fdo);
	return Status;
}

static NTSTATUS QueryRelations(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryRelations(PFDO Fdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PDEVICE_RELATIONS Relations = (PDEVICE_RELATIONS)Irp->IoStatus.Information;
	NTSTATUS Status;

	if (Stack->Parameters.QueryDeviceRelations.Type != BusRelations)
		return IrpForward(Fdo, Irp);
	Status = ChildrenRelations(Fdo, &Relations);
	if (!NT_SUCCESS(Status))
		return IrpComplete(&Fdo->Device, Irp, Status);
	Irp->IoStatus.Information = (ULONG_PTR)Relations;
	return Succeed(Fdo, Irp);
}

/* A page file on a child: its parent has to be awake before it, at any IRQL, and cannot be stopped.
 */
static NTSTATUS UsageNotification(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS UsageNotification(PFDO Fdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status = IrpForwardWait(Fdo, Irp);

	if (NT_SUCCESS(Status)) {
		if (Stack->Parameters.UsageNotification.InPath)
			InterlockedIncrement(&Fdo->Special);
		else
			InterlockedDecrement(&Fdo->Special);
		/* As the device below has it. */
		if (!(Fdo->Lower->Flags & DO_POWER_PAGABLE))
			Fdo->Device.DeviceObject->Flags &= ~DO_POWER_PAGABLE;
	}
	return IrpComplete(&Fdo->Device, Irp, Status);
}

static NTSTATUS QueryState(PFDO Fdo, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryState(PFDO Fdo, PIRP Irp)
{
	NTSTATUS Status = IrpForwardWait(Fdo, Irp);

	/* Who below does not know the question has left its answer empty. */
	if (Status == STATUS_NOT_SUPPORTED)
		Irp->IoStatus.Information = 0;
	if (ReadLong(&Fdo->Special) > 0) {
		Irp->IoStatus.Information |= PNP_DEVICE_NOT_DISABLEABLE;
		Status = STATUS_SUCCESS;
	}
	return IrpComplete(&Fdo->Device, Irp, Status);
}

static HANDLER *const Handlers[] = {
#define PNP(Minor, Fdo, Pdo) [IRP_MN_##Minor] = (Fdo),
#include "irps.def"
#undef PNP
};

NTSTATUS FdoPnp(PFDO Fdo, PIRP Irp)
{
	UCHAR Minor = IoGetCurrentIrpStackLocation(Irp)->MinorFunction;

	if (Minor >= RTL_NUMBER_OF(Handlers) || Handlers[Minor] == NULL)
		return Pass(Fdo, Irp);
	return Handlers[Minor](Fdo, Irp);
}
