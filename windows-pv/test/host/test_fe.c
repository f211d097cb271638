/* SPDX-License-Identifier: BSD-2-Clause */
/* A front end's life by examples. */
#include "test.h"
#include "fe_config.h"
#include "pv_text.h"
#include "pv_xen.h"

/* The whole way as a table: what the front end does, step by step, and writes. */
static void run_script(struct pv_fe *fe, const char *script, uint64_t now)
{
	static const char letters[] = ".LWFMPEDRf";

	for (; *script; script++) {
		enum pv_fe_step step;

		if (*script == ' ')
			continue;
		if (*script >= '0' && *script <= '8') {
			pv_fe_backend(fe, (unsigned int)(*script - '0'));
			continue;
		}
		step = pv_fe_next(fe, now);
		assert_int_equal(letters[step], *script);
		if (step == PV_FE_WAIT)
			continue;
		if (step == PV_FE_WRITE_STATE || step == PV_FE_PUBLISH)
			assert_int_equal(fe->write_state, *++script - 'a' + 1);
		assert_int_equal(pv_fe_done(fe, step, 0, now), 0);
	}
}

/* A write of state N is W and the N-th letter: Wa Initialising, Pc Initialised, Wd Connected. */
static void the_whole_way(void **state)
{
	struct pv_fe fe;

	(void)state;
	pv_fe_init(&fe, &blk);
	run_script(&fe, ".", 1);
	pv_fe_want(&fe, true);
	run_script(&fe, "1 L Wa . 2 F M Pc . 3 . 4 F Wd E . 7 . 8 . 4 .", 1);
	assert_true(pv_fe_is_up(&fe));
	pv_fe_want(&fe, false);
	run_script(&fe, "D We . 5 Wf . 6 R f .", 1);
	assert_true(pv_fe_is_down(&fe));

	pv_fe_init(&fe, &net);
	pv_fe_want(&fe, true);
	run_script(&fe, "2 L Wa F M Pd . 4 F E .", 1);
	assert_true(pv_fe_is_up(&fe));
	/* The back end goes away without a word. */
	run_script(&fe, "0 D We Wf R f .", 1);
	assert_int_equal(fe.error, PV_ENOENT);
	/* Back again, after the pause: from the start. */
	assert_true(fe.deadline > 1);
	run_script(&fe, "2 L Wa", fe.deadline);
}

/* Left over from a crash: the old back end is brought back to its start first. */
static void stale_back_end(void **state)
{
	struct pv_fe fe;

	(void)state;
	for (unsigned int s = 3; s <= 8; s++) {
		pv_fe_init(&fe, &blk);
		pv_fe_want(&fe, true);
		assert_int_equal(pv_fe_next(&fe, 1), PV_FE_LOOKUP);
		pv_fe_backend(&fe, s);
		pv_fe_done(&fe, PV_FE_LOOKUP, 0, 1);
		if (s == XenbusStateClosed)
			run_script(&fe, "Wa . 2 F M", 1);
		else
			run_script(&fe, "We 5 Wf . 6 Wa . 2 F M", 1);
		assert_int_equal(fe.flaps, 0);
	}
}

/* Up and down for ever: given up after max_flaps, until somebody asks again. */
static void oscillating_back_end(void **state)
{
	struct pv_fe fe;
	uint64_t now = 1;
	unsigned int rounds = 0;

	(void)state;
	pv_fe_init(&fe, &blk);
	pv_fe_want(&fe, true);
	while (!pv_fe_is_given_up(&fe)) {
		assert_true(++rounds < 10);
		pv_fe_backend(&fe, 2);
		run_script(&fe, "L 2 Wa F M Pc 4 F Wd E . 5 D We Wf . 6 R f .", now);
		if (!pv_fe_is_given_up(&fe)) {
			assert_true(fe.deadline > now);
			now = fe.deadline;
		}
	}
	assert_int_equal(rounds, blk.max_flaps + 1);
	run_script(&fe, "2 . 4 . 2 .", now + 1000000);
	pv_fe_want(&fe, false);
	pv_fe_want(&fe, true);
	run_script(&fe, "L", now);
}

/* Losses that lie far apart do not add up. */
static void rare_losses(void **state)
{
	struct pv_fe fe;
	uint64_t now = 1;

	(void)state;
	pv_fe_init(&fe, &blk);
	pv_fe_want(&fe, true);
	for (unsigned int i = 0; i < 20; i++) {
		run_script(&fe, "L 2 Wa F M Pc 4 F Wd E . 5 D We Wf . 6 R f .", now);
		assert_false(pv_fe_is_given_up(&fe));
		now += blk.flap_time + 10;
	}
}

static void silent_back_end(void **state)
{
	struct pv_fe fe;

	(void)state;
	pv_fe_init(&fe, &blk);
	pv_fe_want(&fe, true);
	run_script(&fe, "1 L Wa .", 5);
	assert_true(fe.deadline == 105);
	run_script(&fe, ".", 104);
	/* It stays in Initialising through the closing too, and no ring was ever made. */
	run_script(&fe, "We Wf f .", 105);
	assert_int_equal(fe.error, PV_ETIMEDOUT);
	assert_int_equal(fe.flaps, 0);
	/* Connected, and never lets go: the rings are freed after the time limit all the same. */
	pv_fe_init(&fe, &net);
	pv_fe_want(&fe, true);
	run_script(&fe, "L 2 Wa F M Pd 4 F E .", 5);
	pv_fe_want(&fe, false);
	run_script(&fe, "D We .", 5);
	run_script(&fe, ".", 14);
	run_script(&fe, "Wf .", 15);
	run_script(&fe, "R f .", 25);
}

/* What stands in the node is not a number: as good as gone. */
static void state_is_not_a_number(void **state)
{
	static const char *const texts[] = { "", "four", "-4", "4 4", "99999999999", "\xff\xff" };
	struct pv_fe fe;
	unsigned int s;

	(void)state;
	for (size_t i = 0; i < PV_ARRAY_SIZE(texts); i++) {
		pv_fe_init(&fe, &blk);
		pv_fe_want(&fe, true);
		run_script(&fe, "L 2 Wa F M Pc 4 F Wd E .", 1);
		assert_int_equal(pv_parse_xenbus_state(texts[i], strlen(texts[i]), &s), PV_EPROTO);
		pv_fe_backend(&fe, s);
		run_script(&fe, "D We Wf R f .", 1);
	}
	pv_fe_backend(&fe, 4000000000u);
	assert_int_equal(fe.backend, XenbusStateUnknown);
}

/* On the way down from a loss when the suspend comes: the new domain pays for nothing old. */
static void resume_while_closing(void **state)
{
	struct pv_fe fe;

	(void)state;
	pv_fe_init(&fe, &blk);
	pv_fe_want(&fe, true);
	run_script(&fe, "L 2 Wa F M Pc 4 F Wd E . 5 D", 1);
	pv_fe_resumed(&fe);
	run_script(&fe, "R f L 2 Wa F M", 1);
	assert_int_equal(fe.flaps, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_way),
		cmocka_unit_test(stale_back_end),
		cmocka_unit_test(oscillating_back_end),
		cmocka_unit_test(rare_losses),
		cmocka_unit_test(silent_back_end),
		cmocka_unit_test(state_is_not_a_number),
		cmocka_unit_test(resume_while_closing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
