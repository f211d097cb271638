/* SPDX-License-Identifier: BSD-2-Clause */
/* Back-ends: their scripts, the life of a device, and the echo model's ring. */
#include "wire.h"

#include <xen/grant_table.h>
#include <xen/memory.h>

#include "backend/echo.h"

static const struct sim_domain_config usual = { .wide = true };

#define KEYS "/local/domain/7/device/test/0/"

/* A front-end without manners or library. */
struct front {
	struct one o;
	struct wire *w;
	struct sim_device *device;
	struct sim_client *look;
	struct grant_entry_v1 *table;
	struct echo_ring *ring;
	uint64_t ring_gfn;
	uint32_t port;
};

static void write_key(struct front *f, const char *key, const char *value)
{
	char text[256];
	int size = snprintf(text, sizeof(text), "device/test/0/%s%c%s", key, 0, value);

	assert_int_equal(wire_ask(f->w, XS_WRITE, 0, text, (uint32_t)size), 3);
}

static void write_number(struct front *f, const char *key, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	write_key(f, key, text);
}

static void await_back(struct front *f, const char *state)
{
	for (int i = 0; i < 1000; i++) {
		int rc = ASK(f->w, XS_READ, 0, "/local/domain/0/backend/test/7/0/state");

		if (rc >= 0 ? !strcmp(f->w->data, state) : !strcmp(state, "gone"))
			return;
		sim_sleep(f->o.task, 100 * SIM_US);
	}
	fail_msg("the back-end never came to state %s", state);
}

static struct front *front_new(uint64_t seed, const char *script, bool quiet)
{
	struct sim_device_config config = {
		.class = "test", .id = "0", .script = script, .model = &sim_echo
	};
	struct front *f = calloc(1, sizeof(*f));
	struct xen_add_to_physmap op = { .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table };
	struct evtchn_alloc_unbound port = { .dom = DOMID_SELF };

	f->o = one_new(seed, usual, quiet);
	f->device = sim_device_new(f->o.store, f->o.guest, f->o.dom0, &config);
	f->look = sim_client_new(f->o.store, NULL);
	f->w = wire_new(&f->o);
	op.gpfn = sim_mmio_alloc(f->o.guest, 1);
	assert_int_equal(call(&f->o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op), 0);
	f->table = sim_frame(f->o.guest, op.gpfn);
	f->ring = sim_ram_alloc(f->o.guest, &f->ring_gfn);
	memset(f->ring, 0, SIM_PAGE_SIZE);
	f->ring->req_event = f->ring->rsp_event = 1;
	assert_int_equal(
		call(&f->o, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &port), 0);
	f->port = port.port;
	return f;
}

static void front_free(struct front *f)
{
	sim_device_free(f->device);
	free(f->w);
	one_free(&f->o);
	free(f);
}

static void grant(struct front *f, uint32_t ref, uint64_t gfn)
{
	f->table[ref].domid = 0;
	f->table[ref].frame = (uint32_t)gfn;
	__atomic_store_n(&f->table[ref].flags, (uint16_t)GTF_permit_access, __ATOMIC_RELEASE);
}

static void connect(struct front *f)
{
	grant(f, 8, f->ring_gfn);
	await_back(f, "2");
	write_number(f, "ring-ref", 8);
	write_number(f, "event-channel", f->port);
	write_key(f, "state", "4");
	await_back(f, "4");
}

static void notify(struct front *f)
{
	call(&f->o, __HYPERVISOR_event_channel_op, EVTCHNOP_send, &f->port);
}

static void put(struct front *f, uint64_t id, uint32_t argument, uint32_t ref)
{
	struct echo_request *r = &f->ring->entry[f->ring->req_prod % ECHO_ENTRIES].request;

	r->id = id;
	r->argument = argument;
	r->grant = ref;
	__atomic_store_n(&f->ring->req_prod, f->ring->req_prod + 1, __ATOMIC_SEQ_CST);
	notify(f);
}

static bool answered(struct front *f, uint32_t count)
{
	for (int i = 0; i < 400; i++) {
		if (__atomic_load_n(&f->ring->rsp_prod, __ATOMIC_ACQUIRE) == count)
			return true;
		sim_sleep(f->o.task, 50 * SIM_US);
	}
	return false;
}

#define CONNECT "state 2\nawait 4\nmap ring-ref\nbind event-channel\nstate 4\n"
#define CLOSE	"state 5\nawait 6 gone\nlet-go\nstate 6\n"

