/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Close against upcall with real threads: what a port's callback uses is freed as soon as the close
 * says it may be. Built with ASan for the use after free and with TSan for the order.
 */
#include "test.h"
#include "pv_evtchn.h"

#include <pthread.h>
#include <sched.h>

#define PORT 37

static pv_word_t pending[64], mask[64], selector;
static uint8_t upcall;
static struct pv_evtchn_port ports[128];
static struct pv_evtchn e;
static struct pv_evtchn_cpu cpu;

static int *resource; /* of the port's owner; the callback may use it */
static int stop, closed_late;
static int later; /* the owner still has to say that it is done with an event */
static unsigned int callbacks, waits;

static void xen_send(void)
{
	if (pv_bit_test_and_set(&pending[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS) ||
		pv_bit_test(&mask[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS))
		return;
	pv_bit_test_and_set(&selector, PORT / PV_WORD_BITS);
	PV_WRITE_ONCE(upcall, 1);
}

static void *sender(void *arg)
{
	while (!PV_LOAD_ACQUIRE(stop)) {
		xen_send();
		sched_yield();
	}
	return arg;
}

static void *processor(void *arg)
{
	struct pv_evtchn_ref ref;
	uint64_t until, now = 0;

	while (!PV_LOAD_ACQUIRE(stop)) {
		now += PV_TIME_SECOND;
		pv_evtchn_scan_begin(&cpu, 16);
		while (pv_evtchn_scan_next(&e, &cpu, now, &ref) == 1) {
			(*resource)++;
			sched_yield();
			(*resource)++;
			PV_WRITE_ONCE(callbacks, callbacks + 1);
			/* Half of the time the owner is done before its callback returns. */
			if (callbacks & 1)
				pv_evtchn_eoi(&e, &cpu, ref, now, true, &until);
			else
				PV_STORE_RELEASE(later, 1);
			if (pv_evtchn_delivered(&e, ref) == PV_EVTCHN_CLOSE)
				PV_STORE_RELEASE(closed_late, 1);
			else if (!(callbacks & 1))
				pv_evtchn_eoi(&e, &cpu, ref, now, true, &until);
			PV_STORE_RELEASE(later, 0);
		}
		sched_yield();
	}
	return arg;
}

static void race(void **state)
{
	pthread_t a, b;

	(void)state;
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, 128, 1000, PV_TIME_SECOND), 0);
	pv_evtchn_cpu_init(&cpu, 0, &selector, &upcall);
	assert_int_equal(pthread_create(&a, NULL, sender, NULL), 0);
	assert_int_equal(pthread_create(&b, NULL, processor, NULL), 0);
	for (unsigned int i = 0; i < 3000 * test_scale(); i++) {
		struct pv_evtchn_ref ref;
		unsigned int before;

		resource = malloc(sizeof(*resource));
		*resource = 0;
		assert_int_equal(pv_evtchn_open(&e, PORT, 0, &ref), 0);
		/* EVTCHNOP_unmask: the opener is not the CPU that is scanned. */
		pv_bit_test_and_clear(&mask[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS);
		/* Every other time close just when a callback has begun. */
		before = PV_READ_ONCE(callbacks);
		for (unsigned int k = i & 1 ? 10000 : i % 5; k; k--) {
			if (PV_READ_ONCE(callbacks) != before)
				break;
			sched_yield();
		}
		if (pv_evtchn_close_begin(&e, ref) == PV_EBUSY) {
			waits++;
			while (!PV_LOAD_ACQUIRE(closed_late))
				sched_yield();
			PV_WRITE_ONCE(closed_late, 0);
		}
		free(resource);
		while (PV_LOAD_ACQUIRE(later))
			sched_yield();
		pv_evtchn_close_end(&e, ref);
	}
	PV_STORE_RELEASE(stop, 1);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	print_message("%u callbacks, %u closes that had to wait\n", callbacks, waits);
	assert_true(callbacks > 0 && waits > 0);
}

/*
 * A port that is moved between two CPUs all the time. Each CPU looks only when Xen has told it, or
 * when it was asked to; the sender waits for each event, so one that nobody looks for is noticed.
 */
static struct {
	pthread_mutex_t lock; /* Xen's, of the port */
	uint32_t notify;
	pv_word_t selector[2];
	uint8_t upcall[2], asked[2];
	struct pv_evtchn_cpu cpu[2];
	unsigned int taken, told, over;
} two = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void tell(void)
{
	if (!pv_bit_test(&pending[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS) ||
		pv_bit_test(&mask[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS) ||
		pv_bit_test_and_set(&two.selector[two.notify], PORT / PV_WORD_BITS))
		return;
	PV_STORE_RELEASE(two.upcall[two.notify], 1);
}

static void unmask_by_xen(void)
{
	pthread_mutex_lock(&two.lock);
	pv_bit_test_and_clear(&mask[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS);
	tell();
	pthread_mutex_unlock(&two.lock);
}

static void *one_of_two(void *arg)
{
	struct pv_evtchn_cpu *self = arg, nobody = { .index = UINT32_MAX };
	struct pv_evtchn_ref ref;
	uint64_t until, now = 0;

	while (!PV_LOAD_ACQUIRE(two.over)) {
		bool asked = PV_LOAD_ACQUIRE(two.asked[self->index]) != 0;

		if (!asked && !PV_LOAD_ACQUIRE(two.upcall[self->index])) {
			sched_yield();
			continue;
		}
		PV_STORE_RELEASE(two.asked[self->index], 0);
		pv_evtchn_scan_begin(self, 16);
		while (pv_evtchn_scan_next(&e, self, now += PV_TIME_SECOND, &ref) == 1) {
			__atomic_add_fetch(&two.taken, 1, __ATOMIC_SEQ_CST);
			if (pv_evtchn_eoi(&e, &nobody, ref, now, true, &until) ==
				PV_EVTCHN_HYPERCALL)
				unmask_by_xen();
			if (pv_evtchn_delivered(&e, ref) == PV_EVTCHN_UNMASK)
				unmask_by_xen();
		}
	}
	return NULL;
}

static void *mover(void *arg)
{
	struct pv_evtchn_ref *ref = arg;

	for (uint32_t to = 1; !PV_LOAD_ACQUIRE(two.over); to = !to) {
		pthread_mutex_lock(&two.lock);
		two.notify = to;
		pthread_mutex_unlock(&two.lock);
		sched_yield();
		if (pv_evtchn_bind(&e, &two.cpu[to], *ref) == PV_EVTCHN_RESCAN) {
			__atomic_add_fetch(&two.told, 1, __ATOMIC_RELAXED);
			PV_STORE_RELEASE(two.asked[to], 1);
		}
		sched_yield();
	}
	return NULL;
}

static void moving(void **state)
{
	struct pv_evtchn_ref ref;
	pthread_t threads[3];

	(void)state;
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, 128, 1000, PV_TIME_MS), 0);
	for (uint32_t i = 0; i < 2; i++)
		pv_evtchn_cpu_init(&two.cpu[i], i, &two.selector[i], &two.upcall[i]);
	assert_int_equal(pv_evtchn_open(&e, PORT, 0, &ref), 0);
	unmask_by_xen();
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, one_of_two, &two.cpu[i]), 0);
	assert_int_equal(pthread_create(&threads[2], NULL, mover, &ref), 0);
	for (unsigned int i = 0; i < 3000 * test_scale(); i++) {
		unsigned int before = PV_LOAD_ACQUIRE(two.taken), patience = 10000000;

		pthread_mutex_lock(&two.lock);
		pv_bit_test_and_set(&pending[PORT / PV_WORD_BITS], PORT % PV_WORD_BITS);
		tell();
		pthread_mutex_unlock(&two.lock);
		while (PV_LOAD_ACQUIRE(two.taken) == before && --patience)
			sched_yield();
		if (!patience)
			fail_msg("event %u was lost", i);
	}
	PV_STORE_RELEASE(two.over, 1);
	for (unsigned int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	print_message("%u times found pending when moved\n", two.told);
	assert_true(two.told > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(race),
		cmocka_unit_test(moving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
