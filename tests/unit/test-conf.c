/* SPDX-License-Identifier: BSD-2-Clause */
#include "metadata-fixture.h"

#include <errno.h>

#include "metadata/epoch.h"

static int parse(struct conf *c, const char *text, struct findings *f)
{
	return conf_parse(c, "t", text, strlen(text), &f->rep);
}

static void test_good(void **state)
{
	struct findings *f = findings_new();
	AUTO_CONF struct conf c;

	(void)state;
	assert_int_equal(parse(&c, good_conf, f), 0);
	assert_string_equal(f->text.buf, "");
	assert_string_equal(c.label, "hello-disk");
	assert_string_equal(c.text, "Hello & <it's> \"it\"");
	assert_string_equal(c.platform, "");
	assert_int_equal(c.formats, CONF_XS | CONF_YUM);
	assert_false(c.eula);
	assert_int_equal(c.nrequires, 1);
	assert_string_equal(c.requires[0].originator, "acme");
	assert_string_equal(c.requires[0].name, "base");
	assert_string_equal(c.requires[0].test, "ge");
	assert_string_equal(c.requires[0].build, "");
	assert_int_equal(c.nkernels, 2);
	assert_string_equal(conf_find_kernel(&c, "6.1.0-1-amd64")->flavour, "xen");
	assert_null(conf_find_kernel(&c, "6.1.0-1"));
	findings_free(f);
}

/* Python: uuid.uuid5(UUID('a2bed710-…'), 'acme\nhello-disk\ndebian-12\n1.0') */
static void test_uuid(void **state)
{
	struct findings *f = findings_new();
	AUTO_CONF struct conf c;

	(void)state;
	assert_int_equal(parse(&c, good_conf, f), 0);
	assert_string_equal(c.uuid, "8355f816-673f-5c28-8ffb-d165155fa0ba");
	findings_free(f);
}

/* Whatever canonical text says is read back as the same, uuid and overrides included. */
static void test_round_trip(void **state)
{
	struct findings *f = findings_new();
	AUTO_FREE char *text =
		xasprintf("# c\n\n%sexclude=smp no SMP here\noverride=one\n"
			  "override=two three\nguest=xenbus x86 x64\nrequires=a:b eq 1.2 90c\n",
			good_conf);
	AUTO_STRBUF struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	AUTO_CONF struct conf a, b;
	AUTO_FREE char *description = NULL;

	(void)state;
	assert_int_equal(parse(&a, text, f), 0);
	conf_write(&a, &first);
	assert_int_equal(parse(&b, first.buf, f), 0);
	conf_write(&b, &second);
	assert_string_equal(first.buf, second.buf);
	assert_non_null(strstr(first.buf, "\nexclude=smp no SMP here\n"));
	assert_non_null(strstr(first.buf, "\nrequires=a:b eq 1.2 90c\n"));
	assert_non_null(strstr(first.buf, "\nguest=xenbus x64 x86\n"));
	assert_non_null(strstr(first.buf, "\nuuid=8355f816-673f-5c28-8ffb-d165155fa0ba\n"));
	description = conf_description(&b);
	assert_string_equal(
		description, "Hello & <it's> \"it\" (override: one) (override: two three)");
	findings_free(f);
}

