/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_DEBUG_INTERFACE_H
#define DK_DEBUG_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_DEBUG_CALLBACK DK_DEBUG_CALLBACK, *PDK_DEBUG_CALLBACK;

/* Prints the state of its driver by Print. Runs at DISPATCH_LEVEL when triggered and at HIGH_LEVEL
 * in a crash, with the other processors anywhere: takes no lock. Crashing: the system is going down
 * and nothing may be relied upon. */
typedef VOID(NTAPI *DK_DEBUG_FUNCTION)(PVOID Argument, BOOLEAN Crashing);

/* Prefix shows before each line and is copied. */
typedef NTSTATUS(NTAPI *DK_DEBUG_REGISTER)(PINTERFACE Interface, PCSTR Prefix,
	DK_DEBUG_FUNCTION Function, PVOID Argument, PDK_DEBUG_CALLBACK *Callback);
/* One line of finished text; only from inside a callback. */
typedef VOID(NTAPI *DK_DEBUG_PRINT)(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback, PCSTR Text);
/* Runs one callback, or all for NULL. */
typedef VOID(NTAPI *DK_DEBUG_TRIGGER)(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback);
typedef VOID(NTAPI *DK_DEBUG_DEREGISTER)(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback);

typedef struct _DK_DEBUG_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_DEBUG_REGISTER Register;
	DK_DEBUG_PRINT Print;
	DK_DEBUG_TRIGGER Trigger;
	DK_DEBUG_DEREGISTER Deregister;
} DK_DEBUG_INTERFACE_V1, *PDK_DEBUG_INTERFACE_V1;

#endif
