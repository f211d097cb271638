/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_rangeset.h"

int pv_rangeset_init(struct pv_rangeset *set, struct pv_range *ranges, uint32_t cap)
{
	if (!ranges || !cap)
		return PV_EINVAL;
	set->ranges = ranges;
	set->cap = cap;
	set->used = 0;
	set->items = 0;
	return 0;
}

struct pv_range *pv_rangeset_grow(struct pv_rangeset *set, struct pv_range *ranges, uint32_t cap)
{
	struct pv_range *old = set->ranges;

	if (cap <= set->cap)
		return NULL;
	pv_memcpy(ranges, old, set->used * sizeof(*old));
	set->ranges = ranges;
	set->cap = cap;
	return old;
}

static bool fits(uint64_t start, uint64_t count)
{
	return count && count - 1 <= UINT64_MAX - start;
}

/* The last number of a range: unlike its end, it fits in 64 bits. */
static uint64_t last(const struct pv_range *r)
{
	return r->start + (r->count - 1);
}

/* The first range that reaches value or begins after it. */
static uint32_t find(const struct pv_rangeset *set, uint64_t value)
{
	uint32_t lo = 0, hi = set->used;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (last(&set->ranges[mid]) < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void insert(struct pv_rangeset *set, uint32_t at, uint64_t start, uint64_t count)
{
	for (uint32_t i = set->used; i > at; i--)
		set->ranges[i] = set->ranges[i - 1];
	set->used++;
	set->ranges[at].start = start;
	set->ranges[at].count = count;
}

static void remove_at(struct pv_rangeset *set, uint32_t at)
{
	set->used--;
	for (uint32_t i = at; i < set->used; i++)
		set->ranges[i] = set->ranges[i + 1];
}

int pv_rangeset_put(struct pv_rangeset *set, uint64_t start, uint64_t count)
{
	struct pv_range *r = set->ranges;
	bool joins_prev, joins_next;
	uint32_t at;

	/* The number of items must fit too: the whole of 2^64 does not. */
	if (!fits(start, count) || count > UINT64_MAX - set->items)
		return PV_EINVAL;
	at = find(set, start);
	if (at < set->used && r[at].start <= start + (count - 1))
		return PV_EEXIST;
	joins_prev = at > 0 && last(&r[at - 1]) + 1 == start;
	joins_next = at < set->used && start + (count - 1) + 1 == r[at].start;
	if (joins_prev && joins_next) {
		r[at - 1].count += count + r[at].count;
		remove_at(set, at);
	} else if (joins_prev) {
		r[at - 1].count += count;
	} else if (joins_next) {
		r[at].start = start;
		r[at].count += count;
	} else {
		if (set->used == set->cap)
			return PV_ENOSPC;
		insert(set, at, start, count);
	}
	set->items += count;
	return 0;
}

int pv_rangeset_get(struct pv_rangeset *set, uint64_t start, uint64_t count)
{
	struct pv_range *r;
	uint64_t before, after;
	uint32_t at;

	if (!fits(start, count))
		return PV_EINVAL;
	at = find(set, start);
	if (at == set->used || set->ranges[at].start > start)
		return PV_ENOENT;
	r = &set->ranges[at];
	before = start - r->start;
	if (r->count - before < count)
		return PV_ENOENT;
	after = r->count - before - count;
	if (before && after) {
		if (set->used == set->cap)
			return PV_ENOSPC;
		r->count = before;
		insert(set, at + 1, start + count, after);
	} else if (before) {
		r->count = before;
	} else if (after) {
		r->start = start + count;
		r->count = after;
	} else {
		remove_at(set, at);
	}
	set->items -= count;
	return 0;
}

int pv_rangeset_pop(struct pv_rangeset *set, uint64_t count, uint64_t *start)
{
	if (!count)
		return PV_EINVAL;
	for (uint32_t i = 0; i < set->used; i++) {
		struct pv_range *r = &set->ranges[i];

		if (r->count < count)
			continue;
		*start = r->start;
		r->start += count;
		r->count -= count;
		if (!r->count)
			remove_at(set, i);
		set->items -= count;
		return 0;
	}
	return PV_ENOENT;
}

bool pv_rangeset_has(const struct pv_rangeset *set, uint64_t value)
{
	uint32_t at = find(set, value);

	return at < set->used && set->ranges[at].start <= value;
}
