/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/ as a guest: the store client, grants, events, rings and the front-end's life against a
 * simulated Xen, in many orders of events. Under the thread sanitizer the free mode runs instead.
 */
#include "guest.h"

#include <xen/event_channel.h>
#include <xen/io/xs_wire.h>

#ifdef PV_WORD32
#define WIDE false
#else
#define WIDE true
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FREE_MODE true
#endif
#endif
#ifndef FREE_MODE
#define FREE_MODE false
#endif

struct world {
	struct sim *sim;
	struct sim_domain *dom0;
	struct sim_store *store;
	struct guest *g;
	struct sim_device *device;
	enum sim_attack attack;
	uint32_t attack_skip;
	uint32_t answered;
	uint32_t done; /* atomic: of contexts */
	uint32_t requests, received, bad, kept, calls;
	uint32_t suspend_after;
	bool down, suspend, resumed;
};

static struct world *world_with(
	uint64_t seed, const struct sim_profile *profile, uint32_t grant_frames)
{
	struct sim_config sc = {
		.seed = seed, .free = FREE_MODE, .verbose = getenv("SIM_VERBOSE")
	};
	struct sim_domain_config control = { .profile = profile, .control = true };
	struct sim_domain_config config = {
		.id = 7, .profile = profile, .wide = WIDE, .vcpus = 2, .viridian = seed & 1,
		.grant_frames = grant_frames
	};
	struct world *w = calloc(1, sizeof(*w));

	w->sim = sim_new(&sc);
	w->dom0 = sim_domain_new(w->sim, &control);
	w->g = calloc(1, sizeof(*w->g));
	w->g->sim = w->sim;
	w->g->domain = sim_domain_new(w->sim, &config);
	w->store = sim_store_new(w->sim, w->dom0);
	w->g->store = w->store;
	sim_store_introduce(w->store, w->g->domain);
	return w;
}

static struct world *world_new(uint64_t seed, const struct sim_profile *profile)
{
	return world_with(seed, profile, 0);
}

static void world_free(struct world *w)
{
	if (w->device)
		sim_device_free(w->device);
	sim_store_free(w->store);
	sim_free(w->sim);
	free(w->g);
	free(w);
}

static void run(struct world *w)
{
	if (sim_run(w->sim))
		fail_msg("seed %llu: %s", (unsigned long long)sim_seed(w->sim),
			sim_failure(w->sim));
}

static const struct sim_profile *const profiles[] = { &sim_xen_3_4, &sim_xen_4_17 };

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
	bool lies = w->attack == SIM_ATTACK_EMPTY || w->attack == SIM_ATTACK_NAMES || w->attack == SIM_ATTACK_UNTERMINATED;
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
	GUEST_CHECK(g, w->answered >= 1 || w->attack_skip == 0);
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
			if (FREE_MODE && (attack == SIM_ATTACK_SILENCE ||
						 attack == SIM_ATTACK_NO_RECONNECT))
				continue;
			w = world_new(seed, profiles[seed & 1]);
			w->attack = (enum sim_attack)attack;
			w->attack_skip = (uint32_t)(seed % 4);
			sim_context(w->sim, sim_attack_name(w->attack),
				sim_vcpu(w->g->domain, 0), survive, w);
			run(w);
			world_free(w);
		}
	}
}

/* --- devices --------------------------------------------------------------------------------- */

