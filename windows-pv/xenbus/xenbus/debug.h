/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_DEBUG_H
#define XENBUS_DEBUG_H

#include "debug_interface.h"
#include "fdo.h"

#define DEBUG_PREFIX 32

struct _DK_DEBUG_CALLBACK {
	LIST_ENTRY Link;
	DK_DEBUG_FUNCTION Function;
	PVOID Argument;
	CHAR Prefix[DEBUG_PREFIX];
};

struct _DEBUG {
	NT_LOCK Lock;	 /* held while callbacks run: one that is deregistered does not run */
	LIST_ENTRY List; /* a crash walks it without the lock */
	KBUGCHECK_CALLBACK_RECORD Crash;
	BOOLEAN CrashKnown;
	DK_DEBUG_CALLBACK Own; /* the first of the list */
};

NTSTATUS DebugStart(PFDO Fdo) NT_PASSIVE;
VOID DebugStop(PFDO Fdo) NT_PASSIVE;

/* counters.c; a DK_DEBUG_FUNCTION. Argument is the FDO, which is started. */
VOID NTAPI CountersPrint(PVOID Argument, BOOLEAN Crashing);

#endif
