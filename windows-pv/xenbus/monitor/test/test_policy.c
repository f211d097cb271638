/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../policy.h"

static void limits(void **state)
{
	struct policy p = { 101, 0xffffffff, 0xffffffff, 0xffffffff };
	struct policy zero = { 0 };

	(void)state;
	policy_check(&p);
	assert_int_equal(p.auto_reboot, 0);
	assert_int_equal(p.auto_timeout, 60);
	assert_int_equal(p.prompt_timeout, 300);
	assert_int_equal(p.ask_again, 14400);
	policy_check(&zero);
	assert_int_equal(zero.auto_timeout, 0);
	assert_int_equal(zero.prompt_timeout, 300);
	assert_int_equal(zero.ask_again, 14400);
	p.auto_reboot = 100;
	policy_check(&p);
	assert_int_equal(p.auto_reboot, 100);
}

static void asks(void **state)
{
	struct policy p = POLICY_DEFAULT;
	struct policy_state s = { 0 };
	struct moment m = { .now = 1000, .attended = true };
	uint64_t when;

	(void)state;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_NOTHING);
	m.requested = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASKED);
	assert_int_equal(when, 0);
	m.answer = ANSWER_LATER;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASKED);
	assert_int_equal(when, 1000 + 14400);
	m.answer = ANSWER_NONE;
	m.now = when - 1;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASKED);
	m.now++;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
	m.answer = ANSWER_TIMEOUT;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASKED);
	m.answer = ANSWER_NONE;
	m.now = when;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
	m.answer = ANSWER_YES;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_REBOOT);
}

static void waits(void **state)
{
	struct policy p = POLICY_DEFAULT;
	struct policy_state s = { 0 };
	struct moment m = { .now = 5, .requested = true };
	uint64_t when;

	(void)state;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_WAIT); /* nobody there */
	assert_int_equal(when, 15);
	m.attended = true;
	m.installing = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_WAIT);
	m.installing = false;
	m.required = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_WAIT);
	m.required = false;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
	/* It is said yes to in the middle of an installation. */
	m.answer = ANSWER_YES;
	m.installing = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_WAIT);
	m.answer = ANSWER_NONE;
	m.installing = false;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
	/* The wish goes while the question is out. */
	m.requested = false;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_NOTHING);
	m.answer = ANSWER_YES;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_NOTHING);
	m.answer = ANSWER_NONE;
	m.requested = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
}

static void by_itself(void **state)
{
	struct policy p = POLICY_DEFAULT;
	struct policy_state s = { 0 };
	struct moment m = { .now = 5, .requested = true };
	uint64_t when;

	(void)state;
	p.auto_reboot = 2;
	m.installing = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_WAIT);
	m.installing = false;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_REBOOT);
	m.reboots = 1;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_REBOOT);
	m.reboots = 2;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_GIVE_UP);
	m.attended = true;
	assert_int_equal(policy_decide(&p, &s, &m, &when), DEED_ASK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(asks),
		cmocka_unit_test(waits),
		cmocka_unit_test(by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
