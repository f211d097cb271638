/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_BALLOON_H
#define PV_BALLOON_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * How much memory the guest gives back to Xen, and when it takes some again. Kind: externally
 * locked. It neither allocates nor calls Xen: the caller does what it is told to and reports what
 * came of it.
 *
 * The store is the toolstack's, but a number there is a wish: the guest never gives more than it
 * can spare, and never asks for more than it began with (memory/static-max, less the video memory
 * that counts in it and is no RAM).
 */
#define PV_BALLOON_CHUNK 1024 /* pages in one order; no one's memory is needed for longer lists */

/* Below this no guest works well: an eighth of what it began with, and 256 MiB where it has that.
 */
#define PV_BALLOON_FLOOR_PAGES 65536u

/* After an order that was not carried out in full, so long until the next; doubled each time. */
#define PV_BALLOON_WAIT_FIRST (1 * PV_TIME_SECOND)
#define PV_BALLOON_WAIT_MOST  (64 * PV_TIME_SECOND)

enum pv_balloon_order {
	PV_BALLOON_REST,    /* nothing to do until the target changes */
	PV_BALLOON_WAIT,    /* ask again at *when */
	PV_BALLOON_INFLATE, /* allocate *count pages and give them to Xen */
	PV_BALLOON_DEFLATE, /* have Xen populate *count pages of the balloon, and free them */
};

struct pv_balloon {
	uint64_t maximum; /* pages, as the guest began */
	uint64_t floor;	  /* pages that it keeps */
	uint64_t held;	  /* pages in the balloon */
	uint64_t goal;	  /* pages that shall be */
	uint64_t wait;	  /* of the latest failure; 0: none */
	uint64_t until;
	bool clamped; /* the target was not to be had as it was */
};

/* In KiB, as the store has them. PV_EINVAL: no maximum, or one that cannot be. */
int pv_balloon_init(struct pv_balloon *b, uint64_t static_max, uint64_t videoram);

/* memory/target, as text. PV_EINVAL, PV_ERANGE: no number; the goal stays. */
int pv_balloon_target(struct pv_balloon *b, const char *text, size_t len);

/* low: the system is short of memory, and gives none away for as long as it is. */
enum pv_balloon_order pv_balloon_next(
	struct pv_balloon *b, bool low, uint64_t now, uint32_t *count, uint64_t *when);

/* done: pages of the order that went through, of how many were asked. */
void pv_balloon_done(struct pv_balloon *b, enum pv_balloon_order order, uint32_t asked,
	uint32_t done, uint64_t now);

/* Of a resume: Xen has what the balloon holds, but may have more now. Failures are forgotten. */
void pv_balloon_retry(struct pv_balloon *b);

/* What the guest has, in KiB, for whom the store tells. */
uint64_t pv_balloon_size(const struct pv_balloon *b);

#endif
