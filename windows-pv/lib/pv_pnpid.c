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