static void use_device(struct sim_task *task, void *argument)
{
	struct world *w = argument;
	struct echo_front *f = calloc(1, sizeof(*f));
	struct sim_leftovers left;
	uint64_t start;

	guest_enter(w->g, task);
	guest_boot(w->g, task);
	start = sim_now(w->sim);
	echo_init(f, w->g, task);
	f->suspend_after = w->suspend_after;
	echo_run(f, w->requests, start + 20 * SIM_SECOND);
	if (w->suspend && !sim_failure(w->sim)) {
		bool moved = guest_suspend(w->g, task);

		if (moved)
			pv_fe_resumed(&f->fe);
		echo_run(f, w->requests, start + 40 * SIM_SECOND);
	}
	w->calls = f->event ? f->event->calls : 0;
	echo_down(f, start + 60 * SIM_SECOND);
	w->resumed = f->resumed;
	w->received = f->received;
	w->bad = f->bad;
	w->down = pv_fe_is_down(&f->fe);
	/* The peer lets go at the end of its script; until then nothing that it holds is reused. */
	for (int i = 0; i < 200 && guest_collect(w->g, task) && !sim_failure(w->sim); i++)
		guest_wait(w->g, task, sim_now(w->sim) + 10 * SIM_MS);
	w->kept = w->g->gnt.quarantined;
	sim_leftovers(w->g->domain, &left);
	GUEST_CHECK(w->g, w->down);
	GUEST_CHECK(w->g, left.ports == 0);
	GUEST_CHECK(w->g, left.grants == w->kept);
	GUEST_CHECK(w->g, left.mapped >= w->kept);
	GUEST_CHECK(w->g, left.ram == w->kept);
	GUEST_CHECK(w->g, w->g->stray_callbacks == 0);
	free(f);
}

static struct world *device_world(uint64_t seed, const struct sim_profile *profile,
	const char *script, uint32_t requests)
{
	struct sim_device_config config = {
		.class = "test", .id = "0", .script = script, .model = &sim_echo
	};
	struct world *w = world_new(seed, profile);

	w->requests = requests;
	w->device = sim_device_new(w->store, w->g->domain, w->dom0, &config);
	sim_context(w->sim, "driver", sim_vcpu(w->g->domain, 0), use_device, w);
	return w;
}

/* The handshake of blkif: the front-end is Initialised with its keys, then both are Connected. */
#define CONNECT \
	"label start\nstate 2\nawait 3\nmap ring-ref\nbind event-channel\nstate 4\nawait 4 5 6 gone\n"
#define CLOSE "state 5\nawait 6 gone\nlet-go\nstate 6\n"

static void test_device(void **state)
{
	static const char *const scripts[] = {
		CONNECT "serve\n" CLOSE "model leaks\n",
		CONNECT "model shuffle 1\nserve\n" CLOSE "model leaks\n",
		"delay 1000 200000\n" CONNECT "serve\n" CLOSE,
		/* It holds what it mapped for longer than the request lasts. */
		CONNECT "model hold 1\nserve\nstate 5\nawait 6 gone\ndelay 50000\nlet-go\nstate 6\n",
		/* It comes late to each state, and says something odd in between. */
		"state 1\ndelay 500\n" CONNECT "serve 3\ndelay 300\nserve\nstate 7\ndelay 100\n" CLOSE,
	};

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(scripts); i++) {
		FOR_SEEDS(seed, FREE_MODE ? 2 : 16)
		{
			struct world *w =
				device_world(seed, profiles[seed & 1], scripts[i], 24);

			run(w);
			if (w->received != 24 || w->bad || w->kept)
				fail_msg("script %zu, seed %llu: %u of 24 answered, %u bad, %u kept",
					i, (unsigned long long)seed, w->received, w->bad, w->kept);
			world_free(w);
		}
	}
}

/* Hostile back-ends: nothing that the guest may not do, no hang, and nothing left but what is
 * still held. */
