/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenstore client: a connection that breaks, and one that is made anew. */
#include "xs_bench.h"

/* Indexes that cannot be, and lengths that must not be. */
static void broken_rings(void **state)
{
	struct pv_xs_req req = { 0 };
	uint8_t raw[16] = { XS_READ, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 };

	(void)state;
	for (unsigned int kind = 0; kind < 5; kind++) {
		uint32_t bad_len = kind == 3 ? 4097 : UINT32_MAX;

		begin();
		f.silent = true;
		/* Without the bounds these would be so many empty messages. */
		memset(ring.rsp, 0, sizeof(ring.rsp));
		pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
		pv_xs_submit(&xs, &req, reply, sizeof(reply), 50);
		if (kind == 0)
			ring.rsp_prod = 1025;
		else if (kind == 1)
			ring.rsp_prod = UINT32_MAX;
		else if (kind == 2)
			ring.req_cons = 1;
		else {
			memcpy(raw + 12, &bad_len, 4);
			fake_xs_raw(&f, raw, 16);
			fake_xs_step(&f, 0, UINT32_MAX);
		}
		assert_true(pv_xs_pump(&xs, now) & PV_XS_FAILED);
		assert_int_equal(xs.state, PV_XS_BROKEN);
		assert_int_equal(xs.error, PV_EPROTO);
		/* Time still runs for those who wait. */
		assert_null(pv_xs_next_done(&xs));
		pv_xs_pump(&xs, 50);
		done_is(&req, PV_ETIMEDOUT);
		assert_int_equal(pv_xs_reconnect(&xs, now), PV_EDEAD);
		assert_int_equal(pv_xs_submit(&xs, &req, reply, 10, FOREVER), PV_EDEAD);
	}
	/* A server that says 4096 and stops there is only slow. */
	begin();
	raw[12] = 0;
	raw[13] = 0x10;
	raw[14] = raw[15] = 0;
	fake_xs_raw(&f, raw, 16);
	settle();
	assert_int_equal(xs.state, PV_XS_UP);
}

static void dead_connection_ends_everything(void **state)
{
	struct pv_xs_req req[3] = { { 0 } };
	struct pv_xs_watch w = { .path = NULL };

	(void)state;
	begin();
	f.silent = true;
	pv_xs_watch_add(&xs, &w, "dev", 3, FOREVER, now);
	for (unsigned int i = 0; i < 2; i++) {
		pv_xs_req_path(&req[i], XS_READ, NULL, "a", 1);
		pv_xs_submit(&xs, &req[i], reply, 10, FOREVER);
	}
	settle();
	pv_xs_req_path(&req[2], XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req[2], reply, 10, FOREVER);
	assert_int_equal(pv_xs_reconnect(&xs, now), PV_EDEAD);
	for (unsigned int i = 0; i < 3; i++)
		done_is(&req[i], PV_EDEAD);
	assert_true(next_event_is(&w));
	assert_int_equal(w.rc, PV_EDEAD);
	assert_int_equal(pv_xs_watch_remove(&xs, &w, now), 0);
	assert_int_equal(pv_xs_watch_add(&xs, &w, "dev", 3, FOREVER, now), PV_EDEAD);
	assert_int_equal(pv_xs_pump(&xs, now), 0);
}

/* Everything that can hang on a connection, and what becomes of it. */
struct lot {
	struct pv_xs_req read, write, in_tx, start, control, queued, late;
	struct pv_xs_watch watch, removing;
	uint8_t id[20], buf[2][16];
	struct pv_xs_txn tx;
};

static void put_lot(struct lot *l)
{
	struct pv_xs_req req = { 0 };

	memset(l, 0, sizeof(*l));
	begin();
	ring.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR;
	write_node("a", "A", 1);
	pv_xs_watch_add(&xs, &l->watch, "dev", 3, FOREVER, now);
	pv_xs_watch_add(&xs, &l->removing, "other", 5, FOREVER, now);
	pv_xs_txn_init(&l->tx, 3);
	pv_xs_req_transaction_start(&req);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_txn_started(&xs, &l->tx, &req), 0);
	settle();
	while (pv_xs_next_event(&xs))
		;
	f.silent = true;
	pv_xs_req_path(&l->late, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &l->late, reply, 10, now + 1);
	pv_xs_req_write(&l->write, NULL, "b", 1, "B", 1);
	pv_xs_submit(&xs, &l->write, NULL, 0, FOREVER);
	pv_xs_req_path(&l->read, XS_READ, NULL, "b", 1);
	pv_xs_submit(&xs, &l->read, l->buf[0], 16, FOREVER);
	pv_xs_req_write(&l->in_tx, &l->tx, "c", 1, "C", 1);
	pv_xs_submit(&xs, &l->in_tx, NULL, 0, FOREVER);
	pv_xs_req_transaction_start(&l->start);
	pv_xs_submit(&xs, &l->start, l->id, 20, FOREVER);
	pv_xs_req_control(&l->control, "check", 6);
	pv_xs_submit(&xs, &l->control, NULL, 0, FOREVER);
	pv_xs_watch_remove(&xs, &l->removing, now);
	settle();
	now++;
	pv_xs_pump(&xs, now);
	done_is(&l->late, PV_ETIMEDOUT);
	pv_xs_req_path(&l->queued, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &l->queued, l->buf[1], 16, FOREVER);
	f.silent = false;
}