static void test_life(void **state)
{
	(void)state;
	FOR_SEEDS(seed, 10)
	{
		struct front *f = front_new(seed,
			"# one whole life\n"
			"delay 10 500\n" CONNECT "model shuffle 1\nserve\n" CLOSE
			"model leaks\nvanish\n",
			false);
		uint64_t gfn;
		uint8_t *page = sim_ram_alloc(f->o.guest, &gfn);
		struct sim_leftovers left;
		uint64_t sum = 0;

		connect(f);
		memset(page, 0, SIM_PAGE_SIZE);
		grant(f, 9, gfn);
		for (uint32_t i = 0; i < 10; i++)
			put(f, i, i == 5 ? 100 : i, i == 5 ? 9 : 0);
		assert_true(answered(f, 10));
		for (uint32_t i = 0; i < 10; i++) {
			struct echo_response *r = &f->ring->entry[i].response;

			assert_int_equal(r->status, 0);
			assert_int_equal(r->value, ~(r->id == 5 ? 100 : (uint32_t)r->id));
			sum += r->id;
		}
		assert_int_equal(sum, 45);
		assert_int_equal(page[99], 0xff);
		assert_int_equal(page[100], 0);
		assert_int_equal(sim_device_served(f->device), 10);
		write_key(f, "state", "5");
		await_back(f, "5");
		write_key(f, "state", "6");
		await_back(f, "gone");
		f->table[8].flags = 0;
		f->table[9].flags = 0;
		sim_leftovers(f->o.guest, &left);
		assert_int_equal(left.mapped, 0);
		assert_int_equal(left.grants, 0);
		assert_true(sim_device_ended(f->device));
		assert_null(sim_failure(f->o.sim));
		front_free(f);
	}
}

static void test_hostile_ring(void **state)
{
	struct front *f = front_new(1,
		CONNECT "serve 1\nmodel ahead 200\nnotify\nawait-key one\n"
			"model back 1\nnotify\nawait-key two\n"
			"model forge 7\nawait-key three\nmodel forge-far\nmodel scribble 170\n",
		false);

	(void)state;
	connect(f);
	put(f, 1, 2, 0);
	assert_true(answered(f, 201)); /* 200 that nobody asked for */
	write_key(f, "one", "");
	assert_true(answered(f, 0));
	write_key(f, "two", "");
	assert_true(answered(f, 2));
	assert_int_equal(f->ring->entry[1].response.id, 7);
	write_key(f, "three", "");
	assert_true(answered(f, 3));
	sim_sleep(f->o.task, SIM_MS);
	assert_int_equal(f->ring->entry[0].response.id, 0xaaaaaaaaaaaaaaaaull);
	assert_true(sim_device_ended(f->device));
	front_free(f);
}

static void test_holding(void **state)
{
	struct front *f = front_new(
		1, CONNECT "model hold 1\nserve 1\nawait-key release\nmodel release\n", false);
	uint64_t gfn;

	(void)state;
	memset(sim_ram_alloc(f->o.guest, &gfn), 0, SIM_PAGE_SIZE);
	connect(f);
	grant(f, 9, gfn);
	put(f, 1, 10, 9);
	assert_true(answered(f, 1));
	assert_true(f->table[9].flags & GTF_writing); /* answered, and still mapped */
	write_key(f, "release", "");
	sim_sleep(f->o.task, SIM_MS);
	assert_int_equal(f->table[9].flags, GTF_permit_access);
	front_free(f);
}

/* The leak that `model leaks` is there to find. */
static void test_leak(void **state)
{
	struct front *f = front_new(1, CONNECT "serve 1\nmodel leaks\n", true);
	uint64_t gfn;

	(void)state;
	sim_ram_alloc(f->o.guest, &gfn); /* not cleared */
	connect(f);
	grant(f, 9, gfn);
	put(f, 1, 10, 9);
	answered(f, 1);
	sim_sleep(f->o.task, SIM_MS);
	assert_non_null(sim_failure(f->o.sim));
	assert_non_null(strstr(sim_failure(f->o.sim), "4086 bytes"));
	front_free(f);
}

