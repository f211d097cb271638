/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: XEN:NAME=VALUE words of the boot command line. */
#ifndef DK_XEN_OPTIONS_H
#define DK_XEN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Finds NAME among the words of text (length UTF-16 units; a NUL ends it early). Names match in
 * either case. Returns the length of the value, which is copied with a NUL into value if it fits
 * size; -1 without the option, -2 if it does not fit or is not printable ASCII. The last one wins.
 */
int xen_option_find(
	const uint16_t *text, size_t length, const char *name, char *value, size_t size);

/* Whether a word of the line begins so, in either case. */
bool xen_option_begins(const uint16_t *text, size_t length, const char *begin);

/* Whether a value is this word, in either case. */
bool xen_option_is(const char *value, const char *word);

#endif
