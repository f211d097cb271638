/* SPDX-License-Identifier: BSD-2-Clause */
/* The echo device's front-end: pv_fe decides, this does. */
#include "guest.h"

#include <xen/event_channel.h>
#include <xen/io/xenbus.h>

#define FRONT "device/test/0/"

static const struct pv_fe_config config = {
	.connect_time = 2 * SIM_SECOND,
	.close_time = SIM_SECOND,
	.backoff = 10 * SIM_MS,
	.max_flaps = 5,
	.flap_time = 10 * SIM_SECOND,
};

void echo_init(struct echo_front *f, struct guest *g, struct sim_task *task)
{
	f->g = g;
	f->task = task;
	pv_fe_init(&f->fe, &config);
}

static void look_at_back(struct echo_front *f)
{
	unsigned int state = XenbusStateUnknown;
	char value[16];
	int rc = guest_read(f->g, f->task, NULL, f->state_path, value, sizeof(value));

	if (rc >= 0)
		pv_parse_xenbus_state(value, (size_t)rc, &state);
	pv_fe_backend(&f->fe, state);
}

static int lookup(struct echo_front *f)
{
	char id[16];
	uint32_t number;
	int rc = guest_read(f->g, f->task, NULL, FRONT "backend-id", id, sizeof(id));

	if (rc < 0)
		return rc;
	if (pv_parse_u32(id, (size_t)rc, &number) || number > 0x7fef)
		return PV_EPROTO;
	f->back_id = (uint16_t)number;
	rc = guest_read(f->g, f->task, NULL, FRONT "backend", f->back, sizeof(f->back));
	if (rc < 0)
		return rc;
	snprintf(f->state_path, sizeof(f->state_path), "%s/state", f->back);
	f->watch.context = f->task;
	guest_lock(f->g, f->task);
	rc = pv_xs_watch_add(&f->g->xs, &f->watch, f->state_path, strlen(f->state_path), SIM_SECOND,
		sim_now(f->g->sim));
	guest_unlock(f->g, f->task);
	if (rc < 0)
		return rc;
	f->watching = true;
	look_at_back(f);
	return 0;
}

static int forget(struct echo_front *f)
{
	int rc;

	if (!f->watching)
		return 0;
	guest_lock(f->g, f->task);
	rc = pv_xs_watch_remove(&f->g->xs, &f->watch, sim_now(f->g->sim));
	guest_unlock(f->g, f->task);
	while (rc == PV_EAGAIN && !sim_failure(f->g->sim)) {
		guest_wait(f->g, f->task, sim_now(f->g->sim) + SIM_MS);
		guest_lock(f->g, f->task);
		rc = f->watch.state == PV_XS_WATCH_OFF ? 0 : PV_EAGAIN;
		guest_unlock(f->g, f->task);
	}
	f->watching = false;
	return rc;
}

static int make_rings(struct echo_front *f)
{
	struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = f->back_id };
	int rc;

	f->page = sim_ram_alloc(f->g->domain, &f->page_gfn);
	pv_ring_init(&f->ring, f->page, SIM_PAGE_SIZE, sizeof(struct echo_request), 0);
	guest_lock(f->g, f->task);
	rc = pv_gnttab_permit(&f->g->gnt, f->back_id, f->page_gfn, false,
		(void *)(uintptr_t)f->page_gfn, &f->ring_ref);
	guest_unlock(f->g, f->task);
	if (rc) {
		sim_ram_free(f->g->domain, f->page_gfn);
		return rc;
	}
	GUEST_CHECK(f->g, guest_event(f->task, EVTCHNOP_alloc_unbound, &op) == 0);
	f->port = op.port;
	f->g->handlers[op.port].kicked = f->task;
	f->event = guest_open(f->g, f->task, op.port);
	memset(f->outstanding, 0, sizeof(f->outstanding));
	return 0;
}

