/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_evtchn_int.h"

/* Bits of a port's state. It changes by compare-and-swap: scan and close race on it. */
#define OPEN	0x1u
#define BUSY	0x2u /* its callback runs */
#define AGAIN	0x4u /* it was pending once more while its callback ran elsewhere */
#define CLOSING 0x8u

static int check(struct pv_evtchn_port *ports, uint32_t count, uint32_t limit, uint32_t burst,
	uint64_t window)
{
	return ports && count && count <= limit && burst && window ? 0 : PV_EINVAL;
}

static void init(struct pv_evtchn *e, struct pv_evtchn_port *ports, uint32_t count, uint32_t burst,
	uint64_t window)
{
	pv_memset(e, 0, sizeof(*e));
	pv_memset(ports, 0, count * sizeof(*ports));
	e->ports = ports;
	e->count = count;
	e->burst = burst;
	e->window = window;
}

int pv_evtchn_init(struct pv_evtchn *e, pv_word_t *pending, pv_word_t *mask,
	struct pv_evtchn_port *ports, uint32_t count, uint32_t burst, uint64_t window)
{
	if (!pending || !mask || check(ports, count, PV_WORD_BITS * PV_WORD_BITS, burst, window))
		return PV_EINVAL;
	init(e, ports, count, burst, window);
	e->pending = pending;
	e->mask = mask;
	pv_evtchn_2l_mask_all(e);
	return 0;
}

int pv_evtchn_init_fifo(struct pv_evtchn *e, uint32_t **pages, struct pv_evtchn_port *ports,
	uint32_t count, uint32_t burst, uint64_t window)
{
	if (!pages || check(ports, count, PV_EVTCHN_FIFO_PORTS, burst, window))
		return PV_EINVAL;
	init(e, ports, count, burst, window);
	e->pages = pages;
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

void pv_evtchn_cpu_init_fifo(
	struct pv_evtchn_cpu *c, uint32_t index, uint32_t *ready, uint32_t *heads, uint8_t *upcall)
{
	pv_memset(c, 0, sizeof(*c));
	c->index = index;
	c->ready = ready;
	c->heads = heads;
	c->upcall = upcall;
}

static void mask(struct pv_evtchn *e, uint32_t port)
{
	if (e->pages)
		pv_evtchn_fifo_mask(e, port);
	else
		pv_evtchn_2l_mask(e, port);
}

/* Masked, and what is pending forgotten. */
static void silence(struct pv_evtchn *e, uint32_t port)
{
	if (e->pages)
		pv_evtchn_fifo_silence(e, port);
	else
		pv_evtchn_2l_silence(e, port);
}

/* Pending, and masked; true when it was masked. */
static bool make_pending(struct pv_evtchn *e, uint32_t port)
{
	return e->pages ? pv_evtchn_fifo_raise(e, port) : pv_evtchn_2l_raise(e, port);
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
	if (e->pages && !pv_evtchn_fifo_word(e, port))
		return PV_ENOSPC;
	p = &e->ports[port];
	if (PV_READ_ONCE(p->state))
		return PV_EBUSY;
	silence(e, port);
	PV_WRITE_ONCE(p->cpu, cpu);
	p->window = 0;
	p->spent = 0;
	p->held_back = 0;
	PV_STORE_RELEASE(p->state, OPEN);
	ref->port = port;
	ref->epoch = e->epoch;
	return 0;
}

int pv_evtchn_bind(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	if (!p || !(PV_READ_ONCE(p->state) & OPEN))
		return PV_ENOENT;
	PV_WRITE_ONCE(p->cpu, c->index);
	/* With the FIFO ABI an event is in one queue, whose CPU takes it. */
	return e->pages ? PV_EVTCHN_DONE : pv_evtchn_2l_moved(e, c, ref.port);
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
	mask(e, ref.port);
	return old & BUSY ? PV_EBUSY : 0;
}

void pv_evtchn_close_end(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	/* Still busy: the caller did not wait; leaving it closing is the safe side. */
	if (!p || (PV_READ_ONCE(p->state) & (CLOSING | BUSY)) != CLOSING)
		return;
	silence(e, ref.port);
	PV_STORE_RELEASE(p->state, 0);
}

void pv_evtchn_scan_begin(struct pv_evtchn_cpu *c, uint32_t budget)
{
	PV_WRITE_ONCE(*c->upcall, 0);
	/* Xen sets the selector before the upcall flag; we clear them the other way round. */
	pv_barrier_full();
	if (c->ready)
		pv_evtchn_fifo_take_over(c);
	else
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
		new = old | (old & BUSY ? AGAIN : BUSY);
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
	uint32_t port;
	int r;

	while ((r = e->pages ? pv_evtchn_fifo_next(e, c, &port) : pv_evtchn_2l_next(e, c, &port)) ==
		1) {
		if (!claim(e, port)) {
			c->stray++;
			continue;
		}
		account(e, &e->ports[port], now, 1);
		ref->port = port;
		ref->epoch = e->epoch;
		return 1;
	}
	return r;
}

int pv_evtchn_delivered(struct pv_evtchn *e, struct pv_evtchn_ref ref)
{
	struct pv_evtchn_port *p = lookup(e, ref);
	uint32_t old;

	if (!p)
		return PV_EVTCHN_DONE;
	old = pv_evtchn_update(&p->state, 0, BUSY | AGAIN);
	if (old & CLOSING)
		return PV_EVTCHN_CLOSE;
	if (!(old & AGAIN))
		return PV_EVTCHN_DONE;
	/* Its owner was done with it before the callback ended, or it could not have come. */
	make_pending(e, ref.port);
	return PV_EVTCHN_UNMASK;
}

int pv_evtchn_unmask(struct pv_evtchn *e, struct pv_evtchn_cpu *c, struct pv_evtchn_ref ref,
	uint64_t now, uint64_t *until)
{
	struct pv_evtchn_port *p = lookup(e, ref);

	if (!p || (PV_READ_ONCE(p->state) & (OPEN | CLOSING)) != OPEN)
		return PV_ENOENT;
	if (p->spent >= e->burst && in_window(e, p, now)) {
		p->held_back++;
		*until = pv_time_after(p->window, e->window);
		return PV_EVTCHN_LATER;
	}
	if (e->pages)
		return pv_evtchn_fifo_unmask(e, ref.port);
	if (PV_READ_ONCE(p->cpu) != c->index)
		return PV_EVTCHN_HYPERCALL;
	return pv_evtchn_2l_unmask(e, c, ref.port);
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

	if (!p || (PV_READ_ONCE(p->state) & (OPEN | CLOSING)) != OPEN)
		return PV_ENOENT;
	/* Xen raises an upcall only for a port that it unmasks; one that was masked already is
	 * unmasked by whoever masked it. */
	return make_pending(e, ref.port) ? PV_EVTCHN_DONE : PV_EVTCHN_HYPERCALL;
}

void pv_evtchn_resumed(struct pv_evtchn *e)
{
	if (e->pages)
		PV_WRITE_ONCE(e->page_count, 0);
	else
		pv_evtchn_2l_mask_all(e);
	for (uint32_t i = 0; i < e->count; i++)
		PV_WRITE_ONCE(e->ports[i].state, 0);
	e->epoch++;
}
