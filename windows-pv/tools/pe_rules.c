/* SPDX-License-Identifier: BSD-2-Clause */
#include "pe_rules.h"

#include <stdio.h>
#include <string.h>

#define SECTION_EXECUTE 0x20000000u
#define SECTION_WRITE	0x80000000u

#define FILE_RELOCS_STRIPPED 0x0001
#define FILE_EXECUTABLE	     0x0002

#define DLL_DYNAMIC_BASE 0x0040
#define DLL_NX_COMPAT	 0x0100
#define DLL_WDM_DRIVER	 0x2000

#define SUBSYSTEM_NATIVE  1
#define SUBSYSTEM_CONSOLE 3

struct checker {
	pe_report_fn report;
	void *context;
	unsigned int broken;
};

static void broken(struct checker *c, const char *rule, const char *text)
{
	c->broken++;
	c->report(c->context, rule, text);
}

static void check_header(struct checker *c, const struct pe *pe, const struct pe_demands *demands)
{
	uint16_t flags = pe->dll_characteristics;
	bool amd64 = pe->machine == PE_MACHINE_AMD64;

	if ((!amd64 && pe->machine != PE_MACHINE_I386) || pe->plus != amd64 ||
		(demands->machine != 0 && pe->machine != demands->machine))
		broken(c, "machine", "not the machine that was asked for");
	if (pe->subsystem != (demands->is_program ? SUBSYSTEM_CONSOLE : SUBSYSTEM_NATIVE))
		broken(c, "subsystem",
			demands->is_program ? "the subsystem is not that of a console program"
					    : "the subsystem is not native");
	if (pe->subsystem_version[0] != 6 || pe->subsystem_version[1] != 1 ||
		pe->os_version[0] != 6 || pe->os_version[1] != 1)
		broken(c, "version", "subsystem or system version is not 6.1 (Windows 7)");
	if (((flags & DLL_WDM_DRIVER) != 0) == demands->is_program ||
		(pe->characteristics & FILE_EXECUTABLE) == 0)
		broken(c, "driver",
			demands->is_program ? "marked as a driver, or not as executable"
					    : "not marked as a driver");
	if ((flags & DLL_NX_COMPAT) == 0)
		broken(c, "nx", "not marked NX compatible");
	if ((flags & DLL_DYNAMIC_BASE) == 0)
		broken(c, "aslr", "no dynamic base");
	if (pe->section_alignment != 4096 || pe->file_alignment < 512 ||
		(pe->file_alignment & (pe->file_alignment - 1)) != 0)
		broken(c, "alignment", "section alignment is not a page, or file alignment is odd");
	if (pe->checksum != pe_checksum(pe->data, pe->size, pe->checksum_offset))
		broken(c, "checksum", "the checksum is not that of the file");
}

static void check_sections(struct checker *c, const struct pe *pe)
{
	const struct pe_section *entry = pe_section_of(pe, pe->entry_rva);

	for (unsigned int i = 0; i < pe->sections; i++) {
		const struct pe_section *s = &pe->section[i];

		if ((s->flags & SECTION_EXECUTE) != 0 && (s->flags & SECTION_WRITE) != 0)
			broken(c, "wx", s->name);
		if (s->rva % 4096 != 0 || s->raw_offset % 512 != 0)
			broken(c, "alignment", s->name);
	}
	if (pe->entry_rva == 0 || entry == NULL || (entry->flags & SECTION_EXECUTE) == 0)
		broken(c, "entry", "the entry point is not in an executable section");
}

/* Blocks of: page, block size, 16-bit entries of type and offset. */
static const char *relocations(const struct pe *pe)
{
	uint32_t left = pe->directory[PE_DIR_BASERELOC].size;
	const uint8_t *p = pe_at(pe, pe->directory[PE_DIR_BASERELOC].rva, left);

	if ((pe->characteristics & FILE_RELOCS_STRIPPED) != 0)
		return "stripped";
	if (left == 0 || p == NULL)
		return "none";
	while (left != 0) {
		uint32_t page;
		uint32_t block;

		if (left < 8)
			return "a block is cut short";
		page = pe_u32(p);
		block = pe_u32(p + 4);
		if (block < 8 || block > left || block % 2 != 0)
			return "a block's size is wrong";
		if (page % 4096 != 0)
			return "a block does not begin at a page";
		for (uint32_t i = 8; i < block; i += 2) {
			unsigned int type = pe_u16(p + i) >> 12;
			uint32_t at = page + (pe_u16(p + i) & 0xfffu);
			unsigned int width = type == 10 ? 8 : 4;

			if (type == 0)
				continue; /* padding */
			if (type != (pe->plus ? 10u : 3u))
				return "an entry of a type this machine does not have";
			if (at < page || pe_section_of(pe, at) == NULL || at > UINT32_MAX - width)
				return "an entry outside the image";
		}
		p += block;
		left -= block;
	}
	return NULL;
}

