/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_text.h"
#include "pv_xs_int.h"

#define TOKEN_LEN 17 /* W, slot, use */

static void send_request(struct pv_xs *xs, struct pv_xs_watch *w, uint32_t type, uint64_t now)
{
	static const char nul;

	pv_xs_req_clear(&w->req, type);
	/* Cannot fail: the path was checked when the watch was added. */
	pv_xs_req_add(&w->req, w->path, w->path_len);
	pv_xs_req_add(&w->req, &nul, 1);
	pv_xs_req_add(&w->req, w->token, w->token_len + 1);
	w->req.watch = w;
	w->req.deadline = pv_time_after(now, w->time);
	w->state = type == XS_WATCH ? PV_XS_WATCH_ADDING : PV_XS_WATCH_REMOVING;
	pv_xs_enqueue(xs, &w->req);
}

static void set_pending(struct pv_xs *xs, struct pv_xs_watch *w, bool pending)
{
	if (w->pending == pending)
		return;
	w->pending = pending;
	if (pending)
		xs->events++;
	else
		xs->events--;
}

static void off(struct pv_xs *xs, struct pv_xs_watch *w)
{
	set_pending(xs, w, false);
	xs->watches[w->slot].watch = NULL;
	w->state = PV_XS_WATCH_OFF;
	w->remove = false;
}

int pv_xs_watch_add(struct pv_xs *xs, struct pv_xs_watch *w, const char *path, size_t len,
	uint64_t time, uint64_t now)
{
	void *context = w->context;
	uint32_t slot = 0;
	int rc = pv_watch_path_check(path, len);

	if (rc)
		return rc;
	if (w->state != PV_XS_WATCH_OFF)
		return PV_EBUSY;
	if (xs->state == PV_XS_DEAD)
		return PV_EDEAD;
	while (slot < xs->nwatches && xs->watches[slot].watch)
		slot++;
	if (slot == xs->nwatches)
		return PV_ENOSPC;
	pv_memset(w, 0, sizeof(*w));
	w->context = context;
	w->path = path;
	w->path_len = (uint32_t)len;
	w->time = time;
	w->slot = slot;
	xs->watches[slot].watch = w;
	xs->watches[slot].use++;
	w->token[0] = 'W';
	pv_format_hex32(w->token + 1, 8, slot);
	pv_format_hex32(w->token + 9, 8, xs->watches[slot].use);
	w->token_len = TOKEN_LEN;
	send_request(xs, w, XS_WATCH, now);
	return 0;
}

int pv_xs_watch_remove(struct pv_xs *xs, struct pv_xs_watch *w, uint64_t now)
{
	bool connected = xs->state == PV_XS_UP;

	switch (w->state) {
	case PV_XS_WATCH_OFF:
		return 0;
	case PV_XS_WATCH_REMOVING:
		return PV_EAGAIN;
	case PV_XS_WATCH_ADDING:
		if (pv_xs_dequeue(xs, &w->req)) {
			w->req.state = PV_XS_IDLE;
			connected = false; /* the store never heard of it */
		} else if (connected) {
			w->remove = true;
			set_pending(xs, w, false);
			return PV_EAGAIN;
		} else {
			pv_xs_abandon(xs, &w->req);
			w->req.state = PV_XS_IDLE;
		}
		break;
	case PV_XS_WATCH_ON:
	case PV_XS_WATCH_FAILED:
		break;
	}
	/* Without a connection there is no watch on the other side either. */
	if (!connected) {
		off(xs, w);
		return 0;
	}
	set_pending(xs, w, false);
	send_request(xs, w, XS_UNWATCH, now);
	return PV_EAGAIN;
}

void pv_xs_watch_done(struct pv_xs *xs, struct pv_xs_watch *w, int rc, uint64_t now)
{
	if (w->state == PV_XS_WATCH_REMOVING) {
		/* Whatever the store says: no event finds it any more. */
		off(xs, w);
		return;
	}
	if (rc == PV_EEXIST)
		rc = 0;
	w->rc = rc;
	w->state = rc ? PV_XS_WATCH_FAILED : PV_XS_WATCH_ON;
	if (w->remove) {
		w->remove = false;
		send_request(xs, w, XS_UNWATCH, now);
	} else if (rc) {
		/* The owner learns of it as it learns of everything: by looking. */
		set_pending(xs, w, true);
	}
}

void pv_xs_watches_reset(struct pv_xs *xs, uint64_t now)
{
	for (uint32_t i = 0; i < xs->nwatches; i++) {
		struct pv_xs_watch *w = xs->watches[i].watch;

		if (!w)
			continue;
		/* One whose request is still to go out, or is under way, needs no other. */
		if (w->req.state != PV_XS_IDLE)
			continue;
		if (w->remove || w->state == PV_XS_WATCH_REMOVING)
			off(xs, w);
		else
			send_request(xs, w, XS_WATCH, now);
	}
}

/* The watch that a token names now: not one that had its place before. */
static struct pv_xs_watch *find(struct pv_xs *xs, const char *token, uint32_t len)
{
	const struct pv_xs_watch_slot *slot;
	uint32_t index, use;

	if (len != TOKEN_LEN || token[0] != 'W' || pv_parse_hex32(token + 1, 8, &index) ||
		pv_parse_hex32(token + 9, 8, &use) || index >= xs->nwatches)
		return NULL;
	slot = &xs->watches[index];
	return slot->use == use ? slot->watch : NULL;
}

void pv_xs_watch_event(struct pv_xs *xs, const uint8_t *payload, uint32_t len)
{
	struct pv_xs_watch *w = NULL;
	uint32_t offset = 0, n;
	const char *s;

	/* The path comes first, and nothing is made of it: who watches looks for itself. */
	if (pv_xs_next_string(payload, len, &offset, &s, &n)) {
		bool whole = pv_xs_next_string(payload, len, &offset, &s, &n) && offset <= len;

		if (whole)
			w = find(xs, s, n);
	}
	if (!w || w->remove || w->state == PV_XS_WATCH_REMOVING) {
		xs->stray_events++;
		return;
	}
	set_pending(xs, w, true);
}

struct pv_xs_watch *pv_xs_next_event(struct pv_xs *xs)
{
	if (!xs->events)
		return NULL;
	for (uint32_t i = 0; i < xs->nwatches; i++) {
		struct pv_xs_watch *w = xs->watches[xs->event_cursor].watch;

		xs->event_cursor = xs->event_cursor + 1 < xs->nwatches ? xs->event_cursor + 1 : 0;
		if (w && w->pending) {
			set_pending(xs, w, false);
			return w;
		}
	}
	return NULL;
}
