/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "util/strbuf.h"
#include "windows/inf.h"

struct parser {
	struct inf *inf;
	struct findings *findings;
	struct inf_section *section;
};

static void release_line(struct inf_line *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->values[i]);
	free(l->values);
	free(l->key);
}

void inf_release(struct inf *inf)
{
	for (size_t i = 0; i < inf->n; i++) {
		struct inf_section *s = &inf->v[i];

		for (size_t k = 0; k < s->n; k++)
			release_line(&s->v[k]);
		free(s->v);
		free(s->name);
	}
	free(inf->v);
	*inf = (struct inf){ 0 };
}

struct inf_section *inf_section(const struct inf *inf, const char *name)
{
	for (size_t i = 0; i < inf->n; i++) {
		if (strcasecmp(inf->v[i].name, name) == 0)
			return &inf->v[i];
	}
	return NULL;
}

const struct inf_line *inf_line(const struct inf_section *s, const char *key)
{
	for (size_t i = 0; s && i < s->n; i++) {
		if (s->v[i].key && strcasecmp(s->v[i].key, key) == 0)
			return &s->v[i];
	}
	return NULL;
}

const char *inf_value(const struct inf_line *line, size_t i)
{
	return line && i < line->n ? line->values[i] : "";
}

static bool is_number(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
	}
	return len > 0;
}

static const struct inf_line *find_string(const struct inf *inf, const char *name)
{
	return inf_line(inf_section(inf, "Strings"), name);
}

char *inf_expand(const struct inf *inf, const char *value, unsigned number, struct findings *f)
{
	struct strbuf sb = STRBUF_INIT;

	while (*value) {
		const char *end = *value == '%' ? strchr(value + 1, '%') : NULL;
		size_t len = end ? (size_t)(end - value) + 1 : 1;
		AUTO_FREE char *name = NULL;
		const struct inf_line *line;

		if (*value != '%') {
			strbuf_addch(&sb, *value++);
			continue;
		}
		name = xstrndup(value + 1, len > 1 ? len - 2 : 0);
		line = len > 2 ? find_string(inf, name) : NULL;
		if (len == 2)
			strbuf_addch(&sb, '%');
		else if (line)
			strbuf_adds(&sb, inf_value(line, 0));
		else {
			if (f && !(len > 2 && is_number(name, len - 2)))
				inf_finding(f, INF_STRING, inf->file, number,
					len > 2 ? "%%%s%% is not in [Strings]"
						: "a single percent sign%s",
					name);
			strbuf_add(&sb, value, len);
		}
		value += len;
	}
	return strbuf_detach(&sb);
}

/* Adds the character as UTF-8; surrogates are no characters. */
static bool add_utf8(struct strbuf *sb, uint32_t c)
{
	if (c < 0x80) {
		strbuf_addch(sb, (char)c);
	} else if (c < 0x800) {
		strbuf_addch(sb, (char)(0xc0 | c >> 6));
		strbuf_addch(sb, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		if (c >= 0xd800 && c < 0xe000)
			return false;
		strbuf_addch(sb, (char)(0xe0 | c >> 12));
		strbuf_addch(sb, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_addch(sb, (char)(0x80 | (c & 0x3f)));
	} else {
		strbuf_addch(sb, (char)(0xf0 | c >> 18));
		strbuf_addch(sb, (char)(0x80 | (c >> 12 & 0x3f)));
		strbuf_addch(sb, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_addch(sb, (char)(0x80 | (c & 0x3f)));
	}
	return true;
}

static bool decode_utf16(struct strbuf *sb, const unsigned char *p, size_t size)
{
	for (size_t i = 0; i + 1 < size; i += 2) {
		uint32_t c = (uint32_t)p[i] | (uint32_t)p[i + 1] << 8, low;

		if (c >= 0xd800 && c < 0xdc00 && i + 3 < size) {
			low = (uint32_t)p[i + 2] | (uint32_t)p[i + 3] << 8;
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				i += 2;
			}
		}
		if (!add_utf8(sb, c))
			return false;
	}
	return size % 2 == 0;
}

/* The least character that a sequence of that length may stand for. */
static bool is_utf8(const unsigned char *p, size_t size)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

	for (size_t i = 0; i < size;) {
		unsigned more = p[i] < 0x80 ? 0 : p[i] >> 5 == 6 ? 1 : p[i] >> 4 == 14 ? 2 : 3;
		uint32_t c = more == 0 ? p[i] : p[i] & (0x3fu >> more);

		if (more == 3 && p[i] >> 3 != 30)
			return false;
		if (size - i <= more)
			return false;
		for (unsigned k = 1; k <= more; k++) {
			if (p[i + k] >> 6 != 2)
				return false;
			c = c << 6 | (p[i + k] & 0x3f);
		}
		if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		i += more + 1;
	}
	return true;
}

static bool is_ascii(const unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (p[i] >= 0x80)
			return false;
	}
	return true;
}

