/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/ as a guest: store client, grants and events against a simulated Xen, in many orders of
 * events. Under the thread sanitizer the free mode runs instead.
 */
#include "world.h"

#include <xen/event_channel.h>
#include <xen/io/xs_wire.h>

/* --- the store ------------------------------------------------------------------------------- */

#define ROUNDS 6

/* Two CPUs count the same node up, each step in a transaction. */
static void count_up(struct sim_task *task, void *argument)
{
	struct world *w = argument;
	struct guest *g = w->g;
	char value[32];

	guest_enter(g, task);
	if (sim_task_vcpu(task) == sim_vcpu(g->domain, 0)) {
		guest_boot(g, task);
	} else {
		guest_await_boot(g, task);
	}
	for (int i = 0; i < ROUNDS; i++) {
		struct pv_xs_txn tx;
		int rc;

		pv_xs_txn_init(&tx, 200);
		do {
			uint32_t n = 0;

			rc = guest_begin(g, task, &tx);
			if (rc)
				break;
			rc = guest_read(g, task, &tx, "data/count", value, sizeof(value));
			if (rc > 0)
				pv_parse_u32(value, (size_t)rc, &n);
			if (rc > 0 || rc == PV_ENOENT) {
				snprintf(value, sizeof(value), "%u", n + 1);
				rc = guest_write(g, task, &tx, "data/count", value);
			}
			if (rc >= 0)
				rc = guest_end(g, task, &tx, true);
			else
				guest_end(g, task, &tx, false);
			rc = pv_xs_txn_result(&tx, rc);
		} while (rc == PV_EAGAIN && !sim_failure(w->sim));
		GUEST_CHECK(g, rc == 0);
	}
	__atomic_fetch_add(&w->done, 1, __ATOMIC_SEQ_CST);
	/* The other CPU's requests come through this one's interrupt. */
	while (__atomic_load_n(&w->done, __ATOMIC_SEQ_CST) < 2 && !sim_failure(w->sim))
		guest_wait(g, task, sim_now(w->sim) + SIM_MS);
	if (sim_task_vcpu(task) == sim_vcpu(g->domain, 0)) {
		int rc = guest_read(g, task, NULL, "data/count", value, sizeof(value));

		GUEST_CHECK(g, rc > 0 && atoi(value) == 2 * ROUNDS);
	}
}

static void test_counting(void **state)
{
	static const struct sim_temper tempers[] = {
		{ 0 },
		{ .dribble = 300, .reorder = 300, .conflict = 200 },
		{ .dawdle = 300, .dawdle_time = 300 * SIM_US, .spurious = 50 },
	};

	(void)state;
	FOR_SEEDS(seed, FREE_MODE ? 4 : 36)
	{
		struct world *w = world_new(seed, profiles[seed & 1]);

		sim_store_temper(w->store, w->g->domain, &tempers[seed % 3]);
		sim_context(w->sim, "first", sim_vcpu(w->g->domain, 0), count_up, w);
		sim_context(w->sim, "second", sim_vcpu(w->g->domain, 1), count_up, w);
		run(w);
		world_free(w);
	}
}

/* A run with a guest repeats to the last step. */
static uint64_t one_trace(uint64_t seed)
{
	struct world *w = world_new(seed, profiles[1]);
	uint64_t trace;

	sim_context(w->sim, "first", sim_vcpu(w->g->domain, 0), count_up, w);
	sim_context(w->sim, "second", sim_vcpu(w->g->domain, 1), count_up, w);
	run(w);
	trace = sim_trace(w->sim);
	world_free(w);
	return trace;
}

static void test_replay(void **state)
{
	(void)state;
	if (FREE_MODE)
		skip();
	for (uint64_t seed = 1; seed < 6; seed++) {
		uint64_t first = one_trace(seed);

		assert_true(first == one_trace(seed));
		assert_true(first != one_trace(seed + 100));
	}
}

#define KEYS 6

