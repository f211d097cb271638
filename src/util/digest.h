/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_DIGEST_H
#define DDK_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum {
	DIGEST_MD5 = 1 << 0,
	DIGEST_SHA1 = 1 << 1,
	DIGEST_SHA256 = 1 << 2,
};

/* Lower-case hex; "" for what was not asked for. */
struct digest {
	char md5[33];
	char sha1[41];
	char sha256[65];
	uint64_t size; /* bytes that went in */
};

struct digest_ctx;

/* Digests of a stream, any of the DIGEST_ bits. digest_end frees the context; d may be NULL. */
struct digest_ctx *digest_begin(unsigned what);
void digest_add(struct digest_ctx *ctx, const void *data, size_t len);
void digest_end(struct digest_ctx *ctx, struct digest *d);

void digest_buffer(struct digest *d, unsigned what, const void *data, size_t len);
/* One pass from the start of the file. Returns 0 or a negative errno. */
int digest_file(struct digest *d, unsigned what, const char *path);
/* The same from a descriptor's present offset to its end. */
int digest_fd(struct digest *d, unsigned what, int fd);

#endif
