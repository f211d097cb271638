/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that reads text from the store: numbers, states, paths, lists, errors, parts. */
#include "fuzz.h"
#include "pv_text.h"
#include "pv_xs.h"

static void numbers(const char *s, size_t n)
{
	char text[PV_U64_CHARS + 1];
	unsigned int state;
	uint64_t v64;
	uint32_t v32;

	if (!pv_parse_u64(s, n, &v64)) {
		int len = pv_format_u64(text, sizeof(text), v64);

		REQUIRE(len > 0);
		/* Whatever was read prints as its own end. */
		REQUIRE((size_t)len <= n);
	}
	if (!pv_parse_canonical_u32(s, n, &v32)) {
		int len = pv_format_u64(text, sizeof(text), v32);

		REQUIRE((size_t)len == n && !memcmp(text, s, n));
	}
	if (!pv_parse_xenbus_state(s, n, &state))
		REQUIRE(state >= 1 && state <= 8);
	else
		REQUIRE(state == 0);
	pv_parse_hex32(s, n, &v32);
	REQUIRE(pv_xs_error(s, (uint32_t)n) < 0);
}

static void paths(const char *s, size_t n)
{
	if (!pv_path_check(s, n)) {
		REQUIRE(n && n <= XENSTORE_ABS_PATH_MAX);
		REQUIRE(!memchr(s, 0, n));
		REQUIRE(n == 1 || s[n - 1] != '/');
		for (size_t i = 1; i < n; i++)
			REQUIRE(s[i] != '/' || s[i - 1] != '/');
		REQUIRE(!pv_watch_path_check(s, n));
	}
	if (!pv_name_check(s, n, 16))
		REQUIRE(n <= 16 && !memchr(s, '/', n) && !memchr(s, 0, n));
}

static void lists(const char *s, size_t n)
{
	struct pv_xs_listing l;
	struct pv_xs_perm perm;
	uint32_t offset = 0, len;
	char out[64];
	const char *p;

	while (pv_xs_next_string(s, (uint32_t)n, &offset, &p, &len))
		REQUIRE(p >= s && p + len <= s + n && !memchr(p, 0, len));
	for (offset = 0; pv_xs_next_perm(s, (uint32_t)n, &offset, &perm) == 1;)
		;
	pv_xs_listing_init(&l, out, sizeof(out));
	for (unsigned int i = 0; i < 20; i++) {
		int rc = pv_xs_listing_feed(&l, s, (uint32_t)n);

		REQUIRE(l.len <= sizeof(out) && (!l.len || !out[l.len - 1]));
		if (rc != 1)
			break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size ? size : 1);

	if (!s)
		abort();
	memcpy(s, data, size);
	numbers(s, size);
	paths(s, size);
	lists(s, size);
	free(s);
	return 0;
}
