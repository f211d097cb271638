/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_FAKE_XS_H
#define PV_FAKE_XS_H

#include <stdbool.h>
#include <stdint.h>

#include "pv_xen.h"

/*
 * The other end of a store's ring, for tests of the wire: it can be slow byte by byte, it answers
 * in the order the test wants, and it says what the test puts in its mouth. What it stores is just
 * enough to answer every type of message.
 */
#define FAKE_NODES   16
#define FAKE_WATCHES 64

struct fake_node {
	bool used;
	char path[128];
	uint8_t value[4096];
	uint32_t len;
};

struct fake_watch {
	bool used;
	char path[128], token[64];
};

struct fake_xs {
	struct xenstore_domain_interface *ring;
	struct xsd_sockmsg hdr;
	uint8_t payload[4096];
	uint32_t in_done;

	uint8_t *out;
	uint32_t out_len, out_done, out_cap;

	struct fake_node nodes[FAKE_NODES];
	struct fake_watch watches[FAKE_WATCHES];
	uint32_t next_tx, open_tx;
	unsigned int conflicts; /* how many commits to refuse with EAGAIN */
	unsigned int requests, counts[XS_TYPE_COUNT];
	bool silent;	 /* takes requests in and never answers */
	const char *bad; /* what the client did wrong */

	/* Called in place of the answer; true: the test has answered, or wants none. */
	bool (*hook)(struct fake_xs *f, void *arg);
	void *arg;
};

void fake_xs_init(struct fake_xs *f, struct xenstore_domain_interface *ring, uint32_t index);
void fake_xs_fini(struct fake_xs *f);

/* Reads at most in bytes and writes at most out. Returns whether anything moved. */
bool fake_xs_step(struct fake_xs *f, uint32_t in, uint32_t out);

/* Queues a message; raw bytes for what no message should be. */
void fake_xs_say(
	struct fake_xs *f, uint32_t type, uint32_t id, uint32_t tx, const void *data, uint32_t len);
void fake_xs_raw(struct fake_xs *f, const void *data, uint32_t len);
void fake_xs_answer(struct fake_xs *f); /* the ordinary answer to f->hdr */
void fake_xs_fire(struct fake_xs *f, const char *path);

/* The server's part of a reconnection, and a server that has never heard of this domain. */
void fake_xs_reset(struct fake_xs *f);

#endif
