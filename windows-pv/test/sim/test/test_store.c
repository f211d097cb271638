/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire protocol, request by request, over the ring. */
#include "wire.h"

#include "store/internal.h"

static const struct sim_domain_config usual = { .wide = true };
static const struct sim_domain_config old = { .wide = true, .profile = &sim_xen_3_4 };

static void test_requests(void **state)
{
	(void)state;
	FOR_SEEDS(seed, 4)
	{
		struct one o = one_new(seed, usual, false);
		struct wire *w = wire_new(&o);

		assert_int_equal(ASK(w, XS_READ, 0, "data"), 0);
		assert_int_equal(wire_ask(w, XS_WRITE, 0, "data/a\0value", 12), 3);
		assert_string_equal(w->data, "OK");
		assert_int_equal(ASK(w, XS_READ, 0, "data/a"), 5);
		assert_string_equal(w->data, "value");
		assert_int_equal(ASK(w, XS_READ, 0, "/local/domain/7/data/a"), 5);
		assert_int_equal(wire_ask(w, XS_WRITE, 0, "data/b\0", 7), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/b"), 0);
		assert_int_equal(ASK(w, XS_DIRECTORY, 0, "data"), 4);
		assert_memory_equal(w->data, "a\0b", 4);
		assert_int_equal(ASK(w, XS_MKDIR, 0, "data/c/d"), 3);
		assert_int_equal(ASK(w, XS_MKDIR, 0, "data/c/d"), 3);
		assert_int_equal(ASK(w, XS_DIRECTORY, 0, "data/c"), 2);
		assert_int_equal(ASK(w, XS_GET_PERMS, 0, "data/c/d"), 3);
		assert_string_equal(w->data, "n7");
		assert_int_equal(ASK(w, XS_RM, 0, "data/c"), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/c/d"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_RM, 0, "data/c"), 3); /* not there is fine */
		assert_int_equal(ASK(w, XS_RM, 0, "data/x/y"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_RM, 0, "/"), -XEN_EINVAL);
		assert_int_equal(ASK(w, XS_GET_DOMAIN_PATH, 0, "7"), 16);
		assert_string_equal(w->data, "/local/domain/7");
		assert_int_equal(ASK(w, XS_GET_DOMAIN_PATH, 0, "x"), -XEN_EINVAL);
		assert_int_equal(ASK(w, XS_CONTROL, 0, "print"), -XEN_EACCES);
		assert_int_equal(ASK(w, XS_IS_DOMAIN_INTRODUCED, 0, "7"), -XEN_EACCES);
		assert_int_equal(ASK(w, XS_TYPE_COUNT, 0, ""), -XEN_ENOSYS);
		assert_int_equal(ASK(w, XS_INVALID, 0, ""), -XEN_ENOSYS);
		free(w);
		one_free(&o);
	}
}

static void test_names(void **state)
{
	static const char *const bad[] = { "", "/", "a//b", "a/", "a b", "a\\b", "\xc3\xa4", "a.b",
		"@a", "~" };
	struct one o = one_new(1, usual, false);
	struct wire *w = wire_new(&o);
	char path[XENSTORE_PAYLOAD_MAX];

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(bad); i++)
		if (strcmp(bad[i], "/"))
			assert_int_equal(
				wire_ask(w, XS_READ, 0, bad[i], (uint32_t)strlen(bad[i]) + 1),
				-XEN_EINVAL);
	/* Not terminated, and terminated too early. */
	assert_int_equal(wire_ask(w, XS_READ, 0, "data", 4), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_READ, 0, "data\0x", 6), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_READ, 0, "", 0), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "data", 4), -XEN_EINVAL);
	/* The limits of relative and absolute paths. */
	memset(path, 'a', sizeof(path));
	memcpy(path, "data/", 5);
	path[XENSTORE_REL_PATH_MAX] = '\0';
	assert_int_equal(wire_ask(w, XS_READ, 0, path, XENSTORE_REL_PATH_MAX + 1), -XEN_ENOENT);
	path[XENSTORE_REL_PATH_MAX] = 'a';
	path[XENSTORE_REL_PATH_MAX + 1] = '\0';
	assert_int_equal(wire_ask(w, XS_READ, 0, path, XENSTORE_REL_PATH_MAX + 2), -XEN_EINVAL);
	memset(path, 'a', sizeof(path));
	memcpy(path, "/local/domain/7/data/", 21);
	path[XENSTORE_ABS_PATH_MAX] = '\0';
	assert_int_equal(wire_ask(w, XS_READ, 0, path, XENSTORE_ABS_PATH_MAX + 1), -XEN_ENOENT);
	path[XENSTORE_ABS_PATH_MAX] = 'a';
	path[XENSTORE_ABS_PATH_MAX + 1] = '\0';
	assert_int_equal(wire_ask(w, XS_READ, 0, path, XENSTORE_ABS_PATH_MAX + 2), -XEN_EINVAL);
	free(w);
	one_free(&o);
}

