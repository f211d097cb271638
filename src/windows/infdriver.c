/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "windows/infdriver.h"

/* A hostile INF could name millions. */
enum { NAMES_MAX = 1024 };

bool inf_names_has(const struct inf_names *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcasecmp(l->v[i], name) == 0)
			return true;
	}
	return false;
}

void inf_names_add(struct inf_names *l, const char *name)
{
	if (!*name || l->n == NAMES_MAX || inf_names_has(l, name))
		return;
	l->v = xgrow(l->v, l->n, &l->cap, sizeof(*l->v));
	l->v[l->n++] = xstrdup(name);
}

static void release_names(struct inf_names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static char *text(const struct inf *inf, const struct inf_line *l, size_t i)
{
	return inf_expand(inf, inf_value(l, i), 0, NULL);
}

/* The section that setup takes of NAME: with NTarch, with NT, or plain; with a tail behind that. */
static const struct inf_section *decorated(
	const struct inf *inf, const char *name, const char *arch, const char *tail)
{
	for (size_t i = 0; i < 3; i++) {
		AUTO_FREE char *base =
			xasprintf("%s%s%s", name, i < 2 ? ".NT" : "", i == 0 ? arch : "");
		AUTO_FREE char *full = xasprintf("%s%s", base, tail);

		if (inf_section(inf, base))
			return inf_section(inf, full);
	}
	return NULL;
}

static void take_registry(struct inf_driver *d, const struct inf *inf, const char *service,
	const struct inf_section *s)
{
	for (size_t i = 0; s && i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *root = text(inf, l, 0);
		AUTO_FREE char *key = text(inf, l, 1);
		AUTO_FREE char *value = text(inf, l, 2);

		if (strcasecmp(root, "HKR") != 0 || strcasecmp(key, "Parameters") != 0 ||
			strcasecmp(value, "Revisions") != 0)
			continue;
		free(d->bus);
		d->bus = xstrdup(service);
		for (size_t k = 4; k < l->n; k++) {
			AUTO_FREE char *revision = text(inf, l, k);

			inf_names_add(&d->revisions, revision);
		}
	}
}

static void take_service(struct inf_driver *d, const struct inf *inf, const struct inf_line *add)
{
	AUTO_FREE char *service = text(inf, add, 0);
	AUTO_FREE char *name = text(inf, add, 2);
	const struct inf_section *s = inf_section(inf, name);

	inf_names_add(&d->services, service);
	for (size_t i = 0; s && i < s->n; i++) {
		const struct inf_line *l = &s->v[i];

		if (!l->key || strcasecmp(l->key, "AddReg") != 0)
			continue;
		for (size_t k = 0; k < l->n; k++) {
			AUTO_FREE char *registry = text(inf, l, k);

			take_registry(d, inf, service, inf_section(inf, registry));
		}
	}
}

static void take_model(
	struct inf_driver *d, const struct inf *inf, const struct inf_line *l, const char *arch)
{
	AUTO_FREE char *install = text(inf, l, 0);
	const struct inf_section *s = decorated(inf, install, arch, ".Services");

	for (size_t i = 1; i < l->n; i++) {
		AUTO_FREE char *id = text(inf, l, i);

		inf_names_add(&d->ids, id);
	}
	for (size_t i = 0; s && i < s->n; i++) {
		if (s->v[i].key && strcasecmp(s->v[i].key, "AddService") == 0)
			take_service(d, inf, &s->v[i]);
	}
}

/* "NTamd64", and "NTamd64.10.0" for later systems. */
static bool is_for(const char *decoration, const char *arch)
{
	size_t n = strlen(arch);

	return strncasecmp(decoration, "NT", 2) == 0 && strncasecmp(decoration + 2, arch, n) == 0 &&
	       (!decoration[2 + n] || decoration[2 + n] == '.');
}

static void take_models(struct inf_driver *d, const struct inf *inf, const char *arch)
{
	const struct inf_section *s = inf_section(inf, "Manufacturer");

	for (size_t i = 0; s && i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *base = text(inf, l, 0);

		for (size_t k = 1; k < l->n; k++) {
			AUTO_FREE char *target = text(inf, l, k);
			AUTO_FREE char *name = xasprintf("%s.%s", base, target);
			const struct inf_section *models = inf_section(inf, name);

			for (size_t m = 0; models && m < models->n && is_for(target, arch); m++)
				take_model(d, inf, &models->v[m], arch);
		}
	}
}

void inf_driver_read(struct inf_driver *d, const struct inf *inf, const char *arch)
{
	const struct inf_section *s = inf_section(inf, "Version");

	*d = (struct inf_driver){ .bus = xstrdup("") };
	d->provider = text(inf, inf_line(s, "Provider"), 0);
	d->class = text(inf, inf_line(s, "Class"), 0);
	d->catalog = text(inf, inf_line(s, "CatalogFile"), 0);
	d->date = text(inf, inf_line(s, "DriverVer"), 0);
	d->version = text(inf, inf_line(s, "DriverVer"), 1);
	take_models(d, inf, arch);
}

void inf_driver_release(struct inf_driver *d)
{
	free(d->provider);
	free(d->class);
	free(d->catalog);
	free(d->date);
	free(d->version);
	free(d->bus);
	release_names(&d->ids);
	release_names(&d->services);
	release_names(&d->revisions);
	*d = (struct inf_driver){ 0 };
}

/* The n characters of s as capitals; false when there are none or too many. */
static bool take(char *out, size_t size, const char *s, size_t n)
{
	if (n == 0 || n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)toupper((unsigned char)s[i]);
	out[n] = '\0';
	return true;
}

bool inf_child_id(const char *id, struct inf_child_id *child)
{
	const char *slash = strchr(id, '\\'), *device, *revision;
	size_t digits;

	if (!slash || strncasecmp(slash, "\\VEN_", 5) != 0)
		return false;
	device = strchr(slash, '&');
	if (!device || strncasecmp(device, "&DEV_", 5) != 0)
		return false;
	revision = strchr(device + 1, '&');
	if (!revision || strncasecmp(revision, "&REV_", 5) != 0)
		return false;
	digits = strspn(revision + 5, "0123456789abcdefABCDEF");
	return digits == 8 && !revision[13] &&
	       take(child->bus, sizeof(child->bus), id, (size_t)(slash - id)) &&
	       take(child->class, sizeof(child->class), device + 5,
		       (size_t)(revision - device - 5)) &&
	       take(child->revision, sizeof(child->revision), revision + 5, 8);
}
