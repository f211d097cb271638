/* SPDX-License-Identifier: BSD-2-Clause */
/* The packages below windows-pv/, each by itself. What they have to do with each other: winset.c.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "check/windows.h"
#include "util/alloc.h"
#include "windows/infcheck.h"

/* What Joliet gives a name without further agreement ("Joliet Specification": 64 characters). */
enum { NAME_MAX_WINDOWS = 64 };

static bool is_windows_name(const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (name[i] < 0x20 || name[i] >= 0x7f || strchr("*/:;?\\\"<>|", name[i]))
			return false;
	}
	return n > 0 && n <= NAME_MAX_WINDOWS && name[n - 1] != ' ' && name[n - 1] != '.';
}

static int by_path(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every part of every path, and paths that differ in case only. */
static void check_names(struct check *k)
{
	const struct medium *m = &k->c->medium;
	AUTO_FREE const char **paths = xcalloc(m->n + 1, sizeof(*paths));
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->v[i].path;
		const char *name = strrchr(path, '/');

		if (strncmp(path, WINDOWS_FOLDER, strlen(WINDOWS_FOLDER)) != 0)
			continue;
		paths[n++] = path;
		if (!is_windows_name(name + 1, strlen(name + 1)))
			findings_add(k->f, RULE_WP_NAME, path,
				"Windows would see another name than '%s'", name + 1);
	}
	qsort(paths, n, sizeof(*paths), by_path);
	for (size_t i = 1; i < n; i++) {
		if (strcasecmp(paths[i - 1], paths[i]) == 0)
			findings_add(k->f, RULE_WP_NAME, paths[i],
				"for Windows it has the name of %s", paths[i - 1]);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_joliet(struct check *k)
{
	const struct medium *m = &k->c->medium;
	char **names = NULL;
	size_t n = 0;

	if (!m->is_iso)
		return;
	if (m->iso.joliet && medium_joliet_names(m->name, &names, &n) == 0)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < m->n; i++) {
		const char *path = m->v[i].path;

		if (strncmp(path, WINDOWS_FOLDER, strlen(WINDOWS_FOLDER)) == 0 &&
			(!m->iso.joliet || n == 0 ||
				!bsearch(&path, names, n, sizeof(*names), by_name)))
			findings_add(k->f, RULE_WP_JOLIET, path, "%s",
				m->iso.joliet ? "it is not in the Joliet tree under this name"
					      : "the image has no Joliet tree");
	}
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

static void date_text(long long t, char out[11])
{
	const time_t when = (time_t)t;
	struct tm tm;

	if (!gmtime_r(&when, &tm) || strftime(out, 11, "%Y-%m-%d", &tm) == 0)
		strcpy(out, "?");
}

static void check_signature(struct check *k, const struct windows_entry *e)
{
	const struct codesign *s = &e->file->sign;
	const long long now = (long long)time(NULL);
	char from[11], to[11];

	if (e->file->wrong)
		return; /* said already */
	if (!s->is_signed && !s->wrong) {
		findings_add(k->f, RULE_WP_UNSIGNED, e->path, "it is not signed");
		return;
	}
	if (s->wrong)
		findings_add(k->f, RULE_WP_SIGNATURE, e->path, "%s", s->wrong);
	if (!s->signer)
		return;
	date_text(s->not_before, from);
	date_text(s->not_after, to);
	if (now < s->not_before || (now > s->not_after && !s->is_stamped))
		findings_add(k->f, RULE_WP_DATES, e->path,
			"the certificate of %s holds from %s to %s%s", s->signer, from, to,
			s->is_stamped ? "" : ", and there is no time stamp");
}

/* The signer is told once for a package, for what Windows asks of drivers. */
static void check_signer(struct check *k, const struct windows_arch *a)
{
	const struct codesign *s = a->catalog ? &a->catalog->file->sign : NULL;

	if (s && s->signer && !s->is_microsofts)
		findings_add(k->f, RULE_WP_TEST, a->catalog->path, "signed by %s, certified by %s",
			s->signer, strcmp(s->signer, s->issuer) == 0 ? "itself" : s->issuer);
}

static bool has_file(const void *arg, const char *path)
{
	const struct windows_arch *a = arg;
	AUTO_STRBUF struct strbuf name = STRBUF_INIT;

	for (; *path; path++) {
		if (*path != '\\' && *path != '/')
			strbuf_addch(&name, *path);
		else if (name.len && name.buf[name.len - 1] != '/')
			strbuf_addch(&name, '/');
	}
	return name.len && windows_find(a, name.buf);
}

/* Models of x64/ that an x86 guest would take for its own, or the other way round. */
static void check_others(struct check *k, const struct windows_arch *a, size_t arch)
{
	for (size_t i = 0; i < WINDOWS_ARCHES; i++) {
		AUTO_INF_DRIVER struct inf_driver other = { 0 };

		if (i == arch)
			continue;
		inf_driver_read(&other, &a->parsed, windows_arch_inf(i));
		if (other.ids.n)
			findings_add(k->f, RULE_WP_ARCH_OTHER, a->inf->path,
				"it has models for NT%s, as for '%s'", windows_arch_inf(i),
				other.ids.v[0]);
	}
}

static void check_inf(struct check *k, const struct windows_arch *a, size_t arch)
{
	AUTO_FINDINGS struct findings found = { 0 };
	AUTO_INF struct inf inf = { 0 };
	AUTO_FREE char *folder =
		xstrndup(a->inf->path, strlen(a->inf->path) - strlen(a->inf->name));
	const struct inf_files files = { folder, has_file, a };

	inf_parse(&inf, a->inf->path, a->inf->file->data, a->inf->file->len, &found);
	inf_check_among(&inf, &files, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct finding *x = &found.v[i];

		findings_add(k->f,
			x->rule->severity == SEVERITY_ERROR ? RULE_WP_INF : RULE_WP_INF_HINT,
			x->file, "%s: %s; %s", x->rule->id, x->text, x->rule->cure);
	}
	if (!a->driver.ids.n)
		findings_add(k->f, RULE_WP_MACHINE, a->inf->path, "it has no models for NT%s",
			windows_arch_inf(arch));
	check_others(k, a, arch);
}

static bool is_member(const struct catalog *c, const struct windows_entry *e)
{
	const struct catalog_member *m = &e->file->member;
	const char *slash = strrchr(e->name, '/');
	const char *name = slash ? slash + 1 : e->name;

	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].is_pe == m->is_pe &&
			(!*c->v[i].name || strcasecmp(c->v[i].name, name) == 0) &&
			memcmp(c->v[i].digest, m->digest, PE_DIGEST_SIZE) == 0)
			return true;
	}
	return false;
}