static void test_permissions(void **state)
{
	struct one o = one_new(1, usual, false);
	struct wire *w = wire_new(&o);
	struct sim_client *c = sim_client_new(o.store, NULL);

	(void)state;
	assert_int_equal(sim_xs_write(c, "/secret/x", "1"), 0);
	assert_int_equal(ASK(w, XS_READ, 0, "/secret/x"), -XEN_EACCES);
	assert_int_equal(ASK(w, XS_READ, 0, "/secret/y"), -XEN_EACCES); /* nor whether it exists */
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "/secret/x\0v", 11), -XEN_EACCES);
	assert_int_equal(ASK(w, XS_RM, 0, "/secret/x"), -XEN_EACCES);
	assert_int_equal(sim_xs_perms(c, "/secret/x", 0, 7), 0);
	assert_int_equal(ASK(w, XS_READ, 0, "/secret/x"), 1);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "/secret/x\0v", 11), -XEN_EACCES);
	assert_int_equal(ASK(w, XS_GET_PERMS, 0, "/secret/x"), 6);
	assert_memory_equal(w->data, "n0\0r7", 6);
	/* What the toolstack made is read only, but for what is meant for the guest. */
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "memory/target\0001", 15), -XEN_EACCES);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "control/shutdown\0", 17), 3);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "memory\0b7\0", 10), -XEN_EACCES);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0n7\0r0\0", 11), 3);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0n0\0", 8), -XEN_EPERM);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0x7\0", 8), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0n70000\0", 12), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0n7", 7), -XEN_EINVAL);
	assert_int_equal(wire_ask(w, XS_SET_PERMS, 0, "data\0", 5), -XEN_EINVAL);
	assert_int_equal(
		wire_ask(w, XS_SET_PERMS, 0, "data\0n7\0r1\0r2\0r3\0r4\0r5\0", 23), -XEN_ENOSPC);
	free(w);
	one_free(&o);
}

static void test_quotas(void **state)
{
	struct sim_quota quota = { .nodes = 20,
		.watches = 3,
		.transactions = 2,
		.node_size = 64,
		.perms = 5,
		.transaction_nodes = 30 };
	struct one o = one_new(1, usual, false);
	struct wire *w = wire_new(&o);
	struct sim_store_use use;
	char text[200];
	int rc, i;

	(void)state;
	sim_store_quota(o.store, &quota);
	memset(text, 'x', sizeof(text));
	memcpy(text, "data/a\0", 7);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, text, 7 + 64), 3);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, text, 7 + 65), -XEN_ENOSPC);
	for (i = 0;; i++) {
		int length = snprintf(text, sizeof(text), "data/n%d", i);

		rc = wire_ask(w, XS_MKDIR, 0, text, (uint32_t)length + 1);
		if (rc < 0)
			break;
	}
	assert_int_equal(rc, -XEN_ENOSPC);
	sim_store_use(o.store, o.guest, &use);
	assert_int_equal(use.nodes, 20);
	assert_int_equal(ASK(w, XS_RM, 0, "data/n0"), 3);
	assert_int_equal(ASK(w, XS_MKDIR, 0, "data/again"), 3);
	for (i = 0; i < 4; i++) {
		char watch[] = "data\0t0";

		watch[6] = (char)('0' + i);
		rc = wire_ask(w, XS_WATCH, 0, watch, sizeof(watch));
		assert_int_equal(rc, i < 3 ? 3 : -XEN_E2BIG);
	}
	assert_true(ASK(w, XS_TRANSACTION_START, 0, "") > 0);
	assert_true(ASK(w, XS_TRANSACTION_START, 0, "") > 0);
	assert_int_equal(ASK(w, XS_TRANSACTION_START, 0, ""), -XEN_ENOSPC);
	assert_int_equal(ASK(w, XS_RESET_WATCHES, 0, ""), 3);
	sim_store_use(o.store, o.guest, &use);
	assert_int_equal(use.watches, 0);
	assert_int_equal(use.transactions, 0);
	free(w);
	one_free(&o);
}

