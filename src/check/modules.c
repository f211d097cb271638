/* SPDX-License-Identifier: BSD-2-Clause */
/* What only shows when the modules of one kernel are looked at together. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/check.h"
#include "util/alloc.h"
#include "util/cleanup.h"

struct item {
	const struct contents_rpm *rpm;
	const struct contents_module *cm;
	const char *uname; /* "" for a module outside of an RPM */
	const char *text;  /* what the list is sorted by: a module's name or alias */
};

struct items {
	struct item *v;
	size_t n, cap;
};

static void add(struct items *l, const struct item *model, const char *text)
{
	l->v = xgrow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n] = *model;
	l->v[l->n++].text = text;
}

static int compare(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int c = strcmp(x->text, y->text);

	c = c ? c : strcmp(x->uname, y->uname);
	c = c ? c : strcmp(x->rpm->path, y->rpm->path);
	return c ? c : strcmp(x->cm->path, y->cm->path);
}

static char *file_of(const struct item *x)
{
	return x->rpm->bare ? xstrdup(x->cm->path) : xasprintf("%s:%s", x->rpm->path, x->cm->path);
}

static bool same_kernel(const struct item *a, const struct item *b)
{
	return strcmp(a->uname, b->uname) == 0;
}

static void check_names(struct check *k, const struct items *names)
{
	for (size_t i = 1; i < names->n; i++) {
		const struct item *a = &names->v[i - 1], *b = &names->v[i];
		AUTO_FREE char *file = NULL;

		if (strcmp(a->text, b->text) != 0 || !same_kernel(a, b))
			continue;
		file = file_of(b);
		findings_add(k->f, RULE_KO_TWICE, file, "module %s of kernel %s is also %s:%s",
			b->text, b->uname, a->rpm->path, a->cm->path);
	}
}

static void check_aliases(struct check *k, const struct items *aliases)
{
	for (size_t i = 1; i < aliases->n; i++) {
		const struct item *a = &aliases->v[i - 1], *b = &aliases->v[i];
		AUTO_FREE char *file = NULL;

		if (strcmp(a->text, b->text) != 0 || !same_kernel(a, b) ||
			strcmp(a->cm->module.name, b->cm->module.name) == 0)
			continue;
		file = file_of(b);
		findings_add(k->f, RULE_KO_ALIAS, file,
			"alias %.100s, which module %s of the disk claims too", b->text,
			a->cm->module.name);
	}
}

/* Names of firmware as modules ask for them, sorted. */
struct names {
	char **v;
	size_t n, cap;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The name below /lib/firmware, or NULL; updates/ is looked through first, so it counts as that. */
static const char *firmware_name(const char *path)
{
	static const char root[] = "/lib/firmware/", updates[] = "updates/";

	if (strncmp(path, "/usr/", 5) == 0)
		path += 4;
	if (strncmp(path, root, strlen(root)) != 0)
		return NULL;
	path += strlen(root);
	return strncmp(path, updates, strlen(updates)) == 0 ? path + strlen(updates) : path;
}

static void add_firmware(struct names *l, const char *name)
{
	static const char *const suffixes[] = { "", ".xz", ".zst" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i]);

		if (len <= n || strcmp(name + len - n, suffixes[i]) != 0)
			continue;
		l->v = xgrow(l->v, l->n, &l->cap, sizeof(*l->v));
		l->v[l->n++] = xstrndup(name, len - n);
	}
}

static struct names gather_firmware(const struct check *k)
{
	struct names l = { 0 };

	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct rpmfile *r = &k->c->rpms[i].rpm;

		for (size_t j = 0; !r->is_source && j < r->nfiles; j++) {
			const char *name = firmware_name(r->files[j].path);

			if (name && !S_ISDIR(r->files[j].mode))
				add_firmware(&l, name);
		}
	}
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), compare_names);
	return l;
}

