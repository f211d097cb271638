/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "metadata/roles.h"

static bool starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* Whether path is place itself or lies below it. */
static bool under(const char *path, const char *place)
{
	size_t n = strlen(place);

	return strncmp(path, place, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Whether a name is PREFIX and LABEL; with no label known, PREFIX and anything. */
static bool is_named(const struct rpmfile *r, const char *prefix, const char *label)
{
	if (!starts_with(r->name, prefix))
		return false;
	if (label)
		return strcmp(r->name + strlen(prefix), label) == 0;
	return r->nfiles == 0;
}

static bool has_module(const struct rpmfile *r)
{
	size_t len;

	for (size_t i = 0; i < r->nfiles; i++) {
		if (!S_ISDIR(r->files[i].mode) && rpmfile_module_uname(r->files[i].path, &len))
			return true;
	}
	return false;
}

bool role_has_firmware(const struct rpmfile *r)
{
	for (size_t i = 0; i < r->nfiles; i++) {
		const struct rpmfile_entry *e = &r->files[i];

		if (!S_ISDIR(e->mode) &&
			(under(e->path, "/lib/firmware") || under(e->path, "/usr/lib/firmware")))
			return true;
	}
	return false;
}

enum role role_of(const struct rpmfile *r, const char *label, const char *driver)
{
	size_t n = driver ? strlen(driver) : 0;

	if (is_named(r, "control-", label))
		return ROLE_CONTROL;
	if (is_named(r, "update-", label))
		return ROLE_UPDATE;
	if (has_module(r))
		return ROLE_MODULE;
	if (role_has_firmware(r))
		return ROLE_DATA;
	if (driver ? strncmp(r->name, driver, n) == 0 && strcmp(r->name + n, "-data") == 0
		   : ends_with(r->name, "-data"))
		return ROLE_DATA;
	return ROLE_RPM;
}

const char *role_name(enum role role)
{
	switch (role) {
	case ROLE_MODULE:
		return "module";
	case ROLE_DATA:
		return "data";
	case ROLE_UPDATE:
		return "update";
	case ROLE_CONTROL:
		return "control";
	default:
		return "rpm";
	}
}

/* A list of places ends with NULL. */
static const char *const data_places[] = { "/etc", "/lib/firmware", "/usr/lib/firmware",
	"/usr/share/doc", "/usr/share/licenses", "/usr/share/man", NULL };
static const char *const module_places[] = { "/usr/share/doc", "/usr/share/licenses", NULL };
static const char *const module_dirs[] = { "extra", "updates", "override", NULL };

/* A directory on the way to an allowed place may be owned, too. */
static bool allowed(const struct rpmfile_entry *e, const char *const *places)
{
	for (; *places; places++) {
		if (under(e->path, *places) || (S_ISDIR(e->mode) && under(*places, e->path)))
			return true;
	}
	return false;
}

static bool odd_path(const char *path)
{
	if (*path != '/' || strstr(path, "//"))
		return true;
	for (const char *p = path; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return true;
		if (*p != '/' || p[1] != '.')
			continue;
		if (p[2] == '/' || p[2] == '\0')
			return true;
		if (p[2] == '.' && (p[3] == '/' || p[3] == '\0'))
			return true;
	}
	return false;
}

static const char *data_breach(const struct rpmfile_entry *e)
{
	if (under(e->path, "/lib/udev") || under(e->path, "/usr/lib/udev"))
		return "udev rules belong in /etc/udev/rules.d; install them there";
	if (under(e->path, "/etc/udev") && ends_with(e->path, ".rules") &&
		!under(e->path, "/etc/udev/rules.d"))
		return "udev rules belong in /etc/udev/rules.d; install them there";
	if (under(e->path, "/usr/lib/.build-id"))
		return "links of build ids are not allowed in a data package; set "
		       "%_build_id_links none";
	if (!allowed(e, data_places))
		return "a data package may hold only /etc, /lib/firmware, /usr/share/doc, "
		       "/usr/share/licenses and /usr/share/man; move the file there, or into a "
		       "package of EXTRA_RPMS";
	return NULL;
}

static const char *module_breach(const struct rpmfile_entry *e, const char *uname, size_t len)
{
	const char *rest;

	if (under(e->path, "/usr/lib/modules"))
		return "modules belong in /lib/modules: older hosts do not look below /usr; "
		       "correct the install path in the spec";
	if (under(e->path, "/usr/lib/.build-id"))
		return "links of build ids collide between kernels; set %_build_id_links none";
	if (allowed(e, module_places))
		return NULL;
	if (!under(e->path, "/lib/modules"))
		return S_ISDIR(e->mode) && under("/lib/modules", e->path)
			       ? NULL
			       : "a module package may hold only /lib/modules/UNAME/extra "
				 "(updates, "
				 "override) and /usr/share/doc; move the file into the data "
				 "package";

	rest = e->path + strlen("/lib/modules");
	if (S_ISDIR(e->mode) && *rest == '\0')
		return NULL;
	rest++;
	if (strncmp(rest, uname, len) != 0 || (rest[len] != '/' && rest[len] != '\0'))
		return "a module package is for one kernel; build one package per kernel";
	rest += len;
	if (*rest == '\0')
		return NULL;
	rest++;
	for (size_t i = 0; module_dirs[i]; i++) {
		if (under(rest, module_dirs[i]))
			return NULL;
	}
	if (under(rest, "kernel"))
		return "the directory kernel belongs to the kernel's own package; install modules "
		       "in the directory extra";
	if (starts_with(rest, "modules."))
		return "modules.* files are made by depmod on the host; do not package them";
	return "modules belong in /lib/modules/UNAME/extra (or updates, override); correct the "
	       "install path in the spec";
}

static const char *other_breach(const struct rpmfile_entry *e)
{
	if (under(e->path, "/lib/modules") || under(e->path, "/usr/lib/modules"))
		return "only module packages may hold /lib/modules; this package has no module "
		       "there";
	if (under(e->path, "/boot"))
		return "no package of a driver disk may hold /boot: it is the kernel package's";
	return NULL;
}

static const char *breach_of(
	const struct rpmfile_entry *e, enum role role, const char *uname, size_t len)
{
	if (odd_path(e->path))
		return "paths have to be absolute, without . or .. parts and control characters";
	switch (role) {
	case ROLE_MODULE:
		return module_breach(e, uname, len);
	case ROLE_DATA:
		return data_breach(e);
	default:
		return other_breach(e);
	}
}

void role_check_files(const struct rpmfile *r, enum role role, const char *where,
	struct reporter *rep, const char **uname, size_t *uname_len)
{
	const char *seen[16];
	size_t nseen = 0, len = 0;
	const char *kernel = NULL;

	for (size_t i = 0; role == ROLE_MODULE && i < r->nfiles && !kernel; i++) {
		if (!S_ISDIR(r->files[i].mode))
			kernel = rpmfile_module_uname(r->files[i].path, &len);
	}
	for (size_t i = 0; i < r->nfiles; i++) {
		const char *breach = breach_of(&r->files[i], role, kernel ? kernel : "", len);
		size_t k = 0;

		while (k < nseen && seen[k] != breach)
			k++;
		if (!breach || k < nseen)
			continue;
		if (nseen < sizeof(seen) / sizeof(seen[0]))
			seen[nseen++] = breach;
		report(rep, where, "%s package, path %s: %s", role_name(role), r->files[i].path,
			breach);
	}
	*uname = kernel;
	*uname_len = len;
}

static bool is_ix86(const char *arch)
{
	return strlen(arch) == 4 && arch[0] == 'i' && arch[1] >= '3' && arch[1] <= '6' &&
	       strcmp(arch + 2, "86") == 0;
}

bool role_arch_fits(const char *arch, const char *disk_arch)
{
	if (strcmp(arch, "noarch") == 0 || strcmp(arch, disk_arch) == 0)
		return true;
	/* 32-bit tools run on a 64-bit dom0; i386 to i686 stand for one another. */
	return is_ix86(arch) && (is_ix86(disk_arch) || strcmp(disk_arch, "x86_64") == 0);
}

/* rpm lets two architectures of one package in, when nothing else differs. */
static bool multilib(const struct rpmfile *a, const struct rpmfile *b)
{
	return strcmp(a->arch, b->arch) != 0 && strcmp(a->arch, "noarch") != 0 &&
	       strcmp(b->arch, "noarch") != 0 && rpmfile_compare_evr(a, b) == 0;
}

struct owned {
	const struct rpmfile_entry *entry;
	const struct role_package *pkg;
};

static int by_path(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	int c = strcmp(x->entry->path, y->entry->path);

	/* Packages come from one array, so their addresses give a stable order. */
	return c ? c : (x->pkg > y->pkg) - (x->pkg < y->pkg);
}

static bool same_content(const struct owned *a, const struct owned *b)
{
	const struct rpmfile_entry *x = a->entry, *y = b->entry;

	if ((x->mode & S_IFMT) != (y->mode & S_IFMT))
		return false;
	if (S_ISDIR(x->mode))
		return true;
	if (S_ISLNK(x->mode))
		return strcmp(x->link, y->link) == 0;
	if (x->size != y->size)
		return false;
	/* Digests of two algorithms cannot be compared. */
	return strcmp(a->pkg->rpm->file_digest_algo, b->pkg->rpm->file_digest_algo) != 0 ||
	       strcmp(x->digest, y->digest) == 0;
}

static void check_paths(const struct role_package *v, size_t n, struct reporter *rep)
{
	AUTO_FREE struct owned *all = NULL;
	AUTO_FREE bool *told = xcalloc(n * n + 1, sizeof(*told));
	size_t count = 0, cap = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < v[i].rpm->nfiles; k++) {
			if (v[i].rpm->files[k].ghost)
				continue;
			all = xgrow(all, count, &cap, sizeof(*all));
			all[count++] = (struct owned){ &v[i].rpm->files[k], &v[i] };
		}
	}
	if (count)
		qsort(all, count, sizeof(*all), by_path);
	for (size_t i = 1; i < count; i++) {
		const struct owned *a = &all[i - 1], *b = &all[i];
		size_t pair = (size_t)(a->pkg - v) * n + (size_t)(b->pkg - v);

		if (told[pair] || a->pkg == b->pkg || strcmp(a->entry->path, b->entry->path) != 0 ||
			multilib(a->pkg->rpm, b->pkg->rpm) || same_content(a, b))
			continue;
		report(rep, b->pkg->file,
			"%s is in %s too, with other content: rpm refuses to install both; leave "
			"it in one package",
			b->entry->path, a->pkg->file);
		told[pair] = true; /* one line per pair of packages */
	}
}

