/* SPDX-License-Identifier: BSD-2-Clause */
/* A store that says and writes anything, and callers that come, wait, give up and suspend. */
#include "fuzz.h"
#include "pv_xs.h"

#define REQS	6
#define WATCHES 3
#define SLOTS	4

struct caller {
	struct pv_xs_req req; /* first: what comes back is found by it */
	uint8_t *reply;
	int open;
};

static volatile uint8_t sink;

static const char *const paths[] = { "a", "device/vif/0", "/local/domain/0" };

static void put_rsp(struct xenstore_domain_interface *ring, const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ring->rsp[MASK_XENSTORE_IDX(ring->rsp_prod + (uint32_t)i)] = (char)data[i];
	ring->rsp_prod += (uint32_t)n;
}

static void submit(struct fuzz *f, struct pv_xs *xs, struct caller *c, uint64_t now)
{
	const char *path = paths[fuzz_u8(f) % 3];
	struct pv_xs_txn tx = { .id = fuzz_u8(f) % 3, .epoch = xs->epoch - (fuzz_u8(f) & 1) };
	uint8_t kind = fuzz_u8(f);
	uint32_t cap = 20 + fuzz_u8(f);
	static const uint8_t value[4096];

	if (c->open)
		return;
	switch (kind % 6) {
	case 0:
		pv_xs_req_path(&c->req, XS_READ, tx.id ? &tx : NULL, path, strlen(path));
		break;
	case 1:
		pv_xs_req_write(
			&c->req, tx.id ? &tx : NULL, path, strlen(path), value, kind * 17u % 4200);
		break;
	case 2:
		pv_xs_req_transaction_start(&c->req);
		break;
	case 3:
		pv_xs_req_transaction_end(&c->req, &tx, kind & 1);
		break;
	case 4:
		pv_xs_req_reset_watches(&c->req);
		break;
	default:
		pv_xs_req_control(&c->req, "x", 2);
		break;
	}
	c->reply = malloc(cap);
	if (!c->reply)
		abort();
	if (pv_xs_submit(xs, &c->req, c->reply, cap, now + 1 + kind)) {
		free(c->reply);
		return;
	}
	c->open = 1;
}

static void take_done(struct pv_xs *xs, struct caller *callers)
{
	struct pv_xs_req *req;

	while ((req = pv_xs_next_done(xs))) {
		struct caller *c = (struct caller *)(void *)req;

		REQUIRE(c >= callers && c < callers + REQS && c->open);
		if (!req->rc && req->reply_len <= req->reply_cap) {
			/* What is said to be there is there. */
			uint8_t sum = 0;

			for (uint32_t i = 0; i < req->reply_len; i++)
				sum ^= c->reply[i];
			sink = sum;
		}
		free(c->reply);
		memset(&c->req, 0, sizeof(c->req));
		c->open = 0;
	}
}

static void answer(struct fuzz *f, struct pv_xs *xs, struct caller *callers)
{
	struct caller *c = &callers[fuzz_u8(f) % REQS];
	struct xsd_sockmsg hdr = { c->req.type, c->req.id, c->req.tx, 0 };
	uint8_t how = fuzz_u8(f);
	uint8_t *payload;
	size_t n;

	if (how & 1)
		hdr.type = XS_ERROR;
	if ((how & 0x0e) == 0x0e)
		hdr.req_id ^= fuzz_u32(f);
	if ((how & 0x30) == 0x30)
		hdr.tx_id ^= fuzz_u8(f);
	if ((how & 0x50) == 0x50)
		hdr.type = XS_WATCH_EVENT;
	payload = fuzz_bytes(f, fuzz_u8(f), &n);
	hdr.len = (uint32_t)n;
	if (how == 0xff)
		hdr.len = fuzz_u32(f);
	put_rsp(xs->ring, (const uint8_t *)&hdr, sizeof(hdr));
	put_rsp(xs->ring, payload, n);
	free(payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { data, size };
	struct xenstore_domain_interface *ring = calloc(1, sizeof(*ring));
	struct pv_xs *xs = calloc(1, sizeof(*xs));
	struct pv_xs_slot *slots = calloc(SLOTS, sizeof(*slots));
	struct pv_xs_watch_slot *wslots = calloc(WATCHES, sizeof(*wslots));
	struct caller *callers = calloc(REQS, sizeof(*callers));
	struct pv_xs_watch *watches = calloc(WATCHES + 1, sizeof(*watches));
	uint64_t now = 1;
	size_t n;
	uint8_t *raw;

	if (!ring || !xs || !slots || !wslots || !callers || !watches)
		abort();
	ring->server_features = fuzz_u8(&f) & 3;
	ring->req_prod = ring->req_cons = ring->rsp_prod = ring->rsp_cons = fuzz_u32(&f);
	if (pv_xs_init(xs, ring, slots, SLOTS, wslots, WATCHES))
		abort();
	while (f.left) {
		uint8_t which = fuzz_u8(&f);
		struct pv_xs_watch *w = &watches[which % (WATCHES + 1)];

		switch (fuzz_u8(&f) % 16) {
		case 0:
		case 1:
			submit(&f, xs, &callers[which % REQS], now);
			break;
		case 2:
		case 3:
			answer(&f, xs, callers);
			break;
		case 4:
			raw = fuzz_bytes(&f, fuzz_u8(&f), &n);
			put_rsp(ring, raw, n);
			free(raw);
			break;
		case 5:
			ring->req_cons += which;
			break;
		case 6:
			ring->req_cons = xs->req_prod;
			break;
		case 7:
			ring->rsp_prod += fuzz_u32(&f);
			break;
		case 8:
			now += which;
			break;
		case 9:
			pv_xs_cancel(xs, &callers[which % REQS].req);
			break;
		case 10:
			if (w->state == PV_XS_WATCH_OFF)
				pv_xs_watch_add(xs, w, paths[which % 3], strlen(paths[which % 3]),
					which, now);
			break;
		case 11:
			pv_xs_watch_remove(xs, w, now);
			break;
		case 12:
			if (which & 1)
				pv_xs_suspend(xs);
			else
				pv_xs_resume(xs, ring, which & 2, now);
			break;
		case 13:
			if (xs->state == PV_XS_BROKEN || which == 7)
				pv_xs_reconnect(xs, now);
			break;
		case 14:
			ring->connection = which & 1;
			ring->error = which >> 1 & 1;
			break;
		default:
			while (pv_xs_next_event(xs))
				;
			break;
		}
		pv_xs_pump(xs, now);
		take_done(xs, callers);
	}
	/* Whatever happened: nobody waits past his time, and what is removed goes away. */
	for (unsigned int i = 0; i <= WATCHES; i++)
		pv_xs_watch_remove(xs, &watches[i], now);
	for (unsigned int i = 0; i < 3; i++) {
		now += 1000;
		pv_xs_pump(xs, now);
	}
	take_done(xs, callers);
	for (unsigned int i = 0; i < REQS; i++)
		REQUIRE(!callers[i].open);
	for (unsigned int i = 0; i <= WATCHES; i++)
		REQUIRE(watches[i].state == PV_XS_WATCH_OFF);
	while (pv_xs_next_event(xs))
		;
	REQUIRE(xs->events == 0);
	free(watches);
	free(callers);
	free(wslots);
	free(slots);
	free(xs);
	free(ring);
	return 0;
}
