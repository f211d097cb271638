/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_MD5PAIR_H
#define DDK_MD5PAIR_H

#include <stddef.h>
#include <stdint.h>

/*
 * Two MD5 digests (RFC 1321) of one stream: of all of it, and of all but its first skip bytes. Each
 * step of MD5 waits for the one before, so a processor that does two chains at once takes hardly
 * longer than for one; libcrypto has MD5 of one stream only.
 */
struct md5_pair {
	struct md5_lane {
		uint32_t state[4];
		uint64_t skip; /* bytes still to be left out */
		uint64_t size; /* bytes that went in */
		unsigned char part[64];
	} lane[2];
};

void md5_pair_begin(struct md5_pair *p, uint64_t skip);
void md5_pair_add(struct md5_pair *p, const void *data, size_t len);
/* Lower-case hex. */
void md5_pair_end(struct md5_pair *p, char whole[33], char rest[33]);

#endif
