/* SPDX-License-Identifier: BSD-2-Clause */
/* The FIFO ABI against a small Xen of its own; built with ASan, and with TSan for the race. */
#include "test.h"
#include "pv_evtchn.h"
#include "pv_xen.h"

#include <pthread.h>
#include <sched.h>

#define PAGES  3
#define PORTS  (PAGES * PV_EVTCHN_PAGE_PORTS)
#define BURST  1000
#define WINDOW PV_TIME_SECOND

#define BIT(name) (1u << EVTCHN_FIFO_##name)

static uint32_t words[PAGES][PV_EVTCHN_PAGE_PORTS];
static uint32_t *pages[PAGES];
static struct evtchn_fifo_control_block control;
static uint8_t upcall;
static struct pv_evtchn_port ports[PORTS];
static struct pv_evtchn e;
static struct pv_evtchn_cpu cpu;
static uint32_t tails[EVTCHN_FIFO_MAX_QUEUES];

static uint32_t *word_of(uint32_t port)
{
	return &words[port / PV_EVTCHN_PAGE_PORTS][port % PV_EVTCHN_PAGE_PORTS];
}

static uint32_t load(uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

static uint32_t set(uint32_t *p, uint32_t bits)
{
	return __atomic_fetch_or(p, bits, __ATOMIC_SEQ_CST);
}

static uint32_t clear(uint32_t *p, uint32_t bits)
{
	return __atomic_fetch_and(p, ~bits, __ATOMIC_SEQ_CST);
}

/* --- what Xen does; one sender at a time */

static bool append(uint32_t tail, uint32_t port)
{
	uint32_t old = load(word_of(tail));

	do {
		if (!(old & BIT(LINKED)))
			return false;
	} while (!__atomic_compare_exchange_n(word_of(tail), &old,
		(old & ~(uint32_t)EVTCHN_FIFO_LINK_MASK) | port, false, __ATOMIC_SEQ_CST,
		__ATOMIC_SEQ_CST));
	return true;
}

static void enqueue(uint32_t port, uint32_t q)
{
	if ((load(word_of(port)) & BIT(MASKED)) || (set(word_of(port), BIT(LINKED)) & BIT(LINKED)))
		return;
	/* A queue whose tail is this port is empty: the tail only looks linked, by the line above.
	 */
	if (!tails[q] || tails[q] == port || !append(tails[q], port)) {
		__atomic_store_n(&control.head[q], port, __ATOMIC_SEQ_CST);
		if (!(set(&control.ready, 1u << q) & 1u << q))
			__atomic_store_n(&upcall, 1, __ATOMIC_SEQ_CST);
	}
	tails[q] = port;
}

static void xen_send(uint32_t port, uint32_t q)
{
	set(word_of(port), BIT(PENDING));
	enqueue(port, q);
}

static void xen_unmask(uint32_t port, uint32_t q)
{
	clear(word_of(port), BIT(MASKED));
	if (load(word_of(port)) & BIT(PENDING))
		enqueue(port, q);
}

/* --- a guest */

static void begin(uint32_t page_count)
{
	memset(words, 0xff, sizeof(words));
	memset(&control, 0, sizeof(control));
	memset(tails, 0, sizeof(tails));
	upcall = 0;
	assert_int_equal(pv_evtchn_init_fifo(&e, pages, ports, PORTS, BURST, WINDOW), 0);
	pv_evtchn_cpu_init_fifo(&cpu, 0, &control.ready, control.head, &upcall);
	for (uint32_t i = 0; i < page_count; i++) {
		pv_evtchn_prepare_page(words[i]);
		assert_int_equal(pv_evtchn_add_page(&e, words[i]), 0);
	}
}

static struct pv_evtchn_ref open_port(uint32_t port)
{
	struct pv_evtchn_ref ref;
	uint64_t until;

	assert_int_equal(pv_evtchn_open(&e, port, 0, &ref), 0);
	assert_int_equal(pv_evtchn_unmask(&e, &cpu, ref, 0, &until), PV_EVTCHN_DONE);
	return ref;
}

static int next(struct pv_evtchn_ref *ref)
{
	return pv_evtchn_scan_next(&e, &cpu, 0, ref);
}

static int done(struct pv_evtchn_ref ref)
{
	uint64_t until;

	assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
	return pv_evtchn_eoi(&e, &cpu, ref, 0, true, &until);
}

static void pages_one_at_a_time(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	assert_int_equal(pv_evtchn_init_fifo(&e, NULL, ports, PORTS, 1, 1), PV_EINVAL);
	assert_int_equal(pv_evtchn_init_fifo(&e, pages, ports, EVTCHN_FIFO_NR_CHANNELS + 1, 1, 1),
		PV_EINVAL);
	begin(0);
	for (uint32_t i = 0; i < PAGES; i++) {
		uint32_t port = i * PV_EVTCHN_PAGE_PORTS;

		assert_int_equal(pv_evtchn_open(&e, port, 0, &ref), PV_ENOSPC);
		pv_evtchn_prepare_page(words[i]);
		assert_int_equal(*word_of(port + 5), BIT(MASKED));
		assert_int_equal(pv_evtchn_add_page(&e, words[i]), 0);
		assert_int_equal(pv_evtchn_open(&e, port, 0, &ref), 0);
		assert_int_equal(pv_evtchn_open(&e, port, 0, &ref), PV_EBUSY);
	}
	assert_int_equal(pv_evtchn_add_page(&e, words[0]), PV_ENOSPC);
	assert_int_equal(pv_evtchn_open(&e, PORTS, 0, &ref), PV_ERANGE);
}

static void every_port(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	begin(PAGES);
	for (uint32_t port = 1; port < PORTS; port++) {
		uint32_t q = port % EVTCHN_FIFO_MAX_QUEUES;

		open_port(port);
		xen_send(port, q);
		assert_int_equal(upcall, 1);
		pv_evtchn_scan_begin(&cpu, 10);
		assert_int_equal(upcall, 0);
		assert_int_equal(next(&ref), 1);
		assert_int_equal(ref.port, port);
		/* Under the mask it only becomes pending; the hypercall puts it into the queue. */
		xen_send(port, q);
		assert_int_equal(next(&ref), 0);
		assert_int_equal(done(ref), PV_EVTCHN_HYPERCALL);
		assert_int_equal(upcall, 0);
		xen_unmask(port, q);
		assert_int_equal(upcall, 1);
		pv_evtchn_scan_begin(&cpu, 10);
		assert_int_equal(next(&ref), 1);
		assert_int_equal(done(ref), PV_EVTCHN_DONE);
		assert_int_equal(next(&ref), 0);
		assert_int_equal(pv_evtchn_close_begin(&e, ref), 0);
		pv_evtchn_close_end(&e, ref);
		assert_int_equal(*word_of(port), BIT(MASKED));
	}
	assert_int_equal(cpu.stray, 0);
}

/* In the order of sending, and a higher priority that comes meanwhile goes first. */
static void order(void **state)
{
	static const uint32_t want[] = { 900, 40, 2000, 41, 42 };
	struct pv_evtchn_ref ref;

	(void)state;
	begin(PAGES);
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(want); i++)
		open_port(want[i]);
	xen_send(40, 7);
	xen_send(41, 7);
	xen_send(42, 7);
	xen_send(900, 3);
	pv_evtchn_scan_begin(&cpu, 100);
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(want); i++) {
		assert_int_equal(next(&ref), 1);
		assert_int_equal(ref.port, want[i]);
		if (i == 1)
			xen_send(2000, 0);
	}
	assert_int_equal(next(&ref), 0);
}