static bool has_firmware(const struct names *l, const char *name, const char *uname)
{
	AUTO_FREE char *own = xasprintf("%s/%s", uname, name);

	return l->n && (bsearch(&name, l->v, l->n, sizeof(*l->v), compare_names) ||
			       bsearch(&own, l->v, l->n, sizeof(*l->v), compare_names));
}

/* A module seen alone may find its firmware on its disk, which is not here. */
static void check_firmware(struct check *k, const struct names *firmware, const struct item *x)
{
	const struct module *m = &x->cm->module;
	AUTO_FREE char *file = file_of(x);

	for (size_t i = 0; !k->c->medium.is_single && i < m->n_info; i++) {
		if (strcmp(m->info[i].key, "firmware") == 0 &&
			!has_firmware(firmware, m->info[i].value, x->uname))
			findings_add(k->f, RULE_KO_FIRMWARE, file,
				"it asks for %.200s, which no RPM of the disk has",
				m->info[i].value);
	}
}

static int compare_place(const struct item *x, const char *name, const char *uname)
{
	int c = strcmp(x->text, name);

	return c ? c : strcmp(x->uname, uname);
}

/* The module of that name for that kernel, else one for another kernel, else NULL. */
static const struct item *find(const struct items *names, const char *name, const char *uname)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_place(&names->v[mid], name, uname) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < names->n && strcmp(names->v[low].text, name) == 0)
		return &names->v[low];
	return low && strcmp(names->v[low - 1].text, name) == 0 ? &names->v[low - 1] : NULL;
}

/* Without a header tree only this much is known: what the disk brings, it brings for each kernel.
 */
static void check_depends(struct check *k, const struct items *names, const struct item *x)
{
	const char *depends = module_info(&x->cm->module, "depends");
	AUTO_FREE char *copy = xstrdup(depends ? depends : "");
	AUTO_FREE char *file = file_of(x);
	char *save = NULL;

	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		const struct item *have;

		module_name_normalise(name);
		have = find(names, name, x->uname);
		if (have && !same_kernel(have, x))
			findings_add(k->f, RULE_KO_DEPENDS, file,
				"it depends on module %s, which the disk has for %s but not for %s",
				name, have->uname, x->uname);
	}
}

static void check_one(struct check *k, const struct items *names, const struct names *firmware,
	const struct item *x)
{
	AUTO_FREE char *file = file_of(x);

	if (x->cm->module.has_debug)
		findings_add(k->f, RULE_KO_DEBUG, file, "it has .debug sections");
	check_firmware(k, firmware, x);
	check_depends(k, names, x);
}

static void check_signatures(struct check *k, const struct items *names)
{
	const struct item *bare = NULL;
	size_t n = 0;

	for (size_t i = 0; i < names->n; i++) {
		if (names->v[i].cm->module.signature.present)
			n++;
		else
			bare = &names->v[i];
	}
	if (n && bare) {
		AUTO_FREE char *file = file_of(bare);

		findings_add(k->f, RULE_KO_UNSIGNED, file,
			"it is not signed, %zu of the %zu modules are", n, names->n);
	}
}

void check_modules(struct check *k)
{
	struct items names = { 0 }, aliases = { 0 };
	struct names firmware = gather_firmware(k);

	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		for (size_t j = 0; j < r->n_modules; j++) {
			const struct module *m = &r->modules[j].module;
			struct item x = { r, &r->modules[j], r->uname ? r->uname : "", NULL };

			add(&names, &x, m->name);
			for (size_t a = 0; a < m->n_info; a++) {
				if (strcmp(m->info[a].key, "alias") == 0)
					add(&aliases, &x, m->info[a].value);
			}
		}
	}
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), compare);
	if (aliases.n)
		qsort(aliases.v, aliases.n, sizeof(*aliases.v), compare);
	check_names(k, &names);
	check_aliases(k, &aliases);
	for (size_t i = 0; i < names.n; i++)
		check_one(k, &names, &firmware, &names.v[i]);
	check_signatures(k, &names);
	for (size_t i = 0; i < firmware.n; i++)
		free(firmware.v[i]);
	free(firmware.v);
	free(names.v);
	free(aliases.v);
}
