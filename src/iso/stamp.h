/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_ISO_STAMP_H
#define DDK_ISO_STAMP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Gives every date in an ISO 9660 image one value, in place, and with it the few other fields that
 * genisoimage takes from the machine. The image is parsed by hand: the libraries that read ISO 9660
 * do not edit, and those that write it make a new image with a layout of their own.
 *
 * What is set, and where it is laid down:
 *   volume descriptors, primary and supplementary: creation, modification and effective date
 *     (ECMA-119 8.4.26, 8.4.27, 8.4.29; form 8.4.26.1); an expiration date stays
 *   directory records of every tree, Joliet's too: recording date (ECMA-119 9.1.5)
 *   Rock Ridge TF, short and long form (RRIP 1.12 4.1.6)
 *   Rock Ridge PX: links of a file, and its serial number where there is one (RRIP 1.12 4.1.1)
 *   both also in continuation areas (SUSP 1.12 5.1, CE), behind the skip of SP (SUSP 1.12 5.3)
 */

/* A run of bytes that was changed in the image. */
struct iso_edit {
	size_t offset;
	size_t len;
};

struct iso_edits {
	struct iso_edit *v;
	size_t n;
	size_t cap;
};

/*
 * epoch: seconds since 1970 UTC, 0 to EPOCH_MAX. Changes image and lists what changed in edits,
 * whose v the caller frees. Returns 0, or -EBADMSG for a malformed image: then *error is one line
 * that the caller frees, and the image may be changed in part, so write nothing of it back.
 */
int iso_stamp(
	unsigned char *image, size_t size, long long epoch, struct iso_edits *edits, char **error);

#endif