/*
 * inf2cat's names, with commas between: 10X64, _v100_X64, Server10_ARM64; one without an
 * architecture is x86's.
 */
static bool lists_arch(const char *systems, size_t arch)
{
	while (*systems) {
		size_t n = strcspn(systems, ",");
		AUTO_FREE char *name = xstrndup(systems, n);
		bool is_x64 = strcasestr(name, "X64"), is_arm = strcasestr(name, "ARM");

		if (arch == WINDOWS_X64 ? is_x64 : !is_x64 && !is_arm)
			return true;
		systems += n + (systems[n] == ',');
	}
	return false;
}

static void check_members(struct check *k, const struct windows_arch *a, size_t arch)
{
	const struct catalog *c = &a->catalog->file->catalog;

	for (size_t i = 0; i < a->n; i++) {
		const struct windows_entry *e = &a->v[i];

		if (e->file->kind != WINDOWS_CATALOG && !e->file->wrong && !is_member(c, e))
			findings_add(k->f, RULE_WP_MEMBER, e->path,
				"as it is, it is no member of %s", a->catalog->name);
	}
	for (size_t i = 0; i < c->n; i++) {
		bool found = false;

		for (size_t j = 0; *c->v[i].name && !found && j < a->n; j++) {
			const char *slash = strrchr(a->v[j].name, '/');

			found = strcasecmp(slash ? slash + 1 : a->v[j].name, c->v[i].name) == 0;
		}
		if (*c->v[i].name && !found)
			findings_add(k->f, RULE_WP_MEMBER, a->catalog->path,
				"its member '%s' is not on the disk", c->v[i].name);
	}
	if (c->os && !lists_arch(c->os, arch))
		findings_add(k->f, RULE_WP_SYSTEMS, a->catalog->path,
			"it is for the systems %s, of which none is %s", c->os,
			windows_arch_name(arch));
	for (size_t i = 0; i < c->n_hwids; i++) {
		if (!inf_names_has(&a->driver.ids, c->hwids[i]))
			findings_add(k->f, RULE_WP_HWID, a->catalog->path,
				"the INF does not have '%s'", c->hwids[i]);
	}
}

