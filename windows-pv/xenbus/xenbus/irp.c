/* SPDX-License-Identifier: BSD-2-Clause */
#include "irp.h"

static IO_COMPLETION_ROUTINE Forwarded;

NTSTATUS IrpComplete(PDEVICE Device, PIRP Irp, NTSTATUS Status)
{
	PIO_REMOVE_LOCK Lock = &Device->RemoveLock;

	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	IoReleaseRemoveLock(Lock, Irp);
	return Status;
}

NTSTATUS IrpForward(PFDO Fdo, PIRP Irp)
{
	NTSTATUS Status;

	IoSkipCurrentIrpStackLocation(Irp);
	Status = IoCallDriver(Fdo->Lower, Irp);
	IoReleaseRemoveLock(&Fdo->Device.RemoveLock, Irp);
	return Status;
}

static NTSTATUS NTAPI Forwarded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS IrpForwardWait(PFDO Fdo, PIRP Irp)
{
	KEVENT Event;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, Forwarded, &Event, TRUE, TRUE, TRUE);
	(VOID) IoCallDriver(Fdo->Lower, Irp);
	/* The routine runs in every case, so what the call returned says nothing more. */
	(VOID) KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	return Irp->IoStatus.Status;
}