/* Whatever the store does, each request comes to an end, and no answer is taken for another's. */
static void survive(struct sim_task *task, void *argument)
{
	struct world *w = argument;
	struct guest *g = w->g;
	struct pv_xs_watch watch = { .context = task };
	bool lies = w->attack == SIM_ATTACK_EMPTY || w->attack == SIM_ATTACK_NAMES ||
		    w->attack == SIM_ATTACK_UNTERMINATED;
	struct sim_store_use use;
	char path[] = "data/k0", own[] = "v0", value[32];
	int rc = 0;

	guest_enter(g, task);
	guest_boot(g, task);
	for (int i = 0; i < KEYS; i++) {
		path[6] = own[1] = (char)('0' + i);
		GUEST_CHECK(g, guest_write(g, task, NULL, path, own) >= 0);
	}
	guest_lock(g, task);
	pv_xs_watch_add(&g->xs, &watch, "data", 4, SIM_SECOND, sim_now(w->sim));
	guest_unlock(g, task);
	guest_wait(g, task, sim_now(w->sim) + SIM_MS);
	sim_store_attack(w->store, g->domain, w->attack, w->attack_skip);
	for (int i = 0; i < KEYS; i++) {
		path[6] = own[1] = (char)('0' + i);
		rc = guest_read(g, task, NULL, path, value, sizeof(value));
		w->answered += rc == 2;
		if (rc == PV_ETIMEDOUT)
			sim_log(w->sim, "read %d: timed out", i);
		GUEST_CHECK(g, rc < 0 || lies || !strcmp(value, own));
	}
	/* The watch's own reply may be among those skipped. */
	GUEST_CHECK(g, w->answered >= 1 || w->attack_skip < 2);
	sim_store_use(w->store, g->domain, &use);
	if (!use.dead && !use.ignored && g->xs.state == PV_XS_UP)
		GUEST_CHECK(g, rc == 2);
	guest_lock(g, task);
	rc = pv_xs_watch_remove(&g->xs, &watch, sim_now(w->sim));
	guest_unlock(g, task);
	for (int i = 0; i < 5000 && rc == PV_EAGAIN && watch.state != PV_XS_WATCH_OFF; i++)
		guest_wait(g, task, sim_now(w->sim) + SIM_MS);
	GUEST_CHECK(g, watch.state == PV_XS_WATCH_OFF);
}

static void test_attacks(void **state)
{
	(void)state;
	for (int attack = 0; attack < SIM_ATTACK_COUNT; attack++) {
		FOR_SEEDS(seed, FREE_MODE ? 1 : 8)
		{
			struct world *w;

			/* It changes a ring under the reader: a race by design. */
			if (FREE_MODE && attack == SIM_ATTACK_REWRITE_HEADER)
				continue;
			/* Both wait for times that are real in the free mode. */
			if (FREE_MODE &&
				(attack == SIM_ATTACK_SILENCE || attack == SIM_ATTACK_NO_RECONNECT))
				continue;
			w = world_new(seed, profiles[seed & 1]);
			w->attack = (enum sim_attack)attack;
			w->attack_skip = (uint32_t)(seed % 4);
			sim_context(w->sim, sim_attack_name(w->attack), sim_vcpu(w->g->domain, 0),
				survive, w);
			run(w);
			world_free(w);
		}
	}
}

/* --- single cases ---------------------------------------------------------------------------- */

static void one_frame(struct sim_task *task, void *argument)
{
	struct world *w = argument;
	struct guest *g = w->g;
	uint32_t refs[600], granted = 0;
	uint64_t gfn;
	int rc;

	guest_enter(g, task);
	guest_boot(g, task);
	GUEST_CHECK(g, g->frames == 1);
	sim_ram_alloc(g->domain, &gfn);
	do {
		rc = pv_gnttab_permit(&g->gnt, 0, gfn, true, NULL, &refs[granted]);
		granted += rc == 0;
	} while (rc == 0 && granted < 600);
	GUEST_CHECK(g, rc == PV_ENOSPC && granted == 504);
	for (uint32_t i = 0; i < granted; i++) {
		GUEST_CHECK(g, refs[i] >= 8 && refs[i] < 512);
		GUEST_CHECK(g, pv_gnttab_revoke(&g->gnt, refs[i]) == 0);
	}
	sim_ram_free(g->domain, gfn);
}

static void test_one_frame(void **state)
{
	(void)state;
	FOR_SEEDS(seed, 4)
	{
		struct world *w = world_with(seed, &sim_xen_4_17, 1);

		sim_context(w->sim, "guest", sim_vcpu(w->g->domain, 0), one_frame, w);
		run(w);
		world_free(w);
	}
}

#define CLASSES 10000

/* The longest value, and a directory that no reply holds. */
static void read_much(struct sim_task *task, void *argument)
{
	struct world *w = argument;
	struct guest *g = w->g;
	struct pv_xs_listing list;
	struct pv_xs_req req = { 0 };
	char *value = malloc(XENSTORE_PAYLOAD_MAX + 1), *names = malloc(CLASSES * 16);
	uint32_t count = 0;
	int rc;

	guest_enter(g, task);
	guest_boot(g, task);
	rc = guest_read(g, task, NULL, "/big", value, XENSTORE_PAYLOAD_MAX + 1);
	GUEST_CHECK(g, rc == XENSTORE_PAYLOAD_MAX && value[0] == 'v' && value[rc - 1] == 'v');
	GUEST_CHECK(g, pv_xs_req_path(&req, XS_DIRECTORY, NULL, "device", 6) == 0);
	rc = guest_ask(g, task, &req, value, XENSTORE_PAYLOAD_MAX);
	GUEST_CHECK(g, rc == PV_E2BIG);
	pv_xs_listing_init(&list, names, CLASSES * 16);
	do {
		memset(&req, 0, sizeof(req));
		rc = pv_xs_req_directory_part(&req, NULL, "device", 6, list.len);
		if (rc == 0)
			rc = guest_ask(g, task, &req, value, XENSTORE_PAYLOAD_MAX);
		if (rc >= 0)
			rc = pv_xs_listing_feed(&list, value, (uint32_t)rc);
	} while (rc == 1 && !sim_failure(w->sim));
	GUEST_CHECK(g, rc == 0);
	for (uint32_t i = 0; i < list.len; i++)
		count += names[i] == '\0';
	GUEST_CHECK(g, count == CLASSES);
	free(value);
	free(names);
}

