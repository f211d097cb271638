/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a module imports and exports. Layouts: struct modversion_info and struct kernel_symbol of
 * the kernel's include/linux/module.h and export-internal.h:
 *   __versions	  64 bytes each: the CRC as unsigned long, then the name
 *   __ksymtab*	  value, name and (Linux 5.4) namespace, as pointers or 32-bit offsets, all filled
 *in by relocations, so those are what is read
 *   __kcrctab*	  the CRCs in the same order: plain words (Linux 5.19), or relocations against
 *		  __crc_NAME symbols, absolute or pointing at the word
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/elf.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/cleanup.h"

enum { VERSION_ENTRY = 64 };

static int compare(const void *a, const void *b)
{
	const struct module_symbol *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct module_symbol *)element)->name);
}

const struct module_symbol *module_symbols_find(const struct module_symbols *s, const char *name)
{
	return s->n ? bsearch(name, s->v, s->n, sizeof(*s->v), compare_name) : NULL;
}

static int add(struct module_symbols *s, struct module_symbol sym, size_t len, char **why)
{
	if (s->n == MODULE_SYMBOLS_MAX) {
		*why = xasprintf("it names more than %d symbols", MODULE_SYMBOLS_MAX);
		return -EINVAL;
	}
	s->v = xgrow(s->v, s->n, &s->cap, sizeof(*s->v));
	sym.name = xstrndup(sym.name, len);
	sym.ns = xstrdup(sym.ns ? sym.ns : "");
	s->v[s->n++] = sym;
	return 0;
}

static void sort(struct module_symbols *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), compare);
}

static int read_versions(
	struct module *m, const struct module_elf *e, const struct module_section *s, char **why)
{
	size_t word = e->elf_class == ELFCLASS64 ? 8 : 4;

