/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "diff/diff.h"
#include "util/alloc.h"
#include "util/cleanup.h"

const char *diff_kind_name(enum diff_kind kind)
{
	static const char *const names[DIFF_KINDS] = { "disk", "package", "module", "alias",
		"parameter", "firmware", "symbol" };

	return names[kind];
}

const char *diff_how_name(enum diff_how how)
{
	static const char *const names[] = { "added", "removed", "changed" };

	return names[how];
}

/* Takes none of the strings over. NULL is the side that lacks it. */
static void add(struct diff *d, enum diff_kind kind, const char *where, const char *name,
	const char *old, const char *new)
{
	d->v = xgrow(d->v, d->n, &d->cap, sizeof(*d->v));
	d->v[d->n++] = (struct diff_change){
		.kind = kind,
		.how = !old   ? DIFF_ADDED
		       : !new ? DIFF_REMOVED
			      : DIFF_CHANGED,
		.where = xstrdup(where),
		.name = xstrdup(name),
		.old = xstrdup(old ? old : ""),
		.new = xstrdup(new ? new : ""),
	};
}

static void add_if_changed(struct diff *d, enum diff_kind kind, const char *where, const char *name,
	const char *old, const char *new)
{
	old = old ? old : "";
	new = new ? new : "";
	if (strcmp(old, new) != 0)
		add(d, kind, where, name, old, new);
}

/* A set of names, each with a value. */
struct pair {
	char *name;
	char *value;
};

struct set {
	struct pair *v;
	size_t n, cap;
};

static void set_add(struct set *s, char *name, char *value)
{
	s->v = xgrow(s->v, s->n, &s->cap, sizeof(*s->v));
	s->v[s->n++] = (struct pair){ name, value };
}

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->value, y->value);
}

static void set_release(struct set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].value);
	}
	free(s->v);
}

/* Sorts both and merges them. */
static void compare_sets(
	struct diff *d, enum diff_kind kind, const char *where, struct set *old, struct set *new)
{
	size_t i = 0, j = 0;

	if (old->n)
		qsort(old->v, old->n, sizeof(*old->v), compare_pairs);
	if (new->n)
		qsort(new->v, new->n, sizeof(*new->v), compare_pairs);
	while (i < old->n || j < new->n) {
		const struct pair *a = i < old->n ? &old->v[i] : NULL;
		const struct pair *b = j < new->n ? &new->v[j] : NULL;
		int c = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);

		if (c < 0) {
			add(d, kind, where, a->name, a->value, NULL);
			i++;
		} else if (c > 0) {
			add(d, kind, where, b->name, NULL, b->value);
			j++;
		} else {
			add_if_changed(d, kind, where, a->name, a->value, b->value);
			i++;
			j++;
		}
	}
}

/* The values of a .modinfo key; of parameters the name is what stands before the colon. */
static struct set values_of(const struct module *m, const char *key)
{
	struct set s = { 0 };
	bool parameter = strcmp(key, "parm") == 0;

	for (size_t i = 0; m && i < m->n_info; i++) {
		const char *value = m->info[i].value;
		size_t len = parameter ? strcspn(value, ":") : strlen(value);

		if (strcmp(m->info[i].key, key) == 0)
			set_add(&s, xstrndup(value, len),
				xstrdup(value + len + (value[len] == ':')));
	}
	return s;
}

static struct set imports_of(const struct module *m)
{
	struct set s = { 0 };

	for (size_t i = 0; m && i < m->undefined.n; i++) {
		const char *name = m->undefined.v[i].name;
		const struct module_symbol *v = module_symbols_find(&m->versions, name);

		set_add(&s, xstrdup(name), v ? xasprintf("0x%08x", v->crc) : xstrdup(""));
	}
	return s;
}

static void compare_values(struct diff *d, enum diff_kind kind, const char *where, const char *key,
	const struct module *old, const struct module *new)
{
	struct set a = key ? values_of(old, key) : imports_of(old);
	struct set b = key ? values_of(new, key) : imports_of(new);

	compare_sets(d, kind, where, &a, &b);
	set_release(&a);
	set_release(&b);
}