/* A page that the peer still holds stays in quarantine, and is not ours to free. */
static void revoke(struct echo_front *f, uint32_t ref, uint64_t gfn)
{
	int rc;

	guest_lock(f->g, f->task);
	rc = pv_gnttab_revoke(&f->g->gnt, ref);
	guest_unlock(f->g, f->task);
	if (rc == 0)
		sim_ram_free(f->g->domain, gfn);
	else
		f->kept++;
}

static int free_rings(struct echo_front *f)
{
	if (__atomic_load_n(&f->event->used, __ATOMIC_ACQUIRE))
		guest_close(f->g, f->task, f->event);
	for (uint32_t i = 0; i < ECHO_ENTRIES; i++)
		if (f->outstanding[i] == 2)
			revoke(f, f->data[i].ref, f->data[i].gfn);
	memset(f->outstanding, 0, sizeof(f->outstanding));
	revoke(f, f->ring_ref, f->page_gfn);
	f->page = NULL;
	return 0;
}

static int publish(struct echo_front *f)
{
	struct pv_xs_txn tx;
	char number[16];
	int rc;

	pv_xs_txn_init(&tx, 20);
	do {
		rc = guest_begin(f->g, f->task, &tx);
		if (rc)
			return rc;
		snprintf(number, sizeof(number), "%u", f->ring_ref);
		rc = guest_write(f->g, f->task, &tx, FRONT "ring-ref", number);
		snprintf(number, sizeof(number), "%u", f->port);
		if (rc >= 0)
			rc = guest_write(f->g, f->task, &tx, FRONT "event-channel", number);
		snprintf(number, sizeof(number), "%u", f->fe.write_state);
		if (rc >= 0)
			rc = guest_write(f->g, f->task, &tx, FRONT "state", number);
		if (rc >= 0)
			rc = guest_end(f->g, f->task, &tx, true);
		else
			guest_end(f->g, f->task, &tx, false);
		rc = pv_xs_txn_result(&tx, rc);
	} while (rc == PV_EAGAIN && !sim_failure(f->g->sim));
	return rc;
}

static int write_state(struct echo_front *f)
{
	char number[4];

	snprintf(number, sizeof(number), "%u", f->fe.write_state);
	return guest_write(f->g, f->task, NULL, FRONT "state", number);
}

static int do_step(struct echo_front *f, enum pv_fe_step step)
{
	int rc = 0;

	switch (step) {
	case PV_FE_LOOKUP:
		return lookup(f);
	case PV_FE_WRITE_STATE:
		rc = write_state(f);
		return rc < 0 ? rc : 0;
	case PV_FE_MAKE_RINGS:
		return make_rings(f);
	case PV_FE_PUBLISH:
		return publish(f);
	case PV_FE_FREE_RINGS:
		return free_rings(f);
	case PV_FE_FORGET:
		return forget(f);
	case PV_FE_WAIT:
	case PV_FE_READ_FEATURES:
	case PV_FE_ENABLE:
	case PV_FE_DISABLE:
		return 0;
	}
	return 0;
}

static void bad(struct echo_front *f, const char *why)
{
	if (!f->bad++)
		sim_log(f->g->sim, "front: %s", why);
	pv_fe_want(&f->fe, false);
}

static void put_one(struct echo_front *f)
{
	struct echo_request request = { .argument = f->sent };
	uint32_t slot = 0;

	while (slot < ECHO_ENTRIES && f->outstanding[slot])
		slot++;
	if (slot == ECHO_ENTRIES || !pv_ring_free(&f->ring))
		return;
	request.id = slot;
	f->outstanding[slot] = 1;
	f->sent++;
	if (f->sent % 4 == 0) { /* with a page: what is not meant for the peer is cleared */
		int rc;

		f->data[slot].page = sim_ram_alloc(f->g->domain, &f->data[slot].gfn);
		memset(f->data[slot].page, 0, SIM_PAGE_SIZE);
		guest_lock(f->g, f->task);
		rc = pv_gnttab_permit(&f->g->gnt, f->back_id, f->data[slot].gfn, false,
			(void *)(uintptr_t)f->data[slot].gfn, &f->data[slot].ref);
		guest_unlock(f->g, f->task);
		if (rc) {
			sim_ram_free(f->g->domain, f->data[slot].gfn);
		} else {
			request.grant = f->data[slot].ref;
			f->outstanding[slot] = 2;
		}
	}
	GUEST_CHECK(f->g, pv_ring_put(&f->ring, &request, sizeof(request)) == 0);
	if (pv_ring_push(&f->ring))
		guest_event(f->task, EVTCHNOP_send, &f->port);
}

