/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_RING_H
#define PV_RING_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * The front end of a shared ring (xen/io/ring.h): requests out, responses in. Kind: externally
 * locked.
 *
 * Nothing of ours is read back from the shared page: our indexes live here and are only written
 * there. The back end's producer may not pass what we have asked for, nor fall behind what it said
 * before; a ring where it does is broken for good and gives PV_EPROTO until it is made anew.
 */
struct pv_ring {
	uint8_t *shared;  /* the caller's pages, granted to the back end */
	uint32_t entries; /* a power of two */
	uint32_t entry_size;
	uint32_t req_prod;   /* filled */
	uint32_t req_pushed; /* told to the back end */
	uint32_t rsp_cons;
	uint32_t rsp_seen; /* the highest response producer so far */
	bool broken;
};

/* The fixed head of a ring page; the entries follow it. */
#define PV_RING_HEADER 64

/*
 * Makes an empty ring in size bytes; entry_size is that of the larger of request and response,
 * as the protocol's union has it. Zeroes all of the shared memory: none of it may carry what was
 * there before. index: where to begin counting, 0 but for tests.
 */
int pv_ring_init(
	struct pv_ring *r, void *shared, uint32_t size, uint32_t entry_size, uint32_t index);

/* How many requests can be put now. */
uint32_t pv_ring_free(const struct pv_ring *r);

/* Copies size bytes into the next free slot and zeroes the rest of it. PV_ENOSPC. */
int pv_ring_put(struct pv_ring *r, const void *request, uint32_t size);

/* Shows what was put to the back end. 1: send an event; 0: it did not ask for one. */
int pv_ring_push(struct pv_ring *r);

/* How many responses there are, or PV_EPROTO. */
int pv_ring_pending(struct pv_ring *r);

/* Copies the next response out, once: 1, or 0 if there is none, or PV_EPROTO. */
int pv_ring_take(struct pv_ring *r, void *response, uint32_t size);

/*
 * Asks for an event with the next response, and looks once more: 1 means that some came meanwhile,
 * go on taking; 0: wait for the event.
 */
int pv_ring_final_check(struct pv_ring *r);

/* Requests that the back end has not answered. */
uint32_t pv_ring_outstanding(const struct pv_ring *r);

#endif
