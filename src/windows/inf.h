/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_INF_H
#define DDK_INF_H

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"
#include "windows/infrules.h"

/*
 * INF files, after Microsoft's "General Syntax Rules for INF Files". Names of sections and keys are
 * compared without case; sections of one name are one section.
 */

#define INF_SIZE_MAX	 (512u << 10)
#define INF_LINES_MAX	 8192 /* a section's name is looked up among all, and so are strings */
#define INF_SECTIONS_MAX 2048
#define INF_LINE_MAX	 4096 /* characters of a line after its continuations */
#define INF_VALUES_MAX	 64   /* values in a line; more are a finding, and dropped */

struct inf_line {
	unsigned number; /* of its first line in the file, from 1 */
	char *key;	 /* NULL where the line has no '=' */
	char **values;	 /* in UTF-8, quotes removed, %strings% still in them; never NULL inside */
	size_t n;
};

enum inf_role { INF_MODELS, INF_INSTALL, INF_FILES, INF_SERVICES, INF_INTERFACE, INF_ROLES };

struct inf_section {
	char *name;
	unsigned number;
	struct inf_line *v;
	size_t n;
	size_t cap;
	bool is_used; /* some line refers to it; the checks set this */
	/* The architecture it was last checked for, by what it was taken for. */
	const char *checked_for[INF_ROLES];
};

struct inf {
	const char *file; /* its name for findings; the caller's */
	struct inf_section *v;
	size_t n;
	size_t cap;
	size_t n_lines;
};

#define AUTO_INF CLEANUP(inf_release)

/* Parses bytes; what is wrong is found in f, and the rest of the file read all the same. */
void inf_parse(
	struct inf *inf, const char *file, const void *data, size_t size, struct findings *f);
void inf_release(struct inf *inf);

/* NULL when there is none. */
struct inf_section *inf_section(const struct inf *inf, const char *name);
/* The first line with that key; NULL when there is none, or s is NULL. */
const struct inf_line *inf_line(const struct inf_section *s, const char *key);
/* The i-th value, "" past the last or where line is NULL. */
const char *inf_value(const struct inf_line *line, size_t i);

/*
 * The value with its %strings% filled in and %% made %; the caller frees it. Directory ids (%12%)
 * stay. An unknown string is a finding of f (which may be NULL) and stays as it is.
 */
char *inf_expand(const struct inf *inf, const char *value, unsigned number, struct findings *f);

#endif
