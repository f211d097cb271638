/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_pnpid.h"
#include "pv_text.h"

struct wide {
	uint16_t *buf;
	size_t cap, len;
	bool full;
};

static void add_unit(struct wide *w, uint16_t unit)
{
	if (w->len == w->cap) {
		w->full = true;
		return;
	}
	w->buf[w->len++] = unit;
}

/* With its NUL. */
static void add_text(struct wide *w, const char *ascii)
{
	for (; *ascii; ascii++)
		add_unit(w, (uint16_t)(unsigned char)*ascii);
	add_unit(w, 0);
}

static int result(const struct wide *w)
{
	return w->full ? PV_ENOBUFS : (int)w->len;
}

int pv_pnp_text(uint16_t *buf, size_t cap, const char *ascii)
{
	struct wide w = { .buf = buf, .cap = cap };

	add_text(&w, ascii);
	return result(&w);
}

int pv_pnp_device_id(uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper)
{
	char id[PV_ID_MAX];
	int rc = pv_format_device_id(id, sizeof(id), bus->name, bus->prefix, upper);

	return rc < 0 ? rc : pv_pnp_text(buf, cap, id);
}

static bool same_name(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

static const struct pv_class_row *find_class(const struct pv_pnp_bus *bus, const char *upper)
{
	for (unsigned int i = 0; i < bus->class_count; i++)
		if (same_name(bus->classes[i].name, upper))
			return &bus->classes[i];
	return NULL;
}

int pv_pnp_hardware_ids(uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper)
{
	struct wide w = { .buf = buf, .cap = cap };
	const struct pv_class_row *row = find_class(bus, upper);

	if (!row)
		return PV_ENOENT;
	for (unsigned int i = 0; i < bus->revision_count; i++) {
		char id[PV_ID_MAX];
		int rc;

		if (bus->revisions[i].revision < row->first)
			continue;
		rc = pv_format_hardware_id(id, sizeof(id), bus->name, bus->prefix, bus->device,
			upper, bus->revisions[i].revision);
		if (rc < 0)
			return rc;
		add_text(&w, id);
	}
	add_unit(&w, 0);
	return result(&w);
}

int pv_pnp_compatible_ids(
	uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper)
{
	struct wide w = { .buf = buf, .cap = cap };
	char id[PV_ID_MAX];
	int rc = pv_format_device_id(id, sizeof(id), bus->name, bus->prefix, upper);

	if (rc < 0)
		return rc;
	add_text(&w, id);
	rc = pv_format_bus_id(id, sizeof(id), bus->name, bus->prefix);
	if (rc < 0)
		return rc;
	add_text(&w, id);
	add_unit(&w, 0);
	return result(&w);
}

static uint16_t upper_unit(uint16_t unit)
{
	return unit < 0x80 ? (uint16_t)(unsigned char)pv_to_upper((char)unit) : unit;
}

int pv_pnp_pci_device(const uint16_t *id, size_t units, uint16_t *device)
{
	static const char head[] = "PCI\\VEN_5853&DEV_";
	char hex[8] = { '0', '0', '0', '0' };
	uint32_t value;

	if (units < sizeof(head) - 1 + 4)
		return PV_EINVAL;
	for (size_t i = 0; i < sizeof(head) - 1; i++)
		if (upper_unit(id[i]) != (uint16_t)(unsigned char)head[i])
			return PV_EINVAL;
	for (size_t i = 0; i < 4; i++) {
		uint16_t unit = id[sizeof(head) - 1 + i];

		if (unit >= 0x80)
			return PV_EINVAL;
		hex[4 + i] = (char)unit;
	}
	if (pv_parse_hex32(hex, sizeof(hex), &value))
		return PV_EINVAL;
	*device = (uint16_t)value;
	return 0;
}

int pv_pnp_next(const uint16_t *list, size_t units, size_t *offset, char *text, size_t cap)
{
	size_t len = 0;
	bool plain = true;

	if (*offset >= units || !list[*offset])
		return 0;
	for (; *offset < units && list[*offset]; (*offset)++) {
		if (list[*offset] >= 0x80 || len + 1 >= cap)
			plain = false;
		else
			text[len++] = (char)list[*offset];
	}
	if (*offset < units)
		(*offset)++;
	if (!plain)
		return PV_EINVAL;
	text[len] = '\0';
	return 1;
}

bool pv_pnp_same(const uint16_t *a, const uint16_t *b, size_t max)
{
	for (size_t i = 0; i < max; i++) {
		if (upper_unit(a[i]) != upper_unit(b[i]))
			return false;
		if (!a[i])
			return true;
	}
	return true;
}

bool pv_pnp_begins(const uint16_t *id, const uint16_t *begin, size_t max)
{
	size_t i = 0;

	while (i < max && begin[i] != 0 && id[i] != 0 && upper_unit(id[i]) == upper_unit(begin[i]))
		i++;
	if (i == max || begin[i] != 0)
		return false;
	return id[i] == 0 || id[i] == '&';
}

static bool is_text(const uint16_t *unit, const char *text)
{
	while (*text && upper_unit(*unit) == upper_unit((unsigned char)*text)) {
		unit++;
		text++;
	}
	return !*unit && !*text;
}

/* 1: where the text is, and what comes next; 0: where the list ends. The whole is looked at. */
static int list_find(const uint16_t *list, size_t units, const char *text, size_t *at, size_t *next)
{
	size_t i = 0;
	int found = 0;

	if (units && list[units - 1])
		return PV_EINVAL;
	while (i < units && list[i]) {
		size_t begin = i;

		while (list[i])
			i++;
		i++;
		if (found || !is_text(list + begin, text))
			continue;
		*at = begin;
		*next = i;
		found = 1;
	}
	/* The empty text is the last of it, and there is one; some write an empty list with two. */
	if (units && i != units - 1 && !(units == 2 && !i))
		return PV_EINVAL;
	if (!found)
		*at = i;
	return found;
}

int pv_pnp_list_add(uint16_t *list, size_t *units, size_t cap, const char *text)
{
	size_t at = 0, next, length = 0;
	int rc = list_find(list, *units, text, &at, &next);

	if (rc)
		return rc == 1 ? 0 : rc;
	while (text[length])
		length++;
	if (!length || length + 2 > cap || at > cap - length - 2)
		return PV_ENOBUFS;
	for (size_t i = 0; i <= length; i++)
		list[at + i] = (unsigned char)text[i];
	list[at + length + 1] = 0;
	*units = at + length + 2;
	return 1;
}

int pv_pnp_list_remove(uint16_t *list, size_t *units, const char *text)
{
	size_t at, next;
	int rc, changed = 0;

	while ((rc = list_find(list, *units, text, &at, &next)) == 1) {
		for (size_t i = next; i < *units; i++)
			list[at + i - next] = list[i];
		*units -= next - at;
		changed = 1;
	}
	return rc ? rc : changed;
}
