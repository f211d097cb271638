/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_SUSPEND_INTERFACE_H
#define DK_SUSPEND_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_SUSPEND_CALLBACK DK_SUSPEND_CALLBACK, *PDK_SUSPEND_CALLBACK;

typedef enum _DK_SUSPEND_PHASE {
	DK_SUSPEND_EARLY = 1, /* at HIGH_LEVEL, the other processors held, interrupts off */
	DK_SUSPEND_LATE,      /* at DISPATCH_LEVEL, the other processors still held */
} DK_SUSPEND_PHASE;

/* After a resume in what Xen treats as a new domain; not after a suspend that was called off. */
typedef VOID(NTAPI *DK_SUSPEND_FUNCTION)(PVOID Argument);

typedef NTSTATUS(NTAPI *DK_SUSPEND_REGISTER)(PINTERFACE Interface, DK_SUSPEND_PHASE Phase,
	DK_SUSPEND_FUNCTION Function, PVOID Argument, PDK_SUSPEND_CALLBACK *Callback);
typedef VOID(NTAPI *DK_SUSPEND_DEREGISTER)(PINTERFACE Interface, PDK_SUSPEND_CALLBACK Callback);
/* How often this system has been resumed. */
typedef ULONG(NTAPI *DK_SUSPEND_GET_COUNT)(PINTERFACE Interface);

typedef struct _DK_SUSPEND_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_SUSPEND_REGISTER Register;
	DK_SUSPEND_DEREGISTER Deregister;
	DK_SUSPEND_GET_COUNT GetCount;
} DK_SUSPEND_INTERFACE_V1, *PDK_SUSPEND_INTERFACE_V1;

#endif
