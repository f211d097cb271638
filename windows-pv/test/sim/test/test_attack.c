/* SPDX-License-Identifier: BSD-2-Clause */
/* Each attack of the hostile store does what it says, and a new connection is healthy again. */
#include "wire.h"

static const struct sim_domain_config usual = { .wide = true };

/* Two requests go out: the attack is on the second. */
static struct wire *prepare(struct one *o, enum sim_attack attack)
{
	struct wire *w = wire_new(o);

	assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0one\0", 9), 3);
	assert_true(wire_event(w, "data", "one"));
	sim_store_attack(o->store, o->guest, attack, 1);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "control/shutdown\0abc", 20), 3);
	assert_true(wire_send(w, XS_READ, 0, "control/shutdown", 17));
	return w;
}

static bool is_right(struct wire *w)
{
	return w->head.type == XS_READ && w->head.req_id == w->next_id && w->head.len == 3 &&
	       !strcmp(w->data, "abc");
}

static void check(struct wire *w, enum sim_attack attack)
{
	uint32_t events = 0;

	switch (attack) {
	case SIM_ATTACK_NONE:
		assert_true(wire_next(w));
		assert_true(is_right(w));
		assert_true(wire_silent(w));
		break;
	case SIM_ATTACK_SILENCE:
		assert_true(wire_silent(w));
		break;
	case SIM_ATTACK_UNKNOWN_ID:
		assert_true(wire_next(w));
		assert_int_not_equal(w->head.req_id, w->next_id);
		assert_true(wire_next(w));
		assert_true(is_right(w));
		break;
	case SIM_ATTACK_ONLY_UNKNOWN_ID:
		assert_true(wire_next(w));
		assert_int_not_equal(w->head.req_id, w->next_id);
		assert_true(wire_silent(w));
		break;
	case SIM_ATTACK_TWICE:
		assert_true(wire_next(w));
		assert_true(is_right(w));
		assert_true(wire_next(w));
		assert_true(is_right(w));
		break;
	case SIM_ATTACK_WRONG_TYPE:
	case SIM_ATTACK_NO_SUCH_TYPE:
		assert_true(wire_next(w));
		assert_int_equal(w->head.req_id, w->next_id);
		assert_int_equal(
			w->head.type, attack == SIM_ATTACK_WRONG_TYPE ? XS_DIRECTORY : XS_INVALID);
		break;
	case SIM_ATTACK_LONG:
	case SIM_ATTACK_HUGE:
	case SIM_ATTACK_REWRITE_HEADER:
		/* Read as soon as it is there, the header is right; later it is not. */
		sim_sleep(w->o->task, SIM_MS);
		assert_false(wire_next(w));
		assert_int_equal(w->head.len, attack == SIM_ATTACK_LONG ? 4097 : UINT32_MAX);
		break;
	case SIM_ATTACK_UNTERMINATED:
		assert_true(wire_next(w));
		assert_int_equal(w->head.len, 7);
		assert_memory_equal(w->data, "endless", 7);
		break;
	case SIM_ATTACK_EMPTY:
		assert_true(wire_next(w));
		assert_int_equal(w->head.len, 0);
		break;
	case SIM_ATTACK_NAMES:
		assert_true(wire_next(w));
		assert_memory_equal(w->data, "a/b\0\0", 5);
		assert_int_equal(w->head.len, 321);
		assert_int_equal(strlen(w->data + 20), 300);
		break;
	case SIM_ATTACK_UNKNOWN_ERROR:
		assert_true(wire_next(w));
		assert_int_equal(w->head.type, XS_ERROR);
		assert_string_equal(w->data, "EBOGUS");
		break;
	case SIM_ATTACK_PRODUCER_AHEAD:
		sim_sleep(w->o->task, SIM_MS);
		assert_int_equal(w->ring->rsp_prod - w->ring->rsp_cons, XENSTORE_RING_SIZE + 1);
		break;
	case SIM_ATTACK_PRODUCER_BACK:
		sim_sleep(w->o->task, SIM_MS);
		assert_int_equal(w->ring->rsp_prod - w->ring->rsp_cons, UINT32_MAX);
		break;
	case SIM_ATTACK_CONSUMER_AHEAD:
		sim_sleep(w->o->task, SIM_MS);
		assert_int_equal(w->ring->req_cons - w->ring->req_prod, 100);
		break;
	case SIM_ATTACK_WATCH_UNKNOWN:
		assert_true(wire_event(w, "device", "no-such-token"));
		assert_true(wire_next(w));
		assert_true(is_right(w));
		break;
	case SIM_ATTACK_WATCH_MALFORMED:
		while (wire_next(w) && w->head.type == XS_WATCH_EVENT)
			events++;
		assert_int_equal(events, 3);
		assert_true(is_right(w));
		break;
	case SIM_ATTACK_WATCH_FLOOD:
		while (wire_next(w) && w->head.type == XS_WATCH_EVENT)
			events++;
		assert_true(events >= 1000);
		assert_true(is_right(w));
		break;
	case SIM_ATTACK_ERROR_FIELD:
	case SIM_ATTACK_NO_RECONNECT:
		sim_sleep(w->o->task, SIM_MS);
		assert_int_equal(w->ring->error, XENSTORE_ERROR_COMM);
		break;
	case SIM_ATTACK_COUNT:
		break;
	}
}