static void check_image(
	struct check *k, const struct windows_arch *a, size_t arch, const struct windows_entry *e)
{
	const unsigned short *v = e->file->facts.version;
	AUTO_FREE char *version = xasprintf("%u.%u.%u.%u", v[0], v[1], v[2], v[3]);

	if (e->file->facts.machine != windows_arch_machine(arch))
		findings_add(k->f, RULE_WP_MACHINE, e->path, "it is for machine 0x%04x, not 0x%04x",
			e->file->facts.machine, windows_arch_machine(arch));
	if (!a->inf)
		return;
	if (!e->file->facts.has_version)
		findings_add(k->f, RULE_WP_FILE_VERSION, e->path, "it has no version");
	else if (strcmp(version, a->driver.version) != 0)
		findings_add(k->f, RULE_WP_FILE_VERSION, e->path, "it has version %s, the INF %s",
			version, a->driver.version);
}

static void check_files(struct check *k, const struct windows_arch *a, size_t arch)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct windows_entry *e = &a->v[i];

		if (e->file->wrong && e->file->kind == WINDOWS_CATALOG)
			findings_add(k->f, RULE_WP_CATALOG, e->path, "%s", e->file->wrong);
		else if (e->file->wrong)
			findings_add(k->f, RULE_WP_LAYOUT, e->path, "it %s", e->file->wrong);
		else if (e->file->kind == WINDOWS_IMAGE)
			check_image(k, a, arch, e);
		if (e->file->kind == WINDOWS_IMAGE || e->file->kind == WINDOWS_CATALOG)
			check_signature(k, e);
	}
}

static void check_package(struct check *k, const struct windows_package *p)
{
	for (size_t i = 0; i < WINDOWS_ARCHES; i++) {
		const struct windows_arch *a = &p->arch[i];
		AUTO_FREE char *folder =
			xasprintf(WINDOWS_FOLDER "%s/%s", p->name, windows_arch_name(i));

		if (!a->n)
			continue;
		check_files(k, a, i);
		if (!a->inf) {
			if (p->is_driver)
				findings_add(k->f, RULE_WP_LAYOUT, folder, "it has not one INF");
			continue;
		}
		check_inf(k, a, i);
		if (!a->catalog)
			findings_add(k->f, RULE_WP_CATALOG, a->inf->path,
				"its catalog '%s' is not beside it", a->driver.catalog);
		else if (!a->catalog->file->wrong)
			check_members(k, a, i);
		check_signer(k, a);
	}
}

/* Files of which nothing is known: they lie elsewhere, or in another's bytes. */
static void check_places(struct check *k, const struct windows *w)
{
	const struct medium *m = &k->c->medium;

	for (size_t i = 0; i < w->n_stray; i++)
		findings_add(k->f, RULE_WP_LAYOUT, w->stray[i],
			"it lies in no package's folder x64/ or x86/");
	for (size_t i = 0; i < m->n; i++) {
		const struct medium_entry *e = &m->v[i];

		if (strncmp(e->path, WINDOWS_FOLDER, strlen(WINDOWS_FOLDER)) == 0 && e->same >= 0 &&
			!contents_windows(k->c, e->path))
			findings_add(k->f, RULE_WP_LAYOUT, e->path, "it shares its data with %s",
				m->v[e->same].path);
	}
}

void check_windows(struct check *k)
{
	AUTO_WINDOWS struct windows w = { 0 };

	windows_gather(&w, k->c);
	check_windows_info(k, &w);
	if (!w.n && !w.n_stray)
		return;
	check_names(k);
	check_joliet(k);
	check_places(k, &w);
	for (size_t i = 0; i < w.n; i++)
		check_package(k, &w.v[i]);
	check_windows_set(k, &w);
}
