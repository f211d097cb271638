/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_ids.h"
#include "pv_ring.h"

/* The back end's view is Xen's own header, so that the two cannot agree on a mistake. */
#include "pv_xen.h"
#define xen_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_rmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_wmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#include <xen/io/ring.h>

struct demo_request {
	uint64_t id;
	uint32_t what[4];
};
struct demo_response {
	uint64_t id;
	uint32_t result;
};
DEFINE_RING_TYPES(demo, struct demo_request, struct demo_response);

static _Alignas(4096) unsigned char page[4096];
static struct demo_sring *const shared = (struct demo_sring *)(void *)page;

static uint32_t begin(struct pv_ring *r, struct demo_back_ring *b, uint32_t index)
{
	memset(page, 0xee, sizeof(page));
	assert_int_equal(
		pv_ring_init(r, page, sizeof(page), sizeof(union demo_sring_entry), index), 0);
	BACK_RING_ATTACH(b, shared, index, sizeof(page));
	assert_int_equal(b->nr_ents, r->entries);
	return r->entries;
}

static void answer(struct demo_back_ring *b, uint64_t id, uint32_t result)
{
	struct demo_response *rsp = RING_GET_RESPONSE(b, b->rsp_prod_pvt);

	rsp->id = id;
	rsp->result = result;
	b->rsp_prod_pvt++;
	RING_PUSH_RESPONSES(b);
}

static void geometry(void **state)
{
	struct pv_ring r;

	(void)state;
	assert_int_equal(offsetof(struct demo_sring, ring), PV_RING_HEADER);
	assert_int_equal(pv_ring_init(&r, page, 63, 8, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, page, 64, 8, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, page, 71, 8, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, page, 4096, 0, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, page + 1, 4000, 8, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, NULL, 4096, 8, 0), PV_EINVAL);
	assert_int_equal(pv_ring_init(&r, page, 72, 8, 0), 0);
	assert_int_equal(r.entries, 1);
	/* blkif and netif on one page. */
	assert_int_equal(pv_ring_init(&r, page, 4096, 112, 0), 0);
	assert_int_equal(r.entries, 32);
	assert_int_equal(pv_ring_init(&r, page, 4096, 12, 0), 0);
	assert_int_equal(r.entries, 256);
}

static void starts_zeroed(void **state)
{
	struct demo_back_ring b;
	struct pv_ring r;

	(void)state;
	begin(&r, &b, 0);
	for (size_t i = 0; i < sizeof(page); i++)
		if (i != 4 && i != 12)
			assert_int_equal(page[i], 0);
	assert_int_equal(shared->req_event, 1);
	assert_int_equal(shared->rsp_event, 1);
}

/* Whole rings through, with the counters going over 2^32, and the slack of a slot zeroed. */
static void there_and_back(uint32_t index)
{
	struct demo_back_ring b;
	struct pv_ring r;
	uint32_t n = begin(&r, &b, index);
	uint64_t sent = 0, got = 0;

	for (unsigned int round = 0; round < 5; round++) {
		struct demo_request req = { .what = { 1, 2, 3, 4 } };
		struct demo_response rsp;
		int work;

		assert_int_equal(pv_ring_free(&r), n);
		for (uint32_t i = 0; i < n; i++) {
			req.id = sent++;
			assert_int_equal(pv_ring_put(&r, &req, sizeof(req)), 0);
		}
		assert_int_equal(pv_ring_free(&r), 0);
		assert_int_equal(pv_ring_put(&r, &req, sizeof(req)), PV_ENOSPC);
		assert_int_equal(pv_ring_put(&r, &req, sizeof(req) + 1), PV_EINVAL);
		assert_int_equal(pv_ring_outstanding(&r), 0);
		assert_int_equal(pv_ring_pending(&r), 0);
		assert_int_equal(pv_ring_push(&r), 1);
		assert_int_equal(pv_ring_push(&r), 0);
		assert_int_equal(pv_ring_outstanding(&r), n);
		while (RING_HAS_UNCONSUMED_REQUESTS(&b)) {
			RING_COPY_REQUEST(&b, b.req_cons, &req);
			b.req_cons++;
			answer(&b, req.id, (uint32_t)req.id * 3);
		}
		shared->req_event = b.req_cons + 1;
		assert_int_equal(pv_ring_pending(&r), n);
		while (pv_ring_take(&r, &rsp, sizeof(rsp)) == 1) {
			assert_true(rsp.id == got);
			assert_int_equal(rsp.result, (uint32_t)got * 3);
			got++;
		}
		work = pv_ring_final_check(&r);
		assert_int_equal(work, 0);
		assert_int_equal(shared->rsp_event, r.rsp_cons + 1);
	}
	assert_true(got == sent);
}

