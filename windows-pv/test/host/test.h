/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_TEST_H
#define PV_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A small generator of our own, so that a failing seed is the same everywhere. */
static inline uint32_t test_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*seed >> 33);
}

/* How much longer the loops of `check-lib-long` are. */
static inline unsigned int test_scale(void)
{
	const char *s = getenv("PV_TEST_SCALE");

	return s ? (unsigned int)strtoul(s, NULL, 10) : 1;
}

/* A copy without any slack, so that ASan sees a read past the end. */
static inline char *test_exact(const void *s, size_t n)
{
	char *p = malloc(n ? n : 1);

	assert_non_null(p);
	memcpy(p, s, n);
	return p;
}

#endif