void role_check_coinstall(const struct role_package *v, size_t n, struct reporter *rep)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct rpmfile *a = v[k].rpm, *b = v[i].rpm;

			if (strcmp(a->name, b->name) != 0 || multilib(a, b))
				continue;
			report(rep, v[i].file,
				"two packages of one name: %s, here %s-%s and %s-%s in %s; rpm "
				"keeps only one of them: remove the stale file",
				b->name, b->version, b->release, a->version, a->release, v[k].file);
		}
	}
	check_paths(v, n, rep);
}

struct capability {
	const char *name;
	size_t package;
};

static int by_capability(const void *a, const void *b)
{
	return strcmp(((const struct capability *)a)->name, ((const struct capability *)b)->name);
}

/* Everything that a package can be required for: its provides and its files, sorted. */
static struct capability *capabilities(const struct role_package *v, size_t n, size_t *count)
{
	struct capability *all = NULL;
	size_t cap = 0;

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct rpmfile *r = v[i].rpm;

		for (size_t k = 0; k < r->provides.n + r->nfiles; k++) {
			all = xgrow(all, *count, &cap, sizeof(*all));
			all[*count].name = k < r->provides.n ? r->provides.v[k].name
							     : r->files[k - r->provides.n].path;
			all[(*count)++].package = i;
		}
	}
	if (*count)
		qsort(all, *count, sizeof(*all), by_capability);
	return all;
}

