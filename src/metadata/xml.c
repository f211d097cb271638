/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>

#include "metadata/xml.h"

static void add_escaped(struct strbuf *sb, const char *s, bool quotes)
{
	for (const char *p = s; *p; p++) {
		if (*p == '&')
			strbuf_adds(sb, "&amp;");
		else if (*p == '<')
			strbuf_adds(sb, "&lt;");
		else if (*p == '"' && quotes)
			strbuf_adds(sb, "&quot;");
		else if (*p == '>' && (quotes || (p - s >= 2 && p[-1] == ']' && p[-2] == ']')))
			strbuf_adds(sb, "&gt;");
		else
			strbuf_addch(sb, *p);
	}
}

void xml_add_text(struct strbuf *sb, const char *s)
{
	add_escaped(sb, s, false);
}

void xml_add_attr(struct strbuf *sb, const char *name, const char *value)
{
	strbuf_addf(sb, " %s=\"", name);
	add_escaped(sb, value, true);
	strbuf_addch(sb, '"');
}
