/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "medium/ids.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

/* pci.ids has 1.5 MiB. */
#define IDS_SIZE_MAX ((size_t)16 << 20)

/* Four hex digits, then two blanks and a name up to the end of the line. */
static bool parse_line(const char *p, uint32_t *id, const char **name)
{
	*id = 0;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *at = p[i] ? strchr(digits, p[i]) : NULL;

		if (!at)
			return false;
		*id = *id << 4 | (uint32_t)(at - digits);
	}
	if (p[4] != ' ' || p[5] != ' ' || !p[6])
		return false;
	*name = p + 6;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct ids_name *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void ids_parse(struct ids_list *l, char *text)
{
	uint32_t vendor = 0, id;
	bool in_vendor = false;
	const char *name;

	l->text = text;
	for (char *p = text, *end; *p; p = end) {
		end = strchrnul(p, '\n');
		if (*end)
			*end++ = '\0';
		if (*p == '\t' && in_vendor && parse_line(p + 1, &id, &name)) {
			l->devices = xgrow(
				l->devices, l->n_devices, &l->cap_devices, sizeof(*l->devices));
			l->devices[l->n_devices++] = (struct ids_name){ vendor << 16 | id, name };
		} else if (*p && *p != '\t' && *p != '#') {
			/* Behind the vendors come other tables, "C 00  Unclassified". */
			in_vendor = parse_line(p, &vendor, &name);
			if (!in_vendor)
				continue;
			l->vendors = xgrow(
				l->vendors, l->n_vendors, &l->cap_vendors, sizeof(*l->vendors));
			l->vendors[l->n_vendors++] = (struct ids_name){ vendor << 16, name };
		}
	}
	if (l->n_vendors)
		qsort(l->vendors, l->n_vendors, sizeof(*l->vendors), compare);
	if (l->n_devices)
		qsort(l->devices, l->n_devices, sizeof(*l->devices), compare);
}

static bool read_list(struct ids_list *l, const char *dir, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	if (strbuf_read_file(&sb, path, IDS_SIZE_MAX) < 0)
		return false;
	ids_parse(l, strbuf_detach(&sb));
	return true;
}

void ids_read(struct ids *ids, const char *dir)
{
	static const char *const places[] = { "/usr/share/misc", "/usr/share/hwdata" };

	*ids = (struct ids){ 0 };
	if (dir) {
		read_list(&ids->pci, dir, "pci.ids");
		read_list(&ids->usb, dir, "usb.ids");
		return;
	}
	for (size_t i = 0; i < 2 && !ids->pci.text; i++)
		read_list(&ids->pci, places[i], "pci.ids");
	for (size_t i = 0; i < 2 && !ids->usb.text; i++)
		read_list(&ids->usb, places[i], "usb.ids");
}

static const char *find(const struct ids_name *v, size_t n, uint32_t id)
{
	struct ids_name want = { .id = id };
	const struct ids_name *hit = n ? bsearch(&want, v, n, sizeof(*v), compare) : NULL;

	return hit ? hit->name : NULL;
}

void ids_find(const struct ids *ids, const char *bus, const char *device, const char **vendor,
	const char **name)
{
	const struct ids_list *l;
	unsigned long v, d;
	char *end;

	*vendor = *name = NULL;
	if (!ids)
		return;
	l = strcmp(bus, "pci") == 0 ? &ids->pci : &ids->usb;
	v = strtoul(device, &end, 16);
	if (end == device || *end != ':' || v > 0xffff)
		return;
	*vendor = find(l->vendors, l->n_vendors, (uint32_t)v << 16);
	device = end + 1;
	d = strtoul(device, &end, 16);
	if (end != device && !*end && d <= 0xffff)
		*name = find(l->devices, l->n_devices, (uint32_t)v << 16 | (uint32_t)d);
}

static void release_list(struct ids_list *l)
{
	free(l->text);
	free(l->vendors);
	free(l->devices);
}

void ids_release(struct ids *ids)
{
	release_list(&ids->pci);
	release_list(&ids->usb);
	*ids = (struct ids){ 0 };
}
