/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
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

void inf_finding(struct findings *f, enum inf_rule_id rule, const char *file, unsigned line,
	const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *place = NULL;
	va_list ap;

	f->count[rules[rule].severity]++;
	if (f->n >= FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	place = line ? xasprintf("%s:%u", file, line) : xstrdup(file);
	f->v = xgrow(f->v, f->n, &f->cap, sizeof(*f->v));
	f->v[f->n++] = (struct finding){ &rules[rule], printable(place), printable(text) };
}

bool inf_has_finding(const struct findings *f, enum inf_rule_id rule)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].rule == &rules[rule])
			return true;
	}
	return false;
}