static void counters_wrap(void **state)
{
	(void)state;
	there_and_back(0);
	there_and_back(UINT32_MAX - 100);
	for (uint32_t i = 0; i < 130; i++)
		there_and_back(0u - i);
}

static void slot_slack_is_zero(void **state)
{
	struct demo_back_ring b;
	struct pv_ring r;
	uint32_t small = 0x11111111;

	(void)state;
	begin(&r, &b, 0);
	memset(page + 64, 0xcc, sizeof(page) - 64);
	assert_int_equal(pv_ring_put(&r, &small, sizeof(small)), 0);
	assert_memory_equal(page + 64, &small, 4);
	for (size_t i = 68; i < 64 + sizeof(union demo_sring_entry); i++)
		assert_int_equal(page[i], 0);
	assert_int_equal(page[64 + sizeof(union demo_sring_entry)], 0xcc);
}

/* Every value the back end's producer can have near its lawful ones, for every fill. */
static void producer_bounds(void **state)
{
	struct demo_back_ring b;
	struct demo_request req = { 0 };
	struct demo_response rsp;
	struct pv_ring r;
	const uint32_t base = 0xfffffff0;

	(void)state;
	for (uint32_t asked = 0; asked <= 8; asked++) {
		for (uint32_t seen = 0; seen <= asked; seen++) {
			for (int32_t delta = -300; delta <= 300; delta++) {
				bool good = delta >= (int32_t)seen && delta <= (int32_t)asked;

				begin(&r, &b, base);
				for (uint32_t i = 0; i < asked; i++)
					pv_ring_put(&r, &req, sizeof(req));
				pv_ring_push(&r);
				/* One more is filled and not pushed: it cannot be answered. */
				pv_ring_put(&r, &req, sizeof(req));
				shared->rsp_prod = base + seen;
				assert_int_equal(pv_ring_pending(&r), seen);
				shared->rsp_prod = base + (uint32_t)delta;
				assert_int_equal(pv_ring_pending(&r), good ? delta : PV_EPROTO);
				if (good)
					continue;
				/* Broken for good: a producer set right again does not help. */
				shared->rsp_prod = base + seen;
				assert_int_equal(pv_ring_pending(&r), PV_EPROTO);
				assert_int_equal(pv_ring_take(&r, &rsp, sizeof(rsp)), PV_EPROTO);
				assert_int_equal(pv_ring_put(&r, &req, sizeof(req)), PV_EPROTO);
				assert_int_equal(pv_ring_push(&r), PV_EPROTO);
				assert_int_equal(pv_ring_final_check(&r), PV_EPROTO);
			}
		}
	}
}

/* The back end scribbles over our own indexes: we go by what we know. */
static void own_indexes_are_ours(void **state)
{
	struct demo_back_ring b;
	struct demo_request req = { .id = 5 };
	struct demo_response rsp = { 0 };
	struct pv_ring r;

	(void)state;
	begin(&r, &b, 0);
	pv_ring_put(&r, &req, sizeof(req));
	pv_ring_push(&r);
	shared->req_prod = 0x12345678;
	shared->rsp_event = 0x9abcdef0;
	answer(&b, 5, 1);
	assert_int_equal(pv_ring_take(&r, &rsp, sizeof(rsp)), 1);
	assert_int_equal(pv_ring_free(&r), r.entries);
	pv_ring_put(&r, &req, sizeof(req));
	pv_ring_push(&r);
	assert_int_equal(shared->req_prod, 2);
}