bool *role_requires(const struct role_package *v, size_t n)
{
	bool *needs = xcalloc(n * n + 1, sizeof(*needs));
	size_t count;
	AUTO_FREE struct capability *all = capabilities(v, n, &count);

	for (size_t i = 0; count && i < n; i++) {
		for (size_t k = 0; k < v[i].rpm->requires.n; k++) {
			struct capability want = { .name = v[i].rpm->requires.v[k].name };
			const struct capability *hit =
				bsearch(&want, all, count, sizeof(*all), by_capability);

			/* Several may offer the same; bsearch finds any of them. */
			while (hit && hit > all && strcmp(hit[-1].name, want.name) == 0)
				hit--;
			for (; hit && hit < all + count && strcmp(hit->name, want.name) == 0; hit++)
				needs[i * n + hit->package] = hit->package != i;
		}
	}
	return needs;
}

void role_check_update(const struct role_package *v, size_t n, size_t update, struct reporter *rep)
{
	AUTO_FREE bool *needs = role_requires(v, n);
	AUTO_FREE bool *reached = xcalloc(n, sizeof(*reached));
	AUTO_FREE size_t *todo = xcalloc(n, sizeof(*todo));
	size_t count = 1;

	todo[0] = update;
	reached[update] = true;
	while (count) {
		size_t from = todo[--count];

		for (size_t i = 0; i < n; i++) {
			if (reached[i] || !needs[from * n + i])
				continue;
			reached[i] = true;
			todo[count++] = i;
		}
	}
	for (size_t i = 0; i < n; i++) {
		if (!reached[i])
			report(rep, v[update].file,
				"does not require %s, not even through another package: yum and "
				"dnf would leave %s out; add a Requires line",
				v[i].rpm->name, v[i].file);
	}
}
