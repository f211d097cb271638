/* SPDX-License-Identifier: BSD-2-Clause */
/* What a staged disk has for Windows guests, for its disk.info. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "metadata/conf.h"
#include "metadata/rules.h"

/* Whether there is anything in the folder. */
static bool has_files(const char *dir, const char *package, const char *arch)
{
	AUTO_FREE char *path = xasprintf("%s/%s/%s", dir, package, arch);
	DIR *dp = opendir(path);
	size_t n = 0;

	if (!dp)
		return false;
	while (n < 3 && readdir(dp))
		n++;
	closedir(dp);
	return n == 3; /* beyond . and .. */
}

static int by_package(const void *a, const void *b)
{
	return strcmp(
		((const struct conf_guest *)a)->package, ((const struct conf_guest *)b)->package);
}

static void take(
	struct conf *c, size_t *cap, const char *folder, const char *package, struct reporter *rep)
{
	struct conf_guest g = { .x64 = has_files(folder, package, "x64"),
		.x86 = has_files(folder, package, "x86") };
	const char *broken = rule_identifier(package);

	if (!g.x64 && !g.x86)
		return;
	if (broken) {
		report(rep, folder, "package '%s': %s; rename its folder", package, broken);
		return;
	}
	if (c->nguests == CONF_REPEATS_MAX) {
		report(rep, folder, "more than %d packages; a disk is allowed no more",
			CONF_REPEATS_MAX);
		return;
	}
	g.package = xstrdup(package);
	c->guests = xgrow(c->guests, c->nguests, cap, sizeof(g));
	c->guests[c->nguests++] = g;
}

int conf_read_guests(struct conf *c, const char *dir, struct reporter *rep)
{
	AUTO_FREE char *folder = xasprintf("%s/windows-pv", dir);
	size_t cap = 0, before = rep->count;
	DIR *dp = opendir(folder);
	int r = dp ? 0 : -errno;
	struct dirent *e;

	for (size_t i = 0; i < c->nguests; i++)
		free(c->guests[i].package);
	free(c->guests);
	c->guests = NULL;
	c->nguests = 0;
	if (r == -ENOENT)
		return 0;
	while (dp && (errno = 0, e = readdir(dp)) != NULL)
		take(c, &cap, folder, e->d_name, rep);
	if (dp) {
		r = -errno;
		closedir(dp);
	}
	if (r < 0) {
		report(rep, folder, "%s", strerror(-r));
		return r;
	}
	/* Folders list their names in any order. */
	if (c->nguests)
		qsort(c->guests, c->nguests, sizeof(*c->guests), by_package);
	return rep->count == before ? 0 : -EINVAL;
}
