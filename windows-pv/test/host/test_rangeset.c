/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_rangeset.h"

#define UNIVERSE 12

static uint32_t span(unsigned int start, unsigned int count)
{
	return ((1u << count) - 1) << start;
}

/* What the set holds, and that it is sorted, apart and merged. */
static uint32_t as_bits(const struct pv_rangeset *set, uint64_t base)
{
	uint64_t items = 0;
	uint32_t bits = 0;

	for (uint32_t i = 0; i < set->used; i++) {
		const struct pv_range *r = &set->ranges[i];

		assert_true(r->count > 0);
		if (i)
			assert_true(r->start > set->ranges[i - 1].start + set->ranges[i - 1].count);
		bits |= span((unsigned int)(r->start - base), (unsigned int)r->count);
		items += r->count;
	}
	assert_true(items == set->items);
	return bits;
}

static void make(struct pv_rangeset *set, struct pv_range *ranges, uint32_t cap, uint32_t bits,
	uint64_t base)
{
	assert_int_equal(pv_rangeset_init(set, ranges, cap), 0);
	for (unsigned int i = 0; i < UNIVERSE; i++)
		if (bits >> i & 1)
			assert_int_equal(pv_rangeset_put(set, base + i, 1), 0);
	assert_int_equal(as_bits(set, base), bits);
}

/* Every set of twelve numbers, every operation on it, at both ends of the 64 bits. */
static void every_set(uint64_t base)
{
	struct pv_range ranges[UNIVERSE];
	struct pv_rangeset set;

	for (uint32_t bits = 0; bits < 1u << UNIVERSE; bits++) {
		for (unsigned int start = 0; start < UNIVERSE; start++) {
			for (unsigned int count = 1; count <= UNIVERSE - start; count++) {
				uint32_t m = span(start, count);

				make(&set, ranges, UNIVERSE, bits, base);
				assert_int_equal(pv_rangeset_put(&set, base + start, count),
					bits & m ? PV_EEXIST : 0);
				assert_int_equal(as_bits(&set, base), bits | (bits & m ? 0 : m));

				make(&set, ranges, UNIVERSE, bits, base);
				assert_int_equal(pv_rangeset_get(&set, base + start, count),
					(bits & m) == m ? 0 : PV_ENOENT);
				assert_int_equal(
					as_bits(&set, base), (bits & m) == m ? bits & ~m : bits);
			}
		}
		for (unsigned int count = 1; count <= UNIVERSE; count++) {
			unsigned int want = 0;
			uint64_t got = 0;
			int rc;

			make(&set, ranges, UNIVERSE, bits, base);
			while (want + count <= UNIVERSE &&
				(bits & span(want, count)) != span(want, count))
				want++;
			rc = pv_rangeset_pop(&set, count, &got);
			if (want + count > UNIVERSE) {
				assert_int_equal(rc, PV_ENOENT);
			} else {
				assert_int_equal(rc, 0);
				assert_true(got == base + want);
				assert_int_equal(as_bits(&set, base), bits & ~span(want, count));
			}
		}
		for (unsigned int i = 0; i < UNIVERSE; i++)
			assert_int_equal(
				pv_rangeset_has(&set, base + i), as_bits(&set, base) >> i & 1);
	}
}

static void low_end(void **state)
{
	(void)state;
	every_set(0);
}

static void high_end(void **state)
{
	(void)state;
	every_set(UINT64_MAX - UNIVERSE + 1);
}

static void edges(void **state)
{
	struct pv_range ranges[2], more[3];
	struct pv_rangeset set;
	uint64_t v;

	(void)state;
	assert_int_equal(pv_rangeset_init(&set, ranges, 0), PV_EINVAL);
	pv_rangeset_init(&set, ranges, 2);
	assert_int_equal(pv_rangeset_put(&set, 5, 0), PV_EINVAL);
	assert_int_equal(pv_rangeset_put(&set, UINT64_MAX, 2), PV_EINVAL);
	assert_int_equal(pv_rangeset_get(&set, UINT64_MAX, 2), PV_EINVAL);
	assert_int_equal(pv_rangeset_pop(&set, 0, &v), PV_EINVAL);
	assert_int_equal(pv_rangeset_pop(&set, 1, &v), PV_ENOENT);

	/* All but one of the 2^64; the last one would not fit the count. */
	assert_int_equal(pv_rangeset_put(&set, 0, UINT64_MAX), 0);
	assert_int_equal(pv_rangeset_put(&set, UINT64_MAX, 1), PV_EINVAL);
	assert_true(pv_rangeset_has(&set, UINT64_MAX - 1));
	assert_false(pv_rangeset_has(&set, UINT64_MAX));
	assert_int_equal(pv_rangeset_get(&set, 0, UINT64_MAX), 0);

	/* A full array refuses and changes nothing; a larger one goes on. */
	pv_rangeset_put(&set, 0, 3);
	pv_rangeset_put(&set, 10, 1);
	assert_int_equal(pv_rangeset_put(&set, 20, 1), PV_ENOSPC);
	assert_int_equal(pv_rangeset_get(&set, 1, 1), PV_ENOSPC);
	assert_int_equal(set.items, 4);
	assert_null(pv_rangeset_grow(&set, more, 2));
	assert_ptr_equal(pv_rangeset_grow(&set, more, 3), ranges);
	memset(ranges, 0xff, sizeof(ranges));
	assert_int_equal(pv_rangeset_get(&set, 1, 1), 0);
	assert_int_equal(as_bits(&set, 0), 1u << 0 | 1u << 2 | 1u << 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(low_end),
		cmocka_unit_test(high_end),
		cmocka_unit_test(edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
