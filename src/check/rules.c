/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "check/rules.h"
#include "util/strbuf.h"

static const struct rule rules[RULE_COUNT] = {
#define RULE(name, id, severity, consumers, what, cure)                                            \
	[RULE_##name] = { id, SEVERITY_##severity, consumers, what, cure },
#include "check/rules.def"
#undef RULE
};

static const char *const consumer_names[] = { "installer", "host", "xapi", "yum", "kernel", "team",
	"guest" };

const struct rule *rule_get(enum rule_id id)
{
	return &rules[id];
}

const struct rule *rule_find(const char *id)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (strcasecmp(rules[i].id, id) == 0)
			return &rules[i];
	}
	return NULL;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[s];
}

const char *consumer_name(size_t i)
{
	return i < sizeof(consumer_names) / sizeof(consumer_names[0]) ? consumer_names[i] : NULL;
}

unsigned consumer_find(const char *name)
{
	for (size_t i = 0; consumer_name(i); i++) {
		if (strcmp(consumer_name(i), name) == 0)
			return 1u << i;
	}
	return 0;
}

char *consumers_text(unsigned consumers)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; consumer_name(i); i++) {
		if (consumers & 1u << i)
			strbuf_addf(&sb, "%s%s", sb.len ? ", " : "", consumer_name(i));
	}
	return strbuf_detach(&sb);
}