/* What the back-end reports of a front-end. */
static void test_bad_front(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct front *f = front_new(1, CONNECT "serve\n", true);

		if (i == 0) {
			connect(f);
			f->ring->req_prod = ECHO_ENTRIES + 1;
			notify(f);
		} else {
			/* Its own failure is what stops it: nothing is asked after that. */
			static const char state[] = "device/test/0/state\0004";

			memset(f->ring->entry, SIM_SECRET, sizeof(f->ring->entry));
			grant(f, 8, f->ring_gfn);
			await_back(f, "2");
			write_number(f, "ring-ref", 8);
			assert_true(wire_send(f->w, XS_WRITE, 0, state, sizeof(state) - 1));
		}
		sim_sleep(f->o.task, SIM_MS);
		assert_non_null(sim_failure(f->o.sim));
		assert_non_null(strstr(
			sim_failure(f->o.sim), i ? "shows other memory" : "beyond the ring"));
		front_free(f);
	}
}

static void test_language(void **state)
{
	static const struct {
		const char *script, *says;
	} bad[] = {
		{ "state 2\nfly away\n", "line 2: fly" },
		{ "write\n", "line 1: write" },
		{ "goto nowhere\n", "no label nowhere" },
		{ "repeat\n", "line 1: repeat" },
		{ "expect 4\n", "not in state 4" },
		{ "model no-such-word\n", "knows no no-such-word" },
	};
	struct front *f;
	char value[32];

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(bad); i++) {
		struct sim_device_config config = { .class = "test", .id = "0" };
		struct one o = one_new(1, usual, true);
		struct sim_device *device;

		config.script = bad[i].script;
		config.model = &sim_echo;
		device = sim_device_new(o.store, o.guest, o.dom0, &config);
		sim_sleep(o.task, SIM_MS);
		assert_non_null(sim_failure(o.sim));
		assert_non_null(strstr(sim_failure(o.sim), bad[i].says));
		sim_device_free(device);
		one_free(&o);
	}
	f = front_new(1,
		"label again\nwrite count x\nwrite sum  y # not part of it\nrepeat again 3\n"
		"remove count\nwrite-front hint junk\nstate not-a-number\n"
		"await-key go\nstorm 50\nchance 0 again\nchance 1000 over\nfail\nlabel over\n"
		"log done\n",
		true);
	/* `fail` is no statement: parsing says so, and a run of the rest is refused. */
	assert_non_null(sim_failure(f->o.sim));
	front_free(f);
	f = front_new(1,
		"label again\nwrite count x\nwrite sum  y # not part of it\nrepeat again 3\n"
		"remove count\nwrite-front hint junk\nstate not-a-number\n"
		"bind event-channel\nawait-key go\nstorm 50\nchance 0 again\nlog done\n",
		false);
	await_back(f, "not-a-number");
	assert_int_equal(ASK(f->w, XS_READ, 0, "device/test/0/hint"), 4);
	assert_int_equal(
		sim_xs_read(f->look, "/local/domain/0/backend/test/7/0/sum", value, 32), 1);
	assert_int_equal(sim_xs_read(f->look, "/local/domain/0/backend/test/7/0/count", value, 32),
		-XEN_ENOENT);
	write_key(f, "go", "");
	sim_sleep(f->o.task, 10 * SIM_MS);
	assert_true(sim_device_ended(f->device));
	front_free(f);
}

/* After a resume the device is there again, as at its beginning; the old mappings are gone. */
static void test_resume(void **state)
{
	static const struct sim_resume elsewhere = { .id = 7 };
	struct front *f = front_new(4, CONNECT "serve\n", false);
	uint32_t reason = 2;
	struct sim_leftovers left;

	(void)state;
	connect(f);
	sim_plan_resume(f->o.guest, &elsewhere);
	assert_int_equal(call(&f->o, __HYPERVISOR_sched_op, 2, &reason), 0);
	sim_leftovers(f->o.guest, &left);
	assert_int_equal(left.mapped, 0);
	assert_int_equal(left.ports, 0);
	free(f->w);
	f->w = wire_new(&f->o);
	await_back(f, "2");
	assert_int_equal(ASK(f->w, XS_READ, 0, "device/test/0/ring-ref"), -XEN_ENOENT);
	assert_int_equal(ASK(f->w, XS_READ, 0, "device/test/0/state"), 1);
	assert_string_equal(f->w->data, "1");
	front_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_hostile_ring),
		cmocka_unit_test(test_holding),
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_bad_front),
		cmocka_unit_test(test_language),
		cmocka_unit_test(test_resume),
	};

	return cmocka_run_group_tests_name("simulated Xen: back-ends", tests, NULL, NULL);
}
