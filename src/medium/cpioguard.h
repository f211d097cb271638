/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CPIOGUARD_H
#define DDK_CPIOGUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Looks at a payload on its way to libarchive, which takes as much memory for an entry's name as
 * its header says, up to 4 GiB. The format is that of cpio(5)'s new ASCII headers, the only one
 * that rpm writes for files below 4 GiB. Zeroed, it stands at the start.
 */
struct cpio_guard {
	unsigned char header[110 + 11]; /* and the name, where it could be that of the trailer */
	size_t have;
	uint64_t skip; /* bytes of names, data and padding to pass over */
	bool ended;
};

/* The next n bytes. Returns NULL, or what is wrong with them, a constant. */
const char *cpio_guard_look(struct cpio_guard *g, const void *data, size_t n);

#endif
