/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_GNTTAB_H
#define PV_GNTTAB_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * The book of grant references, version 1 entries. Kind: externally locked.
 *
 * A page that a peer still maps when its grant is revoked belongs to the peer as much as to us:
 * the reference goes into quarantine and takes the page with it. Neither is used or freed until
 * Xen clears the in-use bits; then pv_gnttab_collect gives the page back. A peer that never lets
 * go can hold no more than the quarantine's limit plus what it was granted before the limit was
 * reached: with the quarantine full no new grant is made.
 */
struct grant_entry_v1;

struct pv_grant { /* one for each reference; the caller's array */
	uint32_t next;
	uint8_t state;
	void *page;
};

struct pv_gnttab {
	struct grant_entry_v1 *shared; /* the caller's mapping of the frames, consecutive */
	struct pv_grant *grants;
	uint32_t max;	/* length of grants, and of the mapping when all frames are there */
	uint32_t ready; /* references in the frames that are there */
	uint32_t reserved;
	uint32_t free_head, free;
	uint32_t active;
	uint32_t quarantine_head, quarantine_tail, quarantined, quarantine_max;
};

#define PV_GNTTAB_PER_FRAME 512

/*
 * frames: how many the mapping can ever hold; grants has frames * PV_GNTTAB_PER_FRAME elements.
 * reserved: low references that belong to the toolstack; never handed out and never written.
 */
int pv_gnttab_init(struct pv_gnttab *t, struct grant_entry_v1 *shared, struct pv_grant *grants,
	uint32_t frames, uint32_t reserved, uint32_t quarantine_max);

/*
 * The caller has given Xen one more frame at shared + frame. PV_ENOSPC at the last. What a driver
 * before us has left granted and a peer still maps is never handed out.
 */
int pv_gnttab_add_frame(struct pv_gnttab *t);

/*
 * Grants a page to a domain. page: what collect returns should the page have to be quarantined;
 * from here on it belongs to this grant. The caller has seen to it that the page holds nothing but
 * what is meant for the peer.
 * PV_ENOMEM: no reference left, add a frame; PV_ENOSPC: and there is none to add;
 * PV_EQUARANTINE; PV_ERANGE: the frame number does not fit a version 1 entry.
 */
int pv_gnttab_permit(struct pv_gnttab *t, uint16_t domid, uint64_t frame, bool readonly, void *page,
	uint32_t *ref);

/*
 * 0: the peer can no longer reach the page, it is the caller's again. PV_EBUSY: it is still in
 * use; reference and page are in quarantine, and the caller forgets both. PV_EINVAL: not granted.
 */
int pv_gnttab_revoke(struct pv_gnttab *t, uint32_t ref);

/*
 * Looks at up to budget quarantined references. 1: one was let go, *page is the caller's to zero
 * and free, come again; 0: none.
 */
int pv_gnttab_collect(struct pv_gnttab *t, uint32_t *budget, void **page);

/* What the peer does with a granted page. */
int pv_gnttab_query(const struct pv_gnttab *t, uint32_t ref, bool *mapped);

/*
 * After a resume in a new domain: the table there is empty, whatever the old peer mapped it maps
 * no more, and the caller has added ready/PV_GNTTAB_PER_FRAME frames again. Grants that were
 * active stay known but grant nothing until they are revoked and made again; quarantined pages can
 * be collected. Not to be called when the suspend was cancelled.
 */
void pv_gnttab_resumed(struct pv_gnttab *t);

#endif
