/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the test bus. */
#ifndef DK_WINE_BUS_INTERNAL_H
#define DK_WINE_BUS_INTERNAL_H

#include "../shim/shim.h"
#include "bus.h"

typedef struct _BUS_DEVICE {
	enum { BUS_CONTROL, BUS_ROOT, BUS_CHILD, BUS_STACK } Kind;
	PDEVICE_OBJECT Self, Below, Pdo;
	BOOLEAN Present; /* of the child */
	PCM_RESOURCE_LIST Resources;
} BUS_DEVICE, *PBUS_DEVICE;

extern PBUS_DEVICE BusRoot, BusChild;
/* Since the child was shown last; there is a new one each time. */
extern LONG BusStarted, BusSurprised, BusRemoved;

/* pnp.c */
NTSTATUS NTAPI BusPnp(PDEVICE_OBJECT Device, PIRP Irp);
NTSTATUS BusMakeChild(PDRIVER_OBJECT Driver);
NTSTATUS BusComplete(PIRP Irp, NTSTATUS Status);

/* send.c. A PnP request to the top of a stack; Information: as it goes, and as it comes back. */
NTSTATUS BusSend(PDEVICE_OBJECT Top, const IO_STACK_LOCATION *Request, PULONG_PTR Information);

/* requirements.c */
VOID BusGiveResources(VOID); /* before the child is shown */
extern ULONG BusMessages;
extern BOOLEAN BusLies; /* requirements that do not keep to their size */
extern CHAR BusAsked[64];

/* filter.c: XENFILT on this bus, and on stacks that only it and the harness know. */
VOID FilterCommand(PCHAR Text, PCHAR Answer, ULONG Size);
NTSTATUS FilterStackPnp(PDEVICE_OBJECT Device, PIRP Irp);

/* command.c */
VOID NTAPI BusCommand(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size);

#endif
