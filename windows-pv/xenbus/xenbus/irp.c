/* SPDX-License-Identifier: BSD-2-Clause */
#include "irp.h"

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

NTSTATUS IrpForwardWait(PFDO Fdo, PIRP Irp)
{
	return IrpSendWait(Fdo->Lower, Irp);
}
