/* SPDX-License-Identifier: BSD-2-Clause */
/* When the system is restarted, and who is asked. Pure: no clock, no system. Times in seconds. */
#ifndef MONITOR_POLICY_H
#define MONITOR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* Of the registry; see INSTALL.md. */
struct policy {
	uint32_t auto_reboot;	 /* restarts without asking, at most so many in a row; 0: ask */
	uint32_t auto_timeout;	 /* notice before such a restart */
	uint32_t prompt_timeout; /* how long a question stays */
	uint32_t ask_again;	 /* after "later", or no answer */
};
#define POLICY_DEFAULT                                                                             \
	(struct policy)                                                                            \
	{                                                                                          \
		.auto_reboot = 0, .auto_timeout = 60, .prompt_timeout = 300, .ask_again = 14400    \
	}
/* What is out of range is as the default has it. */
#define POLICY_COUNT_MOST 100u
#define POLICY_TIME_MOST  (7u * 24 * 3600)
void policy_check(struct policy *policy);

enum answer {
	ANSWER_NONE, /* nobody was asked, or it is not known yet */
	ANSWER_YES,
	ANSWER_LATER,
	ANSWER_TIMEOUT,
};

struct moment {
	uint64_t now;
	bool requested;	  /* a driver wants a restart */
	bool installing;  /* an installer is at work */
	bool required;	  /* a program keeps the system awake: it burns a disc, presents, copies */
	bool attended;	  /* somebody is logged on who can be asked */
	uint32_t reboots; /* made without asking since one was last not needed */
	enum answer answer;
};

enum deed {
	DEED_NOTHING,
	DEED_WAIT, /* for what keeps the system busy */
	DEED_ASK,
	DEED_ASKED, /* a question is out, or was answered "later" */
	DEED_REBOOT,
	DEED_GIVE_UP, /* as many restarts as allowed, and still one is wanted: ask */
};

struct policy_state { /* zeroed */
	bool asking;
	uint64_t quiet_until;
};

/* Called whenever something may have changed, and at *when at the latest; 0: no limit. */
enum deed policy_decide(const struct policy *policy, struct policy_state *state,
	const struct moment *m, uint64_t *when);

#endif
