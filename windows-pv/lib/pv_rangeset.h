/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_RANGESET_H
#define PV_RANGESET_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * A set of numbers, kept as ranges. Kind: externally locked.
 * The caller owns the array of ranges; the set keeps it sorted, apart and merged.
 */
struct pv_range {
	uint64_t start;
	uint64_t count; /* never 0; start + count may be 2^64, never more */
};

struct pv_rangeset {
	struct pv_range *ranges;
	uint32_t cap, used;
	uint64_t items;
};

int pv_rangeset_init(struct pv_rangeset *set, struct pv_range *ranges, uint32_t cap);

/*
 * Moves the set to a larger array and gives the old one back, for the caller to free. What to do
 * after PV_ENOSPC.
 */
struct pv_range *pv_rangeset_grow(struct pv_rangeset *set, struct pv_range *ranges, uint32_t cap);

/* PV_EEXIST if any of it is there already, PV_ENOSPC if the array is full; then nothing changed. */
int pv_rangeset_put(struct pv_rangeset *set, uint64_t start, uint64_t count);

/* Takes just these. PV_ENOENT if any of it is not there, PV_ENOSPC as above. */
int pv_rangeset_get(struct pv_rangeset *set, uint64_t start, uint64_t count);

/* Takes count consecutive numbers, the lowest that there are. PV_ENOENT. */
int pv_rangeset_pop(struct pv_rangeset *set, uint64_t count, uint64_t *start);

bool pv_rangeset_has(const struct pv_rangeset *set, uint64_t value);

#endif
