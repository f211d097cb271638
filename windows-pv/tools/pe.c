/* SPDX-License-Identifier: BSD-2-Clause */
#include "pe.h"

#include <string.h>

uint16_t pe_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t pe_u32(const uint8_t *p)
{
	return pe_u16(p) | (uint32_t)pe_u16(p + 2) << 16;
}

uint64_t pe_u64(const uint8_t *p)
{
	return pe_u32(p) | (uint64_t)pe_u32(p + 4) << 32;
}

static const uint8_t *file_at(const struct pe *pe, uint64_t offset, uint64_t length)
{
	if (offset > pe->size || length > pe->size - offset)
		return NULL;
	return pe->data + offset;
}

static const char *parse_sections(struct pe *pe, uint64_t at, unsigned int count)
{
	const uint8_t *p = file_at(pe, at, (uint64_t)count * 40);

	if (count == 0 || count > PE_MAX_SECTIONS)
		return "no sections, or too many";
	if (p == NULL)
		return "section headers beyond the end of the file";
	for (unsigned int i = 0; i < count; i++, p += 40) {
		struct pe_section *s = &pe->section[i];

		memcpy(s->name, p, 8);
		s->name[8] = '\0';
		s->virtual_size = pe_u32(p + 8);
		s->rva = pe_u32(p + 12);
		s->raw_size = pe_u32(p + 16);
		s->raw_offset = pe_u32(p + 20);
		s->flags = pe_u32(p + 36);
		if (s->raw_size != 0 && file_at(pe, s->raw_offset, s->raw_size) == NULL)
			return "section data beyond the end of the file";
		if ((uint64_t)s->rva + s->virtual_size > pe->image_size)
			return "section beyond the end of the image";
		if (i > 0 && s->rva < pe->section[i - 1].rva + pe->section[i - 1].virtual_size)
			return "sections overlap or are out of order";
	}
	pe->sections = count;
	return NULL;
}

static const char *parse_optional(struct pe *pe, uint64_t at, uint16_t size)
{
	const uint8_t *p = file_at(pe, at, size);
	uint32_t directories;
	unsigned int fixed;

	if (p == NULL || size < 2)
		return "optional header beyond the end of the file";
	pe->plus = pe_u16(p) == 0x20b;
	if (!pe->plus && pe_u16(p) != 0x10b)
		return "neither PE32 nor PE32+";
	fixed = pe->plus ? 112 : 96;
	if (size < fixed)
		return "optional header too short";
	pe->entry_rva = pe_u32(p + 16);
	pe->image_base = pe->plus ? pe_u64(p + 24) : pe_u32(p + 28);
	pe->section_alignment = pe_u32(p + 32);
	pe->file_alignment = pe_u32(p + 36);
	pe->os_version[0] = pe_u16(p + 40);
	pe->os_version[1] = pe_u16(p + 42);
	pe->subsystem_version[0] = pe_u16(p + 48);
	pe->subsystem_version[1] = pe_u16(p + 50);
	pe->image_size = pe_u32(p + 56);
	pe->headers_size = pe_u32(p + 60);
	pe->checksum_offset = (size_t)at + 64;
	pe->checksum = pe_u32(p + 64);
	pe->subsystem = pe_u16(p + 68);
	pe->dll_characteristics = pe_u16(p + 70);
	if (file_at(pe, 0, pe->headers_size) == NULL)
		return "headers beyond the end of the file";
	directories = pe_u32(p + fixed - 4);
	if (directories > PE_DIRECTORIES || size < fixed + directories * 8)
		return "more data directories than the header holds";
	for (uint32_t i = 0; i < directories; i++) {
		pe->directory[i].rva = pe_u32(p + fixed + (size_t)i * 8);
		pe->directory[i].size = pe_u32(p + fixed + (size_t)i * 8 + 4);
	}
	return NULL;
}

const char *pe_parse(struct pe *pe, const void *data, size_t size)
{
	const uint8_t *p;
	const char *why;
	uint32_t at;
	uint16_t optional_size;

	memset(pe, 0, sizeof(*pe));
	pe->data = data;
	pe->size = size;
	p = file_at(pe, 0, 64);
	if (p == NULL || p[0] != 'M' || p[1] != 'Z')
		return "no MZ header";
	at = pe_u32(p + 60);
	p = file_at(pe, at, 24);
	if (p == NULL || memcmp(p, "PE\0\0", 4) != 0)
		return "no PE header";
	pe->machine = pe_u16(p + 4);
	pe->timestamp_offset = (size_t)at + 8;
	pe->timestamp = pe_u32(p + 8);
	optional_size = pe_u16(p + 20);
	pe->characteristics = pe_u16(p + 22);
	why = parse_optional(pe, (uint64_t)at + 24, optional_size);
	if (why != NULL)
		return why;
	return parse_sections(pe, (uint64_t)at + 24 + optional_size, pe_u16(p + 6));
}

