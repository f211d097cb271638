/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CLEANUP_H
#define DDK_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Gives TYPE variables declared with CLEANUP(FUNC) a destructor; FUNC takes a TYPE *. */
#define CLEANUP(func) __attribute__((cleanup(func)))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define AUTO_FREE   CLEANUP(cleanup_free)
#define AUTO_FCLOSE CLEANUP(cleanup_fclose)
#define AUTO_CLOSE  CLEANUP(cleanup_close)

#endif