static void take(struct echo_front *f)
{
	struct echo_response response;
	int rc;

	do {
		while ((rc = pv_ring_take(&f->ring, &response, sizeof(response))) == 1) {
			if (response.id >= ECHO_ENTRIES || !f->outstanding[response.id]) {
				bad(f, "an answer to nothing that was asked");
				return;
			}
			if (f->outstanding[response.id] == 2)
				revoke(f, f->data[response.id].ref, f->data[response.id].gfn);
			f->outstanding[response.id] = 0;
			f->received++;
		}
		if (rc < 0) {
			bad(f, "the ring is broken");
			return;
		}
		rc = pv_ring_final_check(&f->ring);
	} while (rc == 1);
	if (rc < 0)
		bad(f, "the ring is broken");
}

/* Up: all asked and answered, or it will never be. Down: all unmade. */
static bool is_over(const struct echo_front *f, uint32_t goal)
{
	if (!f->fe.want && pv_fe_is_down(&f->fe))
		return true;
	return f->fe.want &&
	       ((f->sent >= goal && f->received == f->sent) || f->bad || pv_fe_is_given_up(&f->fe));
}

/* What there is to do, then a wait for more. */
static void round_(struct echo_front *f, uint32_t goal, uint64_t until)
{
	enum pv_fe_step step;
	uint64_t now, wake;

	while ((step = pv_fe_next(&f->fe, sim_now(f->g->sim))) != PV_FE_WAIT &&
		!sim_failure(f->g->sim)) {
		pv_fe_done(&f->fe, step, do_step(f, step), sim_now(f->g->sim));
		if (f->suspend_after && --f->suspend_after == 0 && guest_suspend(f->g, f->task)) {
			f->resumed = true;
			pv_fe_resumed(&f->fe);
		}
	}
	if (pv_fe_is_up(&f->fe)) {
		take(f);
		if (!f->bad && f->sent < goal)
			put_one(f);
	}
	guest_collect(f->g, f->task);
	if (is_over(f, goal))
		return;
	now = sim_now(f->g->sim);
	wake = f->fe.deadline < until ? f->fe.deadline : until;
	if (pv_fe_is_up(&f->fe) && f->sent < goal)
		wake = now + 20 * SIM_US;
	guest_wait(f->g, f->task, wake);
	if (f->watching)
		look_at_back(f);
}

void echo_run(struct echo_front *f, uint32_t requests, uint64_t until)
{
	uint32_t goal = f->sent + requests;

	pv_fe_want(&f->fe, true);
	while (!is_over(f, goal) && f->fe.want && sim_now(f->g->sim) < until &&
		!sim_failure(f->g->sim))
		round_(f, goal, until);
}

void echo_down(struct echo_front *f, uint64_t until)
{
	pv_fe_want(&f->fe, false);
	while (!is_over(f, f->sent) && sim_now(f->g->sim) < until && !sim_failure(f->g->sim))
		round_(f, f->sent, until);
}

uint32_t guest_collect(struct guest *g, struct sim_task *task)
{
	uint32_t budget = 16, left;
	void *page;

	for (;;) {
		int rc;

		guest_lock(g, task);
		rc = pv_gnttab_collect(&g->gnt, &budget, &page);
		left = g->gnt.quarantined;
		guest_unlock(g, task);
		if (rc != 1)
			return left;
		sim_ram_free(g->domain, (uint64_t)(uintptr_t)page);
	}
}
