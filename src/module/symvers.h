/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SYMVERS_H
#define DDK_SYMVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line of a Module.symvers; the strings lie in struct symvers. */
struct symvers_entry {
	const char *symbol;
	const char *module; /* path without .ko as the build had it, "vmlinux", or "[LIST]" */
	const char *ns;	    /* namespace, "" when none */
	uint32_t crc;	    /* 0: the kernel was built without MODVERSIONS, or has no CRC for it */
	bool gpl;
};

/* Exports of a kernel and of further modules, by name. */
struct symvers {
	struct symvers_entry *v;
	size_t n;
	size_t cap;
	size_t *slots; /* open addressing: index into v plus one, 0 is free */
	size_t n_slots;
	char **modules; /* normalised names, sorted once symvers_has_module was asked */
	size_t n_modules;
	size_t modules_cap;
	bool modules_sorted;
	char **texts; /* the files as read */
	size_t n_texts;
	size_t texts_cap;
};

#define AUTO_SYMVERS __attribute__((cleanup(symvers_release)))

/*
 * Adds a Module.symvers (kernel's Documentation/kbuild/modules.rst: CRC, symbol, module, export
 * type and since 5.4 a namespace, between tabs; 5.4 itself had the namespace third), or a kABI list
 * of names: a line [NAME], then one symbol a line, which then has no CRC. Blank lines and, in
 * lists, those that start with # do not count. A symbol that is there already keeps its first
 * entry. Returns 0, a negative errno of reading, or -EINVAL with *line set to the first line that
 * is not of this form (counted from 1).
 */
int symvers_read(struct symvers *s, const char *path, size_t *line);
/* The same from text of len bytes, which is copied. */
int symvers_parse(struct symvers *s, const char *text, size_t len, size_t *line);
/*
 * Adds one symbol unless it is there already. The strings are the caller's and outlive s; module is
 * a path or a name.
 */
void symvers_add(struct symvers *s, const struct symvers_entry *e);
const struct symvers_entry *symvers_find(const struct symvers *s, const char *symbol);
/* Whether any symbol comes from the module of that (normalised) name. */
bool symvers_has_module(struct symvers *s, const char *name);
void symvers_release(struct symvers *s);

#endif
