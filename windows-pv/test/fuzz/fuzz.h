/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_FUZZ_H
#define PV_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a stream of decisions; zeroes after its end. */
struct fuzz {
	const uint8_t *p;
	size_t left;
};

static inline uint8_t fuzz_u8(struct fuzz *f)
{
	if (!f->left)
		return 0;
	f->left--;
	return *f->p++;
}

static inline uint32_t fuzz_u32(struct fuzz *f)
{
	uint32_t v = fuzz_u8(f);

	v |= (uint32_t)fuzz_u8(f) << 8;
	v |= (uint32_t)fuzz_u8(f) << 16;
	return v | (uint32_t)fuzz_u8(f) << 24;
}

/* At most n bytes of the input, in memory without slack. The caller frees. */
static inline uint8_t *fuzz_bytes(struct fuzz *f, size_t n, size_t *got)
{
	uint8_t *copy;

	if (n > f->left)
		n = f->left;
	copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	memcpy(copy, f->p, n);
	f->p += n;
	f->left -= n;
	*got = n;
	return copy;
}

#define REQUIRE(x)                                                                                 \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
