/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "check/windows.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

static const struct windows_package *package_of(const struct windows *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->v[i].name, name) == 0)
			return &w->v[i];
	}
	return NULL;
}

static bool promises(const struct conf *c, const char *package, size_t arch)
{
	for (size_t i = 0; i < c->nguests; i++) {
		if (strcmp(c->guests[i].package, package) == 0 &&
			(arch == WINDOWS_X64 ? c->guests[i].x64 : c->guests[i].x86))
			return true;
	}
	return false;
}

void check_windows_info(struct check *k, const struct windows *w)
{
	const struct conf *c = &k->c->conf;

	if (!k->c->has_conf || !c->nguests)
		return;
	for (size_t arch = 0; arch < WINDOWS_ARCHES; arch++) {
		for (size_t i = 0; i < c->nguests; i++) {
			const char *name = c->guests[i].package;
			const struct windows_package *p = package_of(w, name);
			AUTO_FREE char *folder =
				xasprintf(WINDOWS_FOLDER "%s/%s", name, windows_arch_name(arch));

			if (promises(c, name, arch) && (!p || !p->arch[arch].n))
				findings_add(k->f, RULE_WP_INFO, folder,
					"disk.info names it, and it is not there");
		}
		for (size_t i = 0; i < w->n; i++) {
			AUTO_FREE char *folder = xasprintf(
				WINDOWS_FOLDER "%s/%s", w->v[i].name, windows_arch_name(arch));

			if (w->v[i].arch[arch].n && !promises(c, w->v[i].name, arch))
				findings_add(k->f, RULE_WP_INFO, folder,
					"it is there, and disk.info does not name it");
		}
	}
}

static void check_driverver(struct check *k, const struct windows_package *p)
{
	const struct windows_arch *x64 = &p->arch[WINDOWS_X64], *x86 = &p->arch[WINDOWS_X86];

	if (x64->inf && x86->inf &&
		(strcmp(x64->driver.version, x86->driver.version) != 0 ||
			strcmp(x64->driver.date, x86->driver.date) != 0))
		findings_add(k->f, RULE_WP_VERSION, x86->inf->path,
			"DriverVer is %s,%s, in x64 %s,%s", x86->driver.date, x86->driver.version,
			x64->driver.date, x64->driver.version);
}

/* Programs have no INF to be held against. */
static void check_programs(struct check *k, const struct windows_package *p)
{
	const struct windows_arch *x64 = &p->arch[WINDOWS_X64], *x86 = &p->arch[WINDOWS_X86];

	for (size_t i = 0; !p->is_driver && i < x86->n; i++) {
		const struct windows_entry *b = &x86->v[i], *a = windows_find(x64, b->name);
		const unsigned short *v = b->file->facts.version;

		if (a && a->file->facts.has_version && b->file->facts.has_version &&
			memcmp(v, a->file->facts.version, sizeof(a->file->facts.version)) != 0)
			findings_add(k->f, RULE_WP_FILE_VERSION, b->path,
				"it has version %u.%u.%u.%u, in x64 another", v[0], v[1], v[2],
				v[3]);
	}
}

static void check_arches(struct check *k, const struct windows *w)
{
	for (size_t i = 0; i < WINDOWS_ARCHES; i++) {
		size_t have = 0;

		for (size_t j = 0; j < w->n; j++)
			have += w->v[j].arch[i].n > 0;
		if (have == 0)
			findings_add(k->f, RULE_WP_ARCH, "windows-pv",
				"no package is for %s guests", windows_arch_name(i));
		for (size_t j = 0; have && j < w->n; j++) {
			AUTO_FREE char *folder = xasprintf(WINDOWS_FOLDER "%s", w->v[j].name);

			if (!w->v[j].arch[i].n)
				findings_add(k->f, RULE_WP_ARCH_SOME, folder,
					"it has no %s, as other packages have",
					windows_arch_name(i));
		}
	}
}

/* Whether some package of the disk is that bus, and then whether it offers the revision. */
static const struct windows_arch *find_bus(
	const struct windows *w, size_t arch, const char *bus, const char *revision, bool *offers)
{
	const struct windows_arch *found = NULL;

	*offers = false;
	for (size_t i = 0; i < w->n; i++) {
		const struct windows_arch *a = &w->v[i].arch[arch];

		if (!a->inf || strcasecmp(a->driver.bus, bus) != 0)
			continue;
		found = a;
		*offers |= inf_names_has(&a->driver.revisions, revision);
	}
	return found;
}

/* The ids of a package are alternatives: one that is offered is enough for each class and bus. */
static void check_needs(struct check *k, const struct windows *w, const struct windows_arch *a,
	size_t arch, size_t first)
{
	struct inf_child_id wanted, other;
	AUTO_STRBUF struct strbuf list = STRBUF_INIT;
	const struct windows_arch *bus = NULL;
	bool offered = false;

	inf_child_id(a->driver.ids.v[first], &wanted);
	for (size_t i = 0; i < a->driver.ids.n; i++) {
		bool offers;

		if (!inf_child_id(a->driver.ids.v[i], &other) ||
			strcmp(other.bus, wanted.bus) != 0 ||
			strcmp(other.class, wanted.class) != 0)
			continue;
		if (i < first)
			return; /* this pair had its turn */
		bus = find_bus(w, arch, other.bus, other.revision, &offers);
		offered |= offers;
		if (!list.buf || !strstr(list.buf, other.revision))
			strbuf_addf(&list, "%s%s", list.len ? " " : "", other.revision);
	}
	if (!bus)
		findings_add(k->f, RULE_WP_PROVIDER, a->inf->path,
			"it binds to a child of %s, and no package of the disk is that bus",
			wanted.bus);
	else if (!offered)
		findings_add(k->f, RULE_WP_REVISION, a->inf->path,
			"its device %s needs revision %s of %s, which %s does not offer",
			wanted.class, list.buf, wanted.bus, bus->inf->path);
}

static void check_twice(struct check *k, const struct windows *w, size_t package, size_t arch)
{
	const struct windows_arch *a = &w->v[package].arch[arch];

	for (size_t i = 0; i < package; i++) {
		const struct windows_arch *b = &w->v[i].arch[arch];

		if (!b->inf)
			continue;
		for (size_t j = 0; j < a->driver.ids.n; j++) {
			if (inf_names_has(&b->driver.ids, a->driver.ids.v[j]))
				findings_add(k->f, RULE_WP_TWICE, a->inf->path,
					"it binds to '%s', as %s does", a->driver.ids.v[j],
					b->inf->path);
		}
		for (size_t j = 0; j < a->driver.services.n; j++) {
			if (inf_names_has(&b->driver.services, a->driver.services.v[j]))
				findings_add(k->f, RULE_WP_TWICE, a->inf->path,
					"it adds service %s, as %s does", a->driver.services.v[j],
					b->inf->path);
		}
	}
}

void check_windows_set(struct check *k, const struct windows *w)
{
	check_arches(k, w);
	for (size_t i = 0; i < w->n; i++) {
		check_driverver(k, &w->v[i]);
		check_programs(k, &w->v[i]);
		for (size_t arch = 0; arch < WINDOWS_ARCHES; arch++) {
			const struct windows_arch *a = &w->v[i].arch[arch];
			struct inf_child_id child;

			if (!a->inf)
				continue;
			check_twice(k, w, i, arch);
			for (size_t j = 0; j < a->driver.ids.n; j++) {
				if (inf_child_id(a->driver.ids.v[j], &child))
					check_needs(k, w, a, arch, j);
			}
		}
	}
}
