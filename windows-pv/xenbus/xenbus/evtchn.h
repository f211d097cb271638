/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Event channels. Each begins on vCPU 0, for which Xen raises the device's line interrupt,
 * whichever processor Windows runs that on; it can be bound to a processor that has an interrupt of
 * its own. By the FIFO ABI where Xen has it, otherwise by the 2-level one.
 */
#ifndef XENBUS_EVTCHN_H
#define XENBUS_EVTCHN_H

#include "evtchn_interface.h"
#include "fdo.h"
#include "pv_evtchn.h"

struct _DK_EVTCHN_CHANNEL {
	LIST_ENTRY Link;
	struct pv_evtchn_ref Ref;
	DK_EVTCHN_CALLBACK Callback;
	PVOID Argument;
	BOOLEAN Fixed; /* the toolstack's: not ours to close */
	volatile LONG Count;
	volatile LONG Useless; /* its last event brought no work */
	volatile LONG Ended;   /* the callback that a close waits for is over */
	volatile LONG Held;    /* stays masked until Until */
	ULONGLONG Until;
};

#define EVTCHN_PAGES 4 /* of event words: as many ports as the 2-level ABI has on x64 */

/* A processor that can be told of events. */
typedef struct _EVTCHN_CPU {
	PEVTCHN Evtchn;
	PROCESSOR_NUMBER Number;
	ULONG Vcpu;
	PINTERRUPT_SOURCE Source; /* NULL: it has no interrupt of its own */
	PKINTERRUPT Interrupt;
	struct pv_evtchn_cpu Scan; /* under the interrupt's lock */
	KDPC Dpc;		   /* for what one interrupt has left */
	BOOLEAN Ready;		   /* Xen has what it needs to note events for it */
	BOOLEAN Up;		   /* and to tell it: channels can be bound to it */
} EVTCHN_CPU, *PEVTCHN_CPU;

/* Memory that is Xen's while the FIFO ABI is in use; pages of the pool. */
typedef struct _EVTCHN_FIFO {
	PUCHAR Control; /* a block for each processor */
	uint32_t *Words[EVTCHN_PAGES];
	uint32_t *Table[EVTCHN_PAGES]; /* those that Book uses */
	BOOLEAN Chosen;
} EVTCHN_FIFO, *PEVTCHN_FIFO;

struct _EVTCHN {
	EVTCHN_FIFO Fifo;
	struct pv_evtchn Book;
	PEVTCHN_CPU Cpus;	      /* the first has the line */
	ULONG CpuCount;		      /* at most UPCALL_CPUS */
	struct pv_evtchn_port *Ports; /* of Book */
	PDK_EVTCHN_CHANNEL *Channels; /* by port; only interrupts read it without OpenLock */
	ULONG Count;
	ULONG Open;		/* of Channels */
	volatile LONG HeldBack; /* how often the budget has kept a channel masked */
	volatile LONG Stopping; /* no more rescans and sweeps */
	KDPC SweepDpc;
	KTIMER SweepTimer;
	NT_MUTEX OpenLock; /* opening and closing */
	NT_LOCK ListLock;
	LIST_ENTRY List NT_UNDER(ListLock);
};

NTSTATUS EvtchnStart(PFDO Fdo) NT_PASSIVE;
VOID EvtchnStop(PFDO Fdo) NT_PASSIVE;
/* In a new domain, with all other processors held and interrupts off: no channel is left. */
VOID EvtchnResume(PFDO Fdo);

/* FALSE: it went with a domain that this one was before. Its number may be another's now. */
static inline BOOLEAN EvtchnAlive(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel)
{
	return Channel->Ref.epoch == Evtchn->Book.epoch;
}

/* Port is the new channel's. On failure it is closed again. */
NTSTATUS EvtchnOpen(PEVTCHN Evtchn, ULONG Port, BOOLEAN Fixed, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Channel) NT_PASSIVE NT_HOLDS(Evtchn->OpenLock);

/* evtchn_cpu.c. Finds out which processors have interrupts, and which vCPUs they are. */
NTSTATUS EvtchnCpusFind(PFDO Fdo, PEVTCHN Evtchn) NT_PASSIVE;
/* Fails without the line only. */
NTSTATUS EvtchnCpusConnect(PFDO Fdo, PEVTCHN Evtchn, PKSERVICE_ROUTINE Routine) NT_PASSIVE;
VOID EvtchnCpusDisconnect(PEVTCHN Evtchn) NT_PASSIVE;
/* Tells Xen the vectors; how many processors channels can be bound to. Also after a resume. */
ULONG EvtchnCpusTell(PEVTCHN Evtchn);
/* STATUS_NOT_SUPPORTED: that processor cannot be told of events. */
NTSTATUS EvtchnBind(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, USHORT Group, UCHAR Number);

/* Callbacks in one window of time for each port: see evtchn.c. */
#define EVTCHN_BURST  1000
#define EVTCHN_WINDOW (10 * PV_TIME_MS)

/* evtchn_abi.c. Book, and each processor's part of it, by the one ABI or the other. */
NTSTATUS EvtchnAbiStart(PFDO Fdo, PEVTCHN Evtchn) NT_PASSIVE;
/* When no channel but the toolstack's is open. */
VOID EvtchnAbiStop(PFDO Fdo, PEVTCHN Evtchn) NT_PASSIVE;
/* In a new domain, with all other processors held and interrupts off. */
VOID EvtchnAbiResume(PFDO Fdo, PEVTCHN Evtchn);

/* A port that exists already. */
NTSTATUS EvtchnOpenFixed(PEVTCHN Evtchn, ULONG Port, DK_EVTCHN_CALLBACK Callback, PVOID Argument,
	PDK_EVTCHN_CHANNEL *Channel) NT_PASSIVE;
/* The same channel with the port that it has after a resume; the other processors are held. */
NTSTATUS EvtchnReopen(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, ULONG Port);
VOID EvtchnUnmask(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel);
VOID EvtchnClose(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel) NT_PASSIVE;

#endif
