/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TEST_WIRE_H
#define SIM_TEST_WIRE_H

#include "sim_test.h"

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/event_channel.h>
#include <xen/io/xs_wire.h>

/* The plainest client of the ring, written from xs_wire.h: for tests that look at each byte. */
struct wire {
	struct one *o;
	struct xenstore_domain_interface *ring;
	uint32_t port, next_id;
	uint32_t split; /* the request is shown in two pieces, cut here; 0: whole */
	struct xsd_sockmsg head;
	char data[XENSTORE_PAYLOAD_MAX + 1];
	char event[8][XENSTORE_PAYLOAD_MAX + 1]; /* path, NUL, token, NUL */
	uint32_t events;
};

static inline uint64_t wire_param(struct one *o, uint32_t index)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index };

	assert_int_equal(call(o, __HYPERVISOR_hvm_op, HVMOP_get_param, &p), 0);
	return p.value;
}

static inline struct wire *wire_new(struct one *o)
{
	struct wire *w = calloc(1, sizeof(*w));

	w->o = o;
	w->port = (uint32_t)wire_param(o, HVM_PARAM_STORE_EVTCHN);
	w->ring = sim_frame(o->guest, wire_param(o, HVM_PARAM_STORE_PFN));
	assert_non_null(w->ring);
	return w;
}

static inline void wire_notify(struct wire *w)
{
	call(w->o, __HYPERVISOR_event_channel_op, EVTCHNOP_send, &w->port);
}

static inline bool wire_put(struct wire *w, const void *data, uint32_t size)
{
	const char *p = data;
	uint32_t i = 0;

	for (int tries = 0; i < size; tries++) {
		uint32_t prod = w->ring->req_prod;
		uint32_t room = XENSTORE_RING_SIZE -
				(prod - __atomic_load_n(&w->ring->req_cons, __ATOMIC_ACQUIRE));

		if (tries > 2000)
			return false;
		for (; room && i < size; room--)
			w->ring->req[MASK_XENSTORE_IDX(prod++)] = p[i++];
		__atomic_store_n(&w->ring->req_prod, prod, __ATOMIC_RELEASE);
		wire_notify(w);
		if (i < size)
			sim_sleep(w->o->task, 10 * SIM_US);
	}
	return true;
}

static inline bool wire_get(struct wire *w, void *data, uint32_t size)
{
	char *p = data;
	uint32_t i = 0;

	for (int tries = 0; i < size; tries++) {
		uint32_t cons = w->ring->rsp_cons;
		uint32_t have = __atomic_load_n(&w->ring->rsp_prod, __ATOMIC_ACQUIRE) - cons;

		if (have > XENSTORE_RING_SIZE || tries > 500)
			return false;
		for (; have && i < size; have--)
			p[i++] = w->ring->rsp[MASK_XENSTORE_IDX(cons++)];
		__atomic_store_n(&w->ring->rsp_cons, cons, __ATOMIC_RELEASE);
		wire_notify(w);
		if (i < size)
			sim_sleep(w->o->task, 10 * SIM_US);
	}
	return true;
}

static inline bool wire_send(
	struct wire *w, uint32_t type, uint32_t tx, const void *data, uint32_t size)
{
	struct xsd_sockmsg head = {
		.type = type, .req_id = ++w->next_id, .tx_id = tx, .len = size
	};
	char all[sizeof(head) + XENSTORE_PAYLOAD_MAX];
	uint32_t cut = w->split < sizeof(head) + size ? w->split : 0;

	assert_true(size <= XENSTORE_PAYLOAD_MAX);
	memcpy(all, &head, sizeof(head));
	if (size)
		memcpy(all + sizeof(head), data, size);
	if (cut && !wire_put(w, all, cut))
		return false;
	if (cut)
		sim_sleep(w->o->task, 20 * SIM_US);
	return wire_put(w, all + cut, (uint32_t)sizeof(head) + size - cut);
}

/* The next message, whatever it is. */
static inline bool wire_next(struct wire *w)
{
	if (!wire_get(w, &w->head, sizeof(w->head)) || w->head.len > XENSTORE_PAYLOAD_MAX)
		return false;
	if (!wire_get(w, w->data, w->head.len))
		return false;
	w->data[w->head.len] = '\0';
	return true;
}

static inline int wire_errno(const char *text)
{
#define XEN_ERRNO(name, number)                                                                    \
	if (!strcmp(text, #name))                                                                  \
		return -(number);
#include <xen/errno.h>
	return -1000;
}

/* The length of the reply in w->data, or a negative error. Events are kept aside. */
static inline int wire_ask(
	struct wire *w, uint32_t type, uint32_t tx, const void *data, uint32_t size)
{
	assert_true(wire_send(w, type, tx, data, size));
	for (;;) {
		assert_true(wire_next(w));
		if (w->head.type == XS_WATCH_EVENT) {
			assert_true(w->events < 8);
			memcpy(w->event[w->events++], w->data, w->head.len + 1);
			continue;
		}
		assert_int_equal(w->head.req_id, w->next_id);
		assert_int_equal(w->head.tx_id, tx);
		if (w->head.type == XS_ERROR)
			return wire_errno(w->data);
		assert_int_equal(w->head.type, type);
		return (int)w->head.len;
	}
}

#define ASK(w, type, tx, text) wire_ask((w), (type), (tx), (text), sizeof(text))

static inline bool wire_event(struct wire *w, const char *path, const char *token)
{
	while (!w->events) {
		if (!wire_next(w))
			return false;
		assert_int_equal(w->head.type, XS_WATCH_EVENT);
		memcpy(w->event[w->events++], w->data, w->head.len + 1);
	}
	assert_string_equal(w->event[0], path);
	assert_string_equal(w->event[0] + strlen(path) + 1, token);
	memmove(w->event[0], w->event[1], sizeof(w->event) - sizeof(w->event[0]));
	w->events--;
	return true;
}

/* Nothing more comes. */
static inline bool wire_silent(struct wire *w)
{
	sim_sleep(w->o->task, 100 * SIM_MS);
	return !w->events && w->ring->rsp_prod == w->ring->rsp_cons;
}

#endif
