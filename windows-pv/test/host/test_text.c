/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_text.h"
#include "pv_xen.h"

static int u32(const char *s, size_t n, uint32_t *v)
{
	char *p = test_exact(s, n);
	int rc = pv_parse_u32(p, n, v);

	free(p);
	return rc;
}

static void numbers(void **state)
{
	static const struct {
		const char *s;
		size_t n;
		int rc;
		uint32_t v;
	} cases[] = {
		{ "0", 1, 0, 0 },
		{ "1", 1, 0, 1 },
		{ "1", 2, 0, 1 },
		{ "007", 3, 0, 7 },
		{ "4294967295", 10, 0, UINT32_MAX },
		{ "4294967296", 10, PV_ERANGE, 0 },
		{ "99999999999999999999999", 23, PV_ERANGE, 0 },
		{ "", 0, PV_EINVAL, 0 },
		{ "", 1, PV_EINVAL, 0 },
		{ "1\0", 3, PV_EINVAL, 0 },
		{ "-1", 2, PV_EINVAL, 0 },
		{ "+1", 2, PV_EINVAL, 0 },
		{ " 1", 2, PV_EINVAL, 0 },
		{ "1 ", 2, PV_EINVAL, 0 },
		{ "1\n", 2, PV_EINVAL, 0 },
		{ "0x1", 3, PV_EINVAL, 0 },
		{ "1e3", 3, PV_EINVAL, 0 },
		{ "\xb2", 1, PV_EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < PV_ARRAY_SIZE(cases); i++) {
		uint32_t v = 0;

		assert_int_equal(u32(cases[i].s, cases[i].n, &v), cases[i].rc);
		assert_int_equal(v, cases[i].v);
	}
}

static void numbers_64(void **state)
{
	uint64_t v = 5;

	(void)state;
	assert_int_equal(pv_parse_u64("18446744073709551615", 20, &v), 0);
	assert_true(v == UINT64_MAX);
	v = 5;
	assert_int_equal(pv_parse_u64("18446744073709551616", 20, &v), PV_ERANGE);
	assert_int_equal(pv_parse_u64("18446744073709551625", 20, &v), PV_ERANGE);
	assert_true(v == 5);
}

static void canonical(void **state)
{
	uint32_t v = 9;

	(void)state;
	assert_int_equal(pv_parse_canonical_u32("0", 1, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(pv_parse_canonical_u32("51712", 5, &v), 0);
	assert_int_equal(v, 51712);
	assert_int_equal(pv_parse_canonical_u32("00", 2, &v), PV_EINVAL);
	assert_int_equal(pv_parse_canonical_u32("01", 2, &v), PV_EINVAL);
	assert_int_equal(pv_parse_canonical_u32("1", 2, &v), PV_EINVAL);
	assert_int_equal(v, 51712);
}

static void formats(void **state)
{
	uint64_t seed = 1;
	char buf[PV_U64_CHARS + 1];
	uint32_t back32;

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		uint64_t v = ((uint64_t)test_random(&seed) << 33 ^ test_random(&seed)) >>
			     test_random(&seed) % 64;
		uint64_t back;
		char want[32];
		int n = pv_format_u64(buf, sizeof(buf), v);

		if (i == 0)
			v = UINT64_MAX, n = pv_format_u64(buf, sizeof(buf), v);
		assert_int_equal(snprintf(want, sizeof(want), "%llu", (unsigned long long)v), n);
		assert_memory_equal(buf, want, (size_t)n);
		assert_int_equal(pv_parse_u64(buf, (size_t)n, &back), 0);
		assert_true(back == v);
		assert_int_equal(pv_format_u64(buf, (size_t)n - 1, v), PV_ENOBUFS);
		assert_int_equal(pv_format_hex32(buf, 8, (uint32_t)v), 8);
		assert_int_equal(pv_parse_hex32(buf, 8, &back32), 0);
		assert_int_equal(back32, (uint32_t)v);
	}
	assert_int_equal(pv_format_hex32(buf, 7, 1), PV_ENOBUFS);
	assert_int_equal(pv_parse_hex32("0000000G", 8, &back32), PV_EINVAL);
	assert_int_equal(pv_parse_hex32("0000000", 7, &back32), PV_EINVAL);
	assert_int_equal(pv_parse_hex32("abcdef01", 8, &back32), 0);
	assert_int_equal(back32, 0xabcdef01);
}

/* Every text of one and two bytes, and the ones that a back end that means ill would write. */
static void states(void **state)
{
	static const char *const bad[] = { "Connected", "4 ", " 4", "4\n", "+4", "-4", "4.0", "0x4",
		"44444444444444444444", "4294967300", "true" };
	unsigned int s;

	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		char text[2] = { (char)c, 0 };
		bool good = c >= '1' && c <= '8';

		for (size_t n = 1; n <= 2; n++) {
			assert_int_equal(pv_parse_xenbus_state(text, n, &s), good ? 0 : PV_EPROTO);
			assert_int_equal(s, good ? c - '0' : 0);
		}
		for (unsigned int d = 1; d < 256; d++) {
			text[1] = (char)d;
			good = c == '0' && d >= '1' && d <= '8';
			assert_int_equal(pv_parse_xenbus_state(text, 2, &s), good ? 0 : PV_EPROTO);
		}
	}
	for (size_t i = 0; i < PV_ARRAY_SIZE(bad); i++) {
		s = 4;
		assert_int_equal(pv_parse_xenbus_state(bad[i], strlen(bad[i]), &s), PV_EPROTO);
		assert_int_equal(s, XenbusStateUnknown);
	}
	assert_int_equal(pv_parse_xenbus_state("", 0, &s), PV_EPROTO);
}

static void paths(void **state)
{
	static const char *const good[] = { "/", "a", "/a", "a/b",
		"/local/domain/0/backend/vbd/1/51712", "device/vif/0", "data/A-z_9@x" };
	static const char *const bad[] = { "//", "/a/", "a/", "a//b", "a b", "a\nb", "a.b", "a*",
		"a:b", "a\\b", "..", "\xc3\xa4" };
	static char path[XENSTORE_ABS_PATH_MAX + 2];

	(void)state;
	for (size_t i = 0; i < PV_ARRAY_SIZE(good); i++)
		assert_int_equal(pv_path_check(good[i], strlen(good[i])), 0);
	for (size_t i = 0; i < PV_ARRAY_SIZE(bad); i++)
		assert_int_equal(pv_path_check(bad[i], strlen(bad[i])), PV_EINVAL);
	assert_int_equal(pv_path_check("", 0), PV_EINVAL);
	assert_int_equal(pv_path_check("a\0b", 3), PV_EINVAL);
	memset(path, 'a', sizeof(path));
	assert_int_equal(pv_path_check(path, XENSTORE_REL_PATH_MAX), 0);
	assert_int_equal(pv_path_check(path, XENSTORE_REL_PATH_MAX + 1), PV_E2BIG);
	path[0] = '/';
	assert_int_equal(pv_path_check(path, XENSTORE_ABS_PATH_MAX), 0);
	assert_int_equal(pv_path_check(path, XENSTORE_ABS_PATH_MAX + 1), PV_E2BIG);
	assert_int_equal(pv_watch_path_check("@releaseDomain", 14), 0);
	assert_int_equal(pv_watch_path_check("device", 6), 0);
	assert_int_equal(pv_watch_path_check("@release Domain", 15), PV_EINVAL);
	assert_int_equal(pv_watch_path_check("@a\0", 3), PV_EINVAL);
}

static void names(void **state)
{
	static char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_int_equal(pv_name_check("vif", 3, 16), 0);
	assert_int_equal(pv_name_check("a/b", 3, 16), PV_EINVAL);
	assert_int_equal(pv_name_check("a\0b", 3, 16), PV_EINVAL);
	assert_int_equal(pv_name_check("", 0, 16), PV_EINVAL);
	assert_int_equal(pv_name_check(name, 16, 16), 0);
	assert_int_equal(pv_name_check(name, 300, 16), PV_E2BIG);
}

static void appends(void **state)
{
	char buf[6];
	size_t len = 0;

	(void)state;
	assert_int_equal(pv_append(buf, sizeof(buf), &len, "abc", 3), 0);
	assert_int_equal(pv_append(buf, sizeof(buf), &len, "def", 3), PV_ENOBUFS);
	assert_string_equal(buf, "abc");
	assert_int_equal(pv_append(buf, sizeof(buf), &len, "de", 2), 0);
	assert_string_equal(buf, "abcde");
	assert_int_equal(pv_append(buf, sizeof(buf), &len, "", 0), 0);
	assert_int_equal(pv_append(buf, sizeof(buf), &len, "f", 1), PV_ENOBUFS);
	assert_int_equal(len, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(numbers_64),
		cmocka_unit_test(canonical),
		cmocka_unit_test(formats),
		cmocka_unit_test(states),
		cmocka_unit_test(paths),
		cmocka_unit_test(names),
		cmocka_unit_test(appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
