/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_MODULE_H
#define DDK_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest module that is read, before and after inflation, in bytes. */
#define MODULE_SIZE_MAX ((size_t)256 << 20)

struct module_info {
	char *key;
	char *value;
};

/* A symbol as __versions, the symbol table or the export tables name it. */
struct module_symbol {
	char *name;
	char *ns; /* exports only: namespace, "" when none */
	uint32_t crc;
	bool has_crc;
	bool weak; /* undefined symbols only */
	bool gpl;  /* exports only */
};

struct module_symbols {
	struct module_symbol *v; /* sorted by name */
	size_t n;
	size_t cap;
};

/*
 * The appended signature (struct module_signature of the kernel's include/linux/module_signature.h:
 * twelve bytes and a magic string at the end of the file).
 */
struct module_signature {
	bool present;
	bool malformed; /* the magic is there, what precedes it makes no sense */
	size_t size;	/* bytes the trailer takes, magic included */
	char *signer;	/* issuer of the signing certificate, "" when unknown */
	char *key_id;	/* serial number or subject key id as hex, "" when unknown */
	char *hash;	/* "sha256", …; "" when unknown */
};

struct module {
	char *name; /* as lsmod shows it: '-' is '_' */
	struct module_info *info;
	size_t n_info;
	size_t info_cap;
	struct module_symbols versions; /* what it imports, with CRCs: __versions */
	struct module_symbols undefined;
	struct module_symbols exports;
	struct module_signature signature;
	int elf_class;	 /* ELFCLASS32 or ELFCLASS64 */
	int elf_machine; /* EM_… */
	bool has_versions;
	bool has_debug; /* .debug_* sections are still in it */
	bool compressed;
};

#define AUTO_MODULE __attribute__((cleanup(module_release)))

/*
 * Reads a module from memory, inflating .gz, .xz and .zst by their magic numbers. file is used for
 * the module's name when .modinfo has none. Returns 0, or -EINVAL for what is no whole module and
 * -EFBIG past MODULE_SIZE_MAX, with *why (the caller frees it) saying what is wrong with it; m
 * needs module_release in every case.
 */
int module_parse(struct module *m, const char *file, const void *image, size_t size, char **why);
void module_release(struct module *m);

/* The first value of a .modinfo key, or NULL. */
const char *module_info(const struct module *m, const char *key);
/* Turns '-' into '_', as the kernel does with module names. */
void module_name_normalise(char *name);
/* The module name of a path: base name without .ko, .ko.gz, …; the caller frees it. */
char *module_name_of(const char *path);
/* Whether a path ends in .ko, .ko.gz, .ko.xz or .ko.zst. */
bool module_is_path(const char *path);

/* The symbol called name, or NULL. */
const struct module_symbol *module_symbols_find(const struct module_symbols *s, const char *name);

/* Parts of module_parse, one file each. */
struct module_elf;
int module_read_symbols(struct module *m, struct module_elf *e, char **why);
/* Looks at the end of the file; size of the trailer is left out of the ELF image by the caller. */
void module_read_signature(struct module_signature *s, const unsigned char *image, size_t size);
/* Inflates gzip, xz or zstd data; returns 1 when it did, 0 when data is none of them, or -errno. */
int module_inflate(const void *data, size_t size, size_t max, void **out, size_t *out_size);

#endif