static void test_hostile(void **state)
{
	static const struct {
		const char *script;
		bool noticed; /* the front-end must have seen that it is lied to */
	} cases[] = {
		{ CONNECT "serve 3\nmodel ahead 1000\nnotify\n", true },
		{ CONNECT "serve 3\nmodel back 2\nnotify\n", true },
		{ CONNECT "serve 3\nmodel forge 99\nnotify\n", true },
		{ CONNECT "serve 3\nmodel forge-far\nnotify\n", true },
		{ CONNECT "serve 3\nmodel scribble 255\nserve\n" CLOSE, false },
		{ CONNECT "serve 3\nmodel mute 1\nserve\n" CLOSE, false },
		{ CONNECT "model hold 1\nserve\nstate 6\n", false },
		{ CONNECT "serve 2\nvanish\n", false },
		{ CONNECT "serve 2\nstate not-a-number\ndelay 100\nstate 18446744073709551620\n"
			  "delay 100\nstate 4\nserve\n" CLOSE,
			false },
		{ "label start\nstate 2\ndelay 100\nstate 6\ndelay 100\nrepeat start 200\n", false },
		{ "state 4\ndelay 1000\nstate 4\n", false },
		{ "vanish\n", false },
		{ "", false },
		{ CONNECT "storm 3000\nserve\n" CLOSE, false },
		{ CONNECT "let-go\nserve\n" CLOSE, false },
		{ CONNECT "serve 1\nstate 2\ndelay 10\nlet-go\ngoto start\n", false },
	};

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(cases); i++) {
		FOR_SEEDS(seed, FREE_MODE ? 0 : 6)
		{
			struct world *w =
				device_world(seed, profiles[seed & 1], cases[i].script, 12);

			run(w);
			if (cases[i].noticed && !w->bad)
				fail_msg("case %zu, seed %llu: not noticed", i,
					(unsigned long long)seed);
			world_free(w);
		}
	}
}

/* 3000 events without work must not cost 3000 callbacks. */
static void test_storm(void **state)
{
	(void)state;
	if (FREE_MODE)
		skip();
	FOR_SEEDS(seed, 8)
	{
		struct world *w = device_world(seed, &sim_xen_4_17,
			CONNECT "storm 3000\nserve\n" CLOSE, 4);

		run(w);
		if (w->calls > 200)
			fail_msg("seed %llu: %u callbacks", (unsigned long long)seed, w->calls);
		assert_int_equal(w->received, 4);
		world_free(w);
	}
}

/* Suspend while connected: cancelled, to the same id, to another, to an older and a newer Xen. */
static void test_suspend(void **state)
{
	static const struct sim_resume plans[] = {
		{ .cancel = true },
		{ .id = 0 },
		{ .id = 11 },
		{ .id = 12, .profile = &sim_xen_3_4 },
		{ .id = 13, .profile = &sim_xen_4_17 },
	};

	(void)state;
	if (FREE_MODE)
		skip();
	for (size_t i = 0; i < SIM_ARRAY_SIZE(plans); i++) {
		FOR_SEEDS(seed, 8)
		{
			struct world *w = device_world(
				seed, profiles[seed & 1], CONNECT "serve\n" CLOSE, 10);

			w->suspend = true;
			sim_plan_resume(w->g->domain, &plans[i]);
			run(w);
			if (w->received != 20 || w->bad)
				fail_msg("plan %zu, seed %llu: %u of 20, %u bad", i,
					(unsigned long long)seed, w->received, w->bad);
			world_free(w);
		}
	}
}

/* A suspend after each of the steps of connecting and, with more of them, of closing. */
static void test_suspend_between(void **state)
{
	(void)state;
	if (FREE_MODE)
		skip();
	for (uint32_t after = 1; after <= 16; after++) {
		FOR_SEEDS(seed, 4)
		{
			struct sim_resume plan = { .id = seed & 1 ? 20 : 0 };
			struct world *w = device_world(
				seed, profiles[seed & 1], CONNECT "serve\n" CLOSE, 6);

			w->suspend_after = after;
			sim_plan_resume(w->g->domain, &plan);
			run(w);
			/* What was asked before the suspend is lost with the ring; nothing else. */
			if (w->bad || (after < 6 && (!w->resumed || w->received != 6)))
				fail_msg("after step %u, seed %llu: %u of 6, %u bad", after,
					(unsigned long long)seed, w->received, w->bad);
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
		__atomic_fetch_add(&w->calls, __atomic_load_n(&h->calls, __ATOMIC_RELAXED),
			__ATOMIC_RELAXED);
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
	assert_true(calls > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_suspend_between),
		cmocka_unit_test(test_one_frame),
		cmocka_unit_test(test_much),
		cmocka_unit_test(test_close_race),
	};

	return cmocka_run_group_tests_name("simulated Xen: lib/ as its guest", tests, NULL, NULL);
}