/* A response changed after it was taken changes nothing. */
static void response_is_a_copy(void **state)
{
	struct demo_back_ring b;
	struct demo_request req = { .id = 5 };
	struct demo_response rsp = { 0 };
	struct pv_ring r;

	(void)state;
	begin(&r, &b, 0);
	pv_ring_put(&r, &req, sizeof(req));
	pv_ring_push(&r);
	answer(&b, 5, 77);
	assert_int_equal(pv_ring_take(&r, &rsp, sizeof(rsp)), 1);
	memset(page + 64, 0xff, sizeof(page) - 64);
	assert_int_equal(rsp.result, 77);
	assert_int_equal(pv_ring_take(&r, &rsp, sizeof(rsp) + 100), PV_EINVAL);
	assert_int_equal(pv_ring_take(&r, &rsp, sizeof(rsp)), 0);
}

/* For every place of req_event: an event is due just when the header's macro says so. */
static void notifications(void **state)
{
	struct demo_back_ring b;
	struct demo_front_ring f;
	struct demo_request req = { 0 };
	struct pv_ring r;

	(void)state;
	for (uint32_t before = 0; before < 6; before++) {
		for (uint32_t more = 0; more < 6; more++) {
			for (uint32_t event = 0; event < 16; event++) {
				int want;

				begin(&r, &b, 0);
				for (uint32_t i = 0; i < before; i++)
					pv_ring_put(&r, &req, sizeof(req));
				pv_ring_push(&r);
				FRONT_RING_ATTACH(&f, shared, before, sizeof(page));
				f.req_prod_pvt += more;
				shared->req_event = event;
				RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&f, want);
				shared->req_prod = before;
				for (uint32_t i = 0; i < more; i++)
					pv_ring_put(&r, &req, sizeof(req));
				assert_int_equal(pv_ring_push(&r), want);
			}
		}
	}
}

static void ids_in_flight(void **state)
{
	uint32_t next[5], id;
	struct pv_ids ids;
	bool seen[5] = { false };

	(void)state;
	assert_int_equal(pv_ids_init(&ids, next, 0), PV_EINVAL);
	assert_int_equal(pv_ids_init(&ids, next, 5), 0);
	for (uint64_t bad = 0; bad < 20; bad++)
		assert_int_equal(pv_ids_put(&ids, bad), PV_EPROTO);
	for (unsigned int i = 0; i < 5; i++) {
		assert_int_equal(pv_ids_get(&ids, &id), 0);
		assert_true(id < 5 && !seen[id]);
		seen[id] = true;
	}
	assert_int_equal(pv_ids_get(&ids, &id), PV_ENOSPC);
	assert_int_equal(pv_ids_put(&ids, 5), PV_EPROTO);
	assert_int_equal(pv_ids_put(&ids, UINT64_MAX), PV_EPROTO);
	assert_int_equal(pv_ids_put(&ids, 1ull << 32 | 3), PV_EPROTO);
	assert_int_equal(pv_ids_put(&ids, 3), 0);
	assert_int_equal(pv_ids_put(&ids, 3), PV_EPROTO);
	assert_false(pv_ids_is_taken(&ids, 3));
	assert_int_equal(pv_ids_get(&ids, &id), 0);
	assert_int_equal(id, 3);
	assert_int_equal(ids.taken, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometry),
		cmocka_unit_test(starts_zeroed),
		cmocka_unit_test(counters_wrap),
		cmocka_unit_test(slot_slack_is_zero),
		cmocka_unit_test(producer_bounds),
		cmocka_unit_test(own_indexes_are_ours),
		cmocka_unit_test(response_is_a_copy),
		cmocka_unit_test(notifications),
		cmocka_unit_test(ids_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
