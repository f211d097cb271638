/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

#include "check/findings.h"
#include "util/alloc.h"
#include "util/strbuf.h"

char *printable(const char *s)
{
	struct strbuf sb = STRBUF_INIT;

	for (; *s; s++) {
		if (*s >= ' ' && *s < 0x7f)
			strbuf_addch(&sb, *s);
		else
			strbuf_addf(&sb, "\\x%02x", (unsigned char)*s);
	}
	return strbuf_detach(&sb);
}

void findings_add(struct findings *f, enum rule_id rule, const char *file, const char *fmt, ...)
{
	const struct rule *r = rule_get(rule);
	AUTO_FREE char *text = NULL;
	va_list ap;

	f->count[r->severity]++;
	if (++f->seen[rule] > FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	f->v = xgrow(f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = (struct finding){ r, printable(file), printable(text) };
}

bool findings_has(const struct findings *f, enum rule_id rule)
{
	return f->seen[rule] > 0;
}

void findings_filter(struct findings *f, unsigned consumers)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++) {
		struct finding *x = &f->v[i];

		if (x->rule->consumers & consumers) {
			f->v[kept++] = *x;
			continue;
		}
		free(x->file);
		free(x->text);
	}
	f->n = kept;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		if (r->consumers & consumers)
			continue;
		f->count[r->severity] -= f->seen[i];
		f->seen[i] = 0;
	}
}

void findings_print(const struct findings *f, FILE *out)
{
	for (size_t i = 0; i < f->n; i++)
		fprintf(out, "%s %s %s: %s; %s\n", severity_name(f->v[i].rule->severity),
			f->v[i].rule->id, f->v[i].file, f->v[i].text, f->v[i].rule->cure);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		if (f->seen[i] > FINDINGS_MAX)
			fprintf(out, "%s %s: and %zu more of these\n", severity_name(r->severity),
				r->id, f->seen[i] - FINDINGS_MAX);
	}
}

static json_t *consumers_json(unsigned consumers)
{
	json_t *a = json_array();

	for (size_t i = 0; consumer_name(i); i++) {
		if (consumers & 1u << i)
			json_array_append_new(a, json_string(consumer_name(i)));
	}
	return a;
}

json_t *findings_json(const struct findings *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o, s:s, s:s, s:s}", "rule", x->rule->id,
				      "severity", severity_name(x->rule->severity), "consumers",
				      consumers_json(x->rule->consumers), "file", x->file, "text",
				      x->text, "cure", x->rule->cure));
	}
	return list;
}

json_t *findings_object(const struct findings *f, const char *key, const char *value)
{
	AUTO_FREE char *shown = printable(value);

	return json_pack("{s:s, s:o, s:{s:I, s:I, s:I}}", key, shown, "findings", findings_json(f),
		"summary", "errors", (json_int_t)f->count[SEVERITY_ERROR], "warnings",
		(json_int_t)f->count[SEVERITY_WARNING], "notes",
		(json_int_t)f->count[SEVERITY_NOTE]);
}

void findings_print_json(const struct findings *f, const char *key, const char *value, FILE *out)
{
	json_t *top = findings_object(f, key, value);

	json_dumpf(top, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(top);
}

bool findings_fail(const struct findings *f, bool strict)
{
	return f->count[SEVERITY_ERROR] || (strict && f->count[SEVERITY_WARNING]);
}

void findings_release(struct findings *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->v[i].file);
		free(f->v[i].text);
	}
	free(f->v);
	*f = (struct findings){ 0 };
}