/* A directory entry of the resource tree with this id (or any, for id 0xffffffff); false: none. */
static bool resource_child(
	const uint8_t *root, uint32_t size, uint32_t at, uint32_t id, uint32_t *child)
{
	uint32_t entries;

	if (at > size || size - at < 16)
		return false;
	entries = (uint32_t)pe_u16(root + at + 12) + pe_u16(root + at + 14);
	for (uint32_t i = 0; i < entries; i++) {
		uint32_t entry = at + 16 + i * 8;

		if (entry > size || size - entry < 8)
			return false;
		if (id == 0xffffffff || pe_u32(root + entry) == id) {
			*child = pe_u32(root + entry + 4);
			return true;
		}
	}
	return false;
}

/* Type 16 (version), any name, any language; then the fixed part's signature. */
static const char *version_resource(const struct pe *pe)
{
	static const char key[] = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0";
	uint32_t size = pe->directory[PE_DIR_RESOURCE].size;
	const uint8_t *root = pe_at(pe, pe->directory[PE_DIR_RESOURCE].rva, size);
	const uint8_t *p;
	uint32_t at = 0;
	uint32_t length;

	if (size == 0 || root == NULL)
		return "no resources";
	if (!resource_child(root, size, 0, 16, &at) || at >> 31 == 0 ||
		!resource_child(root, size, at & 0x7fffffff, 0xffffffff, &at) || at >> 31 == 0 ||
		!resource_child(root, size, at & 0x7fffffff, 0xffffffff, &at) || at >> 31 != 0)
		return "no version resource";
	if (at > size || size - at < 16)
		return "the version resource is cut short";
	length = pe_u32(root + at + 4);
	p = pe_at(pe, pe_u32(root + at), length);
	if (p == NULL || length < 40 + 52 || pe_u16(p) > length || pe_u16(p + 2) < 52)
		return "the version resource is cut short";
	if (memcmp(p + 6, key, sizeof(key)) != 0 || pe_u32(p + 40) != 0xfeef04bd)
		return "the version resource has no fixed part";
	return NULL;
}

static void check_timestamp(struct checker *c, const struct pe *pe)
{
	uint32_t size = pe->directory[PE_DIR_DEBUG].size;
	const uint8_t *debug = pe_at(pe, pe->directory[PE_DIR_DEBUG].rva, size);
	const uint8_t *exports = pe->directory[PE_DIR_EXPORT].rva == 0
					 ? NULL
					 : pe_at(pe, pe->directory[PE_DIR_EXPORT].rva, 40);

	if (!pe_reproducible(pe)) {
		broken(c, "timestamp", "not linked reproducibly: the time stamp is a time");
		return;
	}
	for (uint32_t i = 0; debug != NULL && i + 28 <= size; i += 28)
		if (pe_u32(debug + i + 4) != pe->timestamp && pe_u32(debug + i + 4) != 0) {
			broken(c, "timestamp", "a debug entry has a time stamp of its own");
			return;
		}
	if (exports != NULL && pe_u32(exports + 4) != pe->timestamp && pe_u32(exports + 4) != 0)
		broken(c, "timestamp", "the exports have a time stamp of their own");
}

static void check_pdb(struct checker *c, const struct pe *pe)
{
	struct pe_codeview cv;

	if (!pe_codeview(pe, &cv))
		broken(c, "pdb", "no reference to a PDB");
	else if (strpbrk(cv.pdb, "/\\:") != NULL)
		broken(c, "pdb", "the reference to the PDB has a directory of the build machine");
}

/* Only where it is and what it says of itself: whether it verifies is osslsigncode's to say. */
static void check_signature(struct checker *c, const struct pe *pe, enum pe_signed wanted)
{
	uint32_t at = pe->directory[PE_DIR_SECURITY].rva;
	uint32_t size = pe->directory[PE_DIR_SECURITY].size;
	bool there = size != 0;

	if (wanted == PE_SIGNED_NO && there)
		broken(c, "signature", "signed, and should not be");
	if (wanted == PE_SIGNED_YES && !there)
		broken(c, "signature", "not signed");
	if (!there)
		return;
	if (at % 8 != 0 || size < 8 || (uint64_t)at + size != pe->size) {
		broken(c, "signature", "the signature is not the end of the file");
		return;
	}
	if (pe_u32(pe->data + at) > size || pe_u16(pe->data + at + 4) != 0x0200 ||
		pe_u16(pe->data + at + 6) != 2)
		broken(c, "signature", "not a PKCS#7 signature");
}

unsigned int pe_check(const void *data, size_t size, const struct pe_demands *demands,
	pe_report_fn report, void *context)
{
	struct checker c = { report, context, 0 };
	struct pe pe;
	const char *why = pe_parse(&pe, data, size);

	if (why != NULL) {
		broken(&c, "format", why);
		return c.broken;
	}
	check_header(&c, &pe, demands);
	check_sections(&c, &pe);
	why = relocations(&pe);
	if (why != NULL)
		broken(&c, "relocations", why);
	why = version_resource(&pe);
	if (why != NULL)
		broken(&c, "resource", why);
	check_timestamp(&c, &pe);
	check_pdb(&c, &pe);
	check_signature(&c, &pe, demands->is_signed);
	return c.broken;
}
