/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_PAYLOAD_H
#define DDK_PAYLOAD_H

#include <stddef.h>

/* Called for each module file of a payload; data is gone afterwards. Non-zero stops the reading. */
typedef int payload_fn(void *arg, const char *path, const void *data, size_t size);

/*
 * Unpacks the payload of an RPM in memory, from the start of fd, and hands over each regular file
 * whose name is a module's. Paths are absolute. What inflates to more than 200 times the RPM (and
 * 64 MiB), or a module above MODULE_SIZE_MAX, is refused. Returns 0, what fn returned, or a
 * negative errno with *why a line without the file's name (the caller frees it).
 */
int payload_modules(int fd, payload_fn *fn, void *arg, char **why);

#endif
