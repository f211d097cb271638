/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check/check.h"
#include "check/shell.h"
#include "util/cleanup.h"
#include "util/program.h"

/* Finds @TOKEN@, capitals, digits and _ only; returns its length or 0. */
static size_t token_length(const char *p)
{
	size_t len = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return len && p[len + 1] == '@' ? len + 2 : 0;
}

static const char *find(const char *const places[2])
{
	for (size_t i = 0; i < 2; i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

struct check_tools check_find_tools(bool shellcheck)
{
	static const char *const dash[2] = { "/usr/bin/dash", "/bin/dash" };
	static const char *const lint[2] = { "/usr/bin/shellcheck", "/usr/local/bin/shellcheck" };

	return (struct check_tools){ find(dash), shellcheck ? find(lint) : NULL };
}

/* Hands a script to a program's standard input. Returns its exit status, or below 0. */
static int parse(
	const struct contents_text *t, const char *path, char *const *argv, char *said, size_t size)
{
	AUTO_CLOSE int fd = memfd_create("script", MFD_CLOEXEC);

	if (fd < 0 || write(fd, t->data, t->len) != (ssize_t)t->len || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return program_run(path, argv, fd, NULL, 0, said, size);
}

/* A bash script may be fine where dash stumbles; a /bin/sh script may meet either. */
static void check_syntax(struct check *k, const struct contents_text *t)
{
	char *argv[] = { "dash", "-n", NULL };
	char said[200];
	size_t len = strcspn(t->data, " \t\r\n");

	if (!k->tools || !k->tools->dash || t->len > SHELL_TEXT_MAX ||
		(len != strlen("#!/bin/sh") && len != strlen("#!/usr/bin/sh")) ||
		strncmp(t->data + len - 3, "/sh", 3) != 0)
		return;
	if (parse(t, k->tools->dash, argv, said, sizeof(said)) > 0)
		findings_add(k->f, RULE_IN_SYNTAX, t->path, "%.*s", (int)strcspn(said, "\n"), said);
}

/* Errors only: the rest is a matter of taste. Lines of -f gcc: "-:LINE:COLUMN: error: …". */
static void check_lint(struct check *k, const struct contents_text *t)
{
	char *argv[] = { "shellcheck", "--norc", "-S", "error", "-f", "gcc", "-s",
		memmem(t->data, strcspn(t->data, "\n"), "bash", 4) ? "bash" : "sh", "-", NULL };
	char said[400] = "";

	if (!k->tools || !k->tools->shellcheck || t->len > SHELL_TEXT_MAX ||
		!shell_is_bourne(t->data + (t->len > 2 ? 2 : 0)))
		return;
	if (parse(t, k->tools->shellcheck, argv, said, sizeof(said)) == 1)
		findings_add(k->f, RULE_IN_SHELLCHECK, t->path, "line %.*s",
			(int)strcspn(said + 2, "\n"), said + 2);
}

/* Later hosts, which read the yum format alone, have bash 4.2. */
static void check_age(struct check *k, const struct contents_text *t)
{
	struct shell_construct x;

	if (k->has_xs && shell_is_bourne(t->data + (t->len > 2 ? 2 : 0)) &&
		shell_newer_than_bash_3_2(t->data, &x))
		findings_add(k->f, RULE_IN_NEW_BASH, t->path, "line %zu: %s came with bash %s",
			x.line, x.what, x.since);
}

static void check_one(struct check *k, const struct contents_text *t)
{
	if ((t->mode & 0111) == 0)
		findings_add(k->f, RULE_IN_MODE, t->path, "its mode is %04o", t->mode & 07777);
	if (strncmp(t->data, "#!/", 3) != 0)
		findings_add(k->f, RULE_IN_SCRIPT, t->path, "it does not start with #!/");
	for (const char *p = t->data; (p = strchr(p, '@')) != NULL; p++) {
		size_t len = token_length(p);

		if (len) {
			findings_add(k->f, RULE_IN_SCRIPT, t->path, "%.*s was not filled in",
				len > 60 ? 60 : (int)len, p);
			break;
		}
	}
	check_syntax(k, t);
	check_lint(k, t);
	check_age(k, t);
}

void check_script(struct check *k)
{
	const struct contents_text *sh = contents_text(k->c, "install.sh");
	const struct contents_text *plain = contents_text(k->c, "install");
	bool same =
		sh && plain && sh->len == plain->len && memcmp(sh->data, plain->data, sh->len) == 0;

	/* Disks of the yum format alone come without, unless the kit made them. */
	if (!sh && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install.sh", "it is missing");
	if (!plain && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install", "it is missing");
	if (sh && plain && !same)
		findings_add(k->f, RULE_IN_MISSING, "install", "it differs from install.sh");
	if (sh)
		check_one(k, sh);
	/* The same bytes are looked at once. */
	if (plain && !(sh && same && plain->mode == sh->mode))
		check_one(k, plain);
}
