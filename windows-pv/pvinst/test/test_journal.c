/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read of a journal after every possible interruption, and what follows from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../core/journal.h"

struct file {
	struct pvi_journal journal;
	char text[PVI_JOURNAL_MAX];
	size_t length;
	char line[PVI_LINE];
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct file));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void put(struct file *f, size_t length)
{
	assert_true(length > 0 && length == strlen(f->line));
	memcpy(f->text + f->length, f->line, length);
	f->length += length;
}

static struct pvi_step step(enum pvi_kind kind, const char *name, const char *inf, const char *old)
{
	struct pvi_step s = { .kind = kind, .content = 0x123456789abcdef0 };

	pvi_copy(s.name, sizeof(s.name), name);
	pvi_copy(s.inf, sizeof(s.inf), inf);
	pvi_copy(s.old, sizeof(s.old), old);
	return s;
}

static void put_plan(struct file *f, enum pvi_verb verb)
{
	struct pvi_step steps[] = {
		step(PVI_STAGE, "xenbus", "D:\\windows-pv\\xenbus\\x64\\xenbus.inf", ""),
		step(PVI_BIND, "xenbus", "D:\\windows-pv\\xenbus\\x64\\xenbus.inf", "oem1.inf"),
		step(PVI_UNSTAGE, "xenbus", "oem1.inf", ""),
	};

	put(f, pvi_line_begin(f->line, verb));
	for (size_t i = 0; i < 3; i++)
		put(f, pvi_line_step(f->line, &steps[i]));
	put(f, pvi_line_planned(f->line, 3));
}

static void put_progress(struct file *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		put(f, pvi_line_doing(f->line, i));
		put(f, pvi_line_done(f->line, i));
	}
}

static void whole(void **state)
{
	struct file *f = *state;
	struct pvi_journal *j = &f->journal;

	put_plan(f, PVI_UPGRADE);
	put_progress(f, 0, 3);
	put(f, pvi_line_end(f->line));
	pvi_journal_read(j, f->text, f->length);
	assert_int_equal(j->good, f->length);
	assert_true(j->ended && j->done == 3 && !j->doing);
	assert_int_equal(j->plan.verb, PVI_UPGRADE);
	assert_int_equal(j->plan.step_count, 3);
	assert_int_equal(j->plan.steps[1].kind, PVI_BIND);
	assert_string_equal(j->plan.steps[1].old, "oem1.inf");
	assert_string_equal(j->plan.steps[0].inf, "D:\\windows-pv\\xenbus\\x64\\xenbus.inf");
	assert_true(j->plan.steps[2].content == 0x123456789abcdef0);
	assert_int_equal(pvi_journal_decide(j, true, false), PVI_FRESH);
}

/* Cut after every byte: what is read is a beginning of what was written, and leads to a decision.
 */
static void cut_anywhere(void **state)
{
	struct file *f = *state;
	struct pvi_journal *j = &f->journal;
	size_t planned, bound;

	put_plan(f, PVI_UPGRADE);
	planned = f->length;
	put_progress(f, 0, 2);
	bound = f->length;
	put_progress(f, 2, 3);
	for (size_t cut = 0; cut <= f->length; cut++) {
		enum pvi_replay with, without;

		pvi_journal_read(j, f->text, cut);
		assert_true(j->good <= cut);
		assert_true(j->good == 0 || f->text[j->good - 1] == '\n');
		with = pvi_journal_decide(j, true, false);
		without = pvi_journal_decide(j, false, false);
		assert_int_equal(with, cut < planned ? PVI_FRESH : PVI_RESUME);
		/* Once the new drivers are bound the medium is needed no more. */
		assert_int_equal(without, cut < planned ? PVI_FRESH
					  : cut < bound ? PVI_UNDO
							: PVI_RESUME);
		assert_int_equal(pvi_journal_decide(j, true, true), without);
	}
}

static void undo(void **state)
{
	struct file *f = *state;
	struct pvi_journal *j = &f->journal;

	put_plan(f, PVI_INSTALL);
	put_progress(f, 0, 1);
	put(f, pvi_line_doing(f->line, 1));
	put(f, pvi_line_undo(f->line));
	pvi_journal_read(j, f->text, f->length);
	assert_int_equal(j->reach, 2);
	/* Also where the medium is back: one direction is kept. */
	assert_int_equal(pvi_journal_decide(j, true, false), PVI_UNDO);
	put(f, pvi_line_undone(f->line, 1));
	pvi_journal_read(j, f->text, f->length);
	assert_int_equal(j->undone, 1);
	put(f, pvi_line_undone(f->line, 0));
	put(f, pvi_line_end(f->line));
	pvi_journal_read(j, f->text, f->length);
	assert_int_equal(j->good, f->length);
	assert_int_equal(pvi_journal_decide(j, true, false), PVI_FRESH);
}

