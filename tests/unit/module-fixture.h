/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel modules made by hand: just the ELF sections that src/module reads, x86-64. */
#ifndef MODULE_FIXTURE_H
#define MODULE_FIXTURE_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/strbuf.h"

struct ko_symbol {
	const char *name;
	const char *ns;
	uint32_t crc;
	bool weak;
};

struct ko {
	const char *const *info; /* "key=value", NULL at the end */
	const struct ko_symbol *imports;
	size_t n_imports;
	const struct ko_symbol *exports;
	size_t n_exports;
	bool gpl;	  /* exports go to __ksymtab_gpl */
	bool crc_symbols; /* CRCs as absolute __crc_ symbols, as kernels before 5.19 have them */
	bool old_table;	  /* __ksymtab as two pointers per entry, without namespace */
	bool no_versions;
	bool debug;
};

enum { KO_SECTIONS_MAX = 12 };

struct ko_writer {
	struct strbuf out;
	struct strbuf names; /* .shstrtab */
	struct strbuf strings;
	struct strbuf symbols;
	Elf64_Shdr headers[KO_SECTIONS_MAX];
	unsigned n;
};

static unsigned ko_section(struct ko_writer *w, const char *name, uint32_t type,
	const struct strbuf *data, uint64_t entsize)
{
	Elf64_Shdr *h = &w->headers[w->n];

	while (w->out.len % 8)
		strbuf_addch(&w->out, '\0');
	*h = (Elf64_Shdr){
		.sh_name = (uint32_t)w->names.len,
		.sh_type = type,
		.sh_offset = w->out.len,
		.sh_size = data->len,
		.sh_addralign = 1,
		.sh_entsize = entsize,
	};
	strbuf_add(&w->names, name, strlen(name) + 1);
	strbuf_add(&w->out, data->buf, data->len);
	return w->n++;
}

static void ko_symbol_add(
	struct ko_writer *w, const char *name, uint64_t value, unsigned bind, uint16_t section)
{
	Elf64_Sym sym = {
		.st_name = (uint32_t)w->strings.len,
		.st_info = (unsigned char)ELF64_ST_INFO(bind, STT_NOTYPE),
		.st_shndx = section,
		.st_value = value,
	};

	strbuf_add(&w->strings, name, strlen(name) + 1);
	strbuf_add(&w->symbols, &sym, sizeof(sym));
}

static void ko_rela(struct strbuf *rela, uint64_t at, unsigned symbol, uint64_t addend)
{
	Elf64_Rela r = {
		.r_offset = at,
		.r_info = ELF64_R_INFO(symbol, R_X86_64_PC32),
		.r_addend = (int64_t)addend,
	};

	strbuf_add(rela, &r, sizeof(r));
}

static void ko_exports(struct ko_writer *w, const struct ko *ko)
{
	AUTO_STRBUF struct strbuf names = STRBUF_INIT, table = STRBUF_INIT, rela = STRBUF_INIT;
	AUTO_STRBUF struct strbuf crcs = STRBUF_INIT;
	size_t stride = ko->old_table ? 16 : 12, word = ko->old_table ? 8 : 4;
	unsigned strings_symbol = (unsigned)(w->symbols.len / sizeof(Elf64_Sym));
	unsigned t, r;

	/* Section symbols: of the strings, the next section made, and of any other. */
	ko_symbol_add(w, "", 0, STB_LOCAL, (uint16_t)w->n);
	ko_symbol_add(w, "", 0, STB_LOCAL, 1);
	for (size_t i = 0; i < ko->n_exports; i++) {
		const struct ko_symbol *s = &ko->exports[i];
		size_t name = names.len;

		strbuf_add(&names, s->name, strlen(s->name) + 1);
		ko_rela(&rela, i * stride, strings_symbol + 1, 0);
		ko_rela(&rela, i * stride + word, strings_symbol, name);
		if (!ko->old_table)
			ko_rela(&rela, i * stride + 2 * word, strings_symbol, names.len);
		strbuf_add(&names, s->ns ? s->ns : "", strlen(s->ns ? s->ns : "") + 1);
		for (size_t j = 0; j < stride; j++)
			strbuf_addch(&table, '\0');
		strbuf_add(&crcs, &s->crc, ko->crc_symbols ? 0 : sizeof(s->crc));
		if (ko->crc_symbols) {
			AUTO_STRBUF struct strbuf crc = STRBUF_INIT;

			strbuf_addf(&crc, "__crc_%s", s->name);
			ko_symbol_add(w, crc.buf, s->crc, STB_LOCAL, SHN_ABS);
		}
	}
	ko_section(w, "__ksymtab_strings", SHT_PROGBITS, &names, 1);
	t = ko_section(w, ko->gpl ? "__ksymtab_gpl" : "__ksymtab", SHT_PROGBITS, &table, 0);
	r = ko_section(w, ko->gpl ? ".rela__ksymtab_gpl" : ".rela__ksymtab", SHT_RELA, &rela,
		sizeof(Elf64_Rela));
	w->headers[r].sh_info = t;
	if (crcs.len)
		ko_section(w, ko->gpl ? "__kcrctab_gpl" : "__kcrctab", SHT_PROGBITS, &crcs, 0);
}

