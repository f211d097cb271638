/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "model.h"

static char upper(char c)
{
	if (c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	return c;
}

bool pvi_same(const char *a, const char *b)
{
	while (*a && upper(*a) == upper(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* Whether s begins with the text, which is in capitals. */
static bool begins(const char *s, const char *text)
{
	while (*text && upper(*s) == *text) {
		s++;
		text++;
	}
	return !*text;
}

bool pvi_copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);

	to[0] = 0;
	if (n >= size)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

uint64_t pvi_hash(uint64_t hash, const void *data, size_t size)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ p[i]) * 0x100000001b3u;
	return hash;
}

/* A number of at most max, of at most digits digits; returns what follows, or NULL. */
static const char *number(const char *s, unsigned int digits, uint32_t max, uint32_t *value)
{
	unsigned int n = 0;

	for (*value = 0; s[n] >= '0' && s[n] <= '9'; n++) {
		if (n == digits)
			return NULL;
		*value = *value * 10 + (uint32_t)(s[n] - '0');
	}
	return n && *value <= max ? s + n : NULL;
}

static bool parse_date(uint32_t *date, const char *s)
{
	uint32_t month, day, year;

	s = number(s, 2, 12, &month);
	if (!s || *s != '/')
		return false;
	s = number(s + 1, 2, 31, &day);
	if (!s || *s != '/')
		return false;
	s = number(s + 1, 4, 9999, &year);
	*date = s ? year * 10000 + month * 100 + day : 0;
	return s && !*s;
}

bool pvi_version_parse(struct pvi_version *v, const char *date, const char *version)
{
	memset(v, 0, sizeof(*v));
	if (!parse_date(&v->date, date))
		return false;
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t part;

		version = number(version, 5, 65535, &part);
		if (!version || *version != (i < 3 ? '.' : 0))
			return false;
		v->part[i] = (uint16_t)part;
		version++;
	}
	return true;
}

int pvi_version_compare(const struct pvi_version *a, const struct pvi_version *b)
{
	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	for (unsigned int i = 0; i < 4; i++) {
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	}
	return 0;
}

const char *pvi_version_text(const struct pvi_version *v, char text[PVI_VERSION_TEXT])
{
	snprintf(text, PVI_VERSION_TEXT, "%u.%u.%u.%u", v->part[0], v->part[1], v->part[2],
		v->part[3]);
	return text;
}

bool pvi_revision_parse(char revision[9], const char *text)
{
	size_t n = 0;

	for (; n < 8; n++) {
		char c = upper(text[n]);

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
			break;
		revision[n] = c;
	}
	revision[n] = 0;
	return n == 8 && !text[8];
}

/* The characters up to end, as capitals; false when there are none or too many. */
static bool take(char *to, size_t size, const char *from, const char *end)
{
	size_t n = (size_t)(end - from);

	if (n == 0 || n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		to[i] = upper(from[i]);
	to[n] = 0;
	return true;
}

bool pvi_child_parse(struct pvi_child *c, const char *id)
{
	const char *slash = strchr(id, '\\'), *device, *revision;

	memset(c, 0, sizeof(*c));
	if (!slash || !begins(slash, "\\VEN_"))
		return false;
	device = strchr(slash, '&');
	if (!device || !begins(device, "&DEV_"))
		return false;
	revision = strchr(device + 1, '&');
	if (!revision || !begins(revision, "&REV_"))
		return false;
	return take(c->bus, sizeof(c->bus), id, slash) &&
	       take(c->device, sizeof(c->device), device + 5, revision) &&
	       pvi_revision_parse(c->revision, revision + 5);
}

bool pvi_offers(const struct pvi_package *p, const char *revision)
{
	for (size_t i = 0; i < p->revision_count; i++) {
		if (pvi_same(p->revisions[i], revision))
			return true;
	}
	return false;
}

bool pvi_has_id(const struct pvi_package *p, const char *id)
{
	for (size_t i = 0; i < p->id_count; i++) {
		if (pvi_same(p->ids[i], id))
			return true;
	}
	return false;
}

bool pvi_is_pv(const struct pvi_package *p)
{
	struct pvi_child child;

	if (*p->bus)
		return true;
	for (size_t i = 0; i < p->id_count; i++) {
		if (begins(p->ids[i], "PCI\\VEN_5853&") || pvi_child_parse(&child, p->ids[i]))
			return true;
	}
	return false;
}

const struct pvi_package *pvi_find_inf(const struct pvi_packages *l, const char *inf)
{
	for (size_t i = 0; i < l->n; i++) {
		if (pvi_same(l->v[i].inf, inf))
			return &l->v[i];
	}
	return NULL;
}
