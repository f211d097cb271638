/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_EVTCHN_INTERFACE_H
#define DK_EVTCHN_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_EVTCHN_CHANNEL DK_EVTCHN_CHANNEL, *PDK_EVTCHN_CHANNEL;

/* Runs at the interrupt's IRQL: note the event, queue a DPC, return TRUE if it was ours. The
 * channel stays masked until Unmask, so a peer cannot keep the processor busy with events. */
typedef BOOLEAN(NTAPI *DK_EVTCHN_CALLBACK)(PVOID Argument);

typedef NTSTATUS(NTAPI *DK_EVTCHN_OPEN_UNBOUND)(PINTERFACE Interface, USHORT Domid,
	DK_EVTCHN_CALLBACK Callback, PVOID Argument, PDK_EVTCHN_CHANNEL *Channel);
typedef NTSTATUS(NTAPI *DK_EVTCHN_OPEN_INTER_DOMAIN)(PINTERFACE Interface, USHORT Domid,
	ULONG RemotePort, DK_EVTCHN_CALLBACK Callback, PVOID Argument, PDK_EVTCHN_CHANNEL *Channel);
typedef NTSTATUS(NTAPI *DK_EVTCHN_OPEN_VIRQ)(PINTERFACE Interface, ULONG Virq,
	DK_EVTCHN_CALLBACK Callback, PVOID Argument, PDK_EVTCHN_CHANNEL *Channel);
/* Which processor the callback shall run on. A channel begins on the one that has the device's
 * line. STATUS_NOT_SUPPORTED: that processor has no interrupt for events. */
typedef NTSTATUS(NTAPI *DK_EVTCHN_BIND)(
	PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel, USHORT Group, UCHAR Number);
typedef VOID(NTAPI *DK_EVTCHN_UNMASK)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);
typedef NTSTATUS(NTAPI *DK_EVTCHN_SEND)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);
/* As if the peer had sent one. */
typedef VOID(NTAPI *DK_EVTCHN_TRIGGER)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);
typedef ULONG(NTAPI *DK_EVTCHN_GET_PORT)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);
/* Of events taken; goes round at 2^32. */
typedef ULONG(NTAPI *DK_EVTCHN_GET_COUNT)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);
/* Waits until no callback of the channel runs: not from inside one. */
typedef VOID(NTAPI *DK_EVTCHN_CLOSE)(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel);

typedef struct _DK_EVTCHN_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_EVTCHN_OPEN_UNBOUND OpenUnbound;
	DK_EVTCHN_OPEN_INTER_DOMAIN OpenInterDomain;
	DK_EVTCHN_OPEN_VIRQ OpenVirq;
	DK_EVTCHN_BIND Bind;
	DK_EVTCHN_UNMASK Unmask;
	DK_EVTCHN_SEND Send;
	DK_EVTCHN_TRIGGER Trigger;
	DK_EVTCHN_GET_PORT GetPort;
	DK_EVTCHN_GET_COUNT GetCount;
	DK_EVTCHN_CLOSE Close;
} DK_EVTCHN_INTERFACE_V1, *PDK_EVTCHN_INTERFACE_V1;

#endif