/* One module of a medium and the kernel it is for. */
struct place {
	const struct show_package *package;
	const struct contents_module *cm;
};

static const char *uname_of(const struct place *p)
{
	return p->package->rpm->uname ? p->package->rpm->uname : "";
}

/*
 * The module of old that stands where p does: of the same kernel, else of the same flavour, for a
 * disk may move on to a new kernel.
 */
static struct place counterpart(const struct show *old, const struct place *p)
{
	struct place best = { 0 };

	for (size_t i = 0; i < old->n; i++) {
		const struct show_package *q = &old->v[i];

		for (size_t j = 0; j < q->rpm->n_modules; j++) {
			struct place have = { q, &q->rpm->modules[j] };

			if (strcmp(have.cm->module.name, p->cm->module.name) != 0)
				continue;
			if (strcmp(uname_of(&have), uname_of(p)) == 0)
				return have;
			if (strcmp(q->flavour, p->package->flavour) == 0)
				best = have;
		}
	}
	return best;
}

static char *where_of(const struct place *p, const struct place *was)
{
	const char *uname = uname_of(p);
	bool moved = was && strcmp(uname_of(was), uname) != 0;

	return xasprintf("%s%s%s%s%s%s%s", p->cm->module.name, *uname ? " (" : "",
		p->package->flavour, *p->package->flavour ? " " : "", uname, moved ? ", was " : "",
		moved ? uname_of(was) : "");
}

/* The path behind /lib/modules/UNAME/, which moves with every kernel. */
static const char *below_uname(const char *path)
{
	size_t len;
	const char *uname = rpmfile_module_uname(path, &len);

	return uname ? uname + len + 1 : path;
}

static void compare_modules(struct diff *d, const struct place *old, const struct place *new)
{
	static const char *const single[] = { "version", "license", "description", "depends" };
	const struct module *a = &old->cm->module, *b = &new->cm->module;
	AUTO_FREE char *open = where_of(new, old);
	AUTO_FREE char *where = xasprintf("%s%s", open, *uname_of(new) ? ")" : "");

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		add_if_changed(d, DIFF_MODULE, where, single[i], module_info(a, single[i]),
			module_info(b, single[i]));
	add_if_changed(d, DIFF_MODULE, where, "path", below_uname(old->cm->path),
		below_uname(new->cm->path));
	add_if_changed(d, DIFF_MODULE, where, "signer",
		a->signature.present ? a->signature.signer : "unsigned",
		b->signature.present ? b->signature.signer : "unsigned");
	compare_values(d, DIFF_ALIAS, where, "alias", a, b);
	compare_values(d, DIFF_PARAMETER, where, "parm", a, b);
	compare_values(d, DIFF_FIRMWARE, where, "firmware", a, b);
	compare_values(d, DIFF_SYMBOL, where, NULL, a, b);
}

static void add_module(struct diff *d, const struct place *p, bool gone)
{
	AUTO_FREE char *open = where_of(p, NULL);
	AUTO_FREE char *where = xasprintf("%s%s", open, *uname_of(p) ? ")" : "");
	const char *version = module_info(&p->cm->module, "version");

	version = version ? version : "";
	add(d, DIFF_MODULE, where, "module", gone ? version : NULL, gone ? NULL : version);
}

static void all_modules(struct diff *d)
{
	for (size_t i = 0; i < d->new->n; i++) {
		for (size_t j = 0; j < d->new->v[i].rpm->n_modules; j++) {
			struct place p = { &d->new->v[i], &d->new->v[i].rpm->modules[j] };
			struct place old = counterpart(d->old, &p);

			if (old.cm)
				compare_modules(d, &old, &p);
			else
				add_module(d, &p, false);
		}
	}
	for (size_t i = 0; i < d->old->n; i++) {
		for (size_t j = 0; j < d->old->v[i].rpm->n_modules; j++) {
			struct place p = { &d->old->v[i], &d->old->v[i].rpm->modules[j] };

			if (!counterpart(d->new, &p).cm)
				add_module(d, &p, true);
		}
	}
}

const struct show_package *diff_find_package(const struct show *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!s->v[i].rpm->bare && strcmp(s->v[i].rpm->rpm.name, name) == 0)
			return &s->v[i];
	}
	return NULL;
}

