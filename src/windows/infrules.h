/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_INFRULES_H
#define DDK_INFRULES_H

#include "check/findings.h"

/* One enumerator per line of infrules.def. */
enum inf_rule_id {
#define RULE(name, id, severity, what, cure) INF_##name,
#include "windows/infrules.def"
#undef RULE
	INF_RULE_COUNT
};

const struct rule *inf_rule_get(enum inf_rule_id id);
/* By its id, in either case; NULL when there is none. */
const struct rule *inf_rule_find(const char *id);
/*
 * findings_add for these rules; line 0 is the file as a whole. The same finding twice counts once;
 * past FINDINGS_MAX they only count.
 */
void inf_finding(struct findings *f, enum inf_rule_id rule, const char *file, unsigned line,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));
bool inf_has_finding(const struct findings *f, enum inf_rule_id rule);

#endif