static void budget(void **state)
{
	struct pv_evtchn_ref ref;
	uint32_t seen = 0, rounds = 0;
	int r;

	(void)state;
	begin(PAGES);
	for (uint32_t port = 1; port < PORTS; port++) {
		open_port(port);
		xen_send(port, 7);
	}
	do {
		pv_evtchn_scan_begin(&cpu, 100);
		while ((r = next(&ref)) == 1) {
			assert_int_equal(ref.port, ++seen);
			done(ref);
		}
		rounds++;
	} while (r == PV_EAGAIN);
	assert_int_equal(r, 0);
	assert_int_equal(seen, PORTS - 1);
	assert_int_equal(rounds, (PORTS - 1 + 99) / 100);
}

/* Masked or not pending in a queue: taken out, not delivered. */
static void nothing_to_deliver(void **state)
{
	struct pv_evtchn_ref a, ref;
	uint64_t until;

	(void)state;
	begin(PAGES);
	a = open_port(5);
	open_port(6);
	xen_send(5, 7);
	xen_send(6, 7);
	set(word_of(5), BIT(MASKED));
	clear(word_of(6), BIT(PENDING));
	pv_evtchn_scan_begin(&cpu, 100);
	assert_int_equal(next(&ref), 0);
	assert_int_equal(*word_of(5), BIT(MASKED) | BIT(PENDING));
	assert_int_equal(*word_of(6), 0);
	/* While Xen is at the word only Xen unmasks it. */
	clear(word_of(5), BIT(PENDING));
	set(word_of(5), BIT(BUSY));
	assert_int_equal(pv_evtchn_unmask(&e, &cpu, a, 0, &until), PV_EVTCHN_HYPERCALL);
	assert_true(*word_of(5) & BIT(MASKED));
	clear(word_of(5), BIT(BUSY));
	assert_int_equal(pv_evtchn_unmask(&e, &cpu, a, 0, &until), PV_EVTCHN_DONE);
	assert_int_equal(*word_of(5), 0);
}

