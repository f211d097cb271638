/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_MODULE_ELF_H
#define DDK_MODULE_ELF_H

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

/* Longest symbol or section name that is looked at; the kernel's own limit is 512. */
#define MODULE_NAME_MAX	   512
#define MODULE_SECTION_MAX 65536
/* No kernel exports half as many symbols. */
#define MODULE_SYMBOLS_MAX 65536
/* __ksymtab, __ksymtab_gpl and three that old kernels had; the bound keeps hostile files linear. */
#define MODULE_TABLES_MAX  16

struct module_section {
	const char *name; /* "" when it has none that is legal */
	const unsigned char *data;
	size_t size; /* 0 for a section without data */
	GElf_Shdr sh;
	Elf_Data *elf_data;
};

struct module_elf {
	Elf *elf;
	struct module_section *sections; /* indexed like the section header table */
	size_t n;
	bool big_endian;
	int elf_class;
};

/* A string of a section that is used as a string table, or NULL when it is not wholly inside. */
const char *module_elf_string(const struct module_section *strtab, uint64_t offset);
/* The first section of that name, or NULL. */
const struct module_section *module_elf_section(const struct module_elf *e, const char *name);
uint32_t module_elf_u32(const struct module_elf *e, const unsigned char *p);
uint64_t module_elf_u64(const struct module_elf *e, const unsigned char *p);

#endif
