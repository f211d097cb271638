/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_iface.h"

static const struct pv_iface table[] = {
	{ .guid = { 1 }, .oldest = 1, .newest = 3, .size = { 40, 56, 48 } },
	{ .guid = { 2 }, .oldest = 2, .newest = 2, .size = { 32 } },
};

/* Every version and every size around the ones that count. */
static void every_version_and_size(void **state)
{
	const struct pv_iface *found;

	(void)state;
	assert_int_equal(pv_iface_table_check(table, 2), 0);
	for (unsigned int r = 0; r < 2; r++) {
		const struct pv_iface *row = &table[r];

		for (unsigned int v = 0; v < 8; v++) {
			for (unsigned int size = 0; size < 100; size++) {
				int want = 0;

				if (v < row->oldest)
					want = PV_EOLD;
				else if (v > row->newest)
					want = PV_ENEW;
				else if (size < row->size[v - row->oldest])
					want = PV_ESIZE;
				assert_int_equal(pv_iface_query(table, 2, row->guid, (uint16_t)v,
							 (uint16_t)size, &found),
					want);
				assert_ptr_equal(found, want ? NULL : row);
			}
		}
		assert_int_equal(
			pv_iface_query(table, 2, row->guid, UINT16_MAX, UINT16_MAX, &found),
			PV_ENEW);
	}
}

static void not_ours(void **state)
{
	const uint8_t guid[16] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	const struct pv_iface *found = table;

	(void)state;
	assert_int_equal(pv_iface_query(table, 2, guid, 1, 100, &found), PV_ENOENT);
	assert_null(found);
	assert_int_equal(pv_iface_query(table, 0, table[0].guid, 1, 100, &found), PV_ENOENT);
}

static void bad_tables(void **state)
{
	const struct pv_iface version_0 = { .guid = { 1 }, .newest = 1, .size = { 8, 8 } };
	const struct pv_iface backwards = {
		.guid = { 1 }, .oldest = 2, .newest = 1, .size = { 8 }
	};
	const struct pv_iface no_size = { .guid = { 1 }, .oldest = 1, .newest = 2, .size = { 8 } };
	const struct pv_iface too_many = {
		.guid = { 1 }, .oldest = 1, .newest = 17, .size = { 8 }
	};
	const struct pv_iface twice[] = { table[0], table[1], table[0] };

	(void)state;
	assert_int_equal(pv_iface_table_check(&version_0, 1), PV_EINVAL);
	assert_int_equal(pv_iface_table_check(&backwards, 1), PV_EINVAL);
	assert_int_equal(pv_iface_table_check(&no_size, 1), PV_EINVAL);
	assert_int_equal(pv_iface_table_check(&too_many, 1), PV_EINVAL);
	assert_int_equal(pv_iface_table_check(twice, 3), PV_EEXIST);
}

static void revisions(void **state)
{
	(void)state;
	for (uint16_t a = 0; a < 6; a++) {
		for (uint16_t b = 0; b < 6; b++) {
			uint16_t versions[2] = { a, b };
			struct pv_revision rev = { 0x01000000, versions };

			assert_int_equal(
				pv_revision_served(&rev, table, 2), a <= 3 && (b == 0 || b == 2));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_version_and_size),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(bad_tables),
		cmocka_unit_test(revisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
