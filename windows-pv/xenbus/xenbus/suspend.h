/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_SUSPEND_H
#define XENBUS_SUSPEND_H

#include "fdo.h"
#include "suspend_interface.h"
#include "thread.h"

struct _DK_SUSPEND_CALLBACK {
	LIST_ENTRY Link;
	DK_SUSPEND_PHASE Phase;
	DK_SUSPEND_FUNCTION Function;
	PVOID Argument;
};

struct _SUSPEND {
	NT_LOCK Lock;
	LIST_ENTRY List NT_UNDER(Lock);
	volatile LONG Count;
};

NTSTATUS SuspendStart(PFDO Fdo) NT_PASSIVE;
VOID SuspendStop(PFDO Fdo) NT_PASSIVE;
/* Those of one phase, in the order in which they were registered; all other processors are held. */
VOID SuspendCall(PSUSPEND Suspend, DK_SUSPEND_PHASE Phase);

/* suspend_run.c. STATUS_CANCELLED: Xen called it off, and nothing has changed. */
NTSTATUS SuspendRun(PFDO Fdo) NT_PASSIVE;

/* control.c: a thread that does what the toolstack asks for below control/. */
NTSTATUS ControlStart(PFDO Fdo) NT_PASSIVE;
VOID ControlStop(PFDO Fdo) NT_PASSIVE;

#endif