static void check_lot(struct lot *l)
{
	struct pv_xs_req *req;
	unsigned int n = 0;

	settle();
	assert_int_equal(xs.state, PV_XS_UP);
	while ((req = pv_xs_next_done(&xs)))
		n++;
	assert_int_equal(n, 6);
	assert_int_equal(l->write.rc, 0);
	/* The order was kept: the read saw the write. */
	assert_int_equal(l->read.rc, 0);
	assert_int_equal(l->buf[0][0], 'B');
	assert_int_equal(l->queued.rc, 0);
	assert_int_equal(l->buf[1][0], 'A');
	assert_int_equal(l->in_tx.rc, PV_EAGAIN);
	assert_int_equal(pv_xs_txn_result(&l->tx, l->in_tx.rc), PV_EAGAIN);
	assert_int_equal(l->control.rc, PV_ERESET);
	assert_int_equal(l->start.rc, 0);
	assert_int_equal(pv_xs_txn_started(&xs, &l->tx, &l->start), 0);
	assert_int_equal(l->removing.state, PV_XS_WATCH_OFF);
	assert_int_equal(l->watch.state, PV_XS_WATCH_ON);
	assert_true(next_event_is(&l->watch) && next_event_is(NULL));
	write_node("dev/x", "1", 1);
	assert_true(next_event_is(&l->watch));
	assert_null(f.bad);
}

static void resume_in_a_new_domain(void **state)
{
	struct lot l;

	(void)state;
	for (unsigned int cut = 0; cut < 200; cut++) {
		put_lot(&l);
		/* At any point of the bytes that are still on their way. */
		pv_xs_pump(&xs, now);
		fake_xs_step(&f, cut, 0);
		/* The new server has the page as it was left; or has cleared its indexes. */
		f.in_done = f.out_len = f.out_done = 0;
		memset(f.watches, 0, sizeof(f.watches));
		f.open_tx = 0;
		if (cut & 1)
			fake_xs_reset(&f);
		pv_xs_resume(&xs, &ring, true, now);
		check_lot(&l);
	}
}

static void old_transactions_are_refused(void **state)
{
	struct pv_xs_req req = { 0 };
	struct pv_xs_txn tx;

	(void)state;
	begin();
	pv_xs_txn_init(&tx, 3);
	pv_xs_req_transaction_start(&req);
	talk(&req);
	pv_xs_txn_started(&xs, &tx, &req);
	pv_xs_resume(&xs, &ring, true, now);
	assert_int_equal(pv_xs_req_write(&req, &tx, "a", 1, "b", 1), 0);
	assert_int_equal(pv_xs_submit(&xs, &req, NULL, 0, FOREVER), PV_EAGAIN);
	/* A start that was answered just before counts for nothing either. */
	pv_xs_req_transaction_start(&req);
	pv_xs_submit(&xs, &req, reply, 20, FOREVER);
	settle();
	pv_xs_resume(&xs, &ring, true, now);
	assert_ptr_equal(pv_xs_next_done(&xs), &req);
	assert_int_equal(pv_xs_txn_started(&xs, &tx, &req), PV_EAGAIN);
}

static void quiet_suspend(void **state)
{
	struct pv_xs_req a = { 0 }, b = { 0 };

	(void)state;
	begin();
	assert_int_equal(pv_xs_suspend(&xs), 0);
	pv_xs_resume(&xs, &ring, false, now);
	pv_xs_req_path(&a, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &a, reply, 10, FOREVER);
	pv_xs_pump(&xs, now);
	assert_int_equal(pv_xs_suspend(&xs), PV_EAGAIN);
	pv_xs_req_path(&b, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &b, reply, 10, FOREVER);
	settle();
	done_is(&a, PV_ENOENT);
	assert_int_equal(b.state, PV_XS_QUEUED);
	assert_int_equal(pv_xs_suspend(&xs), 0);
	/* Cancelled: it goes on as if nothing had been. */
	pv_xs_resume(&xs, &ring, false, now);
	settle();
	done_is(&b, PV_ENOENT);
}

