/* SPDX-License-Identifier: BSD-2-Clause */
/* The symbol table of a COFF object ("PE Format", COFF Symbol Table). Hostile input, as in pe.h. */
#ifndef DK_COFF_H
#define DK_COFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int (*coff_symbol_fn)(void *context, const char *name, bool undefined);

/* Every external symbol. 0, what fn returned if not 0, or -1 for a broken file. */
int coff_symbols(const void *data, size_t size, uint16_t machine, coff_symbol_fn fn, void *context);

#endif