static void removal_goes_forward(void **state)
{
	struct file *f = *state;
	struct pvi_step s = step(PVI_UNBIND, "xenbus", "oem1.inf", "");

	put(f, pvi_line_begin(f->line, PVI_REMOVE));
	put(f, pvi_line_step(f->line, &s));
	put(f, pvi_line_planned(f->line, 1));
	pvi_journal_read(&f->journal, f->text, f->length);
	assert_int_equal(pvi_journal_decide(&f->journal, false, true), PVI_RESUME);
}

/* A changed byte takes its line and all behind it away. */
static void changed_anywhere(void **state)
{
	struct file *f = *state;

	put_plan(f, PVI_INSTALL);
	put_progress(f, 0, 1);
	for (size_t i = 0; i < f->length; i++) {
		size_t start = i;

		while (start && f->text[start - 1] != '\n')
			start--;
		f->text[i] ^= 1;
		pvi_journal_read(&f->journal, f->text, f->length);
		assert_int_equal(f->journal.good, start);
		f->text[i] ^= 1;
	}
}

/* Lines with good sums that have no place where they stand. */
static void out_of_order(void **state)
{
	struct file *f = *state;
	struct pvi_step s = step(PVI_STAGE, "a", "b", "");
	size_t good;

#define REFUSED(LINE)                                                                              \
	do {                                                                                       \
		good = f->length;                                                                  \
		put(f, LINE);                                                                      \
		pvi_journal_read(&f->journal, f->text, f->length);                                 \
		assert_int_equal(f->journal.good, good);                                           \
		f->length = good;                                                                  \
	} while (0)
	REFUSED(pvi_line_step(f->line, &s));
	REFUSED(pvi_line_end(f->line));
	put(f, pvi_line_begin(f->line, PVI_INSTALL));
	REFUSED(pvi_line_begin(f->line, PVI_INSTALL));
	REFUSED(pvi_line_doing(f->line, 0));
	put(f, pvi_line_step(f->line, &s));
	REFUSED(pvi_line_planned(f->line, 2));
	REFUSED(pvi_line_undo(f->line));
	put(f, pvi_line_planned(f->line, 1));
	REFUSED(pvi_line_step(f->line, &s));
	REFUSED(pvi_line_done(f->line, 0));
	REFUSED(pvi_line_doing(f->line, 1));
	REFUSED(pvi_line_undone(f->line, 0));
	put(f, pvi_line_doing(f->line, 0));
	REFUSED(pvi_line_done(f->line, 1));
	put(f, pvi_line_undo(f->line));
	REFUSED(pvi_line_undo(f->line));
	REFUSED(pvi_line_done(f->line, 0));
	put(f, pvi_line_undone(f->line, 0));
	REFUSED(pvi_line_undone(f->line, 0));
	put(f, pvi_line_end(f->line));
	REFUSED(pvi_line_end(f->line));
}

static void what_has_no_place(void **state)
{
	struct file *f = *state;
	struct pvi_step s = step(PVI_STAGE, "a\tb", "c", "");

	assert_int_equal(pvi_line_step(f->line, &s), 0);
	s = step(PVI_STAGE, "a", "c\nd", "");
	assert_int_equal(pvi_line_step(f->line, &s), 0);
	/* More steps than a plan can have. */
	s = step(PVI_STAGE, "a", "b", "");
	put(f, pvi_line_begin(f->line, PVI_INSTALL));
	for (size_t i = 0; i <= PVI_STEPS; i++)
		put(f, pvi_line_step(f->line, &s));
	pvi_journal_read(&f->journal, f->text, f->length);
	assert_int_equal(f->journal.plan.step_count, PVI_STEPS);
	assert_true(f->journal.good < f->length);
}

/* A journal for the fuzzer to begin with. */
static int print_seed(void)
{
	struct file *f = calloc(1, sizeof(*f));

	if (!f)
		return 1;
	put_plan(f, PVI_UPGRADE);
	put_progress(f, 0, 2);
	put(f, pvi_line_undo(f->line));
	put(f, pvi_line_undone(f->line, 1));
	fwrite(f->text, 1, f->length, stdout);
	free(f);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(whole),
		TEST(cut_anywhere),
		TEST(undo),
		TEST(removal_goes_forward),
		TEST(changed_anywhere),
		TEST(out_of_order),
		TEST(what_has_no_place),
	};

	if (argc == 2 && strcmp(argv[1], "--seed") == 0)
		return print_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
