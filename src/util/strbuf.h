/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_STRBUF_H
#define DDK_STRBUF_H

#include <stddef.h>

#include "util/cleanup.h"

/* A growing byte string, always followed by a NUL that len does not count. */
struct strbuf {
	char *buf;
	size_t len;
	size_t cap;
};

#define STRBUF_INIT                                                                                \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}
#define AUTO_STRBUF CLEANUP(strbuf_release)

void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_adds(struct strbuf *sb, const char *s);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Hands the string to the caller, who frees it; sb is empty afterwards. Never NULL. */
char *strbuf_detach(struct strbuf *sb);
void strbuf_reset(struct strbuf *sb);
void strbuf_release(struct strbuf *sb);

/*
 * Appends a whole file, at most max bytes. Returns 0 or a negative errno; -EFBIG when the file is
 * longer than max, and sb then holds what was read.
 */
int strbuf_read_file(struct strbuf *sb, const char *path, size_t max);

#endif