/* The bytes of the module; the caller releases them. */
__attribute__((unused)) static struct strbuf ko_build(const struct ko *ko)
{
	struct ko_writer w = { .n = 1 };
	AUTO_STRBUF struct strbuf info = STRBUF_INIT, versions = STRBUF_INIT, debug = STRBUF_INIT;
	Elf64_Ehdr eh = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(eh),
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	unsigned symtab, rela = 0;

	strbuf_add(&w.out, &eh, sizeof(eh));
	strbuf_addch(&w.names, '\0');
	strbuf_addch(&w.strings, '\0');
	ko_symbol_add(&w, "", 0, STB_LOCAL, SHN_UNDEF);
	for (const char *const *p = ko->info; *p; p++)
		strbuf_add(&info, *p, strlen(*p) + 1);
	ko_section(&w, ".modinfo", SHT_PROGBITS, &info, 0);
	for (size_t i = 0; i < ko->n_imports; i++) {
		const struct ko_symbol *s = &ko->imports[i];
		struct {
			uint64_t crc;
			char name[56];
		} entry = { .crc = s->crc };

		strncpy(entry.name, s->name, sizeof(entry.name) - 1);
		if (s->crc)
			strbuf_add(&versions, &entry, sizeof(entry));
		ko_symbol_add(&w, s->name, 0, s->weak ? STB_WEAK : STB_GLOBAL, SHN_UNDEF);
	}
	if (!ko->no_versions)
		ko_section(&w, "__versions", SHT_PROGBITS, &versions, 0);
	if (ko->n_exports)
		ko_exports(&w, ko);
	strbuf_adds(&debug, "debug");
	if (ko->debug)
		ko_section(&w, ".debug_info", SHT_PROGBITS, &debug, 0);
	symtab = ko_section(&w, ".symtab", SHT_SYMTAB, &w.symbols, sizeof(Elf64_Sym));
	w.headers[symtab].sh_link = ko_section(&w, ".strtab", SHT_STRTAB, &w.strings, 0);
	for (unsigned i = 1; i < w.n; i++) {
		if (w.headers[i].sh_type == SHT_RELA)
			rela = i;
	}
	if (rela)
		w.headers[rela].sh_link = symtab;
	strbuf_add(&w.names, ".shstrtab", 10);
	eh.e_shstrndx = (uint16_t)w.n;
	w.names.len -= 10;
	{
		/* Its own name is part of it. */
		Elf64_Shdr *h = &w.headers[w.n++];

		*h = (Elf64_Shdr){
			.sh_name = (uint32_t)w.names.len,
			.sh_type = SHT_STRTAB,
			.sh_offset = w.out.len,
			.sh_size = w.names.len + 10,
			.sh_addralign = 1,
		};
		strbuf_add(&w.out, w.names.buf, w.names.len + 10);
	}
	while (w.out.len % 8)
		strbuf_addch(&w.out, '\0');
	eh.e_shoff = w.out.len;
	eh.e_shnum = (uint16_t)w.n;
	strbuf_add(&w.out, w.headers, w.n * sizeof(w.headers[0]));
	memcpy(w.out.buf, &eh, sizeof(eh));
	strbuf_release(&w.names);
	strbuf_release(&w.strings);
	strbuf_release(&w.symbols);
	return w.out;
}

#endif
