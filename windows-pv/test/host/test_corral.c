/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First by hand, one call after the other; then with a real thread for each processor, some of them
 * late. Built with ASan, and with TSan for what the one that suspends may touch.
 */
#include "test.h"
#include "pv_corral.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#define CPUS 4

static struct pv_corral c;

static void begin(uint32_t cpus)
{
	assert_int_equal(pv_corral_begin(&c, cpus, 1000, 500), 0);
	assert_int_equal(pv_corral_begin(&c, cpus, 1000, 500), PV_EBUSY);
}

static void all_leave(uint32_t cpus)
{
	for (uint32_t i = 0; i < cpus; i++)
		assert_int_equal(pv_corral_leave(&c), i + 1 == cpus);
	assert_false(pv_corral_leave(&c));
}

static void arguments(void **state)
{
	(void)state;
	assert_int_equal(pv_corral_begin(&c, 0, 0, 1), PV_EINVAL);
	assert_int_equal(pv_corral_begin(&c, PV_CORRAL_MAX_CPUS + 1, 0, 1), PV_EINVAL);
	assert_int_equal(pv_corral_begin(&c, PV_CORRAL_MAX_CPUS, 0, 1), 0);
	assert_int_equal(pv_corral_ask(&c, 1, false), PV_CORRAL_ABORTED);
	all_leave(PV_CORRAL_MAX_CPUS);
}

static void one_processor(void **state)
{
	(void)state;
	begin(1);
	assert_int_equal(pv_corral_enter(&c), PV_CORRAL_SHUT);
	assert_int_equal(pv_corral_shut(&c), PV_CORRAL_HELD);
	pv_corral_release(&c);
	assert_int_equal(pv_corral_ask(&c, 0, true), PV_CORRAL_RELEASED);
	all_leave(1);
}

static void in_step(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 3; round++) {
		begin(CPUS);
		for (unsigned int i = 0; i < CPUS - 1; i++)
			assert_int_equal(pv_corral_enter(&c), PV_CORRAL_WAIT);
		/* Nobody turns interrupts off while one is still missing. */
		assert_int_equal(pv_corral_ask(&c, 1499, false), PV_CORRAL_WAIT);
		assert_int_equal(pv_corral_enter(&c), PV_CORRAL_SHUT);
		for (unsigned int i = 0; i < CPUS - 1; i++) {
			assert_int_equal(pv_corral_ask(&c, 1499, false), PV_CORRAL_SHUT);
			assert_int_equal(pv_corral_shut(&c), PV_CORRAL_WAIT);
			assert_int_equal(pv_corral_ask(&c, 1499, true), PV_CORRAL_WAIT);
		}
		/* Releasing and leaving too early change nothing. */
		pv_corral_release(&c);
		assert_false(pv_corral_leave(&c));
		assert_int_equal(pv_corral_shut(&c), PV_CORRAL_HELD);
		/* Once held, no time limit ends it. */
		assert_int_equal(pv_corral_ask(&c, 9999, true), PV_CORRAL_HELD);
		pv_corral_release(&c);
		assert_int_equal(pv_corral_ask(&c, 9999, true), PV_CORRAL_RELEASED);
		all_leave(CPUS);
	}
}

/* The time is up after each number of arrivals at each of the two stages. */
static void time_is_up(void **state)
{
	(void)state;
	for (unsigned int entered = 0; entered < CPUS; entered++) {
		begin(CPUS);
		for (unsigned int i = 0; i < entered; i++)
			assert_int_equal(pv_corral_enter(&c), PV_CORRAL_WAIT);
		assert_int_equal(pv_corral_ask(&c, 1500, false), PV_CORRAL_ABORTED);
		for (unsigned int i = entered; i < CPUS; i++)
			assert_int_equal(pv_corral_enter(&c), PV_CORRAL_ABORTED);
		all_leave(CPUS);
	}
	for (unsigned int shut = 0; shut < CPUS; shut++) {
		begin(CPUS);
		for (unsigned int i = 0; i < CPUS; i++)
			pv_corral_enter(&c);
		for (unsigned int i = 0; i < shut; i++)
			assert_int_equal(pv_corral_shut(&c), PV_CORRAL_WAIT);
		assert_int_equal(pv_corral_ask(&c, 1500, true), PV_CORRAL_ABORTED);
		for (unsigned int i = shut; i < CPUS; i++)
			assert_int_equal(pv_corral_shut(&c), PV_CORRAL_ABORTED);
		all_leave(CPUS);
	}
}

