/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_IDS_H
#define PV_IDS_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Numbers 0 to n-1 that name requests in flight. Kind: externally locked.
 * A peer that answers with a number out of range, or one that is not in flight, is told apart
 * from an honest one: it can neither reach past the caller's table nor complete a request twice.
 */
struct pv_ids {
	uint32_t *next; /* the caller's, n long */
	uint32_t n, free, taken;
};

int pv_ids_init(struct pv_ids *ids, uint32_t *next, uint32_t n);
int pv_ids_get(struct pv_ids *ids, uint32_t *id); /* PV_ENOSPC */
int pv_ids_put(struct pv_ids *ids, uint64_t id);  /* PV_EPROTO */
bool pv_ids_is_taken(const struct pv_ids *ids, uint64_t id);

#endif
