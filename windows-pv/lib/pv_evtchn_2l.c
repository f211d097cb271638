/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_evtchn_int.h"

static pv_word_t *pending_of(struct pv_evtchn *e, uint32_t port)
{
	return &e->pending[port / PV_WORD_BITS];
}

void pv_evtchn_2l_mask_all(struct pv_evtchn *e)
{
	for (unsigned int i = 0; i < PV_WORD_BITS; i++) {
		PV_WRITE_ONCE(e->mask[i], ~(pv_word_t)0);
		PV_WRITE_ONCE(e->pending[i], 0);
	}
}

void pv_evtchn_2l_mask(struct pv_evtchn *e, uint32_t port)
{
	pv_bit_test_and_set(&e->mask[port / PV_WORD_BITS], port % PV_WORD_BITS);
}

/* Masked first: an event from here on stays pending, and unmasking finds it. */
void pv_evtchn_2l_silence(struct pv_evtchn *e, uint32_t port)
{
	pv_evtchn_2l_mask(e, port);
	pv_bit_test_and_clear(pending_of(e, port), port % PV_WORD_BITS);
}

bool pv_evtchn_2l_raise(struct pv_evtchn *e, uint32_t port)
{
	pv_bit_test_and_set(pending_of(e, port), port % PV_WORD_BITS);
	return pv_bit_test_and_set(&e->mask[port / PV_WORD_BITS], port % PV_WORD_BITS);
}

int pv_evtchn_2l_unmask(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t port)
{
	pv_bit_test_and_clear(&e->mask[port / PV_WORD_BITS], port % PV_WORD_BITS);
	/* A bit that rose under the mask raised no upcall: it is ours to find. */
	if (!pv_bit_test(pending_of(e, port), port % PV_WORD_BITS))
		return PV_EVTCHN_DONE;
	c->todo |= (pv_word_t)1 << port / PV_WORD_BITS;
	return PV_EVTCHN_RESCAN;
}

/*
 * Before this, the CPU that it was bound to has left it alone, or the one that it is bound to now
 * has: then it is pending still. Selected once too often does no harm.
 */
int pv_evtchn_2l_moved(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t port)
{
	pv_barrier_full();
	if (!pv_bit_test(pending_of(e, port), port % PV_WORD_BITS))
		return PV_EVTCHN_DONE;
	pv_bit_test_and_set(c->selector, port / PV_WORD_BITS);
	return PV_EVTCHN_RESCAN;
}

/* Words are for all CPUs: what is open and bound to another one is for that to take. */
static bool is_others(const struct pv_evtchn *e, const struct pv_evtchn_cpu *c, uint32_t port)
{
	return port < e->count && PV_READ_ONCE(e->ports[port].state) &&
	       PV_READ_ONCE(e->ports[port].cpu) != c->index;
}

int pv_evtchn_2l_next(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t *port)
{
	while (c->todo) {
		uint32_t w = c->word;
		pv_word_t bits;

		if (!(c->todo >> w & 1)) {
			c->word = (w + 1) % PV_WORD_BITS;
			continue;
		}
		bits = PV_READ_ONCE(e->pending[w]) & ~PV_READ_ONCE(e->mask[w]);
		while (bits && is_others(e, c, w * PV_WORD_BITS + pv_word_lowest(bits)))
			bits &= bits - 1;
		if (!bits) {
			c->todo &= ~((pv_word_t)1 << w);
			c->word = (w + 1) % PV_WORD_BITS;
			continue;
		}
		if (!c->budget)
			return PV_EAGAIN;
		c->budget--;
		*port = w * PV_WORD_BITS + pv_word_lowest(bits);
		pv_evtchn_2l_silence(e, *port);
		return 1;
	}
	return 0;
}
