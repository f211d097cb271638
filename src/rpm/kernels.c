/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rpm/rpmlib.h>

#include "util/alloc.h"
#include "rpm/rpmfile.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

const char *rpmfile_module_uname(const char *path, size_t *len)
{
	static const char *const suffixes[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst", ".ko.bz2" };
	const char *uname, *slash;

	if (strncmp(path, "/usr/", 5) == 0)
		path += 4;
	if (strncmp(path, "/lib/modules/", 13) != 0)
		return NULL;
	uname = path + 13;
	slash = strchr(uname, '/');
	if (!slash || slash == uname)
		return NULL;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (ends_with(slash, suffixes[i])) {
			*len = (size_t)(slash - uname);
			return uname;
		}
	}
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **rpmfile_unames(const struct rpmfile *r, size_t *n)
{
	char **v = NULL;
	size_t count = 0, cap = 0, kept = 0;

	for (size_t i = 0; i < r->nfiles; i++) {
		size_t len;
		const char *uname = rpmfile_module_uname(r->files[i].path, &len);

		if (!uname || S_ISDIR(r->files[i].mode))
			continue;
		/* A driver has many modules of one kernel: most repeats stand side by side. */
		if (count && strncmp(v[count - 1], uname, len) == 0 && !v[count - 1][len])
			continue;
		v = xgrow(v, count, &cap, sizeof(*v));
		v[count++] = xstrndup(uname, len);
	}
	if (count)
		qsort(v, count, sizeof(*v), by_text);
	for (size_t i = 0; i < count; i++) {
		if (kept && strcmp(v[kept - 1], v[i]) == 0)
			free(v[i]);
		else
			v[kept++] = v[i];
	}
	*n = kept;
	return v;
}

int rpmfile_compare_evr(const struct rpmfile *a, const struct rpmfile *b)
{
	int c;

	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	c = rpmvercmp(a->version, b->version);
	return c ? c : rpmvercmp(a->release, b->release);
}
