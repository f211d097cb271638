/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

NTSTATUS BusSend(PDEVICE_OBJECT Top, const IO_STACK_LOCATION *Request, PULONG_PTR Information)
{
	IO_STATUS_BLOCK Result = { 0 };
	PIO_STACK_LOCATION Stack;
	NTSTATUS Status;
	KEVENT Event;
	PIRP Irp;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	Irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Top, NULL, 0, NULL, &Event, &Result);
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Irp->IoStatus.Information = *Information;
	Stack = IoGetNextIrpStackLocation(Irp);
	Stack->MinorFunction = Request->MinorFunction;
	Stack->Parameters = Request->Parameters;
	Status = IoCallDriver(Top, Irp);
	if (Status == STATUS_PENDING) {
		KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
		Status = Result.Status;
	}
	*Information = Result.Information;
	return Status;
}
