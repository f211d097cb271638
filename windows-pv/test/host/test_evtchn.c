/* SPDX-License-Identifier: BSD-2-Clause */
/* Built twice: with the host's words, and with PV_WORD32 as a 32-bit guest has them. */
#include "test.h"
#include "pv_evtchn.h"

#define BITS   PV_WORD_BITS
#define PORTS  (BITS * BITS)
#define WINDOW PV_TIME_MS
#define BURST  64

static pv_word_t pending[64], mask[64], selector[2];
static uint8_t upcall[2];
static struct pv_evtchn_port ports[64 * 64];
static struct pv_evtchn e;
static struct pv_evtchn_cpu cpus[2];

static void begin(uint32_t count)
{
	memset(pending, 0xff, sizeof(pending));
	memset(mask, 0, sizeof(mask));
	memset(selector, 0, sizeof(selector));
	memset(upcall, 0, sizeof(upcall));
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, count, BURST, WINDOW), 0);
	for (uint32_t i = 0; i < 2; i++)
		pv_evtchn_cpu_init(&cpus[i], i, &selector[i], &upcall[i]);
}

/* What Xen does when somebody sends to a port. */
static void xen_send(uint32_t port, uint32_t cpu)
{
	if (pv_bit_test_and_set(&pending[port / BITS], port % BITS))
		return;
	if (pv_bit_test(&mask[port / BITS], port % BITS))
		return;
	if (!pv_bit_test_and_set(&selector[cpu], port / BITS))
		upcall[cpu] = 1;
}

/* EVTCHNOP_unmask. */
static void xen_unmask(uint32_t port, uint32_t cpu)
{
	pv_bit_test_and_clear(&mask[port / BITS], port % BITS);
	if (pv_bit_test(&pending[port / BITS], port % BITS) &&
		!pv_bit_test_and_set(&selector[cpu], port / BITS))
		upcall[cpu] = 1;
}

static struct pv_evtchn_ref open_port(uint32_t port, uint32_t cpu)
{
	struct pv_evtchn_ref ref;
	uint64_t until;

	assert_int_equal(pv_evtchn_open(&e, port, cpu, &ref), 0);
	assert_int_equal(pv_evtchn_unmask(&e, &cpus[cpu], ref, 0, &until), PV_EVTCHN_DONE);
	return ref;
}

static void arguments(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, PORTS + 1, 1, 1), PV_EINVAL);
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, 0, 1, 1), PV_EINVAL);
	assert_int_equal(pv_evtchn_init(&e, pending, mask, ports, PORTS, 0, 1), PV_EINVAL);
	begin(100);
	for (unsigned int i = 0; i < BITS; i++) {
		assert_true(mask[i] == (pv_word_t) ~(pv_word_t)0);
		assert_true(pending[i] == 0);
	}
	assert_int_equal(pv_evtchn_open(&e, 100, 0, &ref), PV_ERANGE);
	assert_int_equal(pv_evtchn_open(&e, 99, 0, &ref), 0);
	assert_int_equal(pv_evtchn_open(&e, 99, 0, &ref), PV_EBUSY);
}

/* Every port by itself: delivered once, masked meanwhile, and again after its EOI. */
static void every_port(void **state)
{
	struct pv_evtchn_ref ref;
	uint64_t until;

	(void)state;
	begin(PORTS);
	for (uint32_t port = 0; port < PORTS; port++) {
		open_port(port, 0);
		for (unsigned int round = 0; round < 2; round++) {
			xen_send(port, 0);
			assert_int_equal(upcall[0], 1);
			pv_evtchn_scan_begin(&cpus[0], 10);
			assert_int_equal(upcall[0], 0);
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 1);
			assert_int_equal(ref.port, port);
			assert_true(pv_bit_test(&mask[port / BITS], port % BITS));
			xen_send(port, 0);
			assert_int_equal(upcall[0], 0);
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 0);
			assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
			/* The one that came under the mask is found by the EOI. */
			assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until),
				PV_EVTCHN_RESCAN);
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 1);
			assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
			assert_int_equal(
				pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until), PV_EVTCHN_DONE);
		}
		assert_int_equal(pv_evtchn_close_begin(&e, ref), 0);
		pv_evtchn_close_end(&e, ref);
	}
	assert_int_equal(cpus[0].stray, 0);
}

