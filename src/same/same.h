/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SAME_H
#define DDK_SAME_H

#include <stdbool.h>
#include <stddef.h>

enum sameness {
	SAME_BYTES,    /* the same bytes */
	SAME_UNSIGNED, /* the same bytes, once the signatures are off both */
	SAME_NOT,
};

/* What tells two files apart. */
struct same {
	enum sameness verdict;
	char **why; /* printable lines, each a difference; none unless SAME_NOT */
	size_t n, cap;
	size_t more; /* differences past SAME_LINES_MAX */
};

#define SAME_LINES_MAX 100
#define AUTO_SAME      __attribute__((cleanup(same_release)))

/*
 * Compares two RPMs, two kernel modules, or two files of any kind. Signatures are: of an RPM its
 * signature header, which has sizes and digests of the rest as well; of a module, alone or in a
 * payload, the trailer that struct module_signature describes. RPMs that differ otherwise are taken
 * apart, down to tags of the header and files of the payload. Returns 0, or a negative errno with
 * *error a line that names the file (the caller frees it).
 */
int same_files(struct same *s, const char *given, const char *built, char **error);
void same_release(struct same *s);
const char *same_name(enum sameness s);

/* Parts of same_files. */
void same_add(struct same *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int same_rpms(struct same *s, int given, int built, char **why);

#endif