uint32_t pe_checksum(const void *data, size_t size, size_t checksum_offset)
{
	const uint8_t *p = data;
	uint64_t sum = 0;

	for (size_t i = 0; i < size; i += 2) {
		uint32_t word = p[i];

		if (i + 1 < size)
			word |= (uint32_t)p[i + 1] << 8;
		if (i >= checksum_offset && i < checksum_offset + 4)
			word = 0; /* the field does not count itself */
		sum += word;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint32_t)(((sum & 0xffff) + (sum >> 16)) + size);
}

const struct pe_section *pe_section_of(const struct pe *pe, uint32_t rva)
{
	for (unsigned int i = 0; i < pe->sections; i++)
		if (rva >= pe->section[i].rva &&
			rva - pe->section[i].rva < pe->section[i].virtual_size)
			return &pe->section[i];
	return NULL;
}

const uint8_t *pe_at(const struct pe *pe, uint32_t rva, uint32_t length)
{
	const struct pe_section *s = pe_section_of(pe, rva);
	uint32_t in;

	if (s == NULL) {
		if (rva > pe->headers_size || length > pe->headers_size - rva)
			return NULL;
		return pe->data + rva;
	}
	in = rva - s->rva;
	if (in > s->raw_size || length > s->raw_size - in)
		return NULL;
	return pe->data + s->raw_offset + in;
}

const char *pe_string(const struct pe *pe, uint32_t rva)
{
	for (uint32_t n = 0; n < 256; n++) {
		const uint8_t *p = rva + n < rva ? NULL : pe_at(pe, rva + n, 1);

		if (p == NULL)
			return NULL;
		/* One section holds it all, or pe_at(rva, n + 1) says no. */
		if (*p == '\0')
			return (const char *)pe_at(pe, rva, n + 1);
	}
	return NULL;
}

static int one_dll(const struct pe *pe, uint32_t table, const char *dll, pe_import_fn fn,
	void *context, const char **why)
{
	uint32_t step = pe->plus ? 8 : 4;

	for (;; table += step) {
		const uint8_t *p = table > UINT32_MAX - step ? NULL : pe_at(pe, table, step);
		uint64_t entry;
		bool by_ordinal;
		const char *name = NULL;
		int result;

		*why = "import table outside the image";
		if (p == NULL)
			return -1;
		entry = pe->plus ? pe_u64(p) : pe_u32(p);
		if (entry == 0)
			return 0;
		by_ordinal = entry >> (pe->plus ? 63 : 31) != 0;
		if (!by_ordinal) {
			*why = "import name outside the image";
			if (entry > UINT32_MAX - 2 ||
				(name = pe_string(pe, (uint32_t)entry + 2)) == NULL)
				return -1;
		}
		result = fn(context, dll, name, by_ordinal ? (unsigned int)(entry & 0xffff) : 0);
		if (result != 0)
			return result;
	}
}

int pe_imports(const struct pe *pe, pe_import_fn fn, void *context, const char **why)
{
	uint32_t at = pe->directory[PE_DIR_IMPORT].rva;

	if (at == 0)
		return 0;
	for (;; at += 20) {
		const uint8_t *p = at > UINT32_MAX - 20 ? NULL : pe_at(pe, at, 20);
		uint32_t table;
		const char *dll;
		int result;

		*why = "import directory outside the image";
		if (p == NULL)
			return -1;
		if (pe_u32(p + 12) == 0)
			return 0;
		*why = "import module name outside the image";
		dll = pe_string(pe, pe_u32(p + 12));
		if (dll == NULL)
			return -1;
		table = pe_u32(p) != 0 ? pe_u32(p) : pe_u32(p + 16);
		result = one_dll(pe, table, dll, fn, context, why);
		if (result != 0)
			return result;
	}
}

/* The n-th debug entry of a type; NULL where there is none. */
static const uint8_t *debug_entry(const struct pe *pe, uint32_t type)
{
	uint32_t size = pe->directory[PE_DIR_DEBUG].size;
	const uint8_t *p = size < 28 ? NULL : pe_at(pe, pe->directory[PE_DIR_DEBUG].rva, size);

	for (; p != NULL && size >= 28; size -= 28, p += 28)
		if (pe_u32(p + 12) == type)
			return p;
	return NULL;
}

bool pe_codeview(const struct pe *pe, struct pe_codeview *cv)
{
	const uint8_t *entry = debug_entry(pe, 2);
	const uint8_t *p;
	uint32_t size;

	if (entry == NULL)
		return false;
	size = pe_u32(entry + 16);
	p = file_at(pe, pe_u32(entry + 24), size);
	if (p == NULL || size < 26 || memcmp(p, "RSDS", 4) != 0)
		return false;
	if (memchr(p + 24, '\0', size - 24) == NULL || p[24] == '\0')
		return false;
	memcpy(cv->guid, p + 4, 16);
	cv->age = pe_u32(p + 20);
	cv->pdb = (const char *)p + 24;
	return true;
}

bool pe_reproducible(const struct pe *pe)
{
	return debug_entry(pe, 16) != NULL;
}
