/* SPDX-License-Identifier: BSD-2-Clause */
#include "balloon.h"
#include "bugcheck.h"
#include "bus.h"
#include "debug.h"
#include "evtchn.h"
#include "gnttab.h"
#include "interface.h"
#include "irp.h"
#include "shared_info.h"
#include "store.h"
#include "suspend.h"

static IO_COMPLETION_ROUTINE SystemDone;
static REQUEST_POWER_COMPLETE DeviceDone;
static IO_WORKITEM_ROUTINE DeviceWork;

/* Each needs those before it. Stopping what did not start does nothing. */
static const struct {
	NTSTATUS (*Start)(PFDO Fdo);
	VOID (*Stop)(PFDO Fdo);
} Parts[] = {
	{ SharedInfoStart, SharedInfoStop },
	{ EvtchnStart, EvtchnStop },
	{ GnttabStart, GnttabStop },
	{ StoreStart, StoreStop },
	{ SuspendStart, SuspendStop },
	{ DebugStart, DebugStop },
	{ BugCheckStart, BugCheckStop },
	{ BusStart, BusStop },
	{ BalloonStart, BalloonStop },
	{ ControlStart, ControlStop },
};

static VOID StopParts(PFDO Fdo) NT_PASSIVE;
static VOID StopParts(PFDO Fdo)
{
	for (ULONG i = RTL_NUMBER_OF(Parts); i-- > 0;)
		Parts[i].Stop(Fdo);
}

NTSTATUS FdoPowerUp(PFDO Fdo)
{
	NTSTATUS Status = STATUS_SUCCESS;

	if (!Fdo->Active || Fdo->Device.PowerState == PowerDeviceD0)
		return STATUS_SUCCESS;
	for (ULONG i = 0; i < RTL_NUMBER_OF(Parts) && NT_SUCCESS(Status); i++)
		Status = Parts[i].Start(Fdo);
	if (!NT_SUCCESS(Status)) {
		StopParts(Fdo);
		return Status;
	}
	InterfacesOpen(Fdo);
	Fdo->Device.PowerState = PowerDeviceD0;
	return STATUS_SUCCESS;
}

VOID FdoPowerDown(PFDO Fdo)
{
	if (Fdo->Device.PowerState != PowerDeviceD0)
		return;
	Fdo->Device.PowerState = PowerDeviceD3;
	InterfacesClose(Fdo);
	StopParts(Fdo);
}

static VOID TellPower(PFDO Fdo, DEVICE_POWER_STATE Level)
{
	POWER_STATE State = { .DeviceState = Level };

	PoSetPowerState(Fdo->Device.DeviceObject, DevicePowerState, State);
}

/* Going up and down takes waiting, and the power manager must not be kept waiting meanwhile. */
static VOID NTAPI DeviceWork(PDEVICE_OBJECT DeviceObject, PVOID Context) NT_PASSIVE;
static VOID NTAPI DeviceWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PFDO Fdo = Context;
	PIRP Irp = Fdo->PowerIrp;
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	DEVICE_POWER_STATE Level = Stack->Parameters.Power.State.DeviceState;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(DeviceObject);
	Fdo->PowerIrp = NULL;
	if (Level != PowerDeviceD0) {
		FdoPowerDown(Fdo);
		TellPower(Fdo, Level);
		Irp->IoStatus.Status = STATUS_SUCCESS;
		/* Not skipped: the mark that it is pending is in our stack location. */
		IoCopyCurrentIrpStackLocationToNext(Irp);
		(VOID) IoCallDriver(Fdo->Lower, Irp);
		IoReleaseRemoveLock(&Fdo->Device.RemoveLock, Irp);
		return;
	}
	Status = IrpForwardWait(Fdo, Irp);
	if (NT_SUCCESS(Status)) {
		if (Fdo->Device.State == PNP_STARTED)
			Status = FdoPowerUp(Fdo);
		TellPower(Fdo, Level);
	}
	/* A device that cannot come up is failed; the power manager has no use for the news. */
	if (!NT_SUCCESS(Status))
		LogError("power: the bus did not come up: %08x", (unsigned)Status);
	(VOID) IrpComplete(&Fdo->Device, Irp, Status);
}

static NTSTATUS SetDevicePower(PFDO Fdo, PIRP Irp)
{
	/* The power manager sends the next one only after this one is completed. */
	IoMarkIrpPending(Irp);
	Fdo->PowerIrp = Irp;
	IoQueueWorkItem(Fdo->PowerItem, DeviceWork, CriticalWorkQueue, Fdo);
	return STATUS_PENDING;
}

static VOID NTAPI DeviceDone(PDEVICE_OBJECT DeviceObject, UCHAR Minor, POWER_STATE State,
	PVOID Context, PIO_STATUS_BLOCK Result)
{
	PIRP Irp = Context;
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PFDO Fdo = Stack->DeviceObject->DeviceExtension;

	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Minor);
	UNREFERENCED_PARAMETER(State);
	(VOID) IrpComplete(&Fdo->Device, Irp, Result->Status);
}

/* The system goes to a state: so does the device, and only then is the system's IRP over. */
static NTSTATUS NTAPI SystemDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PFDO Fdo = Context;
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	POWER_STATE State = { .DeviceState = PowerDeviceD3 };
	NTSTATUS Status = Irp->IoStatus.Status;

	UNREFERENCED_PARAMETER(DeviceObject);
	if (Stack->Parameters.Power.State.SystemState == PowerSystemWorking)
		State.DeviceState = PowerDeviceD0;
	if (NT_SUCCESS(Status)) {
		Status = PoRequestPowerIrp(
			Fdo->Device.DeviceObject, IRP_MN_SET_POWER, State, DeviceDone, Irp, NULL);
		if (NT_SUCCESS(Status))
			return STATUS_MORE_PROCESSING_REQUIRED;
		Irp->IoStatus.Status = Status;
	}
	IoReleaseRemoveLock(&Fdo->Device.RemoveLock, Irp);
	return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS SetSystemPower(PFDO Fdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

	Fdo->ShuttingDown = Stack->Parameters.Power.State.SystemState == PowerSystemShutdown;
	IoMarkIrpPending(Irp);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, SystemDone, Fdo, TRUE, TRUE, TRUE);
	(VOID) IoCallDriver(Fdo->Lower, Irp);
	return STATUS_PENDING;
}

NTSTATUS FdoPower(PFDO Fdo, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);

	if (Stack->MinorFunction != IRP_MN_SET_POWER)
		return IrpForward(Fdo, Irp);
	if (Stack->Parameters.Power.Type == DevicePowerState)
		return SetDevicePower(Fdo, Irp);
	return SetSystemPower(Fdo, Irp);
}
