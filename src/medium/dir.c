/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/medium.h"
#include "util/alloc.h"
#include "util/cleanup.h"

struct walk {
	struct medium *medium;
	const struct medium_visitor *visitor;
	struct findings *findings;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of a folder, sorted, so that findings come in the same order everywhere. */
static int list(int fd, char ***names, size_t *n)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	size_t cap = 0;
	struct dirent *de;

	*names = NULL;
	*n = 0;
	if (!d) {
		int r = -errno;

		if (copy >= 0)
			close(copy);
		return r;
	}
	while (*n <= MEDIUM_ENTRIES_MAX && (de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		*names = xgrow(*names, *n, &cap, sizeof(**names));
		(*names)[(*n)++] = xstrdup(de->d_name);
	}
	closedir(d);
	if (*n)
		qsort(*names, *n, sizeof(**names), compare);
	return 0;
}

static void walk(struct walk *w, int fd, const char *prefix, int depth);

static void visit(struct walk *w, int parent, const char *name, const char *path, int depth)
{
	struct stat st;
	struct medium_entry *e;
	AUTO_CLOSE int fd = -1;

	if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		findings_add(w->findings, RULE_MD_ENTRY, path, "%s", strerror(errno));
		return;
	}
	e = medium_add(w->medium, path, st.st_mode, (uint64_t)st.st_size, w->findings);
	if (!e)
		return;
	if (S_ISREG(st.st_mode) && !w->visitor->want(w->visitor->arg, e))
		return;
	/* What it is may have changed since; the descriptor decides. */
	fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		findings_add(w->findings, RULE_MD_ENTRY, path, "%s", strerror(errno));
		return;
	}
	if (((st.st_mode ^ e->mode) & S_IFMT) != 0) {
		findings_add(w->findings, RULE_MD_ENTRY, path, "it changed while it was read");
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		walk(w, fd, path, depth + 1);
		return;
	}
	e->size = (uint64_t)st.st_size;
	if (e->size > MEDIUM_FILE_MAX) {
		findings_add(w->findings, RULE_MD_ENTRY, path,
			"it has %llu bytes, no file of a disk has more than %llu",
			(unsigned long long)e->size, (unsigned long long)MEDIUM_FILE_MAX);
		return;
	}
	w->visitor->file(w->visitor->arg, e, fd);
}

static void walk(struct walk *w, int fd, const char *prefix, int depth)
{
	char **names;
	size_t n;
	int r;

	if (depth > MEDIUM_DEPTH_MAX) {
		findings_add(w->findings, RULE_MD_ENTRY, prefix,
			"folders are nested deeper than %d", MEDIUM_DEPTH_MAX);
		return;
	}
	r = list(fd, &names, &n);
	if (r < 0)
		findings_add(w->findings, RULE_MD_ENTRY, prefix, "%s", strerror(-r));
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *path =
			*prefix ? xasprintf("%s/%s", prefix, names[i]) : xstrdup(names[i]);

		if (!w->medium->full)
			visit(w, fd, names[i], path, depth);
		free(names[i]);
	}
	free(names);
}

int medium_read_dir(
	struct medium *m, int fd, const struct medium_visitor *visitor, struct findings *f)
{
	struct walk w = { m, visitor, f };

	walk(&w, fd, "", 0);
	return 0;
}
