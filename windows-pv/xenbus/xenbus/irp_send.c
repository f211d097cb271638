/* SPDX-License-Identifier: BSD-2-Clause */
/* Of XENBUS.SYS and XENFILT.SYS. */
#include "irp.h"

NTSTATUS IrpSendPnp(PDEVICE_OBJECT Target, const IO_STACK_LOCATION *Stack, PULONG_PTR Information)
{
	IO_STATUS_BLOCK Result = { .Status = STATUS_NOT_SUPPORTED };
	PIO_STACK_LOCATION Next;
	KEVENT Event;
	NTSTATUS Status;
	PIRP Irp;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	Irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Target, NULL, 0, NULL, &Event, &Result);
	if (Irp == NULL)
		return STATUS_NO_MEMORY;
	/* Who does not know the request leaves this alone. */
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Irp->IoStatus.Information = 0;
	Next = IoGetNextIrpStackLocation(Irp);
	Next->MinorFunction = Stack->MinorFunction;
	Next->Parameters = Stack->Parameters;
	Status = IoCallDriver(Target, Irp);
	if (Status == STATUS_PENDING) {
		(VOID) KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
		Status = Result.Status;
	}
	if (Information != NULL)
		*Information = Result.Information;
	return Status;
}

static IO_COMPLETION_ROUTINE Forwarded;

static NTSTATUS NTAPI Forwarded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS IrpSendWait(PDEVICE_OBJECT Lower, PIRP Irp)
{
	KEVENT Event;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, Forwarded, &Event, TRUE, TRUE, TRUE);
	(VOID) IoCallDriver(Lower, Irp);
	/* The routine runs in every case, so what the call returned says nothing more. */
	(VOID) KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	return Irp->IoStatus.Status;
}
