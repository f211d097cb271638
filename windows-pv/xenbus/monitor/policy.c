/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy.h"

#define BUSY_AGAIN 10u

static void limit(uint32_t *value, uint32_t most, uint32_t otherwise)
{
	if (*value > most)
		*value = otherwise;
}

void policy_check(struct policy *policy)
{
	const struct policy standard = POLICY_DEFAULT;

	limit(&policy->auto_reboot, POLICY_COUNT_MOST, standard.auto_reboot);
	limit(&policy->auto_timeout, POLICY_TIME_MOST, standard.auto_timeout);
	limit(&policy->prompt_timeout, POLICY_TIME_MOST, standard.prompt_timeout);
	limit(&policy->ask_again, POLICY_TIME_MOST, standard.ask_again);
	if (!policy->prompt_timeout)
		policy->prompt_timeout = standard.prompt_timeout;
	if (!policy->ask_again)
		policy->ask_again = standard.ask_again;
}

static enum deed ask(const struct policy *policy, struct policy_state *state,
	const struct moment *m, uint64_t *when)
{
	if (state->asking) {
		if (m->answer == ANSWER_NONE)
			return DEED_ASKED;
		state->asking = false;
		if (m->answer == ANSWER_YES)
			return DEED_REBOOT;
		state->quiet_until = m->now + policy->ask_again;
	}
	if (m->now < state->quiet_until) {
		*when = state->quiet_until;
		return DEED_ASKED;
	}
	if (!m->attended) {
		/* A question that nobody sees is no question. */
		*when = m->now + BUSY_AGAIN;
		return DEED_WAIT;
	}
	state->asking = true;
	return DEED_ASK;
}

enum deed policy_decide(const struct policy *policy, struct policy_state *state,
	const struct moment *m, uint64_t *when)
{
	*when = 0;
	if (!m->requested) {
		state->quiet_until = 0;
		/* A question that is out is answered to nobody. */
		if (m->answer != ANSWER_NONE)
			state->asking = false;
		return DEED_NOTHING;
	}
	/* A user's yes is for now; but who installs would be cut off, and that is asked again. */
	if (m->installing || (m->required && m->answer != ANSWER_YES)) {
		if (m->answer != ANSWER_NONE)
			state->asking = false;
		*when = m->now + BUSY_AGAIN;
		return DEED_WAIT;
	}
	if (policy->auto_reboot && m->reboots < policy->auto_reboot)
		return DEED_REBOOT;
	if (policy->auto_reboot && !m->attended)
		return DEED_GIVE_UP;
	return ask(policy, state, m, when);
}
