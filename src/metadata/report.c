/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "metadata/report.h"

void report(struct reporter *rep, const char *where, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	rep->count++;
	if (rep->fn)
		rep->fn(rep->data, where, text);
	else
		diag_error("%s: %s", where, text);
}
