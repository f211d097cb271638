/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_PROGRAM_H
#define DDK_PROGRAM_H

#include <stddef.h>

/*
 * Runs a program by its absolute path with an empty environment, and waits for it. in becomes its
 * standard input (-1: /dev/null); the descriptors of keep stay open under their numbers, so that it
 * can be handed /proc/self/fd/N. The first size - 1 bytes of what it says on both outputs go to
 * said. Processor time is bounded. Returns its exit status, or -1 when it did not run or was
 * killed.
 */
int program_run(const char *path, char *const *argv, int in, const int *keep, size_t n, char *said,
	size_t size);

#endif
