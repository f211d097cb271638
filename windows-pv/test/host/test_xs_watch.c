/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenstore client: watches. */
#include "xs_bench.h"

static void watches(void **state)
{
	struct pv_xs_watch a = { .path = NULL }, b = a, many[WATCHES] = { a };
	static const char *const paths[] = { "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8" };

	(void)state;
	begin();
	assert_int_equal(pv_xs_watch_add(&xs, &a, "x//", 3, FOREVER, now), PV_EINVAL);
	assert_int_equal(pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now), 0);
	assert_int_equal(pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now), PV_EBUSY);
	assert_int_equal(pv_xs_watch_add(&xs, &b, "@releaseDomain", 14, FOREVER, now), 0);
	assert_true(settle() & PV_XS_EVENTS);
	assert_true(next_event_is(&a) && next_event_is(&b) && next_event_is(NULL));
	assert_true(a.state == PV_XS_WATCH_ON && b.state == PV_XS_WATCH_ON);
	/* Any number of events is one. */
	for (unsigned int i = 0; i < 5; i++)
		write_node("dev/vif", "1", 1);
	assert_true(next_event_is(&a) && next_event_is(NULL));
	/* Nothing after remove, also when the store had it on its way. */
	fake_xs_fire(&f, "dev");
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), PV_EAGAIN);
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), PV_EAGAIN);
	settle();
	assert_int_equal(a.state, PV_XS_WATCH_OFF);
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), 0);
	assert_true(next_event_is(NULL));
	assert_int_equal(xs.stray_events, 1);
	/* The same place again has another token. */
	assert_int_equal(pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now), 0);
	settle();
	assert_true(next_event_is(&a));
	fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, "dev\0W0000000000000001", 22);
	settle();
	assert_true(next_event_is(NULL));

	begin();
	for (unsigned int i = 0; i < WATCHES; i++)
		assert_int_equal(pv_xs_watch_add(&xs, &many[i], paths[i], 2, FOREVER, now), 0);
	memset(&a, 0, sizeof(a));
	assert_int_equal(pv_xs_watch_add(&xs, &a, paths[8], 2, FOREVER, now), PV_ENOSPC);
	settle();
	for (unsigned int i = 0; i < WATCHES; i++)
		assert_true(next_event_is(&many[i]));
	/* A noisy one does not hide the others. */
	for (unsigned int i = 0; i < 4; i++) {
		fake_xs_fire(&f, paths[0]);
		fake_xs_fire(&f, paths[4]);
		settle();
		assert_true(next_event_is(&many[0]) || i > 0);
		if (i == 0)
			assert_true(next_event_is(&many[4]));
		else
			while (pv_xs_next_event(&xs))
				;
	}
}

static void watch_tokens(void **state)
{
	static const char *const bad[] = { "", "W", "W00000000000000010", "W0000000800000001",
		"WFFFFFFFF00000001", "X0000000000000001", "W00000000 0000001" };
	struct pv_xs_watch a = { .path = NULL };

	(void)state;
	begin();
	pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now);
	settle();
	assert_true(next_event_is(&a));
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(bad); i++) {
		char event[64];
		int n = snprintf(event, sizeof(event), "dev%c%s", 0, bad[i]);

		fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, event, (uint32_t)n + 1);
	}
	fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, "dev\0W0000000000000001", 21); /* no NUL at its end */
	fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, "dev", 4);
	fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, "", 0);
	settle();
	assert_true(next_event_is(NULL));
	assert_int_equal(xs.stray_events, PV_ARRAY_SIZE(bad) + 3);
	fake_xs_say(&f, XS_WATCH_EVENT, 0, 0, "dev\0W0000000000000001", 22);
	settle();
	assert_true(next_event_is(&a));
}

/* The owner sleeps while the store shouts: no memory grows, requests still get through. */
static void watch_flood(void **state)
{
	struct pv_xs_watch a = { .path = NULL };
	struct pv_xs_req req = { 0 };

	(void)state;
	begin();
	pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now);
	settle();
	for (unsigned int i = 0; i < 20000; i++)
		fake_xs_fire(&f, "dev/x");
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER);
	/* One pump has an end, however much there is. */
	fake_xs_step(&f, 0, UINT32_MAX);
	assert_true(pv_xs_pump(&xs, now) & PV_XS_MORE || ring.rsp_prod == ring.rsp_cons);
	settle();
	done_is(&req, PV_ENOENT);
	assert_true(next_event_is(&a) && next_event_is(NULL));
}