/* All ports at once, with a budget: every one is served, none twice. */
static void all_ports_with_a_budget(void **state)
{
	static bool served[64 * 64];
	struct pv_evtchn_ref ref;
	uint32_t n = 0, rounds = 0;
	uint64_t until;
	int rc;

	(void)state;
	begin(PORTS);
	memset(served, 0, sizeof(served));
	for (uint32_t port = 0; port < PORTS; port++)
		open_port(port, 0);
	for (uint32_t port = 0; port < PORTS; port++)
		xen_send(port, 0);
	do {
		uint32_t here = 0;

		rounds++;
		pv_evtchn_scan_begin(&cpus[0], 100);
		while ((rc = pv_evtchn_scan_next(&e, &cpus[0], 0, &ref)) == 1) {
			assert_false(served[ref.port]);
			served[ref.port] = true;
			n++;
			here++;
			pv_evtchn_delivered(&e, ref);
			pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until);
		}
		assert_true(here <= 100);
	} while (rc == PV_EAGAIN);
	assert_int_equal(n, PORTS);
	assert_int_equal(rounds, (PORTS + 99) / 100);
}

/* Bits on ports that nobody has, beyond the table too: masked, counted, never delivered. */
static void stray_events(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	begin(10);
	memset(mask, 0, sizeof(mask));
	memset(pending, 0xff, sizeof(pending));
	selector[0] = ~(pv_word_t)0;
	upcall[0] = 1;
	pv_evtchn_scan_begin(&cpus[0], PORTS);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 0);
	assert_int_equal(cpus[0].stray, PORTS);
	selector[0] = ~(pv_word_t)0;
	memset(pending, 0xff, sizeof(pending));
	pv_evtchn_scan_begin(&cpus[0], 1);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 0);
	assert_int_equal(cpus[0].stray, PORTS);
}

/*
 * A peer sends without end. In each window of time the port is served as often as the budget says,
 * its neighbour is not kept waiting, and the mask is what holds the peer off, not the CPU.
 */
static void storm(bool useful, uint32_t want)
{
	struct pv_evtchn_ref noisy, ref;
	uint64_t now = 5 * PV_TIME_SECOND, until = 0;
	uint32_t served = 0;

	begin(PORTS);
	noisy = open_port(3, 0);
	open_port(4, 0);
	for (unsigned int window = 0; window < 20; window++) {
		uint64_t start = now;
		bool held = false;

		served = 0;
		for (unsigned int turns = 0; !held; turns++) {
			assert_true(turns < 10 * BURST);
			xen_send(3, 0);
			xen_send(4, 0);
			pv_evtchn_scan_begin(&cpus[0], 8);
			while (pv_evtchn_scan_next(&e, &cpus[0], now, &ref) == 1) {
				int rc;

				pv_evtchn_delivered(&e, ref);
				if (ref.port == 4) {
					/* Not more often than once in a window: always free to go
					 * on. */
					continue;
				}
				served++;
				now += 10;
				rc = pv_evtchn_eoi(&e, &cpus[0], ref, now, useful, &until);
				held = rc == PV_EVTCHN_LATER;
				assert_true(held || rc >= 0);
			}
			assert_true(served <= want);
		}
		assert_int_equal(served, want);
		assert_true(until > now && until <= start + WINDOW);
		/* Held: sends raise nothing. */
		xen_send(3, 0);
		assert_int_equal(upcall[0], 0);
		assert_int_equal(
			pv_evtchn_unmask(&e, &cpus[0], noisy, until - 1, &until), PV_EVTCHN_LATER);
		now = until;
		assert_int_equal(
			pv_evtchn_unmask(&e, &cpus[0], noisy, now, &until), PV_EVTCHN_RESCAN);
	}
	assert_true(ports[3].held_back >= 20);
	assert_int_equal(ports[4].held_back, 0);
}

static void storm_with_work(void **state)
{
	(void)state;
	storm(true, BURST);
}

static void storm_without_work(void **state)
{
	(void)state;
	storm(false, BURST / PV_EVTCHN_USELESS_COST);
}

static void clock_going_back(void **state)
{
	struct pv_evtchn_ref ref;
	uint64_t until;

	(void)state;
	begin(PORTS);
	ref = open_port(3, 0);
	ports[3].window = 1000 * PV_TIME_SECOND;
	ports[3].spent = BURST;
	assert_int_equal(pv_evtchn_unmask(&e, &cpus[0], ref, 5, &until), PV_EVTCHN_DONE);
}

static void other_cpu(void **state)
{
	struct pv_evtchn_ref ref;
	uint64_t until;

	(void)state;
	begin(PORTS);
	assert_int_equal(pv_evtchn_open(&e, 9, 1, &ref), 0);
	assert_int_equal(pv_evtchn_unmask(&e, &cpus[0], ref, 0, &until), PV_EVTCHN_HYPERCALL);
	assert_true(pv_bit_test(&mask[9 / BITS], 9 % BITS));
	xen_unmask(9, 1);
	xen_send(9, 1);
	pv_evtchn_scan_begin(&cpus[1], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &ref), 1);
	pv_evtchn_delivered(&e, ref);
	assert_int_equal(pv_evtchn_bind(&e, &cpus[0], ref), PV_EVTCHN_DONE);
	assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until), PV_EVTCHN_DONE);
}

