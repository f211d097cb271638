/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "windows/infcheck.h"
#include "windows/infstamp.h"

struct stamper {
	const struct inf_setting *v;
	size_t n;
	char *driverver; /* the line's text */
	const char *ending;
	bool is_in_version;
	bool is_stamped;
	struct strbuf *out;
};

bool inf_is_token(const char *name, size_t len)
{
	if (len == 0 || *name < 'A' || *name > 'Z')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!(name[i] >= 'A' && name[i] <= 'Z') && !(name[i] >= '0' && name[i] <= '9') &&
			name[i] != '_')
			return false;
	}
	return true;
}

static const struct inf_setting *find(const struct stamper *s, const char *name, size_t len)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strlen(s->v[i].name) == len && memcmp(s->v[i].name, name, len) == 0)
			return &s->v[i];
	}
	return NULL;
}

/* Returns the filled line, or NULL where it is dropped or has an unknown token. */
static char *fill(const struct stamper *s, const char *line, size_t len, char **unknown)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	bool is_dropped = false;

	for (size_t i = 0; i < len;) {
		const char *end = line[i] == '@' ? memchr(line + i + 1, '@', len - i - 1) : NULL;
		size_t n = end ? (size_t)(end - line) - i - 1 : 0;
		const struct inf_setting *x;

		if (!end || !inf_is_token(line + i + 1, n)) {
			strbuf_addch(&sb, line[i++]);
			continue;
		}
		x = find(s, line + i + 1, n);
		if (!x) {
			*unknown = xstrndup(line + i, n + 2);
			return NULL;
		}
		is_dropped |= !*x->value;
		strbuf_adds(&sb, x->value);
		i += n + 2;
	}
	return is_dropped ? NULL : strbuf_detach(&sb);
}

static void add_driverver(struct stamper *s)
{
	strbuf_addf(s->out, "%s%s", s->driverver, s->ending);
	s->is_stamped = true;
}

static bool is_driverver(const char *line)
{
	line += strspn(line, " \t");
	if (strncasecmp(line, "DriverVer", 9) != 0)
		return false;
	line += 9;
	return line[strspn(line, " \t")] == '=';
}

static void add_line(struct stamper *s, const char *line)
{
	const char *text = line + strspn(line, " \t");

	if (s->is_in_version && is_driverver(line)) {
		if (!s->is_stamped)
			add_driverver(s);
		return;
	}
	if (*text == '[') {
		if (s->is_in_version && !s->is_stamped)
			add_driverver(s);
		s->is_in_version = strncasecmp(text, "[Version]", 9) == 0;
	}
	strbuf_addf(s->out, "%s%s", line, s->ending);
}

/* The date the other way round; NULL when it is none. */
static char *driverver(const char *version, const char *date)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_INF struct inf inf = { 0 };
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *line = NULL;

	if (strlen(date) != 10 || date[4] != '-' || date[7] != '-')
		return NULL;
	line = xasprintf("DriverVer = %.2s/%.2s/%.4s,%s", date + 5, date + 8, date, version);
	/* The rule is that of the checks. */
	text = xasprintf("[Version]\n%s\n", line);
	inf_parse(&inf, "", text, strlen(text), &f);
	inf_check(&inf, NULL, &f);
	if (inf_has_finding(&f, INF_DRIVERVER) || inf_has_finding(&f, INF_SYNTAX) ||
		strchr(version, ';'))
		return NULL;
	return xstrdup(line);
}

int inf_stamp(const char *template, size_t size, const struct inf_setting *v, size_t n,
	const char *version, const char *date, struct strbuf *out, char **error)
{
	AUTO_FREE char *stamped = driverver(version, date);
	struct stamper s = { .v = v, .n = n, .driverver = stamped, .ending = "\n", .out = out };
	unsigned number = 0;

	*error = NULL;
	if (!stamped) {
		*error =
			xasprintf("date '%s', version '%s': needed are YYYY-MM-DD and a.b.c.d with "
				  "numbers up to 65535",
				date, version);
		return -EINVAL;
	}
	if (memchr(template, '\0', size)) {
		*error = xstrdup("has NUL bytes; a template is ASCII or UTF-8, not UTF-16");
		return -EINVAL;
	}
	for (size_t at = 0; at < size;) {
		const char *line = template + at, *end = memchr(line, '\n', size - at);
		size_t len = end ? (size_t)(end - line) : size - at;
		AUTO_FREE char *unknown = NULL;
		AUTO_FREE char *filled = NULL;

		at += len + 1;
		number++;
		s.ending = len && line[len - 1] == '\r' ? "\r\n" : "\n";
		len -= s.ending[0] == '\r';
		filled = fill(&s, line, len, &unknown);
		if (unknown) {
			*error = xasprintf("line %u: nothing is set for %s; give --set %.*s=VALUE",
				number, unknown, (int)strlen(unknown) - 2, unknown + 1);
			return -EINVAL;
		}
		if (filled)
			add_line(&s, filled);
	}
	if (s.is_in_version && !s.is_stamped)
		add_driverver(&s);
	if (!s.is_stamped) {
		*error = xstrdup("has no section [Version], where DriverVer goes");
		return -EINVAL;
	}
	return 0;
}