	m->has_versions = true;
	if (s->size % VERSION_ENTRY != 0) {
		*why = xasprintf(
			"__versions has %zu bytes, no multiple of %d", s->size, VERSION_ENTRY);
		return -EINVAL;
	}
	for (size_t at = 0; at < s->size; at += VERSION_ENTRY) {
		const unsigned char *p = s->data + at;
		const char *name = (const char *)p + word;
		struct module_symbol sym = { .name = (char *)name, .has_crc = true };
		int r;

		sym.crc = (uint32_t)(word == 8 ? module_elf_u64(e, p) : module_elf_u32(e, p));
		r = add(&m->versions, sym, strnlen(name, VERSION_ENTRY - word), why);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Linux 6.14: names of any length, in two sections that run in step. */
static int read_ext_versions(struct module *m, const struct module_elf *e, char **why)
{
	const struct module_section *crcs = module_elf_section(e, "__version_ext_crcs");
	const struct module_section *names = module_elf_section(e, "__version_ext_names");
	uint64_t name_at = 0;

	if (!crcs || !names)
		return 0;
	m->has_versions = true;
	for (size_t at = 0; at + 4 <= crcs->size; at += 4) {
		const char *name = module_elf_string(names, name_at);
		struct module_symbol sym = { .name = (char *)name, .has_crc = true };
		int r;

		if (!name) {
			*why = xstrdup("__version_ext_crcs has more entries than names");
			return -EINVAL;
		}
		sym.crc = module_elf_u32(e, crcs->data + at);
		name_at += strlen(name) + 1;
		/* A kernel that writes both sections repeats the short names. */
		r = module_elf_section(e, "__versions") && strlen(name) < 56
			    ? 0
			    : add(&m->versions, sym, strlen(name), why);
		if (r < 0)
			return r;
	}
	return 0;
}

static size_t symbol_count(const struct module_section *symtab)
{
	if (!symtab->elf_data || symtab->sh.sh_entsize == 0)
		return 0;
	return symtab->elf_data->d_size / symtab->sh.sh_entsize;
}

static const char *symbol_name(
	const struct module_elf *e, const struct module_section *symtab, const GElf_Sym *sym)
{
	return symtab->sh.sh_link < e->n
		       ? module_elf_string(&e->sections[symtab->sh.sh_link], sym->st_name)
		       : NULL;
}

/* Undefined symbols go to m->undefined, the __crc_ ones to crcs under their bare name. */
static int read_symtab(struct module *m, const struct module_elf *e,
	const struct module_section *symtab, struct module_symbols *crcs, char **why)
{
	size_t n = symbol_count(symtab);

	for (size_t i = 1; i < n; i++) {
		GElf_Sym sym;
		const char *name;
		struct module_symbol out = { 0 };
		int r = 0;

		if (!gelf_getsym(symtab->elf_data, (int)i, &sym))
			break;
		name = symbol_name(e, symtab, &sym);
		if (!name || !*name)
			continue;
		out.name = (char *)name;
		if (strncmp(name, "__crc_", 6) == 0 && sym.st_shndx != SHN_UNDEF) {
			const struct module_section *s =
				sym.st_shndx < e->n ? &e->sections[sym.st_shndx] : NULL;

			out.name += 6;
			out.has_crc = true;
			if (sym.st_shndx == SHN_ABS)
				out.crc = (uint32_t)sym.st_value;
			else if (s && s->size >= 4 && sym.st_value <= s->size - 4)
				out.crc = module_elf_u32(e, s->data + sym.st_value);
			else
				continue;
			r = add(crcs, out, strlen(out.name), why);
		} else if (sym.st_shndx == SHN_UNDEF) {
			/* Left behind by some compilers, and ignored by the kernel's modpost. */
			if (strcmp(name, "_GLOBAL_OFFSET_TABLE_") == 0)
				continue;
			out.weak = GELF_ST_BIND(sym.st_info) == STB_WEAK;
			r = add(&m->undefined, out, strlen(name), why);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

struct target {
	uint64_t at; /* offset in __ksymtab* */
	const char *string;
};

static int compare_target(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* The relocations of a __ksymtab section, in order; string is NULL for those of the value. */
static struct target *read_targets(const struct module_elf *e, const struct module_section *rel,
	const struct module_section *table, size_t *count)
{
	bool rela = rel->sh.sh_type == SHT_RELA;
	const struct module_section *symtab =
		rel->sh.sh_link < e->n ? &e->sections[rel->sh.sh_link] : NULL;
	struct target *v;
	size_t n, entsize = rel->sh.sh_entsize;

	*count = 0;
	if (!rel->elf_data || entsize == 0 || !symtab || !symtab->elf_data)
		return NULL;
	n = rel->elf_data->d_size / entsize;
	if (n > 3 * MODULE_SYMBOLS_MAX)
		n = 3 * MODULE_SYMBOLS_MAX;
	v = xcalloc(n + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		GElf_Rela r = { 0 };
		GElf_Rel plain;
		GElf_Sym sym;
		struct target *t = &v[*count];

		if (rela && !gelf_getrela(rel->elf_data, (int)i, &r))
			break;
		if (!rela) {
			if (!gelf_getrel(rel->elf_data, (int)i, &plain))
				break;
			r.r_offset = plain.r_offset;
			r.r_info = plain.r_info;
			if (table->size >= 4 && r.r_offset <= table->size - 4)
				r.r_addend = (int32_t)module_elf_u32(e, table->data + r.r_offset);
		}
		if (GELF_R_SYM(r.r_info) >= symbol_count(symtab) ||
			!gelf_getsym(symtab->elf_data, (int)GELF_R_SYM(r.r_info), &sym))
			continue;
		t->at = r.r_offset;
		if (sym.st_shndx < e->n &&
			strcmp(e->sections[sym.st_shndx].name, "__ksymtab_strings") == 0) {
			t->string = module_elf_string(
				&e->sections[sym.st_shndx], sym.st_value + (uint64_t)r.r_addend);
			if (!t->string)
				continue;
		}
		++*count;
	}
	if (*count)
		qsort(v, *count, sizeof(*v), compare_target);
	return v;
}

static int add_exports(struct module *m, const struct module_elf *e,
	const struct module_section *table, const struct module_section *rel,
	const struct module_symbols *crcs, char **why)
{
	AUTO_FREE char *crctab_name = xasprintf("__kcrctab%s", table->name + strlen("__ksymtab"));
	const struct module_section *crctab = module_elf_section(e, crctab_name);
	size_t count, index = 0;
	AUTO_FREE struct target *t = read_targets(e, rel, table, &count);

	for (size_t i = 0; i < count; index++) {
		struct module_symbol sym = { .gpl = strstr(table->name, "_gpl") != NULL };
		const struct module_symbol *crc;
		int r;

		/* An entry starts with its value, which never lies in the strings. */
		while (i < count && t[i].string)
			i++;
		if (++i >= count || !t[i].string)
			continue;
		sym.name = (char *)t[i].string;
		if (++i < count && t[i].string)
			sym.ns = (char *)t[i++].string;
		crc = module_symbols_find(crcs, sym.name);
		if (crc) {
			sym.crc = crc->crc;
			sym.has_crc = true;
		} else if (crctab && crctab->size / 4 > index) {
			sym.crc = module_elf_u32(e, crctab->data + 4 * index);
			sym.has_crc = true;
		}
		r = add(&m->exports, sym, strlen(sym.name), why);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_exports(
	struct module *m, const struct module_elf *e, const struct module_symbols *crcs, char **why)
{
	size_t tables = 0;

	for (size_t i = 1; i < e->n; i++) {
		const struct module_section *rel = &e->sections[i];
		const struct module_section *table;
		int r;

		if (rel->sh.sh_type != SHT_RELA && rel->sh.sh_type != SHT_REL)
			continue;
		if (rel->sh.sh_info >= e->n)
			continue;
		table = &e->sections[rel->sh.sh_info];
		if (strncmp(table->name, "__ksymtab", 9) != 0 ||
			strcmp(table->name, "__ksymtab_strings") == 0)
			continue;
		if (++tables > MODULE_TABLES_MAX) {
			*why = xasprintf("it has more than %d export tables", MODULE_TABLES_MAX);
			return -EINVAL;
		}
		r = add_exports(m, e, table, rel, crcs, why);
		if (r < 0)
			return r;
	}
	return 0;
}

int module_read_symbols(struct module *m, struct module_elf *e, char **why)
{
	const struct module_section *versions = module_elf_section(e, "__versions");
	struct module_symbols crcs = { 0 };
	int r = versions ? read_versions(m, e, versions, why) : 0;

	if (r == 0)
		r = read_ext_versions(m, e, why);
	for (size_t i = 1; r == 0 && i < e->n; i++) {
		/* A relocatable file has one symbol table. */
		if (e->sections[i].sh.sh_type == SHT_SYMTAB) {
			r = read_symtab(m, e, &e->sections[i], &crcs, why);
			break;
		}
	}
	sort(&crcs);
	if (r == 0)
		r = read_exports(m, e, &crcs, why);
	sort(&m->versions);
	sort(&m->undefined);
	sort(&m->exports);
	for (size_t i = 0; i < crcs.n; i++) {
		free(crcs.v[i].name);
		free(crcs.v[i].ns);
	}
	free(crcs.v);
	return r;
}
