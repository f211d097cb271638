/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_devid.h"
#include "pv_text.h"

static bool is_letter(char c)
{
	c = pv_to_upper(c);
	return c >= 'A' && c <= 'Z';
}

int pv_class_check(const char *name, size_t len)
{
	if (!len || !is_letter(name[0]))
		return PV_EINVAL;
	if (len > PV_CLASS_MAX)
		return PV_E2BIG;
	for (size_t i = 0; i < len; i++)
		if (!is_letter(name[i]) && !pv_is_digit(name[i]) && name[i] != '-' &&
			name[i] != '_')
			return PV_EINVAL;
	return 0;
}

int pv_classes_init(struct pv_classes *c, struct pv_class *table, unsigned int cap,
	const char *const *supported)
{
	if (!table || !cap)
		return PV_EINVAL;
	pv_memset(c, 0, sizeof(*c));
	pv_memset(table, 0, cap * sizeof(*table));
	c->table = table;
	c->cap = cap;
	c->supported = supported;
	return 0;
}

static void to_upper(char *dst, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = pv_to_upper(name[i]);
	dst[len] = '\0';
}

static bool same(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return *a == *b;
}

static bool supported(const struct pv_classes *c, const char *upper)
{
	if (!c->supported)
		return true;
	for (const char *const *s = c->supported; *s; s++)
		if (same(*s, upper))
			return true;
	return false;
}

/* Finds the class, or makes room for it. */
static int lookup(struct pv_classes *c, const char *name, size_t len, struct pv_class **out)
{
	char upper[PV_CLASS_MAX + 1];
	struct pv_class *class = NULL;

	if (pv_class_check(name, len)) {
		c->refused++;
		return PV_EINVAL;
	}
	to_upper(upper, name, len);
	if (!supported(c, upper)) {
		c->refused++;
		return PV_ENOENT;
	}
	for (unsigned int i = 0; i < c->cap; i++) {
		if (!c->table[i].used) {
			if (!class)
				class = &c->table[i];
		} else if (same(c->table[i].upper, upper)) {
			*out = &c->table[i];
			return 0;
		}
	}
	if (!class) {
		c->dropped++;
		return PV_ENOSPC;
	}
	pv_memset(class, 0, sizeof(*class));
	class->used = true;
	pv_memcpy(class->name, name, len);
	pv_memcpy(class->upper, upper, sizeof(upper));
	*out = class;
	return 0;
}

int pv_classes_add_synthetic(struct pv_classes *c, const char *name)
{
	struct pv_class *class;
	int rc = lookup(c, name, pv_strnlen(name, PV_CLASS_MAX + 1), &class);

	if (rc)
		return rc;
	class->synthetic = true;
	class->present = true;
	return 0;
}

void pv_classes_begin(struct pv_classes *c)
{
	for (unsigned int i = 0; i < c->cap; i++)
		c->table[i].present = c->table[i].synthetic;
}

int pv_classes_seen(struct pv_classes *c, const char *name, size_t len)
{
	struct pv_class *class;
	int rc = lookup(c, name, len, &class);

	if (rc)
		return rc;
	if (class->name[len] || pv_memcmp(class->name, name, len)) {
		/* "vif" and "VIF" would be one device with two homes. */
		if (class->present || class->known || class->leaving) {
			c->refused++;
			return PV_EEXIST;
		}
		pv_memcpy(class->name, name, len);
	}
	class->present = true;
	return 0;
}

enum pv_class_change pv_classes_next(struct pv_classes *c, struct pv_class **out)
{
	for (unsigned int i = 0; i < c->cap; i++) {
		struct pv_class *class = &c->table[i];

		if (!class->used)
			continue;
		*out = class;
		if (class->present && !class->known && !class->leaving) {
			class->known = true;
			return PV_CLASS_ARRIVED;
		}
		if (!class->present && class->known) {
			class->known = false;
			class->leaving = true;
			return PV_CLASS_GONE;
		}
		if (!class->present && !class->leaving)
			class->used = false;
	}
	*out = NULL;
	return PV_CLASS_NONE;
}

void pv_classes_forget(struct pv_class *class)
{
	class->leaving = false;
	if (!class->present)
		class->used = false;
}

static int format_head(char *buf, size_t cap, size_t *len, const char *bus, const char *prefix)
{
	size_t bus_len = pv_strnlen(bus, PV_CLASS_MAX + 1);
	size_t prefix_len = pv_strnlen(prefix, PV_PREFIX_MAX + 1);

	if (pv_class_check(bus, bus_len) || !prefix_len || prefix_len > PV_PREFIX_MAX)
		return PV_EINVAL;
	for (size_t i = 0; i < prefix_len; i++)
		if (!is_letter(prefix[i]) && !pv_is_digit(prefix[i]))
			return PV_EINVAL;
	if (pv_append(buf, cap, len, bus, bus_len) || pv_append(buf, cap, len, "\\VEN_", 5) ||
		pv_append(buf, cap, len, prefix, prefix_len))
		return PV_ENOBUFS;
	return 0;
}

int pv_format_device_id(
	char *buf, size_t cap, const char *bus, const char *prefix, const char *class_upper)
{
	size_t class_len = pv_strnlen(class_upper, PV_CLASS_MAX + 1);
	size_t len = 0;
	int rc = format_head(buf, cap, &len, bus, prefix);

	if (rc)
		return rc;
	if (pv_class_check(class_upper, class_len))
		return PV_EINVAL;
	if (pv_append(buf, cap, &len, "&DEV_", 5) ||
		pv_append(buf, cap, &len, class_upper, class_len))
		return PV_ENOBUFS;
	return (int)len;
}

int pv_format_hardware_id(char *buf, size_t cap, const char *bus, const char *prefix,
	uint16_t device, const char *class_upper, uint32_t revision)
{
	size_t class_len = pv_strnlen(class_upper, PV_CLASS_MAX + 1);
	size_t len = 0;
	char hex[8], rev[8];
	int rc = format_head(buf, cap, &len, bus, prefix);

	if (rc)
		return rc;
	if (pv_class_check(class_upper, class_len))
		return PV_EINVAL;
	pv_format_hex32(hex, sizeof(hex), device);
	pv_format_hex32(rev, sizeof(rev), revision);
	if (pv_append(buf, cap, &len, hex + 4, 4) || pv_append(buf, cap, &len, "&DEV_", 5) ||
		pv_append(buf, cap, &len, class_upper, class_len) ||
		pv_append(buf, cap, &len, "&REV_", 5) || pv_append(buf, cap, &len, rev, 8))
		return PV_ENOBUFS;
	return (int)len;
}

int pv_format_bus_id(char *buf, size_t cap, const char *bus, const char *prefix)
{
	size_t len = 0;
	int rc = format_head(buf, cap, &len, bus, prefix);

	return rc ? rc : (int)len;
}

int pv_parse_device_index(const char *name, size_t len, uint32_t *index)
{
	return pv_parse_canonical_u32(name, len, index);
}