static const struct rpmfile_entry *find_file(const struct rpmfile *r, const char *path)
{
	for (size_t i = 0; i < r->nfiles; i++) {
		if (strcmp(r->files[i].path, path) == 0)
			return &r->files[i];
	}
	return NULL;
}

bool diff_same_files(const struct rpmfile *a, const struct rpmfile *b)
{
	bool comparable = strcmp(a->file_digest_algo, b->file_digest_algo) == 0;

	if (a->nfiles != b->nfiles)
		return false;
	for (size_t i = 0; i < a->nfiles; i++) {
		const struct rpmfile_entry *x = &a->files[i];
		/* Both lists are sorted by rpmbuild, so it nearly always is the same place. */
		const struct rpmfile_entry *y = strcmp(b->files[i].path, x->path) == 0
							? &b->files[i]
							: find_file(b, x->path);

		if (!y || x->mode != y->mode || (S_ISREG(x->mode) && x->size != y->size) ||
			strcmp(x->link, y->link) != 0 ||
			(comparable && strcmp(x->digest, y->digest) != 0))
			return false;
	}
	return true;
}

static char *evr(const struct show_package *p)
{
	const struct rpmfile *r = &p->rpm->rpm;

	return r->has_epoch ? xasprintf("%u:%s-%s", r->epoch, r->version, r->release)
			    : xasprintf("%s-%s", r->version, r->release);
}

static void all_packages(struct diff *d)
{
	for (size_t i = 0; i < d->new->n; i++) {
		const struct show_package *p = &d->new->v[i], *old;
		AUTO_FREE char *version = NULL;
		AUTO_FREE char *before = NULL;

		if (p->rpm->bare)
			continue;
		version = evr(p);
		old = diff_find_package(d->old, p->rpm->rpm.name);
		before = old ? evr(old) : NULL;
		if (!old || strcmp(before, version) != 0)
			add(d, DIFF_PACKAGE, "", p->rpm->rpm.name, before, version);
		else if (!diff_same_files(&old->rpm->rpm, &p->rpm->rpm)) {
			AUTO_FREE char *other = xasprintf("%s with other files", version);

			add(d, DIFF_PACKAGE, "", p->rpm->rpm.name, before, other);
		}
	}
	for (size_t i = 0; i < d->old->n; i++) {
		const struct show_package *p = &d->old->v[i];
		AUTO_FREE char *version = NULL;

		if (p->rpm->bare || diff_find_package(d->new, p->rpm->rpm.name))
			continue;
		version = evr(p);
		add(d, DIFF_PACKAGE, "", p->rpm->rpm.name, version, NULL);
	}
}

static void disk(struct diff *d)
{
	const struct show *a = d->old, *b = d->new;
	struct set old = { 0 }, new = { 0 };

	add_if_changed(d, DIFF_DISK, "", "originator", a->originator, b->originator);
	add_if_changed(d, DIFF_DISK, "", "label", a->label, b->label);
	add_if_changed(d, DIFF_DISK, "", "version", a->version, b->version);
	add_if_changed(d, DIFF_DISK, "", "build", a->build, b->build);
	add_if_changed(d, DIFF_DISK, "", "text", a->text, b->text);
	add_if_changed(d, DIFF_DISK, "", "product", a->product, b->product);
	for (size_t i = 0; i < a->n_requires; i++)
		set_add(&old, xasprintf("requires %s", a->requires[i]), xstrdup(""));
	for (size_t i = 0; i < b->n_requires; i++)
		set_add(&new, xasprintf("requires %s", b->requires[i]), xstrdup(""));
	compare_sets(d, DIFF_DISK, "", &old, &new);
	set_release(&old);
	set_release(&new);
}

void diff_make(struct diff *d, const struct show *old, const struct show *new, struct findings *f)
{
	*d = (struct diff){ .old = old, .new = new };
	disk(d);
	all_packages(d);
	all_modules(d);
	diff_versions(d, f);
}

void diff_release(struct diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].where);
		free(d->v[i].name);
		free(d->v[i].old);
		free(d->v[i].new);
	}
	free(d->v);
	*d = (struct diff){ 0 };
}
