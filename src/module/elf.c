/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "module/elf.h"

const char *module_elf_string(const struct module_section *strtab, uint64_t offset)
{
	const char *s;
	size_t room;

	if (!strtab || offset >= strtab->size)
		return NULL;
	s = (const char *)strtab->data + offset;
	room = strtab->size - offset;
	if (room > MODULE_NAME_MAX + 1)
		room = MODULE_NAME_MAX + 1;
	return memchr(s, '\0', room) ? s : NULL;
}

const struct module_section *module_elf_section(const struct module_elf *e, const char *name)
{
	for (size_t i = 1; i < e->n; i++) {
		if (strcmp(e->sections[i].name, name) == 0)
			return &e->sections[i];
	}
	return NULL;
}

uint32_t module_elf_u32(const struct module_elf *e, const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return e->big_endian ? be32toh(v) : le32toh(v);
}

uint64_t module_elf_u64(const struct module_elf *e, const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return e->big_endian ? be64toh(v) : le64toh(v);
}
