/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_gnttab.h"
#include "pv_xen.h"

#define END UINT32_MAX

enum {
	GRANT_NONE, /* reserved, or its frame is not there yet */
	GRANT_FREE,
	GRANT_ACTIVE,
	GRANT_QUARANTINED,
};

_Static_assert(4096 / sizeof(struct grant_entry_v1) == PV_GNTTAB_PER_FRAME, "a frame of entries");

int pv_gnttab_init(struct pv_gnttab *t, struct grant_entry_v1 *shared, struct pv_grant *grants,
	uint32_t frames, uint32_t reserved, uint32_t quarantine_max)
{
	pv_memset(t, 0, sizeof(*t));
	if (!shared || !grants || !frames || frames > UINT32_MAX / PV_GNTTAB_PER_FRAME - 1 ||
		reserved < GNTTAB_NR_RESERVED_ENTRIES || reserved >= PV_GNTTAB_PER_FRAME ||
		!quarantine_max)
		return PV_EINVAL;
	t->shared = shared;
	t->grants = grants;
	t->max = frames * PV_GNTTAB_PER_FRAME;
	t->reserved = reserved;
	t->quarantine_max = quarantine_max;
	t->free_head = t->quarantine_head = t->quarantine_tail = END;
	for (uint32_t i = 0; i < t->max; i++) {
		grants[i].state = GRANT_NONE;
		grants[i].next = END;
		grants[i].page = NULL;
	}
	return 0;
}

static void give_back(struct pv_gnttab *t, uint32_t ref)
{
	struct pv_grant *g = &t->grants[ref];

	g->state = GRANT_FREE;
	g->page = NULL;
	g->next = t->free_head;
	t->free_head = ref;
	t->free++;
}

/* Whether the entry now grants nothing; false while Xen says that it is in use. */
static bool clear_entry(struct grant_entry_v1 *e)
{
	/* Only Xen changes the word beside us, and only when the peer maps or unmaps: a peer that
	 * keeps doing so is using the page. */
	for (unsigned int tries = 0; tries < 8; tries++) {
		uint16_t flags = PV_READ_ONCE(e->flags);

		if (flags & (GTF_reading | GTF_writing))
			return false;
		if (pv_cas16(&e->flags, flags, 0))
			return true;
	}
	return false;
}

int pv_gnttab_add_frame(struct pv_gnttab *t)
{
	uint32_t first = t->ready;

	if (first == t->max)
		return PV_ENOSPC;
	t->ready += PV_GNTTAB_PER_FRAME;
	/* From the top, so that the lowest is handed out first. */
	for (uint32_t ref = t->ready; ref-- > first;) {
		if (ref < t->reserved)
			break;
		if (clear_entry(&t->shared[ref]))
			give_back(t, ref);
	}
	return 0;
}

int pv_gnttab_permit(struct pv_gnttab *t, uint16_t domid, uint64_t frame, bool readonly, void *page,
	uint32_t *ref)
{
	struct grant_entry_v1 *e;
	struct pv_grant *g;
	uint32_t r = t->free_head;

	if (frame > UINT32_MAX)
		return PV_ERANGE;
	if (t->quarantined >= t->quarantine_max)
		return PV_EQUARANTINE;
	if (r == END)
		return t->ready < t->max ? PV_ENOMEM : PV_ENOSPC;
	g = &t->grants[r];
	e = &t->shared[r];
	t->free_head = g->next;
	t->free--;
	t->active++;
	g->state = GRANT_ACTIVE;
	g->next = END;
	g->page = page;
	PV_WRITE_ONCE(e->domid, domid);
	PV_WRITE_ONCE(e->frame, (uint32_t)frame);
	/* Xen may look from the moment it sees the type. */
	PV_STORE_RELEASE(e->flags, (uint16_t)(GTF_permit_access | (readonly ? GTF_readonly : 0)));
	*ref = r;
	return 0;
}

int pv_gnttab_revoke(struct pv_gnttab *t, uint32_t ref)
{
	struct pv_grant *g;

	if (ref >= t->ready || t->grants[ref].state != GRANT_ACTIVE)
		return PV_EINVAL;
	g = &t->grants[ref];
	t->active--;
	if (clear_entry(&t->shared[ref])) {
		give_back(t, ref);
		return 0;
	}
	g->state = GRANT_QUARANTINED;
	g->next = END;
	if (t->quarantine_tail == END)
		t->quarantine_head = ref;
	else
		t->grants[t->quarantine_tail].next = ref;
	t->quarantine_tail = ref;
	t->quarantined++;
	return PV_EBUSY;
}

int pv_gnttab_collect(struct pv_gnttab *t, uint32_t *budget, void **page)
{
	*page = NULL;
	while (*budget && t->quarantine_head != END) {
		uint32_t ref = t->quarantine_head;
		struct pv_grant *g = &t->grants[ref];

		(*budget)--;
		t->quarantine_head = g->next;
		if (t->quarantine_head == END)
			t->quarantine_tail = END;
		if (clear_entry(&t->shared[ref])) {
			t->quarantined--;
			*page = g->page;
			give_back(t, ref);
			return 1;
		}
		/* To the back, so that one held for ever does not hide the others. */
		g->next = END;
		if (t->quarantine_tail == END)
			t->quarantine_head = ref;
		else
			t->grants[t->quarantine_tail].next = ref;
		t->quarantine_tail = ref;
	}
	return 0;
}

int pv_gnttab_query(const struct pv_gnttab *t, uint32_t ref, bool *mapped)
{
	if (ref >= t->ready || t->grants[ref].state < GRANT_ACTIVE)
		return PV_EINVAL;
	*mapped = (PV_READ_ONCE(t->shared[ref].flags) & (GTF_reading | GTF_writing)) != 0;
	return 0;
}

void pv_gnttab_resumed(struct pv_gnttab *t)
{
	for (uint32_t ref = t->reserved; ref < t->ready; ref++)
		PV_WRITE_ONCE(t->shared[ref].flags, 0);
}
