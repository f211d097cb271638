/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/xml.h"
#include "util/alloc.h"
#include "util/cleanup.h"

void check_ascii(const struct contents_text *t, enum rule_id rule, struct findings *f)
{
	size_t line = 1;

	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->data[i];

		line += c == '\n';
		if (c >= 0x7f || (c < ' ' && c != '\n' && c != '\t' && c != '\r')) {
			findings_add(f, rule, t->path,
				"line %zu: byte 0x%02x is not printable ASCII", line, c);
			return;
		}
	}
}

/* Start tags, not counting </, <? and <!. */
static size_t count_elements(const char *line)
{
	size_t n = 0;

	for (; (line = strchr(line, '<')) != NULL; line++)
		n += line[1] != '/' && line[1] != '?' && line[1] != '!';
	return n;
}

static bool contains(const char *p, size_t n, const char *s)
{
	return memmem(p, n, s, strlen(s)) != NULL;
}

/* Each < has its > before the next <, and attributes are written NAME="VALUE". */
static const char *tag_fault(const char *line)
{
	const char *p = line;

	while ((p = strchr(p, '<')) != NULL) {
		size_t len = strcspn(p + 1, "<>") + 1;

		if (p[len] != '>')
			return "a tag does not end on the line on which it starts";
		if (contains(p, len, "='"))
			return "an attribute is in single quotes";
		if (contains(p, len, "= ") || contains(p, len, " ="))
			return "there is a blank next to an equals sign";
		p += len;
	}
	return NULL;
}

static void check_names(const char *line, size_t number, const char *const *names,
	const struct contents_text *t, enum rule_id rule, struct findings *f)
{
	for (; *names; names++) {
		AUTO_FREE char *want = xasprintf("%s=\"", *names);
		const char *last = NULL;

		for (const char *p = line; (p = strstr(p, want)) != NULL; p++)
			last = p;
		if (last && (last == line || last[-1] != ' '))
			findings_add(f, rule, t->path,
				"line %zu: the reader takes '%.40s' for the attribute %s", number,
				last, *names);
	}
}

static void check_line(const char *line, size_t number, const char *const *names,
	const char *const *whole, const struct contents_text *t, enum rule_id rule,
	struct findings *f)
{
	const char *fault = tag_fault(line);
	size_t elements = count_elements(line);

	if (fault)
		findings_add(f, rule, t->path, "line %zu: %s", number, fault);
	if (elements > 1)
		findings_add(
			f, rule, t->path, "line %zu: %zu elements on one line", number, elements);
	if (strchr(line, '\r'))
		findings_add(f, rule, t->path, "line %zu: it ends in a carriage return", number);
	for (; *whole; whole++) {
		AUTO_FREE char *start = xasprintf("<%s", *whole);
		AUTO_FREE char *end = xasprintf("</%s>", *whole);
		const char *p = strstr(line, start);
		size_t len = strlen(start);

		if (p && (p[len] == ' ' || p[len] == '>') && !strstr(p, end))
			findings_add(f, rule, t->path, "line %zu: <%s> does not end on its line",
				number, *whole);
	}
	if (elements)
		check_names(line, number, names, t, rule, f);
}

void check_lines(const struct contents_text *t, const char *const *names, const char *const *whole,
	enum rule_id rule, struct findings *f)
{
	size_t number = 0;

	/* The data ends in a NUL, and what has NULs inside is no XML anyway. */
	for (const char *p = t->data; *p;) {
		size_t len = strcspn(p, "\n");
		AUTO_FREE char *line = xstrndup(p, len);

		check_line(line, ++number, names, whole, t, rule, f);
		p += len + (p[len] == '\n');
	}
}