static uint32_t begin(struct wire *w)
{
	assert_true(ASK(w, XS_TRANSACTION_START, 0, "") > 1);
	return (uint32_t)strtoul(w->data, NULL, 10);
}

static void test_transactions(void **state)
{
	(void)state;
	for (int modern = 0; modern < 2; modern++) {
		struct one o = one_new(1, modern ? usual : old, false);
		struct wire *w = wire_new(&o);
		struct sim_client *c = sim_client_new(o.store, NULL);
		uint32_t t, u;

		t = begin(w);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/a\0001", 8), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/a"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_READ, t, "data/a"), 1);
		assert_int_equal(ASK(w, XS_DIRECTORY, t, "data"), 2);
		assert_int_equal(ASK(w, XS_DIRECTORY, 0, "data"), 0);
		assert_int_equal(ASK(w, XS_TRANSACTION_START, t, ""), -XEN_EBUSY);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "X"), -XEN_EINVAL);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/a"), 1);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_READ, t, "data/a"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, 0, "T"), -XEN_ENOENT);
		/* Given up. */
		t = begin(w);
		assert_int_equal(ASK(w, XS_RM, t, "data/a"), 3);
		assert_int_equal(ASK(w, XS_READ, t, "data/a"), -XEN_ENOENT);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "F"), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/a"), 1);
		/* The node that it read is changed by another. */
		t = begin(w);
		assert_int_equal(ASK(w, XS_READ, t, "data/a"), 1);
		assert_int_equal(sim_xs_write(c, "/local/domain/7/data/a", "2"), 0);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/b\0001", 8), 3);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), -XEN_EAGAIN);
		assert_int_equal(ASK(w, XS_READ, 0, "data/b"), -XEN_ENOENT);
		/* It looked for what was not there, and then it was. */
		t = begin(w);
		assert_int_equal(ASK(w, XS_READ, t, "data/z"), -XEN_ENOENT);
		assert_int_equal(sim_xs_write(c, "/local/domain/7/data/z", "2"), 0);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), -XEN_EAGAIN);
		/* Something else is changed: a conflict only where any change is one. */
		t = begin(w);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/a\0003", 8), 3);
		assert_int_equal(sim_xs_write(c, "/other", "2"), 0);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), modern ? 3 : -XEN_EAGAIN);
		/* Two that overlap: the first wins. */
		t = begin(w);
		u = begin(w);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/a\0t", 8), 3);
		assert_int_equal(wire_ask(w, XS_WRITE, u, "data/a\0u", 8), 3);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, u, "T"), 3);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), -XEN_EAGAIN);
		assert_int_equal(ASK(w, XS_READ, 0, "data/a"), 1);
		assert_string_equal(w->data, "u");
		free(w);
		one_free(&o);
	}
}