/* Moved while its callback runs: the second event waits for the first callback. */
static void again_on_another_cpu(void **state)
{
	struct pv_evtchn_ref ref, second;
	uint64_t until;

	(void)state;
	begin(PORTS);
	ref = open_port(9, 0);
	xen_send(9, 0);
	pv_evtchn_scan_begin(&cpus[0], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 1);
	assert_int_equal(pv_evtchn_bind(&e, &cpus[1], ref), PV_EVTCHN_DONE);
	assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until), PV_EVTCHN_HYPERCALL);
	xen_unmask(9, 1);
	xen_send(9, 1);
	pv_evtchn_scan_begin(&cpus[1], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &second), 0);
	assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_UNMASK);
	assert_int_equal(pv_evtchn_unmask(&e, &cpus[0], ref, 0, &until), PV_EVTCHN_HYPERCALL);
	xen_unmask(9, 1);
	pv_evtchn_scan_begin(&cpus[1], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &second), 1);
	assert_int_equal(second.port, 9);
	assert_int_equal(pv_evtchn_delivered(&e, second), PV_EVTCHN_DONE);
}

/* Both CPUs look at the same word. */
static void each_its_own(void **state)
{
	struct pv_evtchn_ref ref;

	(void)state;
	begin(PORTS);
	open_port(9, 0);
	open_port(10, 1);
	xen_send(9, 0);
	xen_send(10, 1);
	xen_send(11, 0); /* nobody's: whoever sees it */
	pv_bit_test_and_clear(&mask[11 / BITS], 11 % BITS);
	pv_evtchn_scan_begin(&cpus[1], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &ref), 1);
	assert_int_equal(ref.port, 10);
	pv_evtchn_delivered(&e, ref);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &ref), 0);
	assert_int_equal(cpus[1].stray, 1);
	pv_evtchn_scan_begin(&cpus[0], 5);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 1);
	assert_int_equal(ref.port, 9);
	pv_evtchn_delivered(&e, ref);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &ref), 0);
	assert_int_equal(cpus[0].stray, 0);
}

/* Moved at each point of an event's way: it is taken once, and where it belongs. */
static void moved_while_pending(void **state)
{
	struct pv_evtchn_ref ref, got;

	(void)state;
	for (unsigned int at = 0; at < 4; at++) {
		unsigned int taken = 0;
		int rc;

		begin(PORTS);
		ref = open_port(9, 0);
		if (at < 2)
			xen_send(9, 0); /* before Xen is told */
		if (at == 1)
			pv_evtchn_scan_begin(&cpus[0], 5);
		if (at == 2) {
			xen_send(9, 1); /* Xen knows, we do not */
			pv_evtchn_scan_begin(&cpus[1], 5);
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[1], 0, &got), 0);
		}
		rc = pv_evtchn_bind(&e, &cpus[1], ref);
		assert_int_equal(rc, at < 3 ? PV_EVTCHN_RESCAN : PV_EVTCHN_DONE);
		if (at == 3)
			xen_send(9, 1);
		if (at != 1)
			pv_evtchn_scan_begin(&cpus[0], 5);
		assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &got), 0);
		pv_evtchn_scan_begin(&cpus[1], 5);
		while (pv_evtchn_scan_next(&e, &cpus[1], 0, &got) == 1) {
			assert_int_equal(got.port, 9);
			assert_int_equal(pv_evtchn_delivered(&e, got), PV_EVTCHN_DONE);
			taken++;
		}
		assert_int_equal(taken, 1);
	}
}

