/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/ as a front-end: rings, grants and states against good, slow and hostile back-ends. */
#include "world.h"

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
	GUEST_CHECK(w->g, left.ram == w->kept + w->g->own_pages);
	GUEST_CHECK(w->g, w->g->stray_callbacks == 0);
	free(f);
}

static struct world *device_world(
	uint64_t seed, const struct sim_profile *profile, const char *script, uint32_t requests)
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
#define CONNECT                                                                                    \
	"label start\nstate 2\nawait 3\nmap ring-ref\nbind event-channel\nstate 4\nawait 4 5 6 "   \
	"gone\n"
#define CLOSE "state 5\nawait 6 gone\nlet-go\nstate 6\n"

static void test_device(void **state)
{
	static const char *const scripts[] = {
		CONNECT "serve\n" CLOSE "model leaks\n",
		CONNECT "model shuffle 1\nserve\n" CLOSE "model leaks\n",
		"delay 1000 200000\n" CONNECT "serve\n" CLOSE,
		/* It holds what it mapped for longer than the request lasts. */
		CONNECT
		"model hold 1\nserve\nstate 5\nawait 6 gone\ndelay 50000\nlet-go\nstate 6\n",
		/* It comes late to each state, and says something odd in between. */
		"state 1\ndelay 500\n" CONNECT
		"serve 3\ndelay 300\nserve\nstate 7\ndelay 100\n" CLOSE,
	};

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(scripts); i++) {
		FOR_SEEDS(seed, FREE_MODE ? 2 : 16)
		{
			struct world *w = device_world(seed, profiles[seed & 1], scripts[i], 24);

			run(w);
			if (w->received != 24 || w->bad || w->kept)
				fail_msg(
					"script %zu, seed %llu: %u of 24 answered, %u bad, %u kept",
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
		{ "label start\nstate 2\ndelay 100\nstate 6\ndelay 100\nrepeat start 200\n",
			false },
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
		struct world *w =
			device_world(seed, &sim_xen_4_17, CONNECT "storm 3000\nserve\n" CLOSE, 4);

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
			struct world *w =
				device_world(seed, profiles[seed & 1], CONNECT "serve\n" CLOSE, 10);

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

/* What comes back is not what there was: in another domain, slow, never ready, or not there. */
static void test_other_back_end(void **state)
{
	static const struct {
		const char *script; /* NULL: no device */
		bool elsewhere;
		uint32_t received;
	} cases[] = {
		{ CONNECT "serve\n" CLOSE, true, 20 },
		{ "delay 300000\n" CONNECT "serve\n" CLOSE, true, 20 },
		{ CONNECT "serve\n" CLOSE, false, 20 },
		{ "state 1\n", true, 10 },
		{ "vanish\n", false, 10 },
		{ NULL, false, 10 },
	};

	(void)state;
	if (FREE_MODE)
		skip();
	for (size_t i = 0; i < SIM_ARRAY_SIZE(cases); i++) {
		FOR_SEEDS(seed, 6)
		{
			struct sim_resume plan = { .id = seed & 1 ? 20 : 0 };
			struct world *w =
				device_world(seed, profiles[seed & 1], CONNECT "serve\n" CLOSE, 10);
			struct sim_domain_config config = {
				.id = 5, .profile = profiles[seed & 1], .control = true
			};
			struct sim_domain *other = sim_domain_new(w->sim, &config);

			w->suspend = true;
			sim_plan_resume(w->g->domain, &plan);
			sim_device_move(w->device,
				!cases[i].script     ? NULL
				: cases[i].elsewhere ? other
						     : w->dom0,
				cases[i].script ? cases[i].script : "");
			run(w);
			if (w->received != cases[i].received || w->bad)
				fail_msg("case %zu, seed %llu: %u of %u, %u bad", i,
					(unsigned long long)seed, w->received, cases[i].received,
					w->bad);
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
			struct world *w =
				device_world(seed, profiles[seed & 1], CONNECT "serve\n" CLOSE, 6);

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_other_back_end),
		cmocka_unit_test(test_suspend_between),
	};

	return cmocka_run_group_tests_name("simulated Xen: lib/ as a front-end", tests, NULL, NULL);
}