static void test_each(void **state)
{
	(void)state;
	for (int attack = 0; attack < SIM_ATTACK_COUNT; attack++) {
		FOR_SEEDS(seed, 3)
		{
			struct one o = one_new(seed, usual, false);
			struct wire *w = prepare(&o, (enum sim_attack)attack);

			check(w, (enum sim_attack)attack);
			/* Once. */
			w->ring->connection = XENSTORE_RECONNECT;
			wire_notify(w);
			sim_sleep(o.task, SIM_MS);
			w->events = 0;
			if (attack == SIM_ATTACK_NO_RECONNECT)
				assert_int_equal(w->ring->connection, XENSTORE_RECONNECT);
			else
				assert_int_equal(ASK(w, XS_READ, 0, "control/shutdown"), 3);
			free(w);
			one_free(&o);
		}
	}
}

/* A temper makes it slow and out of order; no answer is lost or changed by it. */
static void test_tempers(void **state)
{
	static const struct sim_temper bad = { .dribble = 300,
		.dawdle = 200,
		.dawdle_time = 200 * SIM_US,
		.reorder = 500,
		.spurious = 100 };
	static const struct sim_temper conflicts = { .conflict = 500 };
	uint32_t overtaken = 0, refused = 0;

	(void)state;
	FOR_SEEDS(seed, 20)
	{
		struct one o = one_new(seed, usual, false);
		struct wire *w = wire_new(&o);
		uint32_t seen = 0, last = 0;

		sim_store_temper(o.store, o.guest, &bad);
		for (int i = 0; i < 8; i++)
			assert_true(wire_send(w, XS_READ, 0, "control/shutdown", 17));
		while (seen != 0xff) {
			assert_true(wire_next(w));
			assert_int_equal(w->head.type, XS_READ);
			assert_true(w->head.req_id >= 1 && w->head.req_id <= 8);
			assert_false(seen >> (w->head.req_id - 1) & 1);
			seen |= 1u << (w->head.req_id - 1);
			overtaken += w->head.req_id < last;
			last = w->head.req_id;
		}
		sim_store_temper(o.store, o.guest, &conflicts);
		for (int i = 0; i < 4; i++) {
			int rc;

			assert_true(ASK(w, XS_TRANSACTION_START, 0, "") > 0);
			rc = ASK(w, XS_TRANSACTION_END, (uint32_t)strtoul(w->data, NULL, 10), "T");
			assert_true(rc == 3 || rc == -XEN_EAGAIN);
			refused += rc < 0;
		}
		free(w);
		one_free(&o);
	}
	if (!getenv("SIM_SEED")) {
		assert_true(overtaken > 0);
		assert_true(refused > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_tempers),
	};

	return cmocka_run_group_tests_name("simulated Xen: attacks", tests, NULL, NULL);
}
