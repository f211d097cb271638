/* SPDX-License-Identifier: BSD-2-Clause */
/* The versioning that the driver disk guide lays down, and what keeps disks apart on a host. */
#include <stdlib.h>
#include <string.h>

#include <rpm/rpmlib.h>

#include "diff/diff.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static bool has_kernel(const struct show *s, const char *uname)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *have = s->v[i].rpm->uname;

		if (have && strcmp(have, uname) == 0)
			return true;
	}
	return false;
}

static bool has_modules(const struct show *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].rpm->uname)
			return true;
	}
	return false;
}

static void check_package(const struct diff *d, const struct show_package *p, struct findings *f)
{
	const struct show_package *old = diff_find_package(d->old, p->rpm->rpm.name);
	const struct rpmfile *b = &p->rpm->rpm, *a;
	bool module = p->rpm->role == ROLE_MODULE;
	int c;

	if (!old) {
		if (module && p->rpm->uname && has_modules(d->old) &&
			!has_kernel(d->old, p->rpm->uname) && strcmp(b->version, "1.0") != 0)
			findings_add(f, RULE_VE_NEW_KERNEL, p->rpm->path,
				"kernel %s is new, the version is %s", p->rpm->uname, b->version);
		return;
	}
	a = &old->rpm->rpm;
	c = rpmfile_compare_evr(b, a);
	if (c < 0)
		findings_add(f, RULE_VE_FALLEN, p->rpm->path, "%s-%s after %s-%s", b->version,
			b->release, a->version, a->release);
	else if (c == 0 && !diff_same_files(a, b))
		findings_add(f, module ? RULE_VE_MODULE : RULE_VE_DATA, p->rpm->path,
			"its files changed, and it still is %s-%s", b->version, b->release);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(basename((*(const struct contents_rpm *const *)a)->path),
		basename((*(const struct contents_rpm *const *)b)->path));
}

/* A name belongs to the bytes that were first released under it, wherever on the medium they lie.
 */
static void check_reused(const struct diff *d, struct findings *f)
{
	const struct contents *a = d->old->c, *b = d->new->c;
	AUTO_FREE const struct contents_rpm **old = xcalloc(a->n_rpms + 1, sizeof(const void *));

	for (size_t i = 0; i < a->n_rpms; i++)
		old[i] = &a->rpms[i];
	qsort(old, a->n_rpms, sizeof(const void *), by_name);
	for (size_t i = 0; i < b->n_rpms; i++) {
		const struct contents_rpm *r = &b->rpms[i], **hit;

		hit = r->bare ? NULL : bsearch(&r, old, a->n_rpms, sizeof(const void *), by_name);
		if (hit && strcmp((*hit)->digest.sha256, r->digest.sha256) != 0)
			findings_add(f, RULE_VE_REUSED, r->path,
				"its sha256 is %.16s..., that of the old one %.16s...",
				r->digest.sha256, (*hit)->digest.sha256);
	}
}

static bool packages_differ(const struct diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->v[i].kind == DIFF_PACKAGE)
			return true;
	}
	return false;
}

static void check_disk(const struct diff *d, struct findings *f)
{
	const struct show *a = d->old, *b = d->new;
	int c;

	/* Another disk, or one for another product, has its own row of versions. */
	if (!*a->version || !*b->version || strcmp(a->originator, b->originator) != 0 ||
		strcmp(a->label, b->label) != 0 || strcmp(a->product, b->product) != 0)
		return;
	c = rpmvercmp(b->version, a->version);
	if (c < 0)
		findings_add(f, RULE_VE_DISK, b->c->medium.name, "version %s after %s", b->version,
			a->version);
	else if (c == 0 && strcmp(a->build, b->build) == 0 && packages_differ(d))
		findings_add(f, RULE_VE_DISK_SAME, b->c->medium.name,
			"its packages changed, and it still is version %s", b->version);
}

void diff_versions(const struct diff *d, struct findings *f)
{
	check_disk(d, f);
	for (size_t i = 0; i < d->new->n; i++) {
		if (!d->new->v[i].rpm->bare)
			check_package(d, &d->new->v[i], f);
	}
	check_reused(d, f);
}
