/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "util/alloc.h"
#include "util/cleanup.h"

struct target {
	struct findings *f;
	enum rule_id rule;
};

static void report_as(void *data, const char *where, const char *text)
{
	const struct target *t = data;

	findings_add(t->f, t->rule, where, "%s", text);
}

static void check_listed(struct check *k, const struct contents_rpm *r)
{
	bool helper = r->role == ROLE_UPDATE || r->role == ROLE_CONTROL;
	bool in_xs = check_xs_find(k, r->path);
	bool in_yum = false;

	for (size_t i = 0; !in_yum && i < k->n_yum; i++)
		in_yum = strcmp(k->yum[i].href, r->path) == 0;
	if (k->has_xs && !in_xs && !helper)
		findings_add(k->f, RULE_MD_UNLISTED, r->path, "it does not stand in XS-PACKAGES");
	if (k->has_yum && !in_yum && in_xs)
		findings_add(k->f, RULE_YU_MISSING, r->path, "it does not stand in repodata");
	else if (k->has_yum && !in_yum)
		findings_add(k->f, RULE_MD_UNLISTED, r->path, "it does not stand in repodata");
}

/* Readers of the XS format have rpm 4.4 (2006) to 4.11 (2013). */
static void check_readable(struct check *k, const struct contents_rpm *r)
{
	const char *payload = r->rpm.payload_compressor;

	if (!k->has_xs && !k->c->medium.is_single)
		return;
	if (*payload && strcmp(payload, "gzip") != 0)
		findings_add(k->f, RULE_RP_OLD_READER, r->path, "its payload is compressed by %s",
			payload);
	if (r->rpm.nfiles && strcmp(r->rpm.file_digest_algo, "md5") != 0)
		findings_add(k->f, RULE_RP_OLD_READER, r->path, "its file digests are %s",
			r->rpm.file_digest_algo);
}

static void check_group(struct check *k, const struct contents_rpm *r)
{
	size_t len = strlen(r->rpm.group);

	if ((k->has_xs || k->c->medium.is_single) && r->uname &&
		(len < 7 || strcmp(r->rpm.group + len - 7, "/Kernel") != 0))
		findings_add(k->f, RULE_RP_GROUP, r->path, "Group is '%s'", r->rpm.group);
}

/* Once per package: they come in herds. */
static void check_transient(struct check *k, const struct contents_rpm *r)
{
	static const char *const places[] = { "/tmp/", "/var/tmp/", "/run/", "/var/run/", "/dev/",
		"/proc/", "/sys/", "/root/", "/home/", "/mnt/", "/media/" };

	for (size_t i = 0; i < r->rpm.nfiles; i++) {
		const struct rpmfile_entry *e = &r->rpm.files[i];

		for (size_t j = 0; !e->ghost && j < sizeof(places) / sizeof(places[0]); j++) {
			if (strncmp(e->path, places[j], strlen(places[j])) != 0)
				continue;
			findings_add(k->f, RULE_RP_TRANSIENT, r->path, "it holds %s", e->path);
			return;
		}
	}
}

static void check_one(struct check *k, const struct contents_rpm *r)
{
	struct target target = { k->f, RULE_RP_PLACE };
	struct reporter rep = { .fn = report_as, .data = &target };
	const char *uname;
	size_t len;

	if (!k->c->medium.is_single)
		check_listed(k, r);
	role_check_files(&r->rpm, r->role, r->path, &rep, &uname, &len);
	check_readable(k, r);
	check_group(k, r);
	check_transient(k, r);
	check_scriptlets(k, r);
}

/* rpm and yum resolve these by themselves or from the system. */
static bool is_on_the_disk(const struct check *k, const struct rpmfile_dep *d)
{
	if (strncmp(d->name, "rpmlib(", 7) == 0 || strncmp(d->name, "config(", 7) == 0 ||
		d->name[0] == '/')
		return true;
	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		for (size_t j = 0; r->readable && !r->rpm.is_source && j < r->rpm.provides.n; j++) {
			if (strcmp(r->rpm.provides.v[j].name, d->name) == 0)
				return true;
		}
	}
	return false;
}

static void check_update_requires(struct check *k, const struct contents_rpm *update)
{
	size_t n = 0;

	for (size_t i = 0; i < update->rpm.requires.n && n < 1000; i++) {
		const struct rpmfile_dep *d = &update->rpm.requires.v[i];

		if (!is_on_the_disk(k, d))
			findings_add(k->f, RULE_YU_REQUIRES, update->path,
				"it requires %s, which no RPM of the disk provides", d->name);
		n += strncmp(d->name, "rpmlib(", 7) != 0;
	}
	if (n == 0)
		findings_add(k->f, RULE_YU_REQUIRES, update->path, "it requires no package");
}

/* What only shows when all RPMs are looked at together. */
static void check_together(struct check *k)
{
	struct target target = { k->f, RULE_RP_TOGETHER };
	struct reporter rep = { .fn = report_as, .data = &target };
	AUTO_FREE struct role_package *v = xcalloc(k->c->n_rpms + 1, sizeof(*v));
	size_t n = 0, update = SIZE_MAX;

	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		if (!r->readable || r->rpm.is_source || r->role == ROLE_CONTROL)
			continue;
		if (r->role == ROLE_UPDATE)
			update = n;
		v[n++] = (struct role_package){ .file = r->path, .rpm = &r->rpm };
	}
	role_check_coinstall(v, n, &rep);
	target.rule = RULE_YU_REQUIRES;
	if (k->has_yum && update != SIZE_MAX)
		role_check_update(v, n, update, &rep);
}

void check_rpms(struct check *k)
{
	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		if (!r->readable || r->rpm.is_source)
			continue;
		check_one(k, r);
		if (r->role == ROLE_UPDATE && k->has_yum)
			check_update_requires(k, r);
	}
	check_together(k);
}