/* Each line, added to or put in the place of one of the good file, must be complained of. */
static const struct {
	const char *line;
	const char *finding;
} bad_lines[] = {
	{ "kit=1 0", "kit '1 0'" },
	{ "release=a/b", "release 'a/b'" },
	{ "driver=a b", "driver 'a b'" },
	{ "driver=-a", "driver '-a'" },
	{ "label=", "label '': must not be empty" },
	{ "label=.hidden", "label '.hidden'" },
	{ "label=a/b", "label 'a/b'" },
	{ "label=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "at most 64" },
	{ "originator=ac me", "originator 'ac me'" },
	{ "originator=ac:me", "correct VENDOR_CODE" },
	{ "text=a\\b", "backslash" },
	{ "text=-n", "dash" },
	{ "text=caf\xc3\xa9", "byte 0xc3 in column 9 is not ASCII" },
	{ "text=a\001b", "control character 0x01" },
	{ "version=1.x", "version '1.x'" },
	{ "version=1..0", "version '1..0'" },
	{ "version=.1", "version '.1'" },
	{ "version=1.", "version '1.'" },
	{ "version=1.0-1", "version '1.0-1'" },
	{ "version=1234567890", "at most 9 digits" },
	{ "build=x1", "build 'x1'" },
	{ "build=1-2", "build '1-2'" },
	{ "uuid=1234", "uuid '1234'" },
	{ "uuid=D04C9ACE-685D-53E0-8880-1AE2B5579CA8", "lower case" },
	{ "product=A&B", "product 'A&B'" },
	{ "product=A\"B", "product 'A\"B'" },
	{ "product-version=twelve", "product-version 'twelve'" },
	{ "platform-version=1_2", "platform-version '1_2'" },
	{ "base=debian", "base 'debian'" },
	{ "base=debian:", "base 'debian:'" },
	{ "base=:main", "base ':main'" },
	{ "base=a:b:c", "base 'a:b:c'" },
	{ "base-version=sid", "base-version 'sid'" },
	{ "arch=x86-64", "arch 'x86-64'" },
	{ "formats=xs deb", "'deb'" },
	{ "formats=", "formats= must not be empty" },
	{ "guidance=restart", "guidance 'restart'" },
	{ "guidance=restartHost,", "guidance 'restartHost,'" },
	{ "eula=maybe", "eula 'maybe'" },
	{ "requires=a:b xx 1", "test 'xx'" },
	{ "requires=a:b eq", "ORIGINATOR:NAME TEST VERSION" },
	{ "requires=a:b eq 1 2 3", "ORIGINATOR:NAME TEST VERSION" },
	{ "requires=a/b eq 1", "identifier 'a/b'" },
	{ "requires=a:b eq 1 x", "build 'x'" },
	{ "kernel=xen 6.1", "FLAVOUR UNAME KVER PAIR" },
	{ "kernel=xen any any any", "uname 'any'" },
	{ "kernel=xen ../x 1 1", "uname '../x'" },
	{ "kernel=other 6.1.0-1-amd64 1 1", "stands in two kernel= lines" },
	{ "kernel=xen 6.1.0-1-other 6.1.0-1-other 6.1.0-1", "both flavour xen" },
	{ "exclude=kdump", "FLAVOUR and the reason" },
	{ "exclude=xen why", "is excluded and has kernel=" },
	{ "override=\\", "backslash" },
	{ "guest=xenbus", "PACKAGE and x64" },
	{ "guest=", "PACKAGE and x64" },
	{ "guest=xenbus x64 arm", "'arm'" },
	{ "guest=a/b x64", "package 'a/b'" },
	{ "nonsense", "key=value" },
	{ "nonsense=1", "unknown key 'nonsense'" },
	{ "Label=x", "unknown key 'Label'" },
};

static void test_bad_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		struct findings *f = findings_new();
		AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
		const char *line = bad_lines[i].line;
		size_t key = strcspn(line, "=") + 1;
		AUTO_CONF struct conf c;

		/* The good line of a key that may not repeat makes room for the bad one. */
		for (const char *p = good_conf; *p; p += strcspn(p, "\n") + 1) {
			if (strncmp(p, line, key) != 0 || strncmp(p, "kernel=", 7) == 0)
				strbuf_add(&sb, p, strcspn(p, "\n") + 1);
		}
		strbuf_addf(&sb, "%s\n", line);
		assert_int_equal(parse(&c, sb.buf, f), -EINVAL);
		expect_finding(f, bad_lines[i].finding);
		if (f->rep.count != 1)
			fail_msg("'%s' gave more than one finding:\n%s", line, f->text.buf);
		findings_free(f);
	}
}

static void test_missing(void **state)
{
	static const char *const optional[] = { "build", "uuid", "platform", "platform-version",
		"guidance", "eula", "requires" };

	(void)state;
	for (const char *p = good_conf; *p; p += strcspn(p, "\n") + 1) {
		struct findings *f = findings_new();
		AUTO_FREE char *key = xstrndup(p, strcspn(p, "="));
		AUTO_FREE char *words = xasprintf("%s= is missing", key);
		AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
		bool may = false;
		AUTO_CONF struct conf c;

		for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
			may |= strcmp(optional[i], key) == 0;
		for (const char *q = good_conf; *q; q += strcspn(q, "\n") + 1) {
			if (strncmp(q, key, strlen(key)) != 0 || q[strlen(key)] != '=')
				strbuf_add(&sb, q, strcspn(q, "\n") + 1);
		}
		assert_int_equal(parse(&c, sb.buf, f), may ? 0 : -EINVAL);
		if (!may) {
			expect_finding(f, words);
			assert_int_equal(f->rep.count, 1);
		}
		findings_free(f);
	}
}