/* A server that writes as fast as we read cannot keep us. */
static void endless_server(void **state)
{
	struct xsd_sockmsg hdr = { XS_WATCH_EVENT, 0, 0, 0 };

	(void)state;
	begin();
	for (unsigned int i = 0; i < XENSTORE_RING_SIZE / sizeof(hdr); i++)
		memcpy(ring.rsp + i * sizeof(hdr), &hdr, sizeof(hdr));
	for (unsigned int i = 0; i < 100; i++) {
		ring.rsp_prod = ring.rsp_cons + XENSTORE_RING_SIZE;
		assert_true(pv_xs_pump(&xs, now) & PV_XS_MORE);
	}
	assert_true(xs.stray_events <= 100 * 64);
}

static void watch_limits(void **state)
{
	struct pv_xs_watch a = { .path = NULL };

	(void)state;
	begin();
	f.silent = true;
	pv_xs_watch_add(&xs, &a, "dev", 3, 10, now);
	/* Not sent yet: gone at once. */
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), 0);
	assert_int_equal(a.state, PV_XS_WATCH_OFF);
	pv_xs_watch_add(&xs, &a, "dev", 3, 10, now);
	settle();
	now += 10;
	assert_true(pv_xs_pump(&xs, now) & PV_XS_EVENTS);
	assert_true(next_event_is(&a));
	assert_true(a.state == PV_XS_WATCH_FAILED && a.rc == PV_ETIMEDOUT);
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), PV_EAGAIN);
	settle();
	now += 10;
	pv_xs_pump(&xs, now);
	assert_int_equal(a.state, PV_XS_WATCH_OFF);
	/* Removed while the store thinks about adding it. */
	begin();
	f.silent = true;
	pv_xs_watch_add(&xs, &a, "dev", 3, FOREVER, now);
	settle();
	assert_int_equal(pv_xs_watch_remove(&xs, &a, now), PV_EAGAIN);
	f.silent = false;
	fake_xs_answer(&f);
	settle();
	assert_int_equal(a.state, PV_XS_WATCH_OFF);
	assert_int_equal(f.counts[XS_UNWATCH], 1);
	assert_true(next_event_is(NULL));
}

static bool refuse_with(struct fake_xs *x, void *arg)
{
	const char *error = arg;

	if (x->hdr.type != XS_WATCH)
		return false;
	fake_xs_say(x, XS_ERROR, x->hdr.req_id, 0, error, (uint32_t)strlen(error) + 1);
	return true;
}

static void refused_watches(void **state)
{
	static char eexist[] = "EEXIST", eacces[] = "EACCES";
	struct pv_xs_watch w = { .path = NULL };

	(void)state;
	begin();
	f.hook = refuse_with;
	f.arg = eexist; /* it stands there from before: as good as new */
	pv_xs_watch_add(&xs, &w, "dev", 3, FOREVER, now);
	settle();
	assert_true(w.state == PV_XS_WATCH_ON && w.rc == 0);
	begin();
	memset(&w, 0, sizeof(w));
	f.hook = refuse_with;
	f.arg = eacces;
	pv_xs_watch_add(&xs, &w, "dev", 3, FOREVER, now);
	settle();
	assert_true(next_event_is(&w));
	assert_true(w.state == PV_XS_WATCH_FAILED && w.rc == PV_EACCES);
}

static void reset_watches_sets_ours_again(void **state)
{
	struct pv_xs_watch w = { .path = NULL };
	struct pv_xs_req req = { 0 };

	(void)state;
	begin();
	pv_xs_watch_add(&xs, &w, "dev", 3, FOREVER, now);
	settle();
	assert_true(next_event_is(&w));
	pv_xs_req_reset_watches(&req);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(f.counts[XS_WATCH], 2);
	assert_true(next_event_is(&w));
	write_node("dev", "1", 1);
	assert_true(next_event_is(&w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watches),
		cmocka_unit_test(watch_tokens),
		cmocka_unit_test(watch_flood),
		cmocka_unit_test(endless_server),
		cmocka_unit_test(watch_limits),
		cmocka_unit_test(refused_watches),
		cmocka_unit_test(reset_watches_sets_ours_again),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
