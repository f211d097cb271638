/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "windows/infrules.h"

static const struct rule rules[] = {
#define RULE(name, id, severity, what, cure) { id, SEVERITY_##severity, 0, what, cure },
#include "windows/infrules.def"
#undef RULE
};

const struct rule *inf_rule_get(enum inf_rule_id id)
{
	return &rules[id];
}

const struct rule *inf_rule_find(const char *id)
{
	for (size_t i = 0; i < INF_RULE_COUNT; i++) {
		if (strcasecmp(rules[i].id, id) == 0)
			return &rules[i];
	}
	return NULL;
}

/* A line that serves several architectures is checked for each. */
static bool is_known(const struct findings *f, const struct finding *x)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].rule == x->rule && strcmp(f->v[i].file, x->file) == 0 &&
			strcmp(f->v[i].text, x->text) == 0)
			return true;
	}
	return false;
}

void inf_finding(struct findings *f, enum inf_rule_id rule, const char *file, unsigned line,
	const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *place = NULL;
	struct finding x = { .rule = &rules[rule] };
	va_list ap;

	if (f->n >= FINDINGS_MAX) {
		f->count[x.rule->severity]++;
		return;
	}
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	place = line ? xasprintf("%s:%u", file, line) : xstrdup(file);
	x.file = printable(place);
	x.text = printable(text);
	if (is_known(f, &x)) {
		free(x.file);
		free(x.text);
		return;
	}
	f->count[x.rule->severity]++;
	f->v = xgrow(f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = x;
}

bool inf_has_finding(const struct findings *f, enum inf_rule_id rule)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].rule == &rules[rule])
			return true;
	}
	return false;
}
