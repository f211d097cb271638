/* SPDX-License-Identifier: BSD-2-Clause */
/* See echo.h. The words below are what a hostile back-end can do with any ring. */
#include "backend/echo.h"
#include "backend/internal.h"

_Static_assert(sizeof(struct echo_ring) <= SIM_PAGE_SIZE, "one page");

#define HELD 64

struct echo {
	uint32_t cons; /* of requests */
	uint32_t prod; /* of responses */
	struct echo_request waiting[ECHO_ENTRIES];
	uint32_t count;
	bool shuffle, hold, mute;
	uint32_t held[HELD], held_count; /* handles of grants that it does not let go */
	uint32_t leaks;			 /* bytes that the guest had not meant to show */
};

static void *start(struct sim_device *device)
{
	(void)device;
	return sim_alloc(sizeof(struct echo));
}

/* Real Xen gives what the peer wrote; a request is copied once, as its own back-ends must. */
static void take_requests(struct sim_device *device, struct echo *e, struct echo_ring *ring)
{
	uint32_t prod = SIM_LOAD(&ring->req_prod);

	if (prod - e->cons > ECHO_ENTRIES) {
		sim_fail(device->control->sim, "the front-end's producer is beyond the ring");
		return;
	}
	while (e->cons != prod && e->count < ECHO_ENTRIES)
		e->waiting[e->count++] = ring->entry[e->cons++ % ECHO_ENTRIES].request;
}

static int32_t invert(struct sim_device *device, struct echo *e, const struct echo_request *r)
{
	uint32_t handle, size = r->argument < SIM_PAGE_SIZE ? r->argument : SIM_PAGE_SIZE;
	uint8_t *page;
	void *mapped;
	int rc =
		sim_grant_map(device->control, device->front_id, r->grant, false, &handle, &mapped);

	if (rc)
		return rc;
	page = mapped;
	e->leaks += sim_secrets(page + size, SIM_PAGE_SIZE - size);
	for (uint32_t i = 0; i < size; i++)
		page[i] = (uint8_t)~page[i];
	if (e->hold && e->held_count < HELD)
		e->held[e->held_count++] = handle;
	else
		sim_grant_unmap(device->control, handle);
	return 0;
}

static void put_response(struct echo *e, struct echo_ring *ring, const struct echo_response *r)
{
	ring->entry[e->prod++ % ECHO_ENTRIES].response = *r;
}

static bool serve(struct sim_device *device, void *state, uint32_t *done)
{
	struct echo_ring *ring = device->ring;
	struct echo_response response = { 0 };
	struct echo_request request;
	struct sim *sim = device->control->sim;
	struct echo *e = state;
	uint32_t which, old;

	if (!ring)
		return false;
	take_requests(device, e, ring);
	if (!e->count || e->mute) {
		SIM_SWAP(&ring->req_event, e->cons + 1);
		return !e->mute && SIM_LOAD(&ring->req_prod) != e->cons;
	}
	which = e->shuffle ? sim_random(sim, e->count) : 0;
	request = e->waiting[which];
	e->count--;
	for (uint32_t i = which; i < e->count; i++)
		e->waiting[i] = e->waiting[i + 1];
	response.id = request.id;
	response.value = ~request.argument;
	if (request.grant)
		response.status = invert(device, e, &request);
	old = e->prod;
	put_response(e, ring, &response);
	SIM_SWAP(&ring->rsp_prod, e->prod);
	if (e->prod - SIM_LOAD(&ring->rsp_event) < e->prod - old)
		sim_device_notify(device);
	(*done)++;
	return true;
}

static void release_held(struct sim_device *device, struct echo *e)
{
	while (e->held_count)
		sim_grant_unmap(device->control, e->held[--e->held_count]);
}

/* A response that answers nothing that was asked; it is as visible as any other. */
static void forge(struct echo *e, struct echo_ring *ring, uint64_t id, uint32_t value)
{
	struct echo_response response = { .id = id, .value = value };

	put_response(e, ring, &response);
	SIM_STORE(&ring->rsp_prod, e->prod);
}

static void word_shuffle(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)device;
	e->shuffle = number;
}

static void word_hold(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)device;
	e->hold = number;
}

static void word_mute(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)device;
	e->mute = number;
}

static void word_release(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)number;
	release_held(device, e);
}

static void word_leaks(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)number;
	if (e->leaks)
		sim_fail(device->control->sim, "%u bytes of other memory were shown", e->leaks);
}

static void word_ahead(struct sim_device *device, struct echo *e, uint32_t number)
{
	SIM_STORE(&((struct echo_ring *)device->ring)->rsp_prod, e->prod + number);
}

static void word_back(struct sim_device *device, struct echo *e, uint32_t number)
{
	SIM_STORE(&((struct echo_ring *)device->ring)->rsp_prod, e->prod - number);
}

static void word_forge(struct sim_device *device, struct echo *e, uint32_t number)
{
	forge(e, device->ring, number, 0);
}

static void word_forge_far(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)number;
	forge(e, device->ring, ~0ull, ~0u);
}

static void word_scribble(struct sim_device *device, struct echo *e, uint32_t number)
{
	struct echo_ring *ring = device->ring;

	(void)e;
	for (uint32_t i = 0; i < ECHO_ENTRIES; i++)
		sim_memset(&ring->entry[i], (int)number, sizeof(ring->entry[i]));
}

static void word_no_events(struct sim_device *device, struct echo *e, uint32_t number)
{
	(void)number;
	SIM_STORE(&((struct echo_ring *)device->ring)->req_event, e->cons - 1);
}

static const struct {
	const char *name;
	bool ring; /* does nothing without one */
	void (*run)(struct sim_device *device, struct echo *e, uint32_t number);
} words[] = {
	{ "ahead", true, word_ahead }, /* the producer beyond what was asked */
	{ "back", true, word_back },
	{ "forge", true, word_forge },
	{ "forge-far", true, word_forge_far },
	{ "hold", false, word_hold },
	{ "leaks", false, word_leaks },
	{ "mute", false, word_mute },
	{ "no-events", true, word_no_events }, /* never asks to be told */
	{ "release", false, word_release },
	{ "scribble", true, word_scribble }, /* over what was answered already, too */
	{ "shuffle", false, word_shuffle },
};

static bool command(struct sim_device *device, void *state, const char *word, uint32_t number)
{
	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(words); i++) {
		if (sim_strcmp(words[i].name, word))
			continue;
		if (device->ring || !words[i].ring)
			words[i].run(device, state, number);
		return true;
	}
	return false;
}

static void stop(struct sim_device *device, void *state)
{
	struct echo *e = state;

	release_held(device, e);
	sim_memset(e, 0, sizeof(*e));
}

const struct sim_model sim_echo = { "echo", start, serve, command, stop };