/* The text in UTF-8. False when it cannot be read at all. */
static bool decode(struct parser *p, const unsigned char *data, size_t size, struct strbuf *sb)
{
	const char *why = NULL;

	if (size >= 2 && data[0] == 0xff && data[1] == 0xfe) {
		if (!decode_utf16(sb, data + 2, size - 2))
			why = "is no valid UTF-16LE";
	} else if (size >= 2 && data[0] == 0xfe && data[1] == 0xff) {
		why = "is UTF-16BE, which Windows does not read";
	} else if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		if (!is_utf8(data + 3, size - 3))
			why = "is no valid UTF-8";
		strbuf_add(sb, data + 3, size - 3);
	} else {
		if (!is_ascii(data, size))
			inf_finding(p->findings, INF_ENCODING, p->inf->file, 0,
				"has bytes that are no ASCII, and no byte order mark");
		strbuf_add(sb, data, size);
	}
	if (why)
		inf_finding(p->findings, INF_ENCODING, p->inf->file, 0, "%s", why);
	return !why;
}

static void syntax(struct parser *p, unsigned number, const char *what)
{
	inf_finding(p->findings, INF_SYNTAX, p->inf->file, number, "%s", what);
}

static char *trimmed(const char *s, size_t len)
{
	while (len && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	return xstrndup(s, len);
}

static void start_section(struct parser *p, const char *text, unsigned number)
{
	const char *end = strchr(text, ']');
	AUTO_FREE char *name = trimmed(text + 1, end ? (size_t)(end - text) - 1 : strlen(text + 1));
	size_t n = strlen(name);

	if (n >= 2 && name[0] == '"' && name[n - 1] == '"') {
		memmove(name, name + 1, n - 2);
		name[n - 2] = '\0';
		n -= 2;
	}
	if (!end || end[1 + strspn(end + 1, " \t")])
		syntax(p, number, "a section's name is not closed, or something follows it");
	if (n == 0 || n > 255)
		syntax(p, number, "a section's name has 1 to 255 characters");
	p->section = inf_section(p->inf, name);
	if (p->section)
		return;
	if (p->inf->n == INF_SECTIONS_MAX) {
		syntax(p, number, "more than 2048 sections; the rest is not read");
		return;
	}
	p->inf->v = xgrow(p->inf->v, p->inf->n, &p->inf->cap, sizeof(*p->inf->v));
	p->section = &p->inf->v[p->inf->n++];
	*p->section = (struct inf_section){ .name = xstrdup(name), .number = number };
}

/* One value up to a comma, or to the '=' of a key; *text is moved behind it. */
static char *read_value(struct parser *p, const char **text, bool may_be_key, unsigned number)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	const char *s = *text;
	size_t kept = 0; /* what stood in quotes is not trimmed */

	s += strspn(s, " \t");
	while (*s && *s != ',' && !(may_be_key && *s == '=')) {
		if (*s != '"') {
			strbuf_addch(&sb, *s++);
			continue;
		}
		for (s++; *s; s++) {
			if (*s == '"' && s[1] != '"')
				break;
			if (*s == '"')
				s++;
			strbuf_addch(&sb, *s);
		}
		kept = sb.len;
		if (*s)
			s++;
		else
			syntax(p, number, "a quote is not closed");
	}
	while (sb.len > kept && isspace((unsigned char)sb.buf[sb.len - 1]))
		sb.buf[--sb.len] = '\0';
	*text = s;
	return strbuf_detach(&sb);
}

