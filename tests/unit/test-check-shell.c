/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rules see of shell scripts. */
#include "check/shell.h"
#include "metadata-fixture.h"

static void keep(void *arg, size_t line, char *const *words, size_t n)
{
	struct strbuf *sb = arg;

	strbuf_addf(sb, "%zu:", line);
	for (size_t i = 0; i < n; i++)
		strbuf_addf(sb, " %s", words[i]);
	strbuf_addch(sb, '\n');
}

static void test_commands(void **state)
{
	static const struct {
		const char *script, *commands;
	} cases[] = {
		{ "", "" },
		{ "a b # c\n", "1: a b\n" },
		{ "a;b&&c||d|e&f\n", "1: a\n1: b\n1: c\n1: d\n1: e\n1: f\n" },
		{ "if a; then b; else c; fi", "1: a\n1: b\n1: c\n1: fi\n" },
		{ "X=1 Y='a b' a \"$X\" 'y z'", "1: a $X y z\n" },
		{ "a >out 2>&1 <in b\nc", "1: a 2 b\n2: c\n" },
		{ "a <<END\nb\nEND\nc", "1: a\n4: c\n" },
		{ "a <<-'E F' <<G; b\n\tc\n\tE F\nd\nG\ne\n", "1: a\n1: b\n6: e\n" },
		{ "a <<END\nb\n", "1: a\n" },
		{ "x=$(a b) `c`", "1: $\n1: a b\n1: c\n" },
		{ "a \\\n b\nc", "1: a b\n3: c\n" },
		{ "a ${x:-b c} d", "1: a ${x:-b c} d\n" },
		{ "exec nohup a", "1: a\n" },
		{ "a 'b\nc' d\ne", "1: a b\nc d\n3: e\n" },
		{ "a 'b", "1: a b\n" },
		{ "a \"b\\", "1: a b\\\n" },
		{ "\\", "1: \\\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

		strbuf_adds(&sb, "");
		shell_commands(cases[i].script, keep, &sb);
		/* How $( is split is no matter, only that the command inside is seen. */
		if (i == 9)
			assert_non_null(strstr(sb.buf, "1: a b\n1: c\n"));
		else
			assert_string_equal(sb.buf, cases[i].commands);
	}
}

static void test_interpreters(void **state)
{
	(void)state;
	assert_true(shell_is_bourne(""));
	assert_true(shell_is_bourne("/bin/sh"));
	assert_true(shell_is_bourne("/bin/bash -e\necho"));
	assert_false(shell_is_bourne("<lua>"));
	assert_false(shell_is_bourne("/usr/bin/python3"));
	assert_false(shell_is_bourne("/usr/bin/fish"));
}

static void test_new_bash(void **state)
{
	static const char *const new[] = { "declare -A x", "if a; then local -rA y; fi",
		"mapfile -t x <y", "readarray x", "coproc cat", "echo ${x,,}", "echo ${x^}",
		"echo ${x[1]^^}", "a &>>log", "a |& b", "  b ;;&", "for i in {1..9..2}; do",
		"shopt -s globstar", "echo $BASHPID", "read -N 1 x", "exec {fd}>x", "[[ -v x ]]",
		"[ -v x ]", "declare -g x=1", "printf '%s' \"%(%s)T\"", "echo ${x:0:-1}",
		"shopt -s lastpipe", "local -n r=$1", "wait -n", "echo ${x@Q}",
		"echo $EPOCHSECONDS" };
	static const char *const old[] = { "", "declare -a x", "local x=-A", "# declare -A x",
		"echo 'declare -A x'", "a 'b\ndeclare -A x\n'", "echo ${x: -1}", "echo ${x#,}",
		"a && b >>log 2>&1", "case x in a) ;; esac", "for i in {1..9}; do", "read -r x",
		"wait $!", "awk '{x}>y'", "echo ${x%%,*}", "echo mapfile", "a || b", "echo a;",
		"test -v", "unset mapfile_x" };
	struct shell_construct x;
	AUTO_FREE char *later = xasprintf("a\nb '\n' c\n%s\n", new[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(new) / sizeof(new[0]); i++) {
		if (!shell_newer_than_bash_3_2(new[i], &x))
			fail_msg("not found: %s", new[i]);
	}
	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++) {
		if (shell_newer_than_bash_3_2(old[i], &x))
			fail_msg("%s: taken for %s", old[i], x.what);
	}
	assert_true(shell_newer_than_bash_3_2(later, &x));
	assert_int_equal(x.line, 4);
	assert_string_equal(x.since, "4.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_interpreters),
		cmocka_unit_test(test_new_bash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
