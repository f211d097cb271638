/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_INFCHECK_H
#define DDK_INFCHECK_H

#include "windows/inf.h"

/*
 * Holds an INF against the rules of infrules.def, as Microsoft's pages on INF sections and
 * directives have them. With dir, the package's directory, its files are looked for.
 */
void inf_check(struct inf *inf, const char *dir, struct findings *f);

/* Files of a package that lie elsewhere than in a directory of this machine. */
struct inf_files {
	const char *where; /* for findings */
	/* path is as an INF has it: backslashes, any case. */
	bool (*has)(const void *arg, const char *path);
	const void *arg;
};
/* The same; files may be NULL. */
void inf_check_among(struct inf *inf, const struct inf_files *files, struct findings *f);
/* Whether the directory arg, a path, has the file. */
bool inf_directory_has(const void *arg, const char *path);

/* What the two halves of the checks share. */

struct inf_copied {
	char *place; /* "12\drivers\x.sys": directory id, subdirectory, name */
};

struct inf_check {
	struct inf *inf;
	const struct inf_files *files; /* NULL: do not look for files */
	struct findings *f;
	const char *arch; /* of the install section at hand: "amd64"; "" where it has none */
	struct inf_copied *v;
	size_t n;
	size_t cap;
	bool is_unplaced; /* some files go where nobody knows: they may be a service's */
};

void inf_found(struct inf_check *c, enum inf_rule_id rule, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The section, marked as used; IF010 where it is missing. */
struct inf_section *inf_refer(struct inf_check *c, const char *name, unsigned line);
/* The same, without a finding. */
struct inf_section *inf_use(struct inf_check *c, const char *name);
/*
 * Whether the section is yet to be checked in that role for the architecture at hand: many lines
 * may name one section.
 */
bool inf_is_new(struct inf_check *c, struct inf_section *s, enum inf_role role);
/* Line and i-th value with the strings filled in; the caller frees it. */
char *inf_text(struct inf_check *c, const struct inf_line *line, size_t i);
/* Directives of an install section, and its .Services, .HW and other sections. */
void inf_check_install(struct inf_check *c, struct inf_section *s, bool needs_service);
/* One service section, or AddReg section, by the line that names it. */
void inf_check_service(struct inf_check *c, const struct inf_line *add);
void inf_check_registry(struct inf_check *c, const char *name, unsigned line);
void inf_check_copy(struct inf_check *c, const struct inf_line *line);
/* A whole number, decimal or 0x…; false when it is none. */
bool inf_number(const char *s, unsigned long *n);
/* A relative path without "..", a drive or a leading backslash. */
bool inf_is_relative(const char *path);
/* Names in a section that stand there twice. */
void inf_check_twice(
	struct inf_check *c, const struct inf_section *s, const char *const *but, size_t n);

#endif