static void test_watches(void **state)
{
	(void)state;
	for (int modern = 0; modern < 2; modern++) {
		struct one o = one_new(2, modern ? usual : old, false);
		struct wire *w = wire_new(&o);
		struct sim_client *c = sim_client_new(o.store, NULL);
		uint32_t t;

		assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0one\0", 9), 3);
		assert_true(wire_event(w, "data", "one"));
		assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0one\0", 9), -XEN_EEXIST);
		assert_int_equal(wire_ask(w, XS_WATCH, 0, "/local/domain/7/data/a\0two\0", 27), 3);
		assert_true(wire_event(w, "/local/domain/7/data/a", "two"));
		/* Each sees it by the name that it was given; those under it too. */
		sim_xs_write(c, "/local/domain/7/data/a/b", "1");
		assert_true(wire_event(w, "/local/domain/7/data/a/b", "two"));
		assert_true(wire_event(w, "data/a/b", "one"));
		/* A name that only begins the same is another. */
		sim_xs_write(c, "/local/domain/7/database", "1");
		assert_true(wire_silent(w));
		/* Not in a transaction, but at its end; and not for one that was given up. */
		t = begin(w);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/c\0001", 8), 3);
		assert_true(wire_silent(w));
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "T"), 3);
		assert_true(wire_event(w, "data/c", "one"));
		t = begin(w);
		assert_int_equal(wire_ask(w, XS_WRITE, t, "data/d\0001", 8), 3);
		assert_int_equal(ASK(w, XS_TRANSACTION_END, t, "F"), 3);
		assert_true(wire_silent(w));
		/* What it may not read it does not hear of. */
		sim_xs_write(c, "/local/domain/7/data/hidden", "1");
		assert_true(wire_event(w, "data/hidden", "one"));
		sim_xs_perms(c, "/local/domain/7/data/hidden", 0, 0);
		sim_xs_write(c, "/local/domain/7/data/hidden", "2");
		sim_xs_remove(c, "/local/domain/7/data/hidden");
		assert_true(wire_silent(w));
		/* Removal is told to those inside as well. */
		assert_int_equal(wire_ask(w, XS_UNWATCH, 0, "data\0one\0", 9), 3);
		assert_int_equal(wire_ask(w, XS_UNWATCH, 0, "data\0one\0", 9), -XEN_ENOENT);
		sim_xs_remove(c, "/local/domain/7/data");
		assert_true(wire_event(w, "/local/domain/7/data/a/b", "two"));
		assert_true(wire_event(w, "/local/domain/7/data/a", "two"));
		assert_true(wire_silent(w));
		/* The special ones: registering is free, hearing is not. */
		assert_int_equal(wire_ask(w, XS_WATCH, 0, "@releaseDomain\0s\0", 17), 3);
		assert_true(wire_event(w, "@releaseDomain", "s"));
		xs_fire_now(o.store, "@releaseDomain", false, NULL, 0);
		if (modern)
			assert_true(wire_silent(w));
		else
			assert_true(wire_event(w, "@releaseDomain", "s"));
		assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0x", 6), -XEN_EINVAL);
		assert_int_equal(ASK(w, XS_RESET_WATCHES, 0, ""), modern ? 3 : -XEN_ENOSYS);
		free(w);
		one_free(&o);
	}
}

static void test_directory_part(void **state)
{
	struct one o = one_new(1, usual, false), p = one_new(1, old, false);
	struct wire *w = wire_new(&o), *v = wire_new(&p);
	struct sim_client *c = sim_client_new(o.store, NULL);
	char path[64], request[64];
	uint32_t found = 0, offset = 0;
	int rc;

	(void)state;
	assert_int_equal(wire_ask(v, XS_DIRECTORY_PART, 0, "data\0000\0", 7), -XEN_ENOSYS);
	for (int i = 0; i < 700; i++) {
		snprintf(path, sizeof(path), "/local/domain/7/data/entry-%03d", i);
		sim_xs_write(c, path, "");
	}
	assert_int_equal(ASK(w, XS_DIRECTORY, 0, "data"), -XEN_E2BIG);
	for (bool last = false; !last;) {
		const char *s, *end;

		rc = snprintf(request, sizeof(request), "data%c%u", 0, offset);
		rc = wire_ask(w, XS_DIRECTORY_PART, 0, request, (uint32_t)rc + 1);
		assert_true(rc > 2 && rc <= XENSTORE_PAYLOAD_MAX);
		end = w->data + rc;
		for (s = w->data + strlen(w->data) + 1; s < end; s += strlen(s) + 1) {
			if (!*s) {
				last = true;
				break;
			}
			found++;
			offset += (uint32_t)strlen(s) + 1;
		}
	}
	assert_int_equal(found, 700);
	free(w);
	free(v);
	one_free(&o);
	one_free(&p);
}

