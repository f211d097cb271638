/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread of the bus's own, for as long as the bus is up. */
#ifndef XENBUS_THREAD_H
#define XENBUS_THREAD_H

#include "common.h"

typedef struct _THREAD {
	PVOID Object;
	KEVENT Stop; /* stays set: Main returns */
	KEVENT Look; /* for Main: there is something to do */
	KEVENT Ended;
	VOID (*Main)(struct _THREAD *Thread, PVOID Context);
	PVOID Context;
} THREAD, *PTHREAD;

NTSTATUS ThreadStart(
	PTHREAD Thread, VOID (*Main)(PTHREAD Thread, PVOID Context), PVOID Context) NT_PASSIVE;
/* Waits for the end of Main. */
VOID ThreadStop(PTHREAD Thread) NT_PASSIVE;
VOID ThreadWake(PTHREAD Thread);
/* For Main: until it is to look, or the time is over, if there is one. FALSE: it is to return. */
BOOLEAN ThreadWait(PTHREAD Thread, PLARGE_INTEGER Timeout) NT_PASSIVE;

#endif
