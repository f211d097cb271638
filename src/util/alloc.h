/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_ALLOC_H
#define DDK_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Allocation that never returns NULL: without memory the program ends with status DDK_IO.
 * The caller frees what it gets with free().
 */
void *xcalloc(size_t n, size_t size);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * Makes room for one more element of a growing array: p holds n of cap elements of size bytes.
 * Returns the array, perhaps moved; cap is updated.
 */
void *xgrow(void *p, size_t n, size_t *cap, size_t size);

#endif