/* Close at each point of an upcall. */
static void close_races_upcall(void **state)
{
	struct pv_evtchn_ref ref, other;
	uint64_t until;

	(void)state;
	for (unsigned int at = 0; at < 4; at++) {
		int rc = 1;

		begin(PORTS);
		ref = open_port(9, 0);
		xen_send(9, 0);
		if (at == 0)
			rc = pv_evtchn_close_begin(&e, ref);
		pv_evtchn_scan_begin(&cpus[0], 5);
		if (at == 1)
			rc = pv_evtchn_close_begin(&e, ref);
		if (at < 2) {
			assert_int_equal(rc, 0);
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &other), 0);
		} else {
			assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &other), 1);
			if (at == 2) {
				/* In the callback, by another CPU or by the callback itself. */
				assert_int_equal(pv_evtchn_close_begin(&e, ref), PV_EBUSY);
				assert_int_equal(pv_evtchn_close_begin(&e, ref), PV_ENOENT);
				pv_evtchn_close_end(&e, ref);
				assert_int_equal(pv_evtchn_open(&e, 9, 0, &other), PV_EBUSY);
				assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_CLOSE);
			} else {
				assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
				assert_int_equal(pv_evtchn_close_begin(&e, ref), 0);
			}
		}
		/* As if the scan had looked at the mask before the close set it. */
		pv_bit_test_and_clear(&mask[9 / BITS], 9 % BITS);
		pv_bit_test_and_set(&pending[9 / BITS], 9 % BITS);
		pv_bit_test_and_set(&selector[0], 9 / BITS);
		pv_evtchn_scan_begin(&cpus[0], 5);
		assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &other), 0);
		assert_int_equal(cpus[0].stray, 1);
		/* A late EOI does not open it again. */
		assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until), PV_ENOENT);
		assert_true(pv_bit_test(&mask[9 / BITS], 9 % BITS));
		xen_send(9, 0);
		pv_evtchn_close_end(&e, ref);
		assert_false(pv_bit_test(&pending[9 / BITS], 9 % BITS));
		assert_int_equal(pv_evtchn_close_begin(&e, ref), PV_ENOENT);
		assert_int_equal(pv_evtchn_open(&e, 9, 1, &other), 0);
	}
}

/* An event of one's own: at once when unmasked, later when masked, to nobody when closed. */
static void trigger(void **state)
{
	struct pv_evtchn_ref ref, got;
	uint64_t until;

	(void)state;
	begin(PORTS);
	ref = open_port(5, 0);
	assert_int_equal(pv_evtchn_trigger(&e, ref), PV_EVTCHN_HYPERCALL);
	assert_true(pv_bit_test(&mask[0], 5));
	assert_int_equal(upcall[0], 0);
	xen_unmask(5, 0);
	assert_int_equal(upcall[0], 1);
	pv_evtchn_scan_begin(&cpus[0], 8);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &got), 1);
	assert_int_equal(got.port, 5);
	/* Masked by the delivery: who unmasks finds it. */
	assert_int_equal(pv_evtchn_trigger(&e, ref), PV_EVTCHN_DONE);
	assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
	assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], ref, 0, true, &until), PV_EVTCHN_RESCAN);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &got), 1);
	assert_int_equal(got.port, 5);
	assert_int_equal(pv_evtchn_delivered(&e, ref), PV_EVTCHN_DONE);
	assert_int_equal(pv_evtchn_close_begin(&e, ref), 0);
	assert_int_equal(pv_evtchn_trigger(&e, ref), PV_ENOENT);
	pv_evtchn_close_end(&e, ref);
	assert_int_equal(pv_evtchn_trigger(&e, ref), PV_ENOENT);
	ref.epoch++;
	assert_int_equal(pv_evtchn_trigger(&e, ref), PV_ENOENT);
	assert_false(pv_bit_test(&pending[0], 5));
}

static void resume(void **state)
{
	struct pv_evtchn_ref old, fresh;
	uint64_t until;

	(void)state;
	begin(PORTS);
	old = open_port(9, 0);
	pv_evtchn_resumed(&e);
	assert_int_equal(pv_evtchn_eoi(&e, &cpus[0], old, 0, true, &until), PV_ENOENT);
	fresh = open_port(9, 0);
	/* The old owner of the same number cannot close the new one. */
	assert_int_equal(pv_evtchn_close_begin(&e, old), PV_ENOENT);
	pv_evtchn_close_end(&e, old);
	assert_int_equal(pv_evtchn_bind(&e, &cpus[1], old), PV_ENOENT);
	xen_send(9, 0);
	pv_evtchn_scan_begin(&cpus[0], 1);
	assert_int_equal(pv_evtchn_scan_next(&e, &cpus[0], 0, &old), 1);
	assert_int_equal(old.epoch, fresh.epoch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments),
		cmocka_unit_test(every_port),
		cmocka_unit_test(all_ports_with_a_budget),
		cmocka_unit_test(stray_events),
		cmocka_unit_test(storm_with_work),
		cmocka_unit_test(storm_without_work),
		cmocka_unit_test(clock_going_back),
		cmocka_unit_test(other_cpu),
		cmocka_unit_test(again_on_another_cpu),
		cmocka_unit_test(each_its_own),
		cmocka_unit_test(moved_while_pending),
		cmocka_unit_test(close_races_upcall),
		cmocka_unit_test(trigger),
		cmocka_unit_test(resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
