/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/check.h"
#include "check/shell.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Finds @TOKEN@, capitals, digits and _ only; returns its length or 0. */
static size_t token_length(const char *p)
{
	size_t len = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return len && p[len + 1] == '@' ? len + 2 : 0;
}

const char *check_find_dash(void)
{
	static const char *const places[] = { "/usr/bin/dash", "/bin/dash" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

/* The exit status of `dash -n <script`, or -1; *said gets its first line, which the caller frees.
 */
static int parse_by_dash(const char *dash, int script, char **said)
{
	AUTO_CLOSE int out = memfd_create("dash", MFD_CLOEXEC);
	char *argv[] = { "dash", "-n", NULL }, *envp[] = { NULL };
	char text[200] = "";
	posix_spawn_file_actions_t fa;
	int status, r;
	pid_t pid;

	*said = NULL;
	if (out < 0 || posix_spawn_file_actions_init(&fa) != 0)
		return -1;
	posix_spawn_file_actions_adddup2(&fa, script, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_adddup2(&fa, out, 2);
	r = posix_spawn(&pid, dash, &fa, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&fa);
	if (r != 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	if (pread(out, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	*said = xstrndup(text, strcspn(text, "\n"));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A bash script may be fine where dash stumbles; a /bin/sh script may meet either. */
static void check_syntax(struct check *k, const struct contents_text *t)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *said = NULL;
	size_t len = strcspn(t->data, " \t\r\n");

	if (!k->dash || t->len > SHELL_TEXT_MAX ||
		(len != strlen("#!/bin/sh") && len != strlen("#!/usr/bin/sh")) ||
		strncmp(t->data + len - 3, "/sh", 3) != 0)
		return;
	fd = memfd_create("script", MFD_CLOEXEC);
	if (fd < 0 || write(fd, t->data, t->len) != (ssize_t)t->len || lseek(fd, 0, SEEK_SET) < 0)
		return;
	if (parse_by_dash(k->dash, fd, &said) > 0)
		findings_add(k->f, RULE_IN_SYNTAX, t->path, "%s", said);
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
	check_age(k, t);
}

void check_script(struct check *k)
{
	const struct contents_text *sh = contents_text(k->c, "install.sh");
	const struct contents_text *plain = contents_text(k->c, "install");

	/* Disks of the yum format alone come without, unless the kit made them. */
	if (!sh && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install.sh", "it is missing");
	if (!plain && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install", "it is missing");
	if (sh && plain && (sh->len != plain->len || memcmp(sh->data, plain->data, sh->len) != 0))
		findings_add(k->f, RULE_IN_MISSING, "install", "it differs from install.sh");
	if (sh)
		check_one(k, sh);
	if (plain)
		check_one(k, plain);
}
