/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_corral.h"

/*
 * One word, so that the last arrival and the time limit cannot both win: the stage, how many have
 * arrived at it, and how many have yet to leave.
 */
enum stage { IDLE, GATHER, SHUTTING, HELD, RELEASED, ABORTED };

#define COUNT_BITS 14
#define COUNT_MASK ((1u << COUNT_BITS) - 1)

static uint32_t word_of(enum stage stage, uint32_t arrived, uint32_t inside)
{
	return (uint32_t)stage | arrived << 3 | inside << (3 + COUNT_BITS);
}

static enum stage stage_of(uint32_t word)
{
	return (enum stage)(word & 7);
}

static uint32_t arrived_of(uint32_t word)
{
	return word >> 3 & COUNT_MASK;
}

static uint32_t inside_of(uint32_t word)
{
	return word >> (3 + COUNT_BITS);
}

int pv_corral_begin(struct pv_corral *c, uint32_t cpus, uint64_t now, uint64_t limit)
{
	if (!cpus || cpus > PV_CORRAL_MAX_CPUS)
		return PV_EINVAL;
	if (stage_of(PV_LOAD_ACQUIRE(c->word)) != IDLE)
		return PV_EBUSY;
	c->cpus = cpus;
	c->deadline = pv_time_after(now, limit);
	PV_STORE_RELEASE(c->word, word_of(GATHER, 0, cpus));
	return 0;
}

/* One more at `from`; the last one takes all on to the next stage. */
static uint32_t arrive(struct pv_corral *c, enum stage from)
{
	uint32_t old = PV_LOAD_ACQUIRE(c->word), new;

	do {
		uint32_t arrived = arrived_of(old) + 1;

		if (stage_of(old) != from)
			return old;
		new = arrived < c->cpus ? word_of(from, arrived, inside_of(old))
					: word_of((enum stage)(from + 1), 0, inside_of(old));
	} while (!pv_cas32(&c->word, &old, new));
	return new;
}

static enum pv_corral_answer answer(uint32_t word, bool shut)
{
	switch (stage_of(word)) {
	case SHUTTING:
		return shut ? PV_CORRAL_WAIT : PV_CORRAL_SHUT;
	case HELD:
		return PV_CORRAL_HELD;
	case RELEASED:
		return PV_CORRAL_RELEASED;
	case IDLE:
	case ABORTED:
		return PV_CORRAL_ABORTED;
	case GATHER:
	default:
		return PV_CORRAL_WAIT;
	}
}

enum pv_corral_answer pv_corral_enter(struct pv_corral *c)
{
	return answer(arrive(c, GATHER), false);
}

enum pv_corral_answer pv_corral_shut(struct pv_corral *c)
{
	return answer(arrive(c, SHUTTING), true);
}

enum pv_corral_answer pv_corral_ask(struct pv_corral *c, uint64_t now, bool shut)
{
	uint32_t old = PV_LOAD_ACQUIRE(c->word);

	while ((stage_of(old) == GATHER || stage_of(old) == SHUTTING) && now >= c->deadline) {
		uint32_t new = word_of(ABORTED, 0, inside_of(old));

		if (pv_cas32(&c->word, &old, new))
			old = new;
	}
	return answer(old, shut);
}

void pv_corral_release(struct pv_corral *c)
{
	uint32_t old = PV_READ_ONCE(c->word);

	do {
		if (stage_of(old) != HELD)
			return;
	} while (!pv_cas32(&c->word, &old, word_of(RELEASED, 0, inside_of(old))));
}

bool pv_corral_leave(struct pv_corral *c)
{
	uint32_t old = PV_READ_ONCE(c->word), inside;

	do {
		inside = inside_of(old);
		if (!inside || (stage_of(old) != RELEASED && stage_of(old) != ABORTED))
			return false;
		inside--;
	} while (!pv_cas32(&c->word, &old, word_of(inside ? stage_of(old) : IDLE, 0, inside)));
	return !inside;
}
