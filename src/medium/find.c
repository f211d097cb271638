/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "medium/contents.h"

/* The path under which the content of path was read. */
static const char *resolve(const struct contents *c, const char *path)
{
	const struct medium_entry *e = c->medium.is_iso ? medium_find(&c->medium, path) : NULL;

	return e && e->same >= 0 ? c->medium.v[e->same].path : path;
}

const struct contents_text *contents_text(const struct contents *c, const char *path)
{
	for (size_t i = 0; i < c->n_texts; i++) {
		if (strcmp(c->texts[i].path, path) == 0)
			return &c->texts[i];
	}
	return NULL;
}

const struct contents_rpm *contents_rpm(const struct contents *c, const char *path)
{
	path = resolve(c, path);
	for (size_t i = 0; i < c->n_rpms; i++) {
		if (strcmp(c->rpms[i].path, path) == 0)
			return &c->rpms[i];
	}
	return NULL;
}

static const struct contents_file *find_file(const struct contents *c, const char *path)
{
	path = resolve(c, path);
	for (size_t i = 0; i < c->n_files; i++) {
		if (strcmp(c->files[i].path, path) == 0)
			return &c->files[i];
	}
	return NULL;
}

const struct windows_file *contents_windows(const struct contents *c, const char *path)
{
	const struct contents_file *f = find_file(c, path);

	return f ? f->windows : NULL;
}

const struct digest *contents_digest(const struct contents *c, const char *path)
{
	const struct contents_text *t = contents_text(c, path);
	const struct contents_rpm *r = contents_rpm(c, path);
	const struct contents_file *f;

	if (t)
		return &t->digest;
	if (r)
		return &r->digest;
	f = find_file(c, path);
	return f ? &f->digest : NULL;
}

const struct contents_rpm *contents_rpm_named(const struct contents *c, const char *name)
{
	for (size_t i = 0; i < c->n_rpms; i++) {
		const struct contents_rpm *r = &c->rpms[i];

		if (r->readable && !r->rpm.is_source && strcmp(r->rpm.name, name) == 0)
			return r;
	}
	return NULL;
}
