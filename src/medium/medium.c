/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "medium/medium.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Plain components only, so that a path can be joined to anything. */
static bool is_safe(const char *path)
{
	if (!*path || strlen(path) > 1024)
		return false;
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || (len == 1 && path[0] == '.') ||
			(len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}

struct medium_entry *medium_add(
	struct medium *m, const char *path, mode_t mode, uint64_t size, struct findings *f)
{
	if (!is_safe(path)) {
		findings_add(
			f, RULE_MD_ENTRY, path, "the name is not one of a file inside the medium");
		return NULL;
	}
	if (!S_ISREG(mode) && !S_ISDIR(mode)) {
		findings_add(f, RULE_MD_ENTRY, path, "it is %s",
			S_ISLNK(mode) ? "a symbolic link" : "neither file nor folder");
		return NULL;
	}
	if (m->n == MEDIUM_ENTRIES_MAX) {
		if (!m->full)
			findings_add(f, RULE_MD_ENTRY, path, "the medium has more than %d entries",
				MEDIUM_ENTRIES_MAX);
		m->full = true;
		return NULL;
	}
	m->v = xgrow(m->v, m->n, &m->cap, sizeof(*m->v));
	m->v[m->n] = (struct medium_entry){
		.path = xstrdup(path),
		.mode = mode,
		.size = S_ISREG(mode) ? size : 0,
		.same = -1,
	};
	return &m->v[m->n++];
}

const struct medium_entry *medium_find(const struct medium *m, const char *path)
{
	for (size_t i = 0; i < m->n; i++) {
		if (strcmp(m->v[i].path, path) == 0)
			return &m->v[i];
	}
	return NULL;
}

bool medium_is_rpm(int fd)
{
	static const unsigned char magic[4] = { 0xed, 0xab, 0xee, 0xdb };
	unsigned char have[sizeof(magic)];

	return pread(fd, have, sizeof(have), 0) == (ssize_t)sizeof(have) &&
	       memcmp(have, magic, sizeof(magic)) == 0;
}

/* An RPM by its magic; a module by its name, for it may be compressed, or by ELF's magic. */
static bool is_single(int fd, const char *path)
{
	char elf[4];

	return medium_is_rpm(fd) || module_is_path(path) ||
	       (pread(fd, elf, sizeof(elf), 0) == (ssize_t)sizeof(elf) &&
		       memcmp(elf, "\177ELF", sizeof(elf)) == 0);
}

static int read_single(struct medium *m, int fd, const struct stat *st,
	const struct medium_visitor *visitor, struct findings *f)
{
	const char *slash = strrchr(m->name, '/');
	const struct medium_entry *e =
		medium_add(m, slash ? slash + 1 : m->name, st->st_mode, (uint64_t)st->st_size, f);

	m->is_single = true;
	if (e && visitor->want(visitor->arg, e))
		visitor->file(visitor->arg, e, fd);
	return 0;
}

int medium_read(struct medium *m, const char *path, const struct medium_visitor *visitor,
	struct findings *f)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	*m = (struct medium){ .name = xstrdup(path) };
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return medium_read_dir(m, fd, visitor, f);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return -EINVAL;
	if (S_ISREG(st.st_mode) && is_single(fd, path))
		return read_single(m, fd, &st, visitor, f);
	m->is_iso = true;
	return medium_read_iso(m, fd, visitor, f);
}

void medium_release(struct medium *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].path);
	free(m->v);
	free(m->name);
	*m = (struct medium){ 0 };
}
