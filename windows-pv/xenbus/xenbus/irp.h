/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_IRP_H
#define XENBUS_IRP_H

#include "fdo.h"

/* irp.c. Each gives up the remove lock that dispatch took for the IRP, but for IrpForwardWait. */
NTSTATUS IrpComplete(PDEVICE Device, PIRP Irp, NTSTATUS Status);
NTSTATUS IrpForward(PFDO Fdo, PIRP Irp);
/* Comes back with the IRP, which is the caller's to complete. */
NTSTATUS IrpForwardWait(PFDO Fdo, PIRP Irp) NT_PASSIVE;

/* irp_send.c. A PnP IRP of our own, with minor code and parameters of Stack. */
NTSTATUS IrpSendPnp(
	PDEVICE_OBJECT Target, const IO_STACK_LOCATION *Stack, PULONG_PTR Information) NT_PASSIVE;
/* Hands an IRP down and comes back with it. */
NTSTATUS IrpSendWait(PDEVICE_OBJECT Lower, PIRP Irp) NT_PASSIVE;

#endif