/* Every way to cut a message in two, and every length of a payload that matters. */
static void test_pieces(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 1000, 1007, 1008, 1009, 1024, 2047, 2048 };
	static const struct sim_temper slow = {
		.dribble = 400, .dawdle = 100, .dawdle_time = 50 * SIM_US
	};
	char big[XENSTORE_PAYLOAD_MAX];

	(void)state;
	for (uint32_t cut = 1; cut < 60; cut++) {
		struct one o = one_new(cut, usual, false);
		struct wire *w = wire_new(&o);

		w->split = cut;
		assert_int_equal(wire_ask(w, XS_WRITE, 0, "data/some-name\0and its value", 28), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/some-name"), 13);
		assert_string_equal(w->data, "and its value");
		free(w);
		one_free(&o);
	}
	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(sizes); i++) {
		struct one o = one_new(i, usual, false);
		struct wire *w = wire_new(&o);

		sim_store_temper(o.store, o.guest, &slow);
		memset(big, 'b', sizeof(big));
		memcpy(big, "data/big", 9);
		assert_int_equal(wire_ask(w, XS_WRITE, 0, big, 9 + sizes[i]), 3);
		assert_int_equal(ASK(w, XS_READ, 0, "data/big"), sizes[i]);
		for (uint32_t n = 0; n < sizes[i]; n++)
			assert_int_equal(w->data[n], 'b');
		/* The longest there is: as long as it is a valid one, it is answered. */
		assert_int_equal(wire_ask(w, XS_WRITE, 0, big, sizeof(big)), -XEN_ENOSPC);
		free(w);
		one_free(&o);
	}
}

/* What makes xenstored drop a connection, and the way back. */
static void test_broken(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		struct one o = one_new(1, i & 1 ? usual : old, false);
		struct wire *w = wire_new(&o);
		struct xsd_sockmsg head = { .type = XS_READ, .len = XENSTORE_PAYLOAD_MAX + 1 };
		struct sim_store_use use;

		assert_int_equal(w->ring->server_features, i & 1 ? 3 : 0);
		assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0one\0", 9), 3);
		assert_true(wire_event(w, "data", "one"));
		switch (i / 2) {
		case 0:
			wire_put(w, &head, sizeof(head));
			break;
		case 1:
			w->ring->req_prod = w->ring->req_cons + XENSTORE_RING_SIZE + 1;
			break;
		case 2:
			w->ring->rsp_cons = w->ring->rsp_prod + 1;
			break;
		}
		wire_notify(w);
		assert_true(i / 2 == 2 || wire_silent(w));
		sim_sleep(o.task, SIM_MS);
		sim_store_use(o.store, o.guest, &use);
		assert_true(use.ignored);
		assert_int_equal(w->ring->error,
			i & 1 ? (i / 2 ? XENSTORE_ERROR_RINGIDX : XENSTORE_ERROR_PROTO) : 0);
		w->ring->connection = XENSTORE_RECONNECT;
		wire_notify(w);
		sim_sleep(o.task, SIM_MS);
		assert_int_equal(
			w->ring->connection, i & 1 ? XENSTORE_CONNECTED : XENSTORE_RECONNECT);
		if (i & 1) {
			sim_store_use(o.store, o.guest, &use);
			assert_int_equal(use.watches, 0);
			assert_int_equal(w->ring->rsp_prod, 0);
			assert_int_equal(w->ring->error, 0);
			assert_int_equal(ASK(w, XS_READ, 0, "data"), 0);
		}
		free(w);
		one_free(&o);
	}
}

static void test_resume(void **state)
{
	static const struct sim_resume elsewhere = { .id = 12 };
	struct one o = one_new(3, usual, false);
	struct wire *w = wire_new(&o);
	uint32_t reason = 2;

	(void)state;
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "data/a\0001", 8), 3);
	assert_int_equal(wire_ask(w, XS_WATCH, 0, "data\0one\0", 9), 3);
	sim_plan_resume(o.guest, &elsewhere);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, 2, &reason), 0);
	free(w);
	w = wire_new(&o);
	assert_int_equal(ASK(w, XS_READ, 0, "data/a"), -XEN_ENOENT);
	assert_int_equal(ASK(w, XS_READ, 0, "/local/domain/12/data"), 0);
	assert_int_equal(wire_ask(w, XS_WRITE, 0, "data/a\0001", 8), 3);
	assert_true(wire_silent(w)); /* the watch is gone */
	free(w);
	one_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_quotas),
		cmocka_unit_test(test_transactions),
		cmocka_unit_test(test_watches),
		cmocka_unit_test(test_directory_part),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_resume),
	};

	return cmocka_run_group_tests_name("simulated Xen: xenstore", tests, NULL, NULL);
}
