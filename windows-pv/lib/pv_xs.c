/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_text.h"
#include "pv_xs_int.h"

/* Messages that one pump takes in: a server that never stops must not keep the CPU. */
#define PUMP_MESSAGES 32
/* Rounds of sending and receiving, for the same reason. */
#define PUMP_ROUNDS   64

/* --- requests --- */

void pv_xs_enqueue(struct pv_xs *xs, struct pv_xs_req *req)
{
	req->state = PV_XS_QUEUED;
	req->next = NULL;
	*xs->queue_end = req;
	xs->queue_end = &req->next;
}

bool pv_xs_dequeue(struct pv_xs *xs, struct pv_xs_req *req)
{
	for (struct pv_xs_req **p = &xs->queue; *p; p = &(*p)->next) {
		if (*p != req)
			continue;
		*p = req->next;
		if (xs->queue_end == &req->next)
			xs->queue_end = p;
		req->next = NULL;
		return true;
	}
	return false;
}

void pv_xs_abandon(struct pv_xs *xs, struct pv_xs_req *req)
{
	struct pv_xs_slot *slot = &xs->slots[(req->id & PV_XS_ID_SLOT) - 1];

	slot->req = NULL;
	slot->state = PV_XS_SLOT_ABANDONED;
}

static void complete(struct pv_xs *xs, struct pv_xs_req *req, int rc, uint64_t now)
{
	req->rc = rc;
	if (req == &xs->orphan_req) {
		req->state = PV_XS_IDLE;
		return;
	}
	if (req->watch) {
		req->state = PV_XS_IDLE;
		pv_xs_watch_done(xs, req->watch, rc, now);
		return;
	}
	req->state = PV_XS_DONE;
	req->next = NULL;
	*xs->done_end = req;
	xs->done_end = &req->next;
}

struct pv_xs_req *pv_xs_next_done(struct pv_xs *xs)
{
	struct pv_xs_req *req = xs->done;

	if (!req)
		return NULL;
	xs->done = req->next;
	if (!xs->done)
		xs->done_end = &xs->done;
	req->next = NULL;
	req->state = PV_XS_IDLE;
	return req;
}

int pv_xs_submit(
	struct pv_xs *xs, struct pv_xs_req *req, void *reply, uint32_t reply_cap, uint64_t deadline)
{
	if (xs->state == PV_XS_DEAD)
		return PV_EDEAD;
	/* Without room for its id a transaction could never be ended. */
	if (req->state != PV_XS_IDLE || !req->nvec ||
		(req->type == XS_TRANSACTION_START && (!reply || reply_cap < PV_U64_CHARS)))
		return PV_EINVAL;
	if (req->tx && req->tx_epoch != xs->epoch)
		return PV_EAGAIN;
	req->reply = reply;
	req->reply_cap = reply ? reply_cap : 0;
	req->reply_len = 0;
	req->rc = 0;
	req->id = 0;
	req->deadline = deadline;
	req->watch = NULL;
	pv_xs_enqueue(xs, req);
	return 0;
}

/* Takes a request out, wherever it is, and ends it. */
void pv_xs_end(struct pv_xs *xs, struct pv_xs_req *req, int rc, uint64_t now)
{
	if (req->state == PV_XS_QUEUED)
		pv_xs_dequeue(xs, req);
	else if (req->state == PV_XS_SENDING || req->state == PV_XS_SENT)
		pv_xs_abandon(xs, req);
	else
		return;
	complete(xs, req, rc, now);
}

void pv_xs_cancel(struct pv_xs *xs, struct pv_xs_req *req)
{
	pv_xs_end(xs, req, PV_ECANCELED, 0);
}

static void expire(struct pv_xs *xs, uint64_t now)
{
	struct pv_xs_req *req = xs->queue;

	while (req) {
		struct pv_xs_req *next = req->next;

		if (req->deadline <= now)
			pv_xs_end(xs, req, PV_ETIMEDOUT, now);
		req = next;
	}
	for (uint32_t i = 0; i < xs->nslots; i++) {
		req = xs->slots[i].req;
		if (req && req->deadline <= now)
			pv_xs_end(xs, req, PV_ETIMEDOUT, now);
	}
}

uint64_t pv_xs_deadline(const struct pv_xs *xs)
{
	uint64_t first = PV_TIME_FOREVER;

	for (const struct pv_xs_req *req = xs->queue; req; req = req->next)
		if (req->deadline < first)
			first = req->deadline;
	for (uint32_t i = 0; i < xs->nslots; i++)
		if (xs->slots[i].req && xs->slots[i].req->deadline < first)
			first = xs->slots[i].req->deadline;
	return first;
}

/* --- out --- */

