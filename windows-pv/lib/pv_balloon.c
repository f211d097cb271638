/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_balloon.h"
#include "pv_text.h"

#define KIB_PER_PAGE 4u
/* 16 TiB in pages: no guest of Xen's has more. */
#define PAGES_MOST   (1ull << 32)

int pv_balloon_init(struct pv_balloon *b, uint64_t static_max, uint64_t videoram)
{
	pv_memset(b, 0, sizeof(*b));
	if (videoram >= static_max)
		return PV_EINVAL;
	b->maximum = (static_max - videoram) / KIB_PER_PAGE;
	if (!b->maximum || b->maximum > PAGES_MOST)
		return PV_EINVAL;
	b->floor = b->maximum / 8;
	if (b->floor < PV_BALLOON_FLOOR_PAGES)
		b->floor = PV_BALLOON_FLOOR_PAGES;
	if (b->floor > b->maximum)
		b->floor = b->maximum;
	return 0;
}

int pv_balloon_target(struct pv_balloon *b, const char *text, size_t len)
{
	uint64_t target, goal = 0;
	int rc = pv_parse_u64(text, len, &target);

	if (rc)
		return rc;
	target /= KIB_PER_PAGE;
	b->clamped = target < b->floor || target > b->maximum;
	if (target < b->floor)
		target = b->floor;
	if (target < b->maximum)
		goal = b->maximum - target;
	if (goal != b->goal)
		pv_balloon_retry(b);
	b->goal = goal;
	return 0;
}

static uint32_t chunk(uint64_t pages)
{
	return pages < PV_BALLOON_CHUNK ? (uint32_t)pages : PV_BALLOON_CHUNK;
}

enum pv_balloon_order pv_balloon_next(
	struct pv_balloon *b, bool low, uint64_t now, uint32_t *count, uint64_t *when)
{
	*count = 0;
	*when = 0;
	if (b->held == b->goal)
		return PV_BALLOON_REST;
	if (b->held < b->goal && low) {
		*when = now + PV_BALLOON_WAIT_FIRST;
		return PV_BALLOON_WAIT;
	}
	if (b->wait && now < b->until) {
		*when = b->until;
		return PV_BALLOON_WAIT;
	}
	if (b->held < b->goal) {
		*count = chunk(b->goal - b->held);
		return PV_BALLOON_INFLATE;
	}
	*count = chunk(b->held - b->goal);
	return PV_BALLOON_DEFLATE;
}

void pv_balloon_done(struct pv_balloon *b, enum pv_balloon_order order, uint32_t asked,
	uint32_t done, uint64_t now)
{
	if (order == PV_BALLOON_INFLATE)
		b->held += done;
	else if (order == PV_BALLOON_DEFLATE)
		b->held -= done < b->held ? done : b->held;
	if (done >= asked) {
		b->wait = 0;
		return;
	}
	b->wait = b->wait ? b->wait * 2 : PV_BALLOON_WAIT_FIRST;
	if (b->wait > PV_BALLOON_WAIT_MOST)
		b->wait = PV_BALLOON_WAIT_MOST;
	b->until = now + b->wait;
}

void pv_balloon_retry(struct pv_balloon *b)
{
	b->wait = 0;
	b->until = 0;
}

uint64_t pv_balloon_size(const struct pv_balloon *b)
{
	return (b->maximum - b->held) * KIB_PER_PAGE;
}