/* A list that bites its tail, in each length: every port once, and an end. */
static void link_cycle(void **state)
{
	(void)state;
	for (uint32_t n = 1; n < 20; n++) {
		struct pv_evtchn_ref ref;
		uint32_t seen = 0;

		begin(PAGES);
		for (uint32_t i = 1; i <= n; i++) {
			open_port(i);
			xen_send(i, 7);
		}
		set(word_of(n), 1); /* the last leads to the first */
		pv_evtchn_scan_begin(&cpu, 1000);
		while (next(&ref) == 1)
			assert_int_equal(ref.port, ++seen);
		assert_int_equal(seen, n);
		assert_int_equal(cpu.stray, 1);
		assert_true(cpu.budget >= 1000 - n - 1);
	}
}

/* One that is linked anew all the time costs no more than the budget. */
static void link_without_end(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	begin(PAGES);
	open_port(1);
	for (unsigned int round = 0; round < 10; round++) {
		uint32_t served = 0;
		int r;

		control.head[7] = 1;
		*word_of(1) = BIT(LINKED) | BIT(PENDING) | 1;
		control.ready = 1u << 7;
		pv_evtchn_scan_begin(&cpu, 50);
		while ((r = next(&ref)) == 1) {
			served++;
			done(ref);
			*word_of(1) = BIT(LINKED) | BIT(PENDING) | 1;
		}
		assert_int_equal(r, PV_EAGAIN);
		assert_int_equal(served, 50);
	}
}

static void out_of_range(void **state)
{
	static const uint32_t bad[] = { 0, 2 * PV_EVTCHN_PAGE_PORTS, PORTS - 1, PORTS, 0x1ffff,
		0xffffffff };
	struct pv_evtchn_ref ref;

	(void)state;
	begin(2); /* the last page is not there */
	open_port(1);
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(bad); i++) {
		uint32_t before = cpu.stray;

		/* As a head. */
		control.head[7] = bad[i];
		control.ready = 1u << 7 | 0xffff0000u;
		pv_evtchn_scan_begin(&cpu, 100);
		assert_int_equal(next(&ref), 0);
		assert_int_equal(cpu.stray, before + 1);
		if (!bad[i])
			continue;
		/* As a link. */
		control.head[7] = 1;
		*word_of(1) = BIT(LINKED) | BIT(PENDING) | (bad[i] & EVTCHN_FIFO_LINK_MASK);
		control.ready = 1u << 7;
		pv_evtchn_scan_begin(&cpu, 100);
		assert_int_equal(next(&ref), 1);
		done(ref);
		assert_int_equal(next(&ref), 0);
		assert_int_equal(cpu.stray, before + 2);
	}
}

static void nobodys_port(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	begin(PAGES);
	clear(word_of(9), BIT(MASKED));
	xen_send(9, 7);
	pv_evtchn_scan_begin(&cpu, 100);
	assert_int_equal(next(&ref), 0);
	assert_int_equal(cpu.stray, 1);
	assert_int_equal(*word_of(9), BIT(MASKED));
}

