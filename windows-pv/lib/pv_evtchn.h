/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_EVTCHN_H
#define PV_EVTCHN_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Event channels, by the 2-level ABI (xen/xen.h) or the FIFO ABI (xen/event_channel.h). Scanning is
 * per-CPU (caller at DISPATCH or above, each CPU with its own struct pv_evtchn_cpu); open, bind and
 * close are externally locked; the two may run against each other.
 *
 * A port is masked when it is delivered and stays so until its owner says it is done with it
 * (pv_evtchn_eoi): a peer that sends without end cannot make a CPU do nothing else. Each port has
 * a number of events for each window of time; one that used them up stays masked until the window
 * ends. An event that brought no work costs more.
 */
#define PV_EVTCHN_USELESS_COST 8

/* A port as its owner knows it: after a resume in a new domain the old ones name nothing. */
struct pv_evtchn_ref {
	uint32_t port;
	uint32_t epoch;
};

struct pv_evtchn_port { /* the caller's array; zeroed */
	uint32_t state;
	uint32_t cpu;
	uint64_t window; /* when it began */
	uint32_t spent;
	uint32_t held_back; /* how often the budget held it back, for the log */
};

#define PV_EVTCHN_PAGE_PORTS 1024 /* event words of one page, FIFO ABI */
#define PV_EVTCHN_QUEUES     16	  /* one for each priority, 0 the highest */

struct pv_evtchn {
	pv_word_t *pending, *mask; /* 2-level: in shared info, PV_WORD_BITS words each */
	uint32_t **pages;	   /* FIFO: the caller's table of pages of event words */
	uint32_t page_count;
	struct pv_evtchn_port *ports;
	uint32_t count;
	uint32_t epoch;
	uint32_t burst;
	uint64_t window;
};

struct pv_evtchn_cpu {
	uint32_t index;
	pv_word_t *selector; /* evtchn_pending_sel of this vCPU */
	uint8_t *upcall;     /* evtchn_upcall_pending of this vCPU */
	uint32_t *ready;     /* FIFO: of this vCPU's control block */
	uint32_t *heads;     /* FIFO: PV_EVTCHN_QUEUES of them, in the same place */
	uint32_t head[PV_EVTCHN_QUEUES];
	pv_word_t todo; /* words of the selector, or queues, taken over and not yet seen empty */
	uint32_t word;	/* where the scan of the words goes on */
	uint32_t budget;
	uint32_t stray; /* events on ports that nobody has open */
};

enum {
	PV_EVTCHN_DONE,	     /* nothing more to do */
	PV_EVTCHN_RESCAN,    /* events came meanwhile: scan again on this CPU */
	PV_EVTCHN_HYPERCALL, /* unmask by EVTCHNOP_unmask: only Xen can see to it */
	PV_EVTCHN_LATER,     /* stays masked: call pv_evtchn_unmask at the time told */
	PV_EVTCHN_CLOSE,     /* a close was waiting for the callback: let it go on */
	PV_EVTCHN_UNMASK,    /* it came again on another CPU meanwhile: pv_evtchn_unmask */
};

/* count: ports in the array, at most PV_WORD_BITS^2. Masks every port there can be. */
int pv_evtchn_init(struct pv_evtchn *e, pv_word_t *pending, pv_word_t *mask,
	struct pv_evtchn_port *ports, uint32_t count, uint32_t burst, uint64_t window);
void pv_evtchn_cpu_init(
	struct pv_evtchn_cpu *c, uint32_t index, pv_word_t *selector, uint8_t *upcall);

/*
 * FIFO ABI, after EVTCHNOP_init_control for each vCPU. pages: the caller's table, one for each
 * PV_EVTCHN_PAGE_PORTS of count or a part of them. ready, heads: in the vCPU's control block.
 */
int pv_evtchn_init_fifo(struct pv_evtchn *e, uint32_t **pages, struct pv_evtchn_port *ports,
	uint32_t count, uint32_t burst, uint64_t window);
void pv_evtchn_cpu_init_fifo(
	struct pv_evtchn_cpu *c, uint32_t index, uint32_t *ready, uint32_t *heads, uint8_t *upcall);

/*
 * Event words are added a page at a time, when pv_evtchn_open says PV_ENOSPC: prepare the page,
 * EVTCHNOP_expand_array, then add it. PV_ENOSPC from add: the table is full.
 */
void pv_evtchn_prepare_page(uint32_t page[PV_EVTCHN_PAGE_PORTS]);
int pv_evtchn_add_page(struct pv_evtchn *e, uint32_t *page);

/*
 * port: what Xen gave. It is masked until the first pv_evtchn_unmask. PV_ENOSPC, FIFO ABI only: a
 * page of event words has to be added first.
 */
int pv_evtchn_open(struct pv_evtchn *e, uint32_t port, uint32_t cpu, struct pv_evtchn_ref *ref);
/*
 * After EVTCHNOP_bind_vcpu. PV_EVTCHN_DONE; PV_EVTCHN_RESCAN: an event may have come between the
 * two, so scan on that CPU; PV_ENOENT: not open. A CPU leaves to the others what is theirs.
 */
int pv_evtchn_bind(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref);

/*
 * From here on the port is not delivered. 0: EVTCHNOP_close, then pv_evtchn_close_end. PV_EBUSY:
 * its callback runs, perhaps on this very CPU further up the stack; the same, but after
 * pv_evtchn_delivered has returned PV_EVTCHN_CLOSE. PV_ENOENT: there is nothing to close.
 */
int pv_evtchn_close_begin(struct pv_evtchn *e, struct pv_evtchn_ref ref);
void pv_evtchn_close_end(struct pv_evtchn *e, struct pv_evtchn_ref ref);

/* At the upcall: takes over what Xen has selected for this CPU. budget: callbacks to run at most.
 */
void pv_evtchn_scan_begin(struct pv_evtchn_cpu *c, uint32_t budget);

/*
 * 1: run the callback of *ref, then pv_evtchn_delivered. 0: all seen. PV_EAGAIN: the budget is
 * spent and there is more: let the CPU do other work, then scan again.
 */
int pv_evtchn_scan_next(
	struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint64_t now, struct pv_evtchn_ref *ref);
int pv_evtchn_delivered(struct pv_evtchn *e, struct pv_evtchn_ref ref);

/*
 * The owner has dealt with the event, in the callback or later; useful: there was work to do.
 * One of PV_EVTCHN_*, or PV_ENOENT when the port is closing. *until is set for PV_EVTCHN_LATER.
 * Both have returned before the owner calls pv_evtchn_close_end: the port may be another's next.
 */
int pv_evtchn_eoi(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref,
	uint64_t now, bool useful, uint64_t *until);
int pv_evtchn_unmask(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref,
	uint64_t now, uint64_t *until);

/*
 * As if the peer had sent an event; called by the owner. PV_EVTCHN_HYPERCALL: by EVTCHNOP_unmask,
 * which delivers it; PV_EVTCHN_DONE: it comes when the port is unmasked; PV_ENOENT: not open.
 */
int pv_evtchn_trigger(struct pv_evtchn *e, struct pv_evtchn_ref ref);

/*
 * After a resume in a new domain, with all other CPUs held: no port is open any more, and with the
 * FIFO ABI no page is there. Then each vCPU is initialised anew.
 */
void pv_evtchn_resumed(struct pv_evtchn *e);

#endif
