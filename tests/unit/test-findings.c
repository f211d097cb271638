/* SPDX-License-Identifier: BSD-2-Clause */
/* What collects findings, and the reader of XML that brings most of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/findings.h"
#include "check/xml.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

static void test_filter(void **state)
{
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	findings_add(&f, RULE_YU_GZIP, "a\x1b", "one\n");
	findings_add(&f, RULE_XP_MD5, "b", "two");
	findings_add(&f, RULE_IS_JOLIET, "c", "three");
	assert_string_equal(f.v[0].file, "a\\x1b");
	assert_string_equal(f.v[0].text, "one\\x0a");
	assert_true(findings_fail(&f, false));
	findings_filter(&f, consumer_find("team"));
	assert_int_equal(f.n, 1);
	assert_false(findings_fail(&f, false));
	assert_true(findings_fail(&f, true));
	assert_int_equal(consumer_find("nobody"), 0);
}

/* One rule broken without end hides no other. */
static void test_flood(void **state)
{
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	for (int i = 0; i < 3 * FINDINGS_MAX; i++)
		findings_add(&f, RULE_XP_MD5, "a", "%d", i);
	findings_add(&f, RULE_YU_GZIP, "b", "last");
	assert_int_equal(f.n, FINDINGS_MAX + 1);
	assert_int_equal(f.count[SEVERITY_ERROR], 3 * FINDINGS_MAX + 1);
	findings_filter(&f, consumer_find("yum"));
	assert_int_equal(f.n, 1);
	assert_int_equal(f.count[SEVERITY_ERROR], 1);
	assert_false(findings_has(&f, RULE_XP_MD5));
}

/* What keeps an older libxml2 busy for hours, and what only looks like it. */
static void test_long_tag(void **state)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_STRBUF struct strbuf fine = STRBUF_INIT;
	AUTO_FREE char *why = NULL;
	AUTO_FREE char *why_fine = NULL;
	AUTO_XML xmlDoc *doc = NULL;

	(void)state;
	strbuf_adds(&sb, "<a");
	for (int i = 0; i < 100000; i++)
		strbuf_addf(&sb, " b%d='>'", i);
	strbuf_adds(&sb, "/>");
	assert_null(xml_parse(sb.buf, sb.len, &why));
	assert_non_null(strstr(why, "tag of more than"));
	strbuf_adds(&fine, "<!-- <b c='>' --><a b='x' c=\">\"/><!-- ' -->");
	doc = xml_parse(fine.buf, fine.len, &why_fine);
	assert_non_null(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_long_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
