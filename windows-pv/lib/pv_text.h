/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_TEXT_H
#define PV_TEXT_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Numbers and paths as xenstore has them. Kind: pure.
 * Text comes as pointer and length and need not be terminated; one NUL at its end is allowed,
 * because some writers store it.
 */

/* Decimal digits only: no sign, space, prefix or empty text (PV_EINVAL); PV_ERANGE above the type.
 */
int pv_parse_u32(const char *s, size_t len, uint32_t *out);
int pv_parse_u64(const char *s, size_t len, uint64_t *out);

/* As pv_parse_u32, and only in the one way a number is printed: no leading zero, no NUL. */
int pv_parse_canonical_u32(const char *s, size_t len, uint32_t *out);

/* Writes without a NUL; returns the number of characters, or PV_ENOBUFS. */
#define PV_U64_CHARS 20
int pv_format_u64(char *buf, size_t cap, uint64_t v);
int pv_format_hex32(char *buf, size_t cap, uint32_t v);

/* Exactly eight upper-case or lower-case hex digits. */
int pv_parse_hex32(const char *s, size_t len, uint32_t *out);

/*
 * A XenbusState as a back-end has it in its `state` node: 1 to 8. All else, from an empty value to
 * a number out of range, is PV_EPROTO, and *state is then XenbusStateUnknown.
 */
int pv_parse_xenbus_state(const char *s, size_t len, unsigned int *state);

/*
 * A path that we may send (docs/misc/xenstore.txt): length, characters, no empty part, no slash at
 * the end except for "/" itself. A watch may also name "@" and a special word.
 */
int pv_path_check(const char *path, size_t len);
int pv_watch_path_check(const char *path, size_t len);

/* One part of a path: a name that came from a directory listing. 1 to max characters. */
int pv_name_check(const char *name, size_t len, size_t max);

/*
 * Appends to a buffer of cap bytes that holds *len; keeps it NUL-terminated. PV_ENOBUFS leaves the
 * buffer as it was.
 */
int pv_append(char *buf, size_t cap, size_t *len, const char *s, size_t n);

/* The length of a NUL-terminated string, at most max. */
size_t pv_strnlen(const char *s, size_t max);

static inline bool pv_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char pv_to_upper(char c)
{
	if (c < 'a' || c > 'z')
		return c;
	return (char)(c - ('a' - 'A'));
}

#endif
