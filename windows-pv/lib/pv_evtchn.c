/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_evtchn.h"

/* Bits of a port's state. It changes only by compare-and-swap: scan and close race on it. */
#define OPEN	0x1u
#define BUSY	0x2u /* its callback runs */
#define AGAIN	0x4u /* it was pending once more while its callback ran elsewhere */
#define CLOSING 0x8u

static uint32_t update(uint32_t *state, uint32_t set, uint32_t clear)
{
	uint32_t old = PV_READ_ONCE(*state);

	while (!pv_cas32(state, &old, (old | set) & ~clear))
		;
	return old;
}

static void mask_all(struct pv_evtchn *e)
{
	for (unsigned int i = 0; i < PV_WORD_BITS; i++) {
		PV_WRITE_ONCE(e->mask[i], ~(pv_word_t)0);
		PV_WRITE_ONCE(e->pending[i], 0);
	}
}

int pv_evtchn_init(struct pv_evtchn *e, pv_word_t *pending, pv_word_t *mask,
	struct pv_evtchn_port *ports, uint32_t count, uint32_t burst, uint64_t window)
{
	if (!pending || !mask || !ports || !count || count > PV_WORD_BITS * PV_WORD_BITS ||
		!burst || !window)
		return PV_EINVAL;
	pv_memset(e, 0, sizeof(*e));
	pv_memset(ports, 0, count * sizeof(*ports));
	e->pending = pending;
	e->mask = mask;
	e->ports = ports;
	e->count = count;
	e->burst = burst;
	e->window = window;
	mask_all(e);
	return 0;
}

void pv_evtchn_cpu_init(
	struct pv_evtchn_cpu *c, uint32_t index, pv_word_t *selector, uint8_t *upcall)
{
	pv_memset(c, 0, sizeof(*c));
	c->index = index;
	c->selector = selector;
	c->upcall = upcall;
}

static void mask_port(struct pv_evtchn *e, uint32_t port)
{
	pv_bit_test_and_set(&e->mask[port / PV_WORD_BITS], port % PV_WORD_BITS);
}

static struct pv_evtchn_port *lookup(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	return ref.port < e->count && ref.epoch == e->epoch ? &e->ports[ref.port] : NULL;
}

int pv_evtchn_open(struct pv_evtchn *e, uint32_t port, uint32_t cpu, struct pv_evtchn_ref *ref)
{
	struct pv_evtchn_port *p;

	if (port >= e->count)
		return PV_ERANGE;
	p = &e->ports[port];
	if (PV_READ_ONCE(p->state))
		return PV_EBUSY;
	mask_port(e, port);
	pv_bit_test_and_clear(&e->pending[port / PV_WORD_BITS], port % PV_WORD_BITS);
	PV_WRITE_ONCE(p->cpu, cpu);
	p->window = 0;
	p->spent = 0;
	p->held_back = 0;
	PV_STORE_RELEASE(p->state, OPEN);
	ref->port = port;
	ref->epoch = e->epoch;
	return 0;
}

int pv_evtchn_bind(struct pv_evtchn *e, struct pv_evtchn_ref ref, uint32_t cpu)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	if (!p || !(PV_READ_ONCE(p->state) & OPEN))
		return PV_ENOENT;
	PV_WRITE_ONCE(p->cpu, cpu);
	return 0;
}

int pv_evtchn_close_begin(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);
	uint32_t old;

	if (!p)
		return PV_ENOENT;
	old = PV_READ_ONCE(p->state);
	do {
		if (!(old & OPEN) || (old & CLOSING))
			return PV_ENOENT;
	} while (!pv_cas32(&p->state, &old, old | CLOSING));
	mask_port(e, ref.port);
	return old & BUSY ? PV_EBUSY : 0;
}

void pv_evtchn_close_end(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	/* Still busy: the caller did not wait; leaving it closing is the safe side. */
	if (!p || (PV_READ_ONCE(p->state) & (CLOSING | BUSY)) != CLOSING)
		return;
	mask_port(e, ref.port);
	pv_bit_test_and_clear(&e->pending[ref.port / PV_WORD_BITS], ref.port % PV_WORD_BITS);
	PV_STORE_RELEASE(p->state, 0);
}

void pv_evtchn_scan_begin(struct pv_evtchn_cpu *c, uint32_t budget)
{
	PV_WRITE_ONCE(*c->upcall, 0);
	/* Xen sets the selector before the upcall flag; we clear them the other way round. */
	pv_barrier_full();
	c->todo |= pv_word_swap(c->selector, 0);
	c->budget = budget;
}

/* Claims the port for its callback. False: nobody has it open, or it runs elsewhere. */
static bool claim(struct pv_evtchn *e, uint32_t port)
{
	struct pv_evtchn_port *p;
	uint32_t old, new;

	if (port >= e->count)
		return false;
	p = &e->ports[port];
	old = PV_READ_ONCE(p->state);
	do {
		if (!(old & OPEN) || (old & CLOSING))
			return false;
		new = old &BUSY ? old | AGAIN : old | BUSY;
	} while (!pv_cas32(&p->state, &old, new));
	return !(old & BUSY);
}

