/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_SUSPEND_H
#define XENBUS_SUSPEND_H

#include "fdo.h"
#include "suspend_interface.h"

struct _DK_SUSPEND_CALLBACK {
	LIST_ENTRY Link;
	DK_SUSPEND_PHASE Phase;
	DK_SUSPEND_FUNCTION Function;
	PVOID Argument;
};

/* Registration only: nothing suspends this system yet, so nobody is called and Count stays. */
struct _SUSPEND {
	NT_LOCK Lock;
	LIST_ENTRY List NT_UNDER(Lock);
	volatile LONG Count;
};

NTSTATUS SuspendStart(PFDO Fdo) NT_PASSIVE;
VOID SuspendStop(PFDO Fdo) NT_PASSIVE;

#endif
