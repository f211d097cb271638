/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: the few conversions a log line needs, at any IRQL. The kernel's own may only run at low. */
#ifndef DK_XEN_FORMAT_H
#define DK_XEN_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Writes at most size - 1 characters and a NUL (size is at least 1); returns the number written.
 * Bytes that do not print become '?'. An unknown conversion ends the line: what follows it in the
 * arguments cannot be known.
 */
size_t xen_format(char *out, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t xen_vformat(char *out, size_t size, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

#endif
