/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of what a driver may import: ntddk/imports.allow says what its columns mean. */
#ifndef DK_ALLOW_H
#define DK_ALLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allow_entry {
	char module[32];
	char name[64];
	char symbol[72]; /* as an x86 object spells it; "-" where x86 has no such import */
	bool x64;
	bool x86;
};

struct allow {
	struct allow_entry *entry; /* owned */
	size_t entries;
};

/* Adds the entries of a text; 0, or -1 with a message in why. The name goes into the message. */
int allow_parse(struct allow *allow, const char *text, const char *file, char *why, size_t size);
void allow_free(struct allow *allow);

const struct allow_entry *allow_import(
	const struct allow *allow, const char *module, const char *name, uint16_t machine);
/* symbol without a leading __imp_. */
const struct allow_entry *allow_symbol(const struct allow *allow, const char *symbol);

#endif
