/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CHECK_RULES_H
#define DDK_CHECK_RULES_H

#include <stddef.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* Who trips over a broken rule. */
enum consumer {
	CONSUMER_INSTALLER = 1 << 0,  /* installers that read XS-*: XCP, XenServer 5.6 to 7.0 */
	CONSUMER_HOST = 1 << 1,	      /* install.sh and install on a running host */
	CONSUMER_XAPI = 1 << 2,	      /* the toolstack: pack records, updates */
	CONSUMER_YUM = 1 << 3,	      /* installers from 7.1 on, and yum or dnf on a host */
	CONSUMER_KERNEL = 1 << 4,     /* the kernel that loads the modules */
	CONSUMER_TEAM = 1 << 5,	      /* the platform team, and later versions of the disk */
	CONSUMER_GUEST = 1 << 6,      /* a Windows guest, and its pvinst */
	CONSUMER_DOM0 = (1 << 6) - 1, /* all that have to do with RPMs */
	CONSUMER_ALL = (1 << 7) - 1,
};

/* One enumerator per line of rules.def. */
enum rule_id {
#define RULE(name, id, severity, consumers, what, cure) RULE_##name,
#include "check/rules.def"
#undef RULE
	RULE_COUNT
};

struct rule {
	const char *id; /* two letters of the topic and three digits; never used for another rule */
	enum severity severity;
	unsigned consumers; /* CONSUMER_ bits */
	const char *what;   /* the rule, and what happens where it is broken */
	const char *cure;   /* a few words in the imperative */
};

const struct rule *rule_get(enum rule_id id);
/* By its id, in either case; NULL when there is none. */
const struct rule *rule_find(const char *id);
const char *severity_name(enum severity s);
/* The single bit of that name, or 0. */
unsigned consumer_find(const char *name);
/* The name of the i-th consumer, NULL past the last. */
const char *consumer_name(size_t i);
/* "installer, host"; the caller frees it. */
char *consumers_text(unsigned consumers);

#endif