static void reconnection(void **state)
{
	struct lot l;

	(void)state;
	put_lot(&l);
	ring.rsp_prod = ring.rsp_cons + 5000;
	assert_true(pv_xs_pump(&xs, now) & PV_XS_FAILED);
	assert_int_equal(pv_xs_reconnect(&xs, now), 0);
	assert_int_equal(ring.connection, XENSTORE_RECONNECT);
	/* Until the server is done nothing else in the page counts. */
	ring.req_cons = 0x12345;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(pv_xs_pump(&xs, now) & ~PV_XS_DONES,
			i ? PV_XS_WAITING : PV_XS_WAITING | PV_XS_NOTIFY);
	fake_xs_reset(&f);
	check_lot(&l);

	/* The server's own complaint; one that it repeats breaks us again. */
	put_lot(&l);
	ring.error = XENSTORE_ERROR_PROTO;
	assert_true(pv_xs_pump(&xs, now) & PV_XS_FAILED);
	assert_int_equal(xs.error, PV_EIO);
	assert_int_equal(pv_xs_reconnect(&xs, now), 0);
	fake_xs_reset(&f);
	check_lot(&l);
	ring.error = 99;
	assert_true(pv_xs_pump(&xs, now) & PV_XS_FAILED);
	/* Without the feature the field is not a field. */
	put_lot(&l);
	ring.server_features = 0;
	ring.error = XENSTORE_ERROR_PROTO;
	ring.connection = XENSTORE_RECONNECT;
	assert_false(pv_xs_pump(&xs, now) & (PV_XS_FAILED | PV_XS_WAITING));
}

static void not_connected_at_first(void **state)
{
	struct pv_xs_req req = { 0 };

	(void)state;
	begin();
	ring.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	ring.connection = XENSTORE_RECONNECT;
	ring.req_cons = 77777;
	assert_int_equal(pv_xs_init(&xs, &ring, slots, SLOTS, watch_slots, WATCHES), 0);
	assert_int_equal(xs.state, PV_XS_CONNECTING);
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, reply, 10, 30);
	assert_int_equal(pv_xs_pump(&xs, now), PV_XS_WAITING);
	assert_true(pv_xs_pump(&xs, 30) & PV_XS_DONES);
	done_is(&req, PV_ETIMEDOUT);
	fake_xs_reset(&f);
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	assert_int_equal(talk(&req), PV_ENOENT);
}

/* What lies in the ring from before is not taken for an answer to us. */
static void leftovers(void **state)
{
	struct pv_xs_req req = { 0 };
	unsigned int waits = 0;

	(void)state;
	begin_at(500);
	fake_xs_say(&f, XS_READ, 0x10001, 0, "evil", 4);
	fake_xs_step(&f, 0, 10);
	assert_int_equal(pv_xs_init(&xs, &ring, slots, SLOTS, watch_slots, WATCHES), 0);
	f.out_len = f.out_done = 0;
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	assert_int_equal(talk(&req), PV_ENOENT);

	/* A server that can reset the ring is asked to: it may be in the middle of a message. */
	begin_at(500);
	ring.server_features = XENSTORE_SERVER_FEATURE_RECONNECTION;
	fake_xs_say(&f, XS_READ, 0x10001, 0, "evil", 4);
	fake_xs_step(&f, 0, 10);
	assert_int_equal(pv_xs_init(&xs, &ring, slots, SLOTS, watch_slots, WATCHES), 0);
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	assert_int_equal(pv_xs_submit(&xs, &req, reply, 10, FOREVER), 0);
	assert_int_equal(pv_xs_pump(&xs, now), PV_XS_NOTIFY | PV_XS_WAITING);
	while (waits++ < 3)
		assert_int_equal(pv_xs_pump(&xs, now), PV_XS_WAITING);
	fake_xs_reset(&f);
	settle();
	done_is(&req, PV_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_rings),
		cmocka_unit_test(dead_connection_ends_everything),
		cmocka_unit_test(resume_in_a_new_domain),
		cmocka_unit_test(old_transactions_are_refused),
		cmocka_unit_test(quiet_suspend),
		cmocka_unit_test(reconnection),
		cmocka_unit_test(not_connected_at_first),
		cmocka_unit_test(leftovers),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