static struct pv_xs_slot *free_slot(struct pv_xs *xs)
{
	for (uint32_t i = 0; i < xs->nslots; i++)
		if (xs->slots[i].state == PV_XS_SLOT_FREE)
			return &xs->slots[i];
	return NULL;
}

/* Puts the next request into our own buffer: from then on its caller may go away. */
static bool stage(struct pv_xs *xs)
{
	struct pv_xs_req *req = xs->queue;
	struct pv_xs_slot *slot;
	struct xsd_sockmsg hdr;
	uint32_t len = 0;

	if (!req || xs->hold)
		return false;
	slot = free_slot(xs);
	if (!slot)
		return false;
	pv_xs_dequeue(xs, req);
	for (uint32_t i = 0; i < req->nvec; i++) {
		pv_memcpy(xs->out + sizeof(hdr) + len, req->vec[i].data, req->vec[i].len);
		len += req->vec[i].len;
	}
	xs->out_slot = (uint32_t)(slot - xs->slots);
	slot->use = slot->use == UINT16_MAX ? 1 : slot->use + 1;
	slot->state = PV_XS_SLOT_BUSY;
	slot->req = req;
	slot->type = req->type;
	slot->tx = req->tx;
	req->id = (uint32_t)slot->use << 16 | (xs->out_slot + 1);
	req->order = xs->order++;
	req->state = PV_XS_SENDING;
	hdr.type = req->type;
	hdr.req_id = req->id;
	hdr.tx_id = req->tx;
	hdr.len = len;
	pv_memcpy(xs->out, &hdr, sizeof(hdr));
	xs->out_len = (uint32_t)sizeof(hdr) + len;
	xs->out_done = 0;
	return true;
}

/* Returns whether anything moved. */
static bool send(struct pv_xs *xs)
{
	bool moved = false;

	while (xs->state == PV_XS_UP && (xs->out_len || stage(xs))) {
		uint32_t used = xs->req_prod - PV_LOAD_ACQUIRE(xs->ring->req_cons);
		uint32_t at = MASK_XENSTORE_IDX(xs->req_prod);
		uint32_t n = xs->out_len - xs->out_done;

		if (used > XENSTORE_RING_SIZE) {
			pv_xs_break(xs, PV_EPROTO);
			break;
		}
		if (n > XENSTORE_RING_SIZE - used)
			n = XENSTORE_RING_SIZE - used;
		if (n > XENSTORE_RING_SIZE - at)
			n = XENSTORE_RING_SIZE - at;
		if (!n)
			break;
		pv_copy_out(xs->ring->req + at, xs->out + xs->out_done, n);
		xs->req_prod += n;
		xs->out_done += n;
		PV_STORE_RELEASE(xs->ring->req_prod, xs->req_prod);
		moved = true;
		if (xs->out_done == xs->out_len) {
			struct pv_xs_req *req = xs->slots[xs->out_slot].req;

			if (req)
				req->state = PV_XS_SENT;
			xs->out_len = xs->out_done = 0;
		}
	}
	return moved;
}

/* A transaction that nobody will end, but us. */
static void adopt_orphan(struct pv_xs *xs)
{
	uint32_t len = xs->in_hdr.len;
	uint32_t id;

	if (pv_parse_u32((const char *)xs->in, len, &id) || !id)
		return;
	if (xs->norphans == PV_XS_ORPHANS) {
		xs->lost_orphans++;
		return;
	}
	xs->orphans[xs->norphans++] = id;
}

static void end_orphans(struct pv_xs *xs)
{
	struct pv_xs_txn tx;

	if (!xs->norphans || xs->orphan_req.state != PV_XS_IDLE)
		return;
	pv_xs_txn_init(&tx, 1);
	tx.id = xs->orphans[--xs->norphans];
	tx.epoch = xs->epoch;
	if (pv_xs_req_transaction_end(&xs->orphan_req, &tx, false))
		return;
	xs->orphan_req.deadline = PV_TIME_FOREVER;
	pv_xs_enqueue(xs, &xs->orphan_req);
}

/* --- in --- */

static int result_of(struct pv_xs *xs, struct pv_xs_slot *slot)
{
	struct pv_xs_req *req = slot->req;
	const struct xsd_sockmsg *hdr = &xs->in_hdr;

	if (hdr->tx_id != slot->tx || (hdr->type != slot->type && hdr->type != XS_ERROR))
		return PV_EPROTO;
	if (hdr->type == XS_ERROR)
		return pv_xs_error(xs->in, hdr->len);
	req->reply_len = hdr->len;
	if (!req->reply)
		return 0;
	if (hdr->len > req->reply_cap)
		return PV_ENOBUFS;
	pv_memcpy(req->reply, xs->in, hdr->len);
	return 0;
}