static void test_much(void **state)
{
	char value[XENSTORE_PAYLOAD_MAX], path[64];

	(void)state;
	FOR_SEEDS(seed, FREE_MODE ? 0 : 2)
	{
		struct world *w = world_new(seed, &sim_xen_4_17);
		struct sim_client *c = sim_client_new(w->store, NULL);

		memset(value, 'v', sizeof(value));
		sim_xs_write_data(c, "/big", value, sizeof(value));
		sim_xs_perms(c, "/big", 0, 7);
		for (int i = 0; i < CLASSES; i++) {
			snprintf(path, sizeof(path), "/local/domain/7/device/class%d", i);
			sim_xs_write(c, path, "");
		}
		sim_context(w->sim, "guest", sim_vcpu(w->g->domain, 0), read_much, w);
		run(w);
		world_free(w);
	}
}

/* One CPU opens and closes, a peer sends all the time, the other CPU takes the upcalls. */
struct sender {
	struct world *w;
	uint32_t port; /* atomic: the guest's */
	uint32_t seen, bound;
};

static uint64_t send_always(void *argument)
{
	struct sender *s = argument;
	uint32_t port = __atomic_load_n(&s->port, __ATOMIC_ACQUIRE);

	if (port != s->seen) {
		if (s->bound)
			sim_port_close(s->w->dom0, s->bound);
		s->bound = 0;
		s->seen = port;
		if (port) {
			int rc = sim_port_bind(s->w->dom0, 7, port & 0xffff, NULL);

			s->bound = rc > 0 ? (uint32_t)rc : 0;
		}
	}
	if (s->bound)
		sim_port_send(s->w->dom0, s->bound);
	return s->bound ? 0 : sim_now(s->w->sim) + 10 * SIM_US;
}

static void open_and_close(struct sim_task *task, void *argument)
{
	struct sender *s = argument;
	struct world *w = s->w;
	struct guest *g = w->g;

	guest_enter(g, task);
	guest_await_boot(g, task);
	for (uint32_t i = 1; i <= 30; i++) {
		struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };
		struct guest_handler *h;

		GUEST_CHECK(g, guest_event(task, EVTCHNOP_alloc_unbound, &op) == 0);
		g->handlers[op.port].kicked = task;
		h = guest_open(g, task, op.port);
		__atomic_store_n(&s->port, op.port | i << 16, __ATOMIC_RELEASE);
		sim_sleep(task, (i % 7) * 5 * SIM_US);
		__atomic_fetch_add(
			&w->calls, __atomic_load_n(&h->calls, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
		guest_close(g, task, h);
		sim_sleep(task, 5 * SIM_US);
	}
	__atomic_store_n(&s->port, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
}

static void take_upcalls(struct sim_task *task, void *argument)
{
	struct world *w = ((struct sender *)argument)->w;

	guest_enter(w->g, task);
	guest_boot(w->g, task);
	while (!__atomic_load_n(&w->done, __ATOMIC_ACQUIRE) && !sim_failure(w->sim))
		guest_wait(w->g, task, sim_now(w->sim) + 50 * SIM_US);
}

static void test_close_race(void **state)
{
	uint32_t calls = 0;

	(void)state;
	FOR_SEEDS(seed, FREE_MODE ? 3 : 20)
	{
		struct world *w = world_new(seed, &sim_xen_4_17);
		struct sender s = { .w = w };

		sim_service(w->sim, "sender", send_always, &s);
		sim_context(w->sim, "upcalls", sim_vcpu(w->g->domain, 0), take_upcalls, &s);
		sim_context(w->sim, "closer", sim_vcpu(w->g->domain, 1), open_and_close, &s);
		run(w);
		assert_int_equal(w->g->stray_callbacks, 0);
		calls += w->calls;
		world_free(w);
	}
	assert_true(FREE_MODE || calls > 100); /* how many real time lets come is not ours */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_one_frame),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_close_race),
	};

	return cmocka_run_group_tests_name("simulated Xen: lib/ as its guest", tests, NULL, NULL);
}
