/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection: beginning, breaking, beginning again. */
#include "pv_xs_int.h"

void pv_xs_break(struct pv_xs *xs, int error)
{
	if (xs->state == PV_XS_UP || xs->state == PV_XS_CONNECTING) {
		xs->state = PV_XS_BROKEN;
		xs->error = error;
	}
}

/* Takes the indexes from the page, and skips what the server said to someone before us. */
static void attach(struct pv_xs *xs)
{
	uint32_t cons;

	xs->out_len = xs->out_done = 0;
	xs->in_done = 0;
	xs->rsp_cons = PV_LOAD_ACQUIRE(xs->ring->rsp_prod);
	PV_STORE_RELEASE(xs->ring->rsp_cons, xs->rsp_cons);
	cons = PV_LOAD_ACQUIRE(xs->ring->req_cons);
	xs->req_prod = PV_READ_ONCE(xs->ring->req_prod);
	if (xs->req_prod - cons > XENSTORE_RING_SIZE)
		pv_xs_break(xs, PV_EPROTO);
}

bool pv_xs_has_feature(const struct pv_xs *xs, uint32_t feature)
{
	return (PV_READ_ONCE(xs->ring->server_features) & feature) != 0;
}

void pv_xs_connect(struct pv_xs *xs)
{
	xs->error = 0;
	if (pv_xs_has_feature(xs, XENSTORE_SERVER_FEATURE_RECONNECTION) &&
		PV_LOAD_ACQUIRE(xs->ring->connection) != XENSTORE_CONNECTED) {
		xs->state = PV_XS_CONNECTING;
		return;
	}
	xs->state = PV_XS_UP;
	attach(xs);
}

static bool repeatable(const struct pv_xs_req *req)
{
	switch (req->type) {
	case XS_READ:
	case XS_DIRECTORY:
	case XS_DIRECTORY_PART:
	case XS_GET_PERMS:
	case XS_SET_PERMS:
	case XS_WRITE:
	case XS_MKDIR:
	case XS_RM:
	case XS_TRANSACTION_START:
	case XS_GET_DOMAIN_PATH:
	case XS_IS_DOMAIN_INTRODUCED:
		return true;
	default:
		return false;
	}
}

/* Takes the unanswered request that was sent last. */
static struct pv_xs_req *take_latest(struct pv_xs *xs)
{
	struct pv_xs_slot *latest = NULL;
	struct pv_xs_req *req;

	for (uint32_t i = 0; i < xs->nslots; i++) {
		struct pv_xs_slot *slot = &xs->slots[i];

		if (slot->req && (!latest || (int32_t)(slot->req->order - latest->req->order) > 0))
			latest = slot;
	}
	if (!latest)
		return NULL;
	req = latest->req;
	latest->req = NULL;
	latest->state = PV_XS_SLOT_FREE;
	return req;
}

/* The server has forgotten us: everything that hung on it is begun again or ended. */
static void begin_again(struct pv_xs *xs, uint64_t now)
{
	struct pv_xs_req *req;

	xs->epoch++;
	xs->norphans = 0;
	xs->out_len = xs->out_done = 0;
	xs->in_done = 0;
	/* To the front of the queue, the last first: the order stays. */
	while ((req = take_latest(xs))) {
		req->state = PV_XS_QUEUED;
		req->next = xs->queue;
		if (!xs->queue)
			xs->queue_end = &req->next;
		xs->queue = req;
	}
	for (uint32_t i = 0; i < xs->nslots; i++)
		xs->slots[i].state = PV_XS_SLOT_FREE;
	for (req = xs->queue; req;) {
		struct pv_xs_req *next = req->next;

		if (req == &xs->orphan_req || req->watch) {
			pv_xs_dequeue(xs, req);
			req->state = PV_XS_IDLE;
		} else if (req->tx) {
			pv_xs_end(xs, req, PV_EAGAIN, now);
		} else if (req->id && req->type == XS_RESET_WATCHES) {
			pv_xs_end(xs, req, 0, now);
		} else if (req->id && !repeatable(req)) {
			pv_xs_end(xs, req, PV_ERESET, now);
		}
		req = next;
	}
	pv_xs_watches_reset(xs, now);
}

static void die(struct pv_xs *xs, uint64_t now)
{
	struct pv_xs_req *req;

	begin_again(xs, now);
	xs->state = PV_XS_DEAD;
	while ((req = xs->queue))
		pv_xs_end(xs, req, PV_EDEAD, now);
}

int pv_xs_reconnect(struct pv_xs *xs, uint64_t now)
{
	if (xs->state == PV_XS_DEAD)
		return PV_EDEAD;
	if (!pv_xs_has_feature(xs, XENSTORE_SERVER_FEATURE_RECONNECTION)) {
		die(xs, now);
		return PV_EDEAD;
	}
	/* Not every server takes its old complaint back. */
	PV_WRITE_ONCE(xs->ring->error, XENSTORE_ERROR_NONE);
	PV_STORE_RELEASE(xs->ring->connection, XENSTORE_RECONNECT);
	xs->state = PV_XS_CONNECTING;
	xs->notify = true;
	begin_again(xs, now);
	return 0;
}

int pv_xs_init(struct pv_xs *xs, struct xenstore_domain_interface *ring, struct pv_xs_slot *slots,
	uint32_t nslots, struct pv_xs_watch_slot *watches, uint32_t nwatches)
{
	bool quiet;

	if (!ring || !slots || !nslots || nslots > PV_XS_ID_SLOT || !watches || !nwatches ||
		nwatches > PV_XS_ID_SLOT)
		return PV_EINVAL;
	pv_memset(xs, 0, sizeof(*xs));
	pv_memset(slots, 0, nslots * sizeof(*slots));
	pv_memset(watches, 0, nwatches * sizeof(*watches));
	xs->ring = ring;
	xs->slots = slots;
	xs->nslots = nslots;
	xs->watches = watches;
	xs->nwatches = nwatches;
	xs->queue_end = &xs->queue;
	xs->done_end = &xs->done;
	quiet = PV_READ_ONCE(ring->req_prod) == PV_READ_ONCE(ring->req_cons) &&
		PV_READ_ONCE(ring->rsp_prod) == PV_READ_ONCE(ring->rsp_cons);
	pv_xs_connect(xs);
	/* Half a message of somebody else's would be taken for the beginning of one of ours. */
	if (!quiet && xs->state != PV_XS_CONNECTING &&
		pv_xs_has_feature(xs, XENSTORE_SERVER_FEATURE_RECONNECTION))
		pv_xs_reconnect(xs, 0);
	return 0;
}

int pv_xs_suspend(struct pv_xs *xs)
{
	xs->hold = true;
	if (xs->state != PV_XS_UP)
		return 0;
	if (xs->out_len || xs->in_done)
		return PV_EAGAIN;
	for (uint32_t i = 0; i < xs->nslots; i++)
		if (xs->slots[i].state != PV_XS_SLOT_FREE)
			return PV_EAGAIN;
	return 0;
}

void pv_xs_resume(
	struct pv_xs *xs, struct xenstore_domain_interface *ring, bool new_domain, uint64_t now)
{
	xs->hold = false;
	if (!new_domain)
		return;
	xs->ring = ring;
	begin_again(xs, now);
	/* The new server begins on a packet's boundary: what the old one did not read is withdrawn.
	 */
	PV_STORE_RELEASE(ring->req_prod, PV_LOAD_ACQUIRE(ring->req_cons));
	pv_xs_connect(xs);
}