static void add_line(struct parser *p, const char *text, unsigned number)
{
	struct inf_section *s = p->section;
	struct inf_line l = { .number = number };
	size_t cap = 0;
	char *first;

	if (!s) {
		if (p->inf->n < INF_SECTIONS_MAX)
			syntax(p, number, "a line stands before the first section");
		return;
	}
	if (p->inf->n_lines++ >= INF_LINES_MAX) {
		if (p->inf->n_lines == INF_LINES_MAX + 1)
			syntax(p, number, "more than 8192 lines; the rest is not read");
		return;
	}
	first = read_value(p, &text, true, number);
	if (*text == '=') {
		l.key = first;
		text++;
		first = read_value(p, &text, false, number);
	}
	for (;;) {
		l.values = xgrow(l.values, l.n, &cap, sizeof(*l.values));
		l.values[l.n++] = first;
		if (*text != ',')
			break;
		if (l.n == INF_VALUES_MAX) {
			syntax(p, number, "a line with more than 64 values");
			break;
		}
		text++;
		first = read_value(p, &text, false, number);
	}
	s->v = xgrow(s->v, s->n, &s->cap, sizeof(*s->v));
	s->v[s->n++] = l;
}

/* Where a comment begins, or the end: a semicolon inside of quotes is none. */
static size_t without_comment(const char *s, size_t len)
{
	bool is_quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			is_quoted = !is_quoted;
		else if (s[i] == ';' && !is_quoted)
			return i;
	}
	return len;
}

static void take_line(struct parser *p, const struct strbuf *line, unsigned number)
{
	AUTO_FREE char *text = trimmed(line->buf ? line->buf : "", line->len);

	if (strlen(text) > INF_LINE_MAX)
		syntax(p, number, "a line of more than 4096 characters");
	else if (*text == '[')
		start_section(p, text, number);
	else if (*text)
		add_line(p, text, number);
}

/* A backslash that ends a line outside of quotes goes on in the next. */
static bool is_continued(const char *s, size_t len)
{
	size_t quotes = 0;

	for (size_t i = 0; i < len; i++)
		quotes += s[i] == '"';
	return len && s[len - 1] == '\\' && quotes % 2 == 0;
}

static void parse_text(struct parser *p, const char *text, size_t size)
{
	AUTO_STRBUF struct strbuf line = STRBUF_INIT;
	unsigned number = 0, first = 0;

	for (size_t at = 0; at < size;) {
		const char *s = text + at, *end = memchr(s, '\n', size - at);
		size_t len = end ? (size_t)(end - s) : size - at;
		bool goes_on;

		number++;
		at += len + 1;
		len = without_comment(s, len);
		while (len && isspace((unsigned char)s[len - 1]))
			len--;
		for (size_t i = 0; i < len; i++) {
			if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f) {
				syntax(p, number, "a control character");
				len = i;
			}
		}
		goes_on = is_continued(s, len);
		if (!line.len)
			first = number;
		strbuf_add(&line, s, goes_on ? len - 1 : len);
		if (goes_on && line.len <= INF_LINE_MAX)
			continue;
		take_line(p, &line, first);
		strbuf_reset(&line);
	}
	take_line(p, &line, first);
}

void inf_parse(struct inf *inf, const char *file, const void *data, size_t size, struct findings *f)
{
	AUTO_STRBUF struct strbuf text = STRBUF_INIT;
	struct parser p = { .inf = inf, .findings = f };

	*inf = (struct inf){ .file = file };
	if (decode(&p, data, size, &text) && text.len)
		parse_text(&p, text.buf, text.len);
}
