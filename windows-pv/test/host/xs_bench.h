/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_XS_BENCH_H
#define PV_XS_BENCH_H

/* A client and the other end of its ring, for the tests of the xenstore client. */
#include "test.h"
#include "fake_xs.h"
#include "pv_xs.h"

#define SLOTS	8
#define WATCHES 8
#define FOREVER PV_TIME_FOREVER

static struct xenstore_domain_interface ring;
static struct fake_xs f;
static struct pv_xs xs;
static struct pv_xs_slot slots[SLOTS];
static struct pv_xs_watch_slot watch_slots[WATCHES];
static uint8_t reply[XENSTORE_PAYLOAD_MAX];
static uint64_t now;

static inline void begin_at(uint32_t index)
{
	fake_xs_fini(&f);
	fake_xs_init(&f, &ring, index);
	now = 1;
	assert_int_equal(pv_xs_init(&xs, &ring, slots, SLOTS, watch_slots, WATCHES), 0);
	assert_int_equal(xs.state, PV_XS_UP);
}

static inline void begin(void)
{
	begin_at(0);
}

/* Both sides move until neither does. */
static inline unsigned int settle_by(uint32_t in, uint32_t out)
{
	unsigned int what = 0, last;
	unsigned int rounds = 0;

	do {
		last = pv_xs_pump(&xs, now);
		what |= last & ~PV_XS_MORE;
		assert_true(rounds++ < 100000);
	} while (fake_xs_step(&f, in, out) || (last & (PV_XS_MORE | PV_XS_NOTIFY)));
	return what;
}

static inline unsigned int settle(void)
{
	return settle_by(UINT32_MAX, UINT32_MAX);
}

static inline void done_is(struct pv_xs_req *req, int rc)
{
	assert_ptr_equal(pv_xs_next_done(&xs), req);
	assert_int_equal(req->rc, rc);
	assert_int_equal(req->state, PV_XS_IDLE);
}

static inline int talk(struct pv_xs_req *req)
{
	assert_int_equal(pv_xs_submit(&xs, req, reply, sizeof(reply), FOREVER), 0);
	settle();
	assert_ptr_equal(pv_xs_next_done(&xs), req);
	assert_null(pv_xs_next_done(&xs));
	return req->rc;
}

static inline int write_node(const char *path, const void *value, size_t len)
{
	struct pv_xs_req req = { 0 };

	assert_int_equal(pv_xs_req_write(&req, NULL, path, strlen(path), value, len), 0);
	return talk(&req);
}

static inline void read_is(const char *path, const void *value, size_t len)
{
	struct pv_xs_req req = { 0 };

	assert_int_equal(pv_xs_req_path(&req, XS_READ, NULL, path, strlen(path)), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(req.reply_len, len);
	assert_memory_equal(reply, value, len);
}

static inline bool keep_back(struct fake_xs *x, void *arg)
{
	struct xsd_sockmsg *kept = arg;

	while (kept->type)
		kept++;
	*kept = x->hdr;
	kept->type++;
	return true;
}

static inline bool next_event_is(struct pv_xs_watch *w)
{
	return pv_xs_next_event(&xs) == w;
}

static inline int release(void **state)
{
	(void)state;
	fake_xs_fini(&f);
	return 0;
}

#endif
