/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check/check.h"
#include "check/shell.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/*
 * The kit's macro (mk/resolve-spec.sh) leaves at once when an installer runs it: that one makes its
 * initrd itself, after the last package.
 */
static const char guard[] = "[ -z \"$XS_INSTALLATION\" ] || exit 0\n";

struct script {
	struct check *check;
	const char *file; /* "RPM:%post" */
	bool guarded;
	bool in_posttrans;
};

static bool one_of(const char *word, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(word, *list) == 0)
			return true;
	}
	return false;
}

static bool has_word(char *const *words, size_t n, const char *const *list)
{
	for (size_t i = 1; i < n; i++) {
		if (one_of(words[i], list))
			return true;
	}
	return false;
}

/* What acts only on a service that runs already (try-restart, condrestart) harms no installer. */
static bool starts_service(char *const *words, size_t n)
{
	static const char *const tools[] = { "systemctl", "service", "initctl", "rc-service",
		"invoke-rc.d", "start-stop-daemon", NULL };
	static const char *const verbs[] = { "start", "restart", "reload-or-restart", "isolate",
		"--now", "--start", "-S", NULL };
	const char *command = shell_base(words[0]);

	if (one_of(command, tools) || strstr(words[0], "/init.d/"))
		return has_word(words, n, verbs);
	return strcmp(command, "start") == 0 && n == 2;
}

static bool builds_initrd(char *const *words, size_t n)
{
	static const char *const tools[] = { "dracut", "mkinitrd", "update-initramfs",
		"mkinitramfs", NULL };
	static const char *const flags[] = { "--mkinitrd", "--dracut", NULL };
	const char *command = shell_base(words[0]);
	size_t len;

	if (one_of(command, tools))
		return true;
	if (strcmp(command, "new-kernel-pkg") == 0)
		return has_word(words, n, flags);
	/* The commands that a host keeps beside its initrd, run alone or by sh. */
	for (size_t i = 0; i < n && i < 2; i++) {
		len = strlen(words[i]);
		if (len > 8 && strcmp(words[i] + len - 8, ".img.cmd") == 0)
			return i == 0 || shell_is_bourne(words[0]);
	}
	return false;
}

static void look(void *arg, size_t line, char *const *words, size_t n)
{
	const struct script *s = arg;

	if (!s->guarded && starts_service(words, n))
		findings_add(s->check->f, RULE_RP_SERVICE, s->file, "line %zu: %.40s %.40s %.40s",
			line, words[0], n > 1 ? words[1] : "", n > 2 ? words[2] : "");
	if (!(s->guarded && s->in_posttrans) && builds_initrd(words, n))
		findings_add(
			s->check->f, RULE_RP_INITRD, s->file, "line %zu: %.40s", line, words[0]);
}

void check_scriptlets(struct check *k, const struct contents_rpm *r)
{
	for (size_t i = 0; i < r->rpm.nscripts; i++) {
		const struct rpmfile_script *sc = &r->rpm.scripts[i];
		AUTO_FREE char *file = xasprintf("%s:%%%s", r->path, sc->type);
		struct script s = { .check = k, .file = file };
		const char *body = sc->body + strspn(sc->body, " \t\n");

		if (!shell_is_bourne(sc->interpreter))
			continue;
		s.guarded = strncmp(body, guard, strlen(guard)) == 0;
		s.in_posttrans = strcmp(sc->type, "posttrans") == 0;
		shell_commands(sc->body, look, &s);
	}
}
