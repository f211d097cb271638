/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine, version and signature of a PE image: "PE Format" (headers, the resource section, the
 * attribute certificate table) and "VS_VERSIONINFO" in Microsoft's documentation.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "windows/peimage.h"

enum {
	COFF_MACHINE = 4,
	COFF_SECTIONS = 6,
	COFF_OPTIONAL_SIZE = 20,
	COFF_SIZE = 24,
	MAGIC_64 = 0x20b,
	DIRECTORIES_32 = 96,
	DIRECTORIES_64 = 112,
	RESOURCES = 2,
	SECTION_SIZE = 40,
	RESOURCE_VERSION = 16,
	RESOURCE_ENTRIES_MAX = 64, /* of one level; a driver has one */
	CERTIFICATE_HEAD = 8,
	CERTIFICATE_REVISION = 0x0200,
	CERTIFICATE_PKCS = 2,
	FIXED_AT = 40, /* length, value's length, type, the name's 16 units, and padding to 4 */
	FIXED_SIZE = 52,
};
#define FIXED_MAGIC 0xfeef04bdu

struct bytes {
	const unsigned char *p;
	size_t n;
};

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t le16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* What of b lies from at on; false where there is nothing. */
static bool from(struct bytes b, size_t at, size_t least, struct bytes *out)
{
	if (at > b.n || b.n - at < least)
		return false;
	*out = (struct bytes){ b.p + at, b.n - at };
	return true;
}

/* The bytes in the file of a virtual address, to the end of its section. */
static bool at_address(
	struct bytes image, struct bytes sections, size_t n, uint32_t address, struct bytes *out)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned char *s = sections.p + i * SECTION_SIZE;
		uint32_t start = le32(s + 12), size = le32(s + 16), raw = le32(s + 20);
		struct bytes content;

		if (address < start || address - start >= size)
			continue;
		if (!from(image, raw, size, &content))
			return false;
		content.n = size;
		return from(content, address - start, 1, out);
	}
	return false;
}

/*
 * Follows an entry of a level of the resource tree, from its folder at *at to what the entry leads
 * to: the one with that id, or with 0 the first. Returns whether it is a folder as wanted.
 */
static bool descend(struct bytes tree, size_t *at, uint32_t id, bool to_folder)
{
	struct bytes folder, entries;
	size_t n;

	if (!from(tree, *at, 16, &folder))
		return false;
	n = (size_t)le16(folder.p + 12) + le16(folder.p + 14);
	if (n > RESOURCE_ENTRIES_MAX || !from(folder, 16, n * 8, &entries))
		return false;
	for (size_t i = 0; i < n; i++) {
		uint32_t to = le32(entries.p + i * 8 + 4);

		if (id && le32(entries.p + i * 8) != id)
			continue;
		*at = to & 0x7fffffff;
		return to >> 31 == to_folder;
	}
	return false;
}

static bool find_version(struct bytes image, size_t coff, struct bytes *version)
{
	size_t length = le16(image.p + coff + COFF_OPTIONAL_SIZE);
	const unsigned char *optional = image.p + coff + COFF_SIZE;
	size_t directories = le16(optional) == MAGIC_64 ? DIRECTORIES_64 : DIRECTORIES_32;
	size_t n = le16(image.p + coff + COFF_SECTIONS), at = 0;
	struct bytes sections, tree, entry;

	/* find_holes has seen that the header is whole up to its directories. */
	if (le32(optional + directories - 4) <= RESOURCES ||
		length < directories + (RESOURCES + 1) * 8 ||
		!from(image, coff + COFF_SIZE + length, n * SECTION_SIZE, &sections))
		return false;
	if (!at_address(image, sections, n, le32(optional + directories + RESOURCES * 8), &tree) ||
		!descend(tree, &at, RESOURCE_VERSION, true) || !descend(tree, &at, 0, true) ||
		!descend(tree, &at, 0, false) || !from(tree, at, 16, &entry))
		return false;
	return at_address(image, sections, n, le32(entry.p), version);
}

static void read_version(struct bytes image, size_t coff, struct pe_facts *f)
{
	struct bytes version, fixed;

	if (!find_version(image, coff, &version) || !from(version, FIXED_AT, FIXED_SIZE, &fixed) ||
		le32(fixed.p) != FIXED_MAGIC)
		return;
	f->has_version = true;
	f->version[0] = le16(fixed.p + 10);
	f->version[1] = le16(fixed.p + 8);
	f->version[2] = le16(fixed.p + 14);
	f->version[3] = le16(fixed.p + 12);
}

int pe_facts(const void *image, size_t size, struct pe_facts *f, const char **why)
{
	struct bytes b = { image, size }, table;
	size_t at, coff;

	*f = (struct pe_facts){ 0 };
	if (pe_signature(image, size, &at, why) < 0)
		return -EINVAL;
	coff = le32(b.p + 0x3c);
	f->machine = le16(b.p + coff + COFF_MACHINE);
	read_version(b, coff, f);
	if (!from(b, at, CERTIFICATE_HEAD, &table))
		return 0;
	if (le32(table.p) < CERTIFICATE_HEAD || le32(table.p) > table.n ||
		le16(table.p + 4) != CERTIFICATE_REVISION ||
		le16(table.p + 6) != CERTIFICATE_PKCS) {
		*why = "has a signature of an unknown kind";
		return -EINVAL;
	}
	f->signature = table.p + CERTIFICATE_HEAD;
	f->signature_size = le32(table.p) - CERTIFICATE_HEAD;
	return 0;
}
