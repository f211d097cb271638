/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_evtchn_int.h"
#include "pv_xen.h"

#define PENDING (1u << EVTCHN_FIFO_PENDING)
#define MASKED	(1u << EVTCHN_FIFO_MASKED)
#define LINKED	(1u << EVTCHN_FIFO_LINKED)
#define XENS	(1u << EVTCHN_FIFO_BUSY) /* Xen is at the word: only it may unmask */
#define LINK	((uint32_t)EVTCHN_FIFO_LINK_MASK)

_Static_assert(PV_EVTCHN_FIFO_PORTS == EVTCHN_FIFO_NR_CHANNELS, "the number of ports");
_Static_assert(PV_EVTCHN_QUEUES == EVTCHN_FIFO_MAX_QUEUES, "the number of queues");
_Static_assert(PV_EVTCHN_PAGE_PORTS * sizeof(event_word_t) == 4096, "a page of event words");

void pv_evtchn_prepare_page(uint32_t page[PV_EVTCHN_PAGE_PORTS])
{
	for (uint32_t i = 0; i < PV_EVTCHN_PAGE_PORTS; i++)
		page[i] = MASKED;
}

int pv_evtchn_add_page(struct pv_evtchn *e, uint32_t *page)
{
	if ((uint64_t)e->page_count * PV_EVTCHN_PAGE_PORTS >= e->count)
		return PV_ENOSPC;
	e->pages[e->page_count] = page;
	PV_STORE_RELEASE(e->page_count, e->page_count + 1);
	return 0;
}

uint32_t *pv_evtchn_fifo_word(const struct pv_evtchn *e, uint32_t port)
{
	if (port / PV_EVTCHN_PAGE_PORTS >= PV_LOAD_ACQUIRE(e->page_count))
		return NULL;
	return &e->pages[port / PV_EVTCHN_PAGE_PORTS][port % PV_EVTCHN_PAGE_PORTS];
}

/* The word as it was. */
static uint32_t change(struct pv_evtchn *e, uint32_t port, uint32_t set, uint32_t clear)
{
	uint32_t *word = pv_evtchn_fifo_word(e, port);

	return word ? pv_evtchn_update(word, set, clear) : MASKED;
}

void pv_evtchn_fifo_mask(struct pv_evtchn *e, uint32_t port)
{
	change(e, port, MASKED, 0);
}

void pv_evtchn_fifo_silence(struct pv_evtchn *e, uint32_t port)
{
	change(e, port, MASKED, PENDING);
}

bool pv_evtchn_fifo_raise(struct pv_evtchn *e, uint32_t port)
{
	return (change(e, port, PENDING | MASKED, 0) & MASKED) != 0;
}

int pv_evtchn_fifo_unmask(struct pv_evtchn *e, uint32_t port)
{
	uint32_t *word = pv_evtchn_fifo_word(e, port), old;

	if (!word)
		return PV_EVTCHN_DONE;
	old = PV_READ_ONCE(*word);
	do {
		if (!(old & MASKED))
			return PV_EVTCHN_DONE;
		/* What is pending and in no queue only Xen can put into one. */
		if (old & (PENDING | XENS))
			return PV_EVTCHN_HYPERCALL;
	} while (!pv_cas32(word, &old, old & ~MASKED));
	return PV_EVTCHN_DONE;
}

void pv_evtchn_fifo_take_over(struct pv_evtchn_cpu *c)
{
	if (PV_READ_ONCE(*c->ready))
		c->todo |=
			pv_evtchn_update(c->ready, 0, UINT32_MAX) & ((1u << PV_EVTCHN_QUEUES) - 1);
}

/* The first port of a queue, out of it; *linked: it was in one. NULL: there is no such port. */
static uint32_t *take_first(
	struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t q, uint32_t *port, uint32_t *old)
{
	uint32_t head = c->head[q], *word;

	c->head[q] = 0;
	if (!head)
		head = PV_LOAD_ACQUIRE(c->heads[q]);
	word = head && head < e->count ? pv_evtchn_fifo_word(e, head) : NULL;
	if (!word)
		return NULL;
	*port = head;
	*old = pv_evtchn_update(word, 0, LINKED | LINK);
	if (*old & LINKED)
		c->head[q] = *old & LINK;
	return word;
}

/* In one step: an event that comes between two would be neither here nor in a queue. */
static bool deliver(uint32_t *word)
{
	uint32_t old = PV_READ_ONCE(*word);

	do {
		if ((old & (PENDING | MASKED)) != PENDING)
			return false;
	} while (!pv_cas32(word, &old, (old | MASKED) & ~PENDING));
	return true;
}

/*
 * A port that was taken out is linked to nothing: a list that bites its tail ends there. What goes
 * on being linked anew costs budget like any event.
 */
int pv_evtchn_fifo_next(struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint32_t *port)
{
	for (;;) {
		uint32_t q, *word, old = 0;

		/* Queues of a higher priority may have filled since. */
		pv_evtchn_fifo_take_over(c);
		if (!c->todo)
			return 0;
		if (!c->budget)
			return PV_EAGAIN;
		c->budget--;
		q = pv_word_lowest(c->todo);
		word = take_first(e, c, q, port, &old);
		if (!c->head[q])
			c->todo &= ~((pv_word_t)1 << q);
		if (!word || !(old & LINKED)) {
			c->stray++;
			continue;
		}
		if (deliver(word))
			return 1;
	}
}
