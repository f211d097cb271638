/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_EVTCHN_INT_H
#define PV_EVTCHN_INT_H

#include "pv_evtchn.h"

/*
 * What the two ABIs have to do for pv_evtchn.c. port is below the count of the ports; with the FIFO
 * ABI its page is there, or it was there before a resume: then nothing is done.
 */

/* EVTCHN_FIFO_NR_CHANNELS, for which the header would be needed everywhere. */
#define PV_EVTCHN_FIFO_PORTS (1u << 17)

/* Sets and clears bits of a word that others change too; returns it as it was. */
static inline uint32_t pv_evtchn_update(uint32_t *word, uint32_t set, uint32_t clear)
{
	uint32_t old = PV_READ_ONCE(*word);

	while (!pv_cas32(word, &old, (old | set) & ~clear))
		;
	return old;
}

void pv_evtchn_2l_mask_all(struct pv_evtchn *e);
void pv_evtchn_2l_mask(struct pv_evtchn *e, uint32_t port);
void pv_evtchn_2l_silence(struct pv_evtchn *e, uint32_t port);
/* True when it was masked. */
bool pv_evtchn_2l_raise(struct pv_evtchn *e, uint32_t port);
/* DONE or RESCAN. */
int pv_evtchn_2l_unmask(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t port);
/* It is another CPU's now. DONE or RESCAN. */
int pv_evtchn_2l_moved(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t port);
/* 1: *port was pending and is masked now. 0: none. PV_EAGAIN: the budget is spent. */
int pv_evtchn_2l_next(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t *port);

/* NULL: its page is not there. */
uint32_t *pv_evtchn_fifo_word(const struct pv_evtchn *e, uint32_t port);
void pv_evtchn_fifo_mask(struct pv_evtchn *e, uint32_t port);
void pv_evtchn_fifo_silence(struct pv_evtchn *e, uint32_t port);
bool pv_evtchn_fifo_raise(struct pv_evtchn *e, uint32_t port);
/* DONE or HYPERCALL. */
int pv_evtchn_fifo_unmask(struct pv_evtchn *e, uint32_t port);
void pv_evtchn_fifo_take_over(struct pv_evtchn_cpu *c);
int pv_evtchn_fifo_next(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t *port);

#endif