/* A clock that went back makes the difference huge: it ends the window, and holds no port for ever.
 */
static bool in_window(const struct pv_evtchn *e, const struct pv_evtchn_port *p, uint64_t now)
{
	return now - p->window < e->window;
}

static void account(struct pv_evtchn *e, struct pv_evtchn_port *p, uint64_t now, uint32_t cost)
{
	if (!in_window(e, p, now)) {
		p->window = now;
		p->spent = 0;
	}
	p->spent = cost > UINT32_MAX - p->spent ? UINT32_MAX : p->spent + cost;
}

int pv_evtchn_scan_next(
	struct pv_evtchn *e, struct pv_evtchn_cpu *c, uint64_t now, struct pv_evtchn_ref *ref)
{
	while (c->todo) {
		pv_word_t bits;
		uint32_t w = c->word, port;

		if (!(c->todo >> w & 1)) {
			c->word = (w + 1) % PV_WORD_BITS;
			continue;
		}
		bits = PV_READ_ONCE(e->pending[w]) & ~PV_READ_ONCE(e->mask[w]);
		if (!bits) {
			c->todo &= ~((pv_word_t)1 << w);
			c->word = (w + 1) % PV_WORD_BITS;
			continue;
		}
		if (!c->budget)
			return PV_EAGAIN;
		c->budget--;
		port = w * PV_WORD_BITS + pv_word_lowest(bits);
		/* Masked first: an event from here on stays pending, and unmasking finds it. */
		mask_port(e, port);
		pv_bit_test_and_clear(&e->pending[w], port % PV_WORD_BITS);
		if (!claim(e, port)) {
			c->stray++;
			continue;
		}
		account(e, &e->ports[port], now, 1);
		ref->port = port;
		ref->epoch = e->epoch;
		return 1;
	}
	return 0;
}

int pv_evtchn_delivered(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);
	uint32_t old;

	if (!p)
		return PV_EVTCHN_DONE;
	old = update(&p->state, 0, BUSY | AGAIN);
	if (old & CLOSING)
		return PV_EVTCHN_CLOSE;
	if (!(old & AGAIN))
		return PV_EVTCHN_DONE;
	/* Its owner was done with it before the callback ended, or it could not have come. */
	pv_bit_test_and_set(&e->pending[ref.port / PV_WORD_BITS], ref.port % PV_WORD_BITS);
	return PV_EVTCHN_UNMASK;
}

int pv_evtchn_unmask(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref,
	uint64_t now, uint64_t *until)
{
	struct pv_evtchn_port *p = lookup(e, ref);
	uint32_t w = ref.port / PV_WORD_BITS, b = ref.port % PV_WORD_BITS;

	if (!p || (PV_READ_ONCE(p->state) & (OPEN | CLOSING)) != OPEN)
		return PV_ENOENT;
	if (p->spent >= e->burst && in_window(e, p, now)) {
		p->held_back++;
		*until = pv_time_after(p->window, e->window);
		return PV_EVTCHN_LATER;
	}
	if (PV_READ_ONCE(p->cpu) != c->index)
		return PV_EVTCHN_HYPERCALL;
	pv_bit_test_and_clear(&e->mask[w], b);
	/* A bit that rose under the mask raised no upcall: it is ours to find. */
	if (!pv_bit_test(&e->pending[w], b))
		return PV_EVTCHN_DONE;
	c->todo |= (pv_word_t)1 << w;
	return PV_EVTCHN_RESCAN;
}

int pv_evtchn_eoi(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref,
	uint64_t now, bool useful, uint64_t *until)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	if (!p)
		return PV_ENOENT;
	if (!useful)
		account(e, p, now, PV_EVTCHN_USELESS_COST - 1);
	return pv_evtchn_unmask(e, c, ref, now, until);
}

int pv_evtchn_trigger(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);
	uint32_t w = ref.port / PV_WORD_BITS, b = ref.port % PV_WORD_BITS;

	if (!p || (PV_READ_ONCE(p->state) & (OPEN | CLOSING)) != OPEN)
		return PV_ENOENT;
	pv_bit_test_and_set(&e->pending[w], b);
	/* Xen raises an upcall only for a port that it unmasks; one that was masked already is
	 * unmasked by whoever masked it. */
	return pv_bit_test_and_set(&e->mask[w], b) ? PV_EVTCHN_DONE : PV_EVTCHN_HYPERCALL;
}

void pv_evtchn_resumed(struct pv_evtchn *e)
{
	mask_all(e);
	for (uint32_t i = 0; i < e->count; i++)
		PV_WRITE_ONCE(e->ports[i].state, 0);
	e->epoch++;
}
