/* SPDX-License-Identifier: BSD-2-Clause */
/* `ddk report`, `sbom` and `same` under sanitizers; tests/submission has what they answer. */
#include <fcntl.h>
#include <getopt.h>

#include "command.h"
#include "medium/payload.h"
#include "module-fixture.h"
#include "sbom/sbom.h"
#include "same/same.h"

#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#define UNAME "6.1.0-1-amd64"

static void make_package(const char *dir, const char *salt, const char *summary)
{
	static const struct ko_symbol imports[] = { { "printk", NULL, 0x11, false } };
	const char *const info[] = { "license=GPL", "name=hello", "description=<i>hello</i>",
		"vermagic=" UNAME " SMP", "alias=pci:v00008086d0000100Esv*sd*bc*sc*i*",
		"parm=debug:Say more (int)", "firmware=hello/fw.bin", NULL };
	struct ko ko = { .info = info, .imports = imports, .n_imports = 1 };
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	AUTO_FREE char *path = in_scratch("hello.ko");
	AUTO_FREE char *tags =
		xasprintf("Name: hello-modules\nVersion: 1.0\nRelease: 1\nURL: %s", summary);
	AUTO_FREE char *body = xasprintf("mkdir -p $RPM_BUILD_ROOT/lib/modules/" UNAME "/extra\n"
					 "cp %s/hello.ko $RPM_BUILD_ROOT/lib/modules/" UNAME
					 "/extra\n%%files\n/lib/firmware/hello/fw.bin\n/lib/"
					 "modules/" UNAME "/extra/hello.ko",
		scratch);

	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
	build_rpm(dir, tags, "/lib/firmware/hello/fw.bin", salt, body);
}

static int setup(void **state)
{
	if (make_scratch(state) != 0)
		return -1;
	make_package("old", "one", "http://a");
	make_package("new", "two", "http://b");
	return 0;
}

/* Runs a command, its output in the file out of the scratch directory. */
static int command(int (*fn)(int, char **), char **argv)
{
	AUTO_FREE char *out = in_scratch("out");
	int argc = 0, status, saved, fd;

	while (argv[argc])
		argc++;
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	optind = 0; /* getopt starts afresh */
	status = fn(argc, argv);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(fd);
	return status;
}

static void test_report(void **state)
{
	AUTO_FREE char *page = in_scratch("page.html");
	AUTO_FREE char *old = in_scratch("old");
	AUTO_FREE char *new = in_scratch("new");
	char *argv[] = { "report", "--out", page, "--previous", old, new, NULL };
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	(void)state;
	assert_int_equal(command(cmd_report, argv), DDK_OK);
	sb = read_scratch("page.html");
	assert_non_null(strstr(sb.buf, "&lt;i>hello"));
	assert_null(strstr(sb.buf, "<i>hello"));
	assert_non_null(strstr(sb.buf, "VE00"));
}

static void test_sbom(void **state)
{
	AUTO_FREE char *new = in_scratch("new");
	char *argv[] = { "sbom", "--epoch", "86400", new, NULL };
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	json_t *top, *component;

	(void)state;
	assert_int_equal(command(cmd_sbom, argv), DDK_OK);
	sb = read_scratch("out");
	top = json_loads(sb.buf, 0, NULL);
	assert_non_null(top);
	assert_string_equal(facts_string(json_object_get(top, "metadata"), "timestamp"),
		"1970-01-02T00:00:00Z");
	component = json_array_get(json_object_get(top, "components"), 0);
	assert_string_equal(facts_string(component, "name"), "hello-modules");
	assert_int_equal(json_array_size(json_object_get(component, "components")), 2);
	json_decref(top);
}

static void test_licenses(void **state)
{
	static const struct {
		const char *text;
		bool expression;
	} cases[] = {
		{ "GPL-2.0-only", true },
		{ "GPL-2.0-only OR BSD-2-Clause", true },
		{ "(GPL-2.0-only WITH Linux-syscall-note) AND MIT", true },
		{ "LicenseRef-Acme", true },
		{ "", false },
		{ "GPL", false },
		{ "GPL v2", false },
		{ "Dual BSD/GPL", false },
		{ "GPL-2.0-only OR", false },
		{ "OR GPL-2.0-only", false },
		{ "GPL-2.0-only BSD-2-Clause", false },
		{ "(GPL-2.0-only", false },
		{ "GPL-2.0-only)", false },
		{ "()", false },
		{ "-only", false },
		{ "GPL-", false },
		{ "<b>-x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *list = sbom_licenses(cases[i].text);
		json_t *one = json_array_get(list, 0);

		if ((json_object_get(one, "expression") != NULL) != cases[i].expression)
			fail_msg("'%s' is %s expression", cases[i].text,
				cases[i].expression ? "an" : "no");
		json_decref(list);
	}
}

static enum sameness same_of(const char *given, const char *built)
{
	AUTO_FREE char *a = in_scratch(given);
	AUTO_FREE char *b = in_scratch(built);
	AUTO_FREE char *error = NULL;
	AUTO_SAME struct same s = { 0 };

	if (same_files(&s, a, b, &error) < 0)
		fail_msg("%s", error);
	return s.verdict;
}

static void test_same(void **state)
{
	static const char trailer[] = "sig\0\0\2\0\0\0\0\0\0\0\0\3~Module signature appended~\n";
	AUTO_FREE char *path = in_scratch("old.ko");
	AUTO_STRBUF struct strbuf sb = read_scratch("hello.ko");

	(void)state;
	assert_int_equal(outfile_write(path, 0644, sb.buf, sb.len), 0);
	assert_int_equal(
		same_of("old/hello-modules-1.0-1.x86_64.rpm", "old/hello-modules-1.0-1.x86_64.rpm"),
		SAME_BYTES);
	assert_int_equal(
		same_of("old/hello-modules-1.0-1.x86_64.rpm", "new/hello-modules-1.0-1.x86_64.rpm"),
		SAME_NOT);
	assert_int_equal(same_of("hello.ko", "old.ko"), SAME_BYTES);
	/* A signature that makes no sense is taken for a part of the module. */
	strbuf_add(&sb, trailer, sizeof(trailer) - 1);
	assert_int_equal(outfile_write(path, 0644, sb.buf, sb.len), 0);
	assert_int_equal(same_of("hello.ko", "old.ko"), SAME_NOT);
	/* One of before Linux 4.3, whose signature is no PKCS#7. */
	sb.buf[sb.len - 28 - 12 + 2] = 1;
	assert_int_equal(outfile_write(path, 0644, sb.buf, sb.len), 0);
	assert_int_equal(same_of("hello.ko", "old.ko"), SAME_UNSIGNED);
}

/* A damaged RPM at each of many places: an answer or an error, and nothing worse. */
static void test_damaged(void **state)
{
	AUTO_FREE char *good = in_scratch("old/hello-modules-1.0-1.x86_64.rpm");
	AUTO_FREE char *bad = in_scratch("bad.rpm");
	AUTO_STRBUF struct strbuf sb = read_scratch("old/hello-modules-1.0-1.x86_64.rpm");
	size_t errors = 0;

	(void)state;
	for (size_t cut = 0; cut + 1 < sb.len; cut += 1 + sb.len / 50) {
		AUTO_FREE char *error = NULL;
		AUTO_SAME struct same s = { 0 };

		assert_int_equal(outfile_write(bad, 0644, sb.buf, cut), 0);
		if (same_files(&s, good, bad, &error) < 0)
			errors++;
		else
			assert_int_equal(s.verdict, SAME_NOT);
	}
	assert_true(errors > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_sbom),
		cmocka_unit_test(test_licenses),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
