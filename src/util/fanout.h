/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_FANOUT_H
#define DDK_FANOUT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * One stream of bytes, read once and handed to several functions, each in a thread of its own:
 * digests take longer than reading. What is read lies in a ring of blocks, so memory is bounded.
 */
struct fanout_sink {
	void (*add)(void *arg, const void *data, size_t len);
	void *arg;
};

enum { FANOUT_SINKS_MAX = 4, FANOUT_BLOCK = 1 << 18 };

struct fanout;

/*
 * Starts with a copy of n sinks. Without threads, and where none can be had, fanout_pass calls the
 * sinks itself.
 */
struct fanout *fanout_start(const struct fanout_sink *sinks, size_t n, bool threads);
/* A place for FANOUT_BLOCK bytes; waits until one is free. The block before it stays as it is. */
unsigned char *fanout_block(struct fanout *f);
/* Hands the first len bytes of that block to every sink. */
void fanout_pass(struct fanout *f, size_t len);
/* Waits until every sink has had everything, and frees f. */
void fanout_finish(struct fanout *f);
/* The same for bytes that are in memory: returns when every sink has had them, in blocks. */
void fanout_buffer(
	const struct fanout_sink *sinks, size_t n, const void *data, size_t len, bool threads);

#endif
