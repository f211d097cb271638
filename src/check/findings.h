/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_FINDINGS_H
#define DDK_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "check/rules.h"

struct finding {
	const struct rule *rule;
	char *file;
	char *text; /* one line; what is wrong, with the value */
};

/*
 * What was found, in the order it was found. Bytes of file and text outside of printable ASCII are
 * kept as \xNN, so that they may go to a terminal and into JSON as they are.
 */
struct findings {
	struct finding *v;
	size_t n;
	size_t cap;
	size_t count[SEVERITY_ERROR + 1];
	size_t seen[RULE_COUNT]; /* how often each rule was broken, kept or not */
};

/* A hostile medium could break a rule a million times: what is kept of each rule. */
#define FINDINGS_MAX 1000

#define AUTO_FINDINGS __attribute__((cleanup(findings_release)))

void findings_add(struct findings *f, enum rule_id rule, const char *file, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Drops the findings that concern none of the consumers (CONSUMER_ bits), and counts anew. */
void findings_filter(struct findings *f, unsigned consumers);
/* Whether the rule was broken at least once. */
bool findings_has(const struct findings *f, enum rule_id rule);
/* "error XP007 XS-PACKAGES: …; cure", one line each. */
void findings_print(const struct findings *f, FILE *out);
/*
 * A JSON object {"medium": …, "findings": [{rule, severity, consumers, file, text, cure}],
 * "summary": {errors, warnings, notes}}, with the medium's name under key.
 */
void findings_print_json(const struct findings *f, const char *key, const char *value, FILE *out);
/* That object, and its list of findings, as json_t of jansson; the caller decrefs them. */
struct json_t *findings_object(const struct findings *f, const char *key, const char *value);
struct json_t *findings_json(const struct findings *f);
/* Errors, or with strict errors and warnings, were found. */
bool findings_fail(const struct findings *f, bool strict);
void findings_release(struct findings *f);

/* Bytes outside of printable ASCII as \xNN; the caller frees it. */
char *printable(const char *s);

#endif