static void trigger(void **state)
{
	struct pv_evtchn_ref a, ref;

	(void)state;
	begin(PAGES);
	a = open_port(9);
	assert_int_equal(pv_evtchn_trigger(&e, a), PV_EVTCHN_HYPERCALL);
	assert_int_equal(pv_evtchn_trigger(&e, a), PV_EVTCHN_DONE);
	xen_unmask(9, 7);
	pv_evtchn_scan_begin(&cpu, 100);
	assert_int_equal(next(&ref), 1);
	assert_int_equal(done(ref), PV_EVTCHN_DONE);
	assert_int_equal(next(&ref), 0);
}

static void resume(void **state)
{
	struct pv_evtchn_ref old, ref;
	uint64_t until;

	(void)state;
	begin(PAGES);
	old = open_port(9);
	xen_send(9, 7);
	pv_evtchn_resumed(&e);
	pv_evtchn_cpu_init_fifo(&cpu, 0, &control.ready, control.head, &upcall);
	pv_evtchn_scan_begin(&cpu, 100);
	assert_int_equal(next(&ref), 0);
	assert_int_equal(pv_evtchn_eoi(&e, &cpu, old, 0, true, &until), PV_ENOENT);
	assert_int_equal(pv_evtchn_open(&e, 9, 0, &ref), PV_ENOSPC);
	pv_evtchn_prepare_page(words[0]);
	assert_int_equal(pv_evtchn_add_page(&e, words[0]), 0);
	open_port(9);
	assert_int_equal(pv_evtchn_close_begin(&e, old), PV_ENOENT);
}

/* --- a sender on another processor: none is lost, none comes while its callback runs */

#define RACE_PORTS 40

static uint32_t sent[RACE_PORTS], got[RACE_PORTS];
static int stop;
static pthread_mutex_t xens_lock = PTHREAD_MUTEX_INITIALIZER;

static void *sender(void *arg)
{
	uint64_t seed = 7;

	for (unsigned int i = 0; i < 20000 * test_scale(); i++) {
		uint32_t port = test_random(&seed) % RACE_PORTS;

		pthread_mutex_lock(&xens_lock);
		__atomic_add_fetch(&sent[port], 1, __ATOMIC_SEQ_CST);
		xen_send(port + 1, port % 3);
		pthread_mutex_unlock(&xens_lock);
		if (i % 64 == 0)
			sched_yield();
	}
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	return arg;
}

static void race(void **state)
{
	pthread_t t;
	unsigned int events = 0;
	int last;

	(void)state;
	begin(PAGES);
	memset(sent, 0, sizeof(sent));
	memset(got, 0, sizeof(got));
	for (uint32_t i = 0; i < RACE_PORTS; i++)
		open_port(i + 1);
	assert_int_equal(pthread_create(&t, NULL, sender, NULL), 0);
	do {
		struct pv_evtchn_ref ref;
		uint64_t until;

		last = __atomic_load_n(&stop, __ATOMIC_SEQ_CST);
		pv_evtchn_scan_begin(&cpu, 100000);
		while (pv_evtchn_scan_next(&e, &cpu, (uint64_t)events * WINDOW, &ref) == 1) {
			/* What was sent before is seen now: it is all that the owner is promised.
			 */
			got[ref.port - 1] = load(&sent[ref.port - 1]);
			pv_evtchn_delivered(&e, ref);
			if (pv_evtchn_eoi(&e, &cpu, ref, (uint64_t)events * WINDOW, true, &until) ==
				PV_EVTCHN_HYPERCALL) {
				pthread_mutex_lock(&xens_lock);
				xen_unmask(ref.port, (ref.port - 1) % 3);
				pthread_mutex_unlock(&xens_lock);
			}
			events++;
		}
		sched_yield();
	} while (!last);
	pthread_join(t, NULL);
	print_message("%u events for %u sends\n", events, 20000 * test_scale());
	for (uint32_t i = 0; i < RACE_PORTS; i++)
		assert_int_equal(got[i], sent[i]);
	assert_int_equal(cpu.stray, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_one_at_a_time),
		cmocka_unit_test(every_port),
		cmocka_unit_test(order),
		cmocka_unit_test(budget),
		cmocka_unit_test(nothing_to_deliver),
		cmocka_unit_test(link_cycle),
		cmocka_unit_test(link_without_end),
		cmocka_unit_test(out_of_range),
		cmocka_unit_test(nobodys_port),
		cmocka_unit_test(trigger),
		cmocka_unit_test(resume),
		cmocka_unit_test(race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
