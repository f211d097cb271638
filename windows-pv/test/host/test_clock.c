/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_clock.h"
#include "pv_xen.h"

static struct shared_info info;

static void divide(void **state)
{
	static const uint32_t divisors[] = { 1, 2, 3, 10, 100, 1000, 65535 };
	uint64_t seed = 1;

	(void)state;
	for (size_t d = 0; d < sizeof(divisors) / sizeof(divisors[0]); d++) {
		assert_true(pv_divide(UINT64_MAX, divisors[d]) == UINT64_MAX / divisors[d]);
		assert_true(pv_divide(0, divisors[d]) == 0);
		for (unsigned int i = 0; i < 10000; i++) {
			uint64_t v = (uint64_t)test_random(&seed) << 33 ^ test_random(&seed);

			v >>= test_random(&seed) % 64;
			assert_true(pv_divide(v, divisors[d]) == v / divisors[d]);
		}
	}
}

static void wall_clock(void **state)
{
	(void)state;
	memset(&info, 0, sizeof(info));
	/* 1970 began 11644473600 seconds after 1601. */
	assert_true(pv_clock_windows(&info) == 116444736000000000ull);
	info.wc_version = 2;
	info.wc_sec = 1700000000u;
	info.wc_nsec = 999999900u;
	info.vcpu_info[0].time.version = 4;
	info.vcpu_info[0].time.system_time = 5000000100ull;
	/* 2023-11-14 22:13:20 UTC, and 6 seconds. */
	assert_true(pv_clock_windows(&info) == 133444736000000000ull + 60000000ull);
	/* Past 2106. */
	info.xen_wc_sec_hi = 1;
	assert_true(pv_clock_windows(&info) ==
		    133444736000000000ull + 60000000ull + 42949672960000000ull);
}

/* A writer that stops in the middle holds nobody up. */
static void stuck(void **state)
{
	(void)state;
	memset(&info, 0, sizeof(info));
	info.wc_version = 1;
	info.wc_sec = 5;
	info.vcpu_info[0].time.version = 3;
	assert_true(pv_clock_windows(&info) == 116444736050000000ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(divide),
		cmocka_unit_test(wall_clock),
		cmocka_unit_test(stuck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
