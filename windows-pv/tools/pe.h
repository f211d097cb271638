/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading Portable Executable images, as the PE/COFF specification lays them down ("PE Format" in
 * Microsoft's documentation). The file is hostile: nothing is read before its bounds are known.
 */
#ifndef DK_PE_H
#define DK_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PE_MACHINE_I386	 0x014c
#define PE_MACHINE_AMD64 0x8664

#define PE_MAX_SECTIONS 96 /* what the Windows loader takes */

enum pe_directory {
	PE_DIR_EXPORT = 0,
	PE_DIR_IMPORT = 1,
	PE_DIR_RESOURCE = 2,
	PE_DIR_SECURITY = 4, /* its address is an offset in the file */
	PE_DIR_BASERELOC = 5,
	PE_DIR_DEBUG = 6,
	PE_DIRECTORIES = 16,
};

struct pe_section {
	char name[9];
	uint32_t virtual_size;
	uint32_t rva;
	uint32_t raw_size;
	uint32_t raw_offset;
	uint32_t flags;
};

struct pe {
	const uint8_t *data; /* not owned */
	size_t size;
	uint16_t machine;
	bool plus; /* PE32+ */
	uint16_t characteristics;
	uint32_t timestamp;
	uint32_t entry_rva;
	uint64_t image_base;
	uint32_t section_alignment;
	uint32_t file_alignment;
	uint16_t os_version[2];
	uint16_t subsystem_version[2];
	uint32_t image_size;
	uint32_t headers_size;
	size_t timestamp_offset;
	size_t checksum_offset;
	uint32_t checksum;
	uint16_t subsystem;
	uint16_t dll_characteristics;
	struct {
		uint32_t rva;
		uint32_t size;
	} directory[PE_DIRECTORIES];
	unsigned int sections;
	struct pe_section section[PE_MAX_SECTIONS];
};

/* NULL, or what is wrong; then *pe is not to be used. */
const char *pe_parse(struct pe *pe, const void *data, size_t size);

/* The checksum that belongs in the header (as ImageHlp's CheckSumMappedFile computes it). */
uint32_t pe_checksum(const void *data, size_t size, size_t checksum_offset);

/* length bytes at rva that lie in the file, in one section or in the headers; NULL otherwise. */
const uint8_t *pe_at(const struct pe *pe, uint32_t rva, uint32_t length);
/* A NUL-terminated string at rva, at most 255 bytes long; NULL otherwise. */
const char *pe_string(const struct pe *pe, uint32_t rva);
const struct pe_section *pe_section_of(const struct pe *pe, uint32_t rva);

/* name is NULL for an import by ordinal. Stops and returns what fn returns, if not 0. */
typedef int (*pe_import_fn)(void *context, const char *dll, const char *name, unsigned int ordinal);
/* 0, what fn returned, or -1 with *why set where the tables are broken. */
int pe_imports(const struct pe *pe, pe_import_fn fn, void *context, const char **why);

struct pe_codeview {
	uint8_t guid[16];
	uint32_t age;
	const char *pdb;
};
/* The PDB reference; false without a well-formed one. */
bool pe_codeview(const struct pe *pe, struct pe_codeview *cv);
/* Whether the debug directory says that the time stamps are hashes (IMAGE_DEBUG_TYPE_REPRO). */
bool pe_reproducible(const struct pe *pe);

uint16_t pe_u16(const uint8_t *p);
uint32_t pe_u32(const uint8_t *p);
uint64_t pe_u64(const uint8_t *p);

#endif
