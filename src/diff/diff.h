/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_DIFF_H
#define DDK_DIFF_H

#include <stdio.h>

#include "medium/show.h"

enum diff_kind {
	DIFF_DISK,
	DIFF_PACKAGE,
	DIFF_MODULE,
	DIFF_ALIAS,
	DIFF_PARAMETER,
	DIFF_FIRMWARE,
	DIFF_SYMBOL, /* imported, with its version (CRC) */
	DIFF_KINDS,
};

enum diff_how { DIFF_ADDED, DIFF_REMOVED, DIFF_CHANGED };

struct diff_change {
	enum diff_kind kind;
	enum diff_how how;
	char *where; /* the module, of kinds from DIFF_MODULE on; else "" */
	char *name;
	char *old; /* "" where there is none */
	char *new;
};

/* What differs between two media; strings are bytes as the media have them. */
struct diff {
	const struct show *old, *new;
	struct diff_change *v;
	size_t n, cap;
};

#define AUTO_DIFF __attribute__((cleanup(diff_release)))

/* Compares; both outlive d. f gets the rules of versioning (VE) that the new one breaks. */
void diff_make(struct diff *d, const struct show *old, const struct show *new, struct findings *f);
void diff_release(struct diff *d);
/* Text of 80 columns, where names are not longer themselves; f are the findings of diff_make. */
void diff_print(const struct diff *d, const struct findings *f, FILE *out);
/* One JSON object with all of it. */
void diff_print_json(const struct diff *d, const struct findings *f, FILE *out);

const char *diff_kind_name(enum diff_kind kind);
const char *diff_how_name(enum diff_how how);

/* Parts of diff_make. */
void diff_versions(const struct diff *d, struct findings *f);
/* The package of that RPM name, or NULL. */
const struct show_package *diff_find_package(const struct show *s, const char *name);
/* Whether two RPMs hold the same files, as far as their headers tell. */
bool diff_same_files(const struct rpmfile *a, const struct rpmfile *b);

#endif
