/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_balloon.h"

#define MIB 1024ull /* in KiB */
#define GIB (1024 * MIB)

static int target(struct pv_balloon *b, uint64_t kib)
{
	char text[24];

	return pv_balloon_target(
		b, text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)kib));
}

static void limits(void **state)
{
	struct pv_balloon b;

	(void)state;
	assert_int_equal(pv_balloon_init(&b, 0, 0), PV_EINVAL);
	assert_int_equal(pv_balloon_init(&b, 8 * MIB, 8 * MIB), PV_EINVAL);
	assert_int_equal(pv_balloon_init(&b, 3, 0), PV_EINVAL);
	assert_int_equal(pv_balloon_init(&b, UINT64_MAX, 0), PV_EINVAL);
	assert_int_equal(pv_balloon_init(&b, 128 * MIB, 0), 0);
	assert_int_equal(b.floor, b.maximum); /* too small to give anything */
	assert_int_equal(target(&b, 0), 0);
	assert_int_equal(b.goal, 0);
	assert_int_equal(pv_balloon_init(&b, 4 * GIB + 8 * MIB, 8 * MIB), 0);
	assert_int_equal(b.maximum, 4 * GIB / 4);
	assert_int_equal(b.floor, 4 * GIB / 4 / 8);
	assert_int_equal(target(&b, 1 * GIB), 0);
	assert_int_equal(b.goal, 3 * GIB / 4);
	assert_false(b.clamped);
	assert_int_equal(target(&b, 1), 0);
	assert_int_equal(b.goal, b.maximum - b.floor);
	assert_true(b.clamped);
	assert_int_equal(target(&b, UINT64_MAX), 0);
	assert_int_equal(b.goal, 0);
	assert_true(b.clamped);
	assert_int_equal(target(&b, 2 * GIB), 0);
	assert_int_equal(pv_balloon_target(&b, "", 0), PV_EINVAL);
	assert_int_equal(pv_balloon_target(&b, "-1", 2), PV_EINVAL);
	assert_int_equal(pv_balloon_target(&b, "1x", 2), PV_EINVAL);
	assert_int_equal(pv_balloon_target(&b, "99999999999999999999999", 23), PV_ERANGE);
	assert_int_equal(b.goal, 2 * GIB / 4);
}

/* Until it rests; every order carried out as `most` allows. Returns the time it took. */
static uint64_t run(struct pv_balloon *b, uint64_t now, uint32_t most)
{
	uint64_t begin = now, when;
	uint32_t count;

	for (;;) {
		enum pv_balloon_order order = pv_balloon_next(b, false, now, &count, &when);

		if (order == PV_BALLOON_REST)
			return now - begin;
		if (order == PV_BALLOON_WAIT) {
			assert_true(when > now);
			now = when;
			continue;
		}
		assert_true(count > 0 && count <= PV_BALLOON_CHUNK);
		pv_balloon_done(b, order, count, count < most ? count : most, now);
		assert_true(b->maximum - b->held >= b->floor);
	}
}

static void there_and_back(void **state)
{
	struct pv_balloon b;

	(void)state;
	assert_int_equal(pv_balloon_init(&b, 2 * GIB, 0), 0);
	assert_int_equal(target(&b, 2 * GIB - 5 * MIB), 0);
	assert_int_equal(run(&b, 7, UINT32_MAX), 0);
	assert_int_equal(pv_balloon_size(&b), 2 * GIB - 5 * MIB);
	assert_int_equal(target(&b, 3 * GIB), 0);
	assert_int_equal(run(&b, 7, UINT32_MAX), 0);
	assert_int_equal(b.held, 0);
	assert_int_equal(pv_balloon_size(&b), 2 * GIB);
}

static void backs_off(void **state)
{
	struct pv_balloon b;
	uint64_t now = 1, when, last = 0;
	uint32_t count;

	(void)state;
	assert_int_equal(pv_balloon_init(&b, 2 * GIB, 0), 0);
	assert_int_equal(target(&b, 1 * GIB), 0);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(
			pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
		pv_balloon_done(&b, PV_BALLOON_INFLATE, count, 0, now);
		assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_WAIT);
		assert_true(when - now >= last && when - now <= PV_BALLOON_WAIT_MOST);
		assert_true(
			last == 0 || when - now == last * 2 || when - now == PV_BALLOON_WAIT_MOST);
		assert_int_equal(
			pv_balloon_next(&b, false, when - 1, &count, &when), PV_BALLOON_WAIT);
		last = when - now;
		now = when;
	}
	assert_int_equal(last, PV_BALLOON_WAIT_MOST);
	/* Half of an order is kept, and is a failure; a whole one ends the waiting. */
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
	pv_balloon_done(&b, PV_BALLOON_INFLATE, count, count / 2, now);
	assert_int_equal(b.held, PV_BALLOON_CHUNK / 2);
	now = b.until;
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
	pv_balloon_done(&b, PV_BALLOON_INFLATE, count, count, now);
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
	/* Another target is worth another try; the same one is not. */
	pv_balloon_done(&b, PV_BALLOON_INFLATE, count, 0, now);
	assert_int_equal(target(&b, 1 * GIB), 0);
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_WAIT);
	assert_int_equal(target(&b, 1 * GIB + 4), 0);
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
	pv_balloon_done(&b, PV_BALLOON_INFLATE, count, 0, now);
	pv_balloon_retry(&b);
	assert_int_equal(pv_balloon_next(&b, false, now, &count, &when), PV_BALLOON_INFLATE);
}

static void short_of_memory(void **state)
{
	struct pv_balloon b;
	uint64_t when;
	uint32_t count;

	(void)state;
	assert_int_equal(pv_balloon_init(&b, 2 * GIB, 0), 0);
	assert_int_equal(pv_balloon_next(&b, true, 5, &count, &when), PV_BALLOON_REST);
	assert_int_equal(target(&b, 1 * GIB), 0);
	assert_int_equal(pv_balloon_next(&b, true, 5, &count, &when), PV_BALLOON_WAIT);
	assert_int_equal(when, 5 + PV_BALLOON_WAIT_FIRST);
	assert_int_equal(count, 0);
	(void)run(&b, 5, UINT32_MAX);
	assert_int_equal(target(&b, 2 * GIB), 0);
	assert_int_equal(pv_balloon_next(&b, true, 5, &count, &when), PV_BALLOON_DEFLATE);
}

/* Faults of every size, targets that change all the time: never beyond the limits, and it ends. */
static void faults(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned int life = 0; life < 200 * test_scale(); life++) {
		struct pv_balloon b;
		uint64_t now = 0, when;
		uint32_t count;

		assert_int_equal(pv_balloon_init(&b, 512 * MIB + life * 100 * MIB, life), 0);
		for (unsigned int i = 0; i < 300; i++) {
			enum pv_balloon_order order;
			uint32_t done;

			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			if (seed >> 60 == 0)
				assert_int_equal(target(&b, seed >> 40), 0);
			order = pv_balloon_next(&b, seed >> 59 & 1, now, &count, &when);
			if (order == PV_BALLOON_WAIT)
				now = when;
			if (order != PV_BALLOON_INFLATE && order != PV_BALLOON_DEFLATE)
				continue;
			done = seed >> 58 & 1 ? count : (uint32_t)(seed >> 33) % (count + 1);
			pv_balloon_done(&b, order, count, done, now);
			assert_true(b.held <= b.maximum - b.floor);
		}
		(void)run(&b, now, UINT32_MAX);
		assert_int_equal(b.held, b.goal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(backs_off),
		cmocka_unit_test(short_of_memory),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
