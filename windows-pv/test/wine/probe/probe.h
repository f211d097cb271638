/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_WINE_PROBE_H
#define DK_WINE_PROBE_H

#include "../shim/shim.h"
#include "xen_api.h"

#define PROBE_TWICE  1
#define PROBE_RAISED 2

struct probe {
	PDEVICE_OBJECT Self, Below;
	PCM_RESOURCE_LIST Resources;
	PVOID Memory; /* the platform device's, mapped */
	PKINTERRUPT Interrupt;
	ULONG Port;
	LONG Interrupts;
	KIRQL WrongIrql;
};
extern struct probe Probe;

VOID ProbeForget(VOID);
/* First frame of the platform device. */
ULONGLONG ProbeFrame(VOID);
VOID NTAPI ProbeCommand(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size);
/* False: no such word. */
BOOLEAN ProbeGood(PCSTR Word, PCHAR Answer, ULONG Size);

#endif