/* The next round waits for a processor that has not even come yet. */
static void a_late_one(void **state)
{
	(void)state;
	begin(2);
	assert_int_equal(pv_corral_enter(&c), PV_CORRAL_WAIT);
	assert_int_equal(pv_corral_ask(&c, 2000, false), PV_CORRAL_ABORTED);
	assert_false(pv_corral_leave(&c));
	assert_int_equal(pv_corral_begin(&c, 2, 3000, 500), PV_EBUSY);
	assert_int_equal(pv_corral_enter(&c), PV_CORRAL_ABORTED);
	assert_true(pv_corral_leave(&c));
	begin(2);
	pv_corral_ask(&c, 2000, false);
	all_leave(2);
}

/* --- threads */

static struct {
	pthread_barrier_t start, end;
	unsigned int rounds;
	unsigned int late; /* per mille of the times that a processor dawdles */
	unsigned int held, aborted, running[CPUS];
} all;

static uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * PV_TIME_SECOND + (uint64_t)t.tv_nsec / 100;
}

static void dawdle(uint64_t *seed)
{
	if (test_random(seed) % 1000 < all.late) {
		uint64_t until = clock_now() + 3 * PV_TIME_MS;

		while (clock_now() < until)
			sched_yield();
	}
}

static enum pv_corral_answer wait_past(bool shut, bool held_is_wait)
{
	for (;;) {
		enum pv_corral_answer a = pv_corral_ask(&c, clock_now(), shut);

		if (a != PV_CORRAL_WAIT && !(held_is_wait && a == PV_CORRAL_HELD))
			return a;
		sched_yield();
	}
}

static void take_part(unsigned int cpu, uint64_t *seed)
{
	enum pv_corral_answer a;

	dawdle(seed);
	a = pv_corral_enter(&c);
	if (a == PV_CORRAL_WAIT)
		a = wait_past(false, false);
	if (a == PV_CORRAL_SHUT) {
		dawdle(seed);
		a = pv_corral_shut(&c);
		if (a == PV_CORRAL_WAIT || a == PV_CORRAL_HELD)
			a = wait_past(true, cpu != 0);
	}
	if (cpu == 0 && a == PV_CORRAL_HELD) {
		/* Plain accesses to what the others write: TSan sees it if they are not held. */
		for (unsigned int i = 0; i < CPUS; i++)
			all.running[i]++;
		all.held++;
		pv_corral_release(&c);
	} else if (cpu == 0) {
		all.aborted++;
	}
	if (a == PV_CORRAL_RELEASED || cpu == 0)
		all.running[cpu]++;
	pv_corral_leave(&c);
}

static void *processor(void *arg)
{
	unsigned int cpu = (unsigned int)(uintptr_t)arg;
	uint64_t seed = cpu + 1;

	for (unsigned int i = 0; i < all.rounds; i++) {
		if (cpu == 0)
			assert_int_equal(pv_corral_begin(&c, CPUS, clock_now(),
						 all.late ? PV_TIME_MS : 60 * PV_TIME_SECOND),
				0);
		pthread_barrier_wait(&all.start);
		take_part(cpu, &seed);
		pthread_barrier_wait(&all.end);
	}
	return NULL;
}

static void run_threads(unsigned int rounds, unsigned int late)
{
	pthread_t t[CPUS];

	memset(&all, 0, sizeof(all));
	memset(&c, 0, sizeof(c));
	all.rounds = rounds;
	all.late = late;
	pthread_barrier_init(&all.start, NULL, CPUS);
	pthread_barrier_init(&all.end, NULL, CPUS);
	for (uintptr_t i = 0; i < CPUS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, processor, (void *)i), 0);
	for (unsigned int i = 0; i < CPUS; i++)
		pthread_join(t[i], NULL);
	print_message("%u held, %u aborted\n", all.held, all.aborted);
	assert_int_equal(all.held + all.aborted, rounds);
}

static void threads_in_time(void **state)
{
	(void)state;
	run_threads(500 * test_scale(), 0);
	assert_int_equal(all.aborted, 0);
	for (unsigned int i = 0; i < CPUS; i++)
		assert_int_equal(all.running[i], 2 * all.rounds);
}

static void threads_late(void **state)
{
	(void)state;
	run_threads(200 * test_scale(), 100);
	assert_true(all.aborted > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(one_processor),
		cmocka_unit_test(in_step),
		cmocka_unit_test(time_is_up),
		cmocka_unit_test(a_late_one),
		cmocka_unit_test(threads_in_time),
		cmocka_unit_test(threads_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