static void test_all_reported(void **state)
{
	struct findings *f = findings_new();
	AUTO_CONF struct conf c;

	(void)state;
	assert_int_equal(parse(&c, "label=a b\nversion=x\nlabel=c\n", f), -EINVAL);
	expect_finding(f, "t:1: label 'a b'");
	expect_finding(f, "t:2: version 'x'");
	expect_finding(f, "t:3: label= stands here and in line 1");
	expect_finding(f, "t: vendor= is missing");
	expect_finding(f, "t: kernel= is missing");
	findings_free(f);
}

static void test_odd_bytes(void **state)
{
	static const char nul[] = "label=a\0b\n";
	struct findings *f = findings_new();
	AUTO_STRBUF struct strbuf many = STRBUF_INIT;
	AUTO_CONF struct conf a, b;

	(void)state;
	assert_int_equal(conf_parse(&a, "t", nul, sizeof(nul) - 1, &f->rep), -EINVAL);
	expect_finding(f, "t:1: control character 0x00 in column 8");
	assert_int_equal(parse(&b, "kernel=xen 6.1.0-1-amd64 6.1.0-1 1", f), -EINVAL);
	expect_finding(f, "t:1: the line has no end");
	conf_release(&b);
	strbuf_adds(&many, good_conf);
	for (int i = 0; i < 300; i++)
		strbuf_adds(&many, "requires=a:b eq 1\n");
	assert_int_equal(parse(&b, many.buf, f), -EINVAL);
	assert_int_equal(b.nrequires, 256);
	findings_free(f);
}

static void test_read(void **state)
{
	struct findings *f = findings_new();
	AUTO_CONF struct conf a, b;
	AUTO_FREE char *path = in_scratch("disk.conf");

	(void)state;
	assert_int_equal(conf_read(&a, path, &f->rep), -ENOENT);
	expect_finding(f, "disk.conf: No such file");
	write_scratch("disk.conf", good_conf);
	assert_int_equal(conf_read(&b, path, &f->rep), 0);
	findings_free(f);
}

/* What is staged counts, whatever disk.conf says. */
static void test_guests(void **state)
{
	struct findings *f = findings_new();
	AUTO_FREE char *text = xasprintf("%sguest=old x86\n", good_conf);
	AUTO_STRBUF struct strbuf written = STRBUF_INIT;
	AUTO_CONF struct conf c;

	(void)state;
	assert_int_equal(parse(&c, text, f), 0);
	assert_int_equal(conf_read_guests(&c, scratch, &f->rep), 0);
	assert_int_equal(c.nguests, 0);
	assert_int_equal(run("mkdir -p windows-pv/b/x64 windows-pv/b/x86 windows-pv/a/x86 "
			     "windows-pv/a/x64 windows-pv/testsign && touch windows-pv/b/x64/b.inf "
			     "windows-pv/b/x86/b.inf windows-pv/a/x86/a.inf"),
		0);
	assert_int_equal(conf_read_guests(&c, scratch, &f->rep), 0);
	conf_write(&c, &written);
	assert_non_null(strstr(written.buf, "\nguest=a x86\nguest=b x64 x86\n"));
	assert_int_equal(run("mkdir -p 'windows-pv/a b/x64' && touch 'windows-pv/a b/x64/f'"), 0);
	assert_int_equal(conf_read_guests(&c, scratch, &f->rep), -EINVAL);
	expect_finding(f, "package 'a b'");
	assert_int_equal(c.nguests, 2);
	assert_int_equal(run("rm -r windows-pv && touch windows-pv"), 0);
	assert_int_equal(conf_read_guests(&c, scratch, &f->rep), -ENOTDIR);
	assert_int_equal(run("rm windows-pv"), 0);
	findings_free(f);
}

static void test_epoch(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1", "5869584000",
		"99999999999999999999" };
	long long e;

	(void)state;
	assert_int_equal(epoch_parse("1700000000", &e), 0);
	assert_true(e == 1700000000);
	assert_int_equal(epoch_parse("5869583999", &e), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(epoch_parse(bad[i], &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_all_reported),
		cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_guests),
		cmocka_unit_test(test_epoch),
	};

	return cmocka_run_group_tests_name("conf", tests, make_scratch, remove_scratch);
}
