/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_REPORT_H
#define DDK_REPORT_H

#include <stddef.h>

/*
 * Where the findings of one run go: every finding is reported, not only the first. where names the
 * file, perhaps with a line ("disk.conf:12"); text is one line with value, rule and cure. Both are
 * gone after the call. With fn NULL a finding is an error message (diag_error).
 */
struct reporter {
	void (*fn)(void *data, const char *where, const char *text);
	void *data;
	size_t count;
};

void report(struct reporter *rep, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