static void reply(struct pv_xs *xs, uint64_t now)
{
	uint32_t index = (xs->in_hdr.req_id & PV_XS_ID_SLOT) - 1;
	struct pv_xs_slot *slot;
	struct pv_xs_req *req;
	int rc;

	slot = index < xs->nslots ? &xs->slots[index] : NULL;
	if (!slot || slot->state == PV_XS_SLOT_FREE || slot->use != xs->in_hdr.req_id >> 16 ||
		(xs->out_len && xs->out_slot == index)) {
		/* To nobody; or to a question that we have not finished asking. */
		xs->strays++;
		return;
	}
	req = slot->req;
	if (!req) {
		slot->state = PV_XS_SLOT_FREE;
		if (slot->type == XS_TRANSACTION_START && xs->in_hdr.type == slot->type)
			adopt_orphan(xs);
		return;
	}
	rc = result_of(xs, slot);
	slot->req = NULL;
	slot->state = PV_XS_SLOT_FREE;
	if (req->type == XS_TRANSACTION_START)
		req->tx_epoch = xs->epoch;
	if (req->type == XS_RESET_WATCHES && !rc) {
		xs->epoch++;
		pv_xs_watches_reset(xs, now);
	}
	complete(xs, req, rc, now);
}

static void message(struct pv_xs *xs, uint64_t now)
{
	if (xs->in_hdr.type == XS_WATCH_EVENT)
		pv_xs_watch_event(xs, xs->in, xs->in_hdr.len);
	else
		reply(xs, now);
}

/* Takes in at most *budget messages. Returns whether anything moved. */
static bool receive(struct pv_xs *xs, uint32_t *budget, uint64_t now)
{
	bool moved = false;

	while (xs->state == PV_XS_UP && *budget) {
		const uint32_t head = sizeof(xs->in_hdr);
		uint32_t avail = PV_LOAD_ACQUIRE(xs->ring->rsp_prod) - xs->rsp_cons;
		uint32_t at = MASK_XENSTORE_IDX(xs->rsp_cons);
		uint32_t want, n;
		uint8_t *to;

		if (avail > XENSTORE_RING_SIZE) {
			pv_xs_break(xs, PV_EPROTO);
			break;
		}
		if (xs->in_done < head) {
			want = head - xs->in_done;
			to = (uint8_t *)&xs->in_hdr + xs->in_done;
		} else {
			want = head + xs->in_hdr.len - xs->in_done;
			to = xs->in + (xs->in_done - head);
		}
		n = want < avail ? want : avail;
		if (n > XENSTORE_RING_SIZE - at)
			n = XENSTORE_RING_SIZE - at;
		if (n) {
			pv_copy_in(to, xs->ring->rsp + at, n);
			xs->rsp_cons += n;
			xs->in_done += n;
			/* Read first, then let it be overwritten. */
			PV_STORE_RELEASE(xs->ring->rsp_cons, xs->rsp_cons);
			moved = true;
		} else if (want) {
			break;
		}
		if (xs->in_done < head)
			continue;
		/* Our copy: bounded here, it is bounded for good. */
		if (xs->in_hdr.len > XENSTORE_PAYLOAD_MAX) {
			pv_xs_break(xs, PV_EPROTO);
			break;
		}
		if (xs->in_done == head + xs->in_hdr.len) {
			xs->in_done = 0;
			(*budget)--;
			message(xs, now);
			moved = true;
		}
	}
	return moved;
}

unsigned int pv_xs_pump(struct pv_xs *xs, uint64_t now)
{
	uint32_t budget = PUMP_MESSAGES;
	unsigned int what = 0;

	expire(xs, now);
	if (xs->notify)
		what |= PV_XS_NOTIFY;
	xs->notify = false;
	if (xs->state == PV_XS_CONNECTING) {
		pv_xs_connect(xs);
		if (xs->state == PV_XS_CONNECTING)
			what |= PV_XS_WAITING;
	}
	if (xs->state == PV_XS_UP && pv_xs_has_feature(xs, XENSTORE_SERVER_FEATURE_ERROR) &&
		PV_READ_ONCE(xs->ring->error) != XENSTORE_ERROR_NONE)
		pv_xs_break(xs, PV_EIO);
	for (unsigned int round = 0;; round++) {
		bool moved;

		end_orphans(xs);
		moved = send(xs);
		moved |= receive(xs, &budget, now);
		if (!moved)
			break;
		what |= PV_XS_NOTIFY;
		if (!budget || round == PUMP_ROUNDS) {
			what |= PV_XS_MORE;
			break;
		}
	}
	if (xs->state == PV_XS_BROKEN)
		what |= PV_XS_FAILED;
	if (xs->done)
		what |= PV_XS_DONES;
	if (xs->events)
		what |= PV_XS_EVENTS;
	return what;
}
