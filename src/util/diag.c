/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/diag.h"

static void put(const char *word, const char *colour, const char *fmt, va_list ap)
{
	const char *no_color = getenv("NO_COLOR");
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	if (isatty(STDERR_FILENO) && !(no_color && *no_color))
		fprintf(stderr, "ddk: \033[%sm%s\033[0m: ", colour, word);
	else
		fprintf(stderr, "ddk: %s: ", word);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			fprintf(stderr, "\\x%02x", *p);
		else
			fputc(*p, stderr);
	}
	fputc('\n', stderr);
	free(text);
}

#define DIAG(name, word, colour)                                                                   \
	void diag_##name(const char *fmt, ...)                                                     \
	{                                                                                          \
		va_list ap;                                                                        \
                                                                                                   \
		va_start(ap, fmt);                                                                 \
		put(word, colour, fmt, ap);                                                        \
		va_end(ap);                                                                        \
	}

DIAG(error, "error", "31")
DIAG(warn, "warning", "33")
DIAG(note, "note", "36")
