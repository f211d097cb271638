/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_INFSTAMP_H
#define DDK_INFSTAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

struct inf_setting {
	const char *name; /* of a token: capitals, digits and underscores */
	const char *value;
};

/* Whether a token may have that name: a capital, then capitals, digits and underscores. */
bool inf_is_token(const char *name, size_t len);

/*
 * Fills the tokens @NAME@ of a template. A line with a token whose value is empty is dropped.
 * DriverVer in [Version] becomes date (YYYY-MM-DD, which has to be a real one) and version
 * (a.b.c.d), and is added where it is missing. Returns 0, or -EINVAL and in *error, which the
 * caller frees, what is wrong, with the line.
 */
int inf_stamp(const char *template, size_t size, const struct inf_setting *v, size_t n,
	const char *version, const char *date, struct strbuf *out, char **error);

#endif
