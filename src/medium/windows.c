/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "medium/contents.h"
#include "medium/windows.h"
#include "util/alloc.h"

static const struct {
	const char *name, *inf;
	unsigned machine;
} arches[WINDOWS_ARCHES] = {
	[WINDOWS_X64] = { "x64", "amd64", PE_MACHINE_X64 },
	[WINDOWS_X86] = { "x86", "x86", PE_MACHINE_X86 },
};

const char *windows_arch_name(size_t arch)
{
	return arches[arch].name;
}

const char *windows_arch_inf(size_t arch)
{
	return arches[arch].inf;
}

unsigned windows_arch_machine(size_t arch)
{
	return arches[arch].machine;
}

enum windows_kind windows_kind(const char *path)
{
	static const struct {
		const char *end;
		enum windows_kind kind;
	} kinds[] = { { ".inf", WINDOWS_INF }, { ".cat", WINDOWS_CATALOG },
		{ ".sys", WINDOWS_IMAGE }, { ".dll", WINDOWS_IMAGE }, { ".exe", WINDOWS_IMAGE } };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (n > 4 && strcasecmp(path + n - 4, kinds[i].end) == 0)
			return kinds[i].kind;
	}
	return WINDOWS_OTHER;
}

struct windows_file *windows_file_read(const char *path, const void *data, size_t size)
{
	struct windows_file *w = xcalloc(1, sizeof(*w));
	const char *slash = strrchr(path, '/'), *why = NULL;

	w->kind = windows_kind(path);
	w->member.name = xstrdup(slash ? slash + 1 : path);
	/* A catalog is no member of one, and what is damaged keeps its zeros. */
	if (w->kind != WINDOWS_CATALOG)
		catalog_digest(&w->member, w->member.name, data, size, &why);
	switch (w->kind) {
	case WINDOWS_INF:
		w->len = size;
		w->data = xcalloc(1, size + 1);
		memcpy(w->data, data, size);
		break;
	case WINDOWS_CATALOG:
		if (size > CATALOG_MAX)
			w->wrong = xstrdup("is too large for a catalog of drivers");
		else if (catalog_decode(&w->catalog, data, size, &w->wrong) == 0)
			codesign_catalog(&w->sign, data, size);
		break;
	case WINDOWS_IMAGE:
		if (pe_facts(data, size, &w->facts, &why) < 0)
			break;
		codesign_image(&w->sign, data, size);
		w->facts.signature = NULL;
		break;
	case WINDOWS_OTHER:
		break;
	}
	if (why && !w->wrong)
		w->wrong = xstrdup(why);
	return w;
}

void windows_file_free(struct windows_file *w)
{
	if (!w)
		return;
	free(w->member.name);
	free(w->wrong);
	free(w->data);
	catalog_release(&w->catalog);
	codesign_release(&w->sign);
	free(w);
}

const struct windows_entry *windows_find(const struct windows_arch *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strcasecmp(a->v[i].name, name) == 0)
			return &a->v[i];
	}
	return NULL;
}

const struct windows_arch *windows_first(const struct windows_package *p)
{
	for (size_t i = 0; i < WINDOWS_ARCHES; i++) {
		if (p->arch[i].inf)
			return &p->arch[i];
	}
	return NULL;
}

static struct windows_package *package_named(struct windows *w, const char *name, size_t len)
{
	for (size_t i = 0; i < w->n; i++) {
		if (strlen(w->v[i].name) == len && strncmp(w->v[i].name, name, len) == 0)
			return &w->v[i];
	}
	w->v = xgrow(w->v, w->n, &w->cap, sizeof(*w->v));
	w->v[w->n] = (struct windows_package){ .name = xstrndup(name, len) };
	return &w->v[w->n++];
}

/* PACKAGE/ARCH/NAME. */
static bool place(struct windows *w, const char *path, const struct windows_file *file)
{
	const char *package = path + strlen(WINDOWS_FOLDER);
	size_t len = strcspn(package, "/");

	for (size_t i = 0; package[len] && len && i < WINDOWS_ARCHES; i++) {
		const char *rest = package + len + 1;
		size_t n = strlen(arches[i].name);
		struct windows_arch *a;

		if (strncmp(rest, arches[i].name, n) != 0 || rest[n] != '/')
			continue;
		a = &package_named(w, package, len)->arch[i];
		a->v = xgrow(a->v, a->n, &a->cap, sizeof(*a->v));
		a->v[a->n++] = (struct windows_entry){ path, rest + n + 1, file };
		return true;
	}
	return false;
}

static void read_arch(struct windows_package *p, size_t arch)
{
	AUTO_FINDINGS struct findings unused = { 0 };
	struct windows_arch *a = &p->arch[arch];
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].file->kind == WINDOWS_INF && n++ == 0)
			a->inf = &a->v[i];
	}
	p->is_driver |= n > 0;
	/* Of two nobody knows which is meant. */
	if (n != 1) {
		a->inf = NULL;
		return;
	}
	inf_parse(&a->parsed, a->inf->path, a->inf->file->data, a->inf->file->len, &unused);
	inf_driver_read(&a->driver, &a->parsed, arches[arch].inf);
	a->catalog = windows_find(a, a->driver.catalog);
	if (a->catalog && a->catalog->file->kind != WINDOWS_CATALOG)
		a->catalog = NULL;
}

static int by_package(const void *a, const void *b)
{
	return strcmp(((const struct windows_package *)a)->name,
		((const struct windows_package *)b)->name);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(
		((const struct windows_entry *)a)->path, ((const struct windows_entry *)b)->path);
}

void windows_gather(struct windows *w, const struct contents *c)
{
	*w = (struct windows){ 0 };
	for (size_t i = 0; i < c->medium.n; i++) {
		const char *path = c->medium.v[i].path;
		const struct windows_file *file;

		if (strncmp(path, WINDOWS_FOLDER, strlen(WINDOWS_FOLDER)) != 0)
			continue;
		/* NULL for folders, and for what was not read: there is a finding. */
		file = contents_windows(c, path);
		if (!file || strncmp(path, WINDOWS_TESTSIGN, strlen(WINDOWS_TESTSIGN)) == 0 ||
			place(w, path, file))
			continue;
		w->stray = xgrow(w->stray, w->n_stray, &w->cap_stray, sizeof(*w->stray));
		w->stray[w->n_stray++] = path;
	}
	/* Media list their files in any order. */
	if (w->n)
		qsort(w->v, w->n, sizeof(*w->v), by_package);
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < WINDOWS_ARCHES; k++) {
			struct windows_arch *a = &w->v[i].arch[k];

			if (a->n)
				qsort(a->v, a->n, sizeof(*a->v), by_path);
			read_arch(&w->v[i], k);
		}
	}
}

void windows_release(struct windows *w)
{
	for (size_t i = 0; i < w->n; i++) {
		for (size_t k = 0; k < WINDOWS_ARCHES; k++) {
			struct windows_arch *a = &w->v[i].arch[k];

			if (a->inf) {
				inf_driver_release(&a->driver);
				inf_release(&a->parsed);
			}
			free(a->v);
		}
		free(w->v[i].name);
	}
	free(w->v);
	free(w->stray);
	*w = (struct windows){ 0 };
}
