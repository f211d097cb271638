/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenstore client: time limits, transactions, long directories. */
#include "xs_bench.h"

/* Total time limits: queued, half sent, sent; the id stays taken until the late answer. */
static void time_limits(void **state)
{
	static uint8_t value[3000];
	struct xsd_sockmsg kept[SLOTS + 2] = { { 0 } };
	struct pv_xs_req req[SLOTS + 1] = { { 0 } }, big = { 0 }, queued = { 0 };

	(void)state;
	begin();
	pv_xs_req_write(&big, NULL, "k", 1, value, sizeof(value));
	pv_xs_req_path(&queued, XS_READ, NULL, "q", 1);
	pv_xs_submit(&xs, &big, NULL, 0, 100);
	pv_xs_submit(&xs, &queued, reply, sizeof(reply), 50);
	assert_true(pv_xs_deadline(&xs) == 50);
	pv_xs_pump(&xs, 49);
	assert_null(pv_xs_next_done(&xs));
	pv_xs_pump(&xs, 50);
	done_is(&queued, PV_ETIMEDOUT);
	assert_true(pv_xs_deadline(&xs) == 100);
	pv_xs_pump(&xs, 100);
	done_is(&big, PV_ETIMEDOUT);
	assert_true(pv_xs_deadline(&xs) == FOREVER);
	memset(value, 0xff, sizeof(value));
	memset(&big, 0xee, sizeof(big)); /* its memory is somebody else's now */
	now = 101;
	settle();
	assert_null(f.bad);
	assert_int_equal(f.counts[XS_WRITE], 1);
	assert_int_equal(f.counts[XS_READ], 0);
	for (unsigned int i = 0; i < FAKE_NODES; i++)
		if (f.nodes[i].used)
			assert_int_equal(f.nodes[i].value[2999], 0);

	/* All slots sent and given up: nothing more goes out until an answer frees one. */
	f.hook = keep_back;
	f.arg = kept;
	for (unsigned int i = 0; i <= SLOTS; i++) {
		pv_xs_req_path(&req[i], XS_READ, NULL, "a", 1);
		pv_xs_submit(&xs, &req[i], reply, sizeof(reply), i < SLOTS ? 200 : 1000);
	}
	settle();
	now = 200;
	pv_xs_pump(&xs, now);
	for (unsigned int i = 0; i < SLOTS; i++)
		done_is(&req[i], PV_ETIMEDOUT);
	settle();
	assert_int_equal(req[SLOTS].state, PV_XS_QUEUED);
	fake_xs_say(&f, XS_READ, kept[3].req_id, 0, "late", 4);
	settle();
	assert_null(pv_xs_next_done(&xs));
	assert_int_equal(xs.strays, 0);
	assert_int_equal(req[SLOTS].state, PV_XS_SENT);
	for (unsigned int i = 0; i < SLOTS; i++)
		assert_int_not_equal(kept[SLOTS].req_id, kept[i].req_id);
	fake_xs_say(&f, XS_READ, kept[SLOTS].req_id, 0, "mine", 4);
	settle();
	done_is(&req[SLOTS], 0);
	assert_memory_equal(reply, "mine", 4);
}

static void cancelling(void **state)
{
	struct pv_xs_req a = { 0 }, b = { 0 };

	(void)state;
	begin();
	f.silent = true;
	pv_xs_req_path(&a, XS_READ, NULL, "a", 1);
	pv_xs_req_path(&b, XS_READ, NULL, "b", 1);
	pv_xs_submit(&xs, &a, reply, 10, FOREVER);
	pv_xs_cancel(&xs, &a);
	done_is(&a, PV_ECANCELED);
	pv_xs_submit(&xs, &b, reply, 10, FOREVER);
	settle();
	pv_xs_cancel(&xs, &b);
	pv_xs_cancel(&xs, &b);
	done_is(&b, PV_ECANCELED);
	assert_null(pv_xs_next_done(&xs));
	pv_xs_cancel(&xs, &b);
	assert_null(pv_xs_next_done(&xs));
}

/* A whole transaction, begun again as often as the store says so and no more. */
static int transaction(unsigned int conflicts, uint32_t max, unsigned int *rounds)
{
	struct pv_xs_req req = { 0 };
	struct pv_xs_txn tx;
	int rc;

	f.conflicts = conflicts;
	*rounds = 0;
	pv_xs_txn_init(&tx, max);
	do {
		(*rounds)++;
		pv_xs_req_transaction_start(&req);
		rc = talk(&req);
		if (!rc)
			rc = pv_xs_txn_started(&xs, &tx, &req);
		if (!rc) {
			pv_xs_req_write(&req, &tx, "t", 1, "v", 1);
			rc = talk(&req);
		}
		if (!rc) {
			pv_xs_req_transaction_end(&req, &tx, true);
			rc = talk(&req);
		}
		rc = pv_xs_txn_result(&tx, rc);
	} while (rc == PV_EAGAIN);
	return rc;
}

static void transactions(void **state)
{
	struct pv_xs_req req = { 0 };
	struct pv_xs_txn tx;
	unsigned int rounds;

	(void)state;
	begin();
	for (unsigned int n = 0; n < 12; n++) {
		assert_int_equal(transaction(n, 10, &rounds), n < 10 ? 0 : PV_EBUSY);
		assert_int_equal(rounds, n < 10 ? n + 1 : 10);
	}
	/* An answer that is no id. */
	for (unsigned int i = 0; i < 4; i++) {
		static const char *const texts[] = { "", "0", "-1", "4294967296" };

		pv_xs_txn_init(&tx, 1);
		req.rc = 0;
		req.reply = (void *)(uintptr_t)texts[i];
		req.reply_len = (uint32_t)strlen(texts[i]);
		assert_int_equal(pv_xs_txn_started(&xs, &tx, &req), PV_EPROTO);
	}
}

/* The answer to a start comes after its caller has gone: the transaction is ended all the same. */
static void orphaned_transactions(void **state)
{
	struct xsd_sockmsg kept[SLOTS + 2] = { { 0 } };
	struct pv_xs_req req[3] = { { 0 } };
	uint8_t id[3][20];

	(void)state;
	begin();
	f.hook = keep_back;
	f.arg = kept;
	for (unsigned int i = 0; i < 3; i++) {
		pv_xs_req_transaction_start(&req[i]);
		pv_xs_submit(&xs, &req[i], id[i], 20, 10);
	}
	settle();
	now = 10;
	pv_xs_pump(&xs, now);
	for (unsigned int i = 0; i < 3; i++)
		done_is(&req[i], PV_ETIMEDOUT);
	f.hook = NULL;
	fake_xs_say(&f, XS_TRANSACTION_START, kept[0].req_id, 0, "71", 3);
	fake_xs_say(&f, XS_TRANSACTION_START, kept[1].req_id, 0, "72", 3);
	fake_xs_say(&f, XS_ERROR, kept[2].req_id, 0, "ENOSPC", 7);
	settle();
	assert_int_equal(f.counts[XS_TRANSACTION_END], 2);
	assert_int_equal(f.payload[0], 'F');
	assert_null(pv_xs_next_done(&xs));
}

/* A directory of 10,000 names in parts, one that changes meanwhile, one that never stands still. */
static char *big_list;
static uint32_t big_len, generation, changes;

static uint32_t part(uint32_t offset, uint8_t *out, uint32_t cap)
{
	uint32_t n, left = big_len - offset;

	if (changes) {
		changes--;
		generation++;
	}
	n = (uint32_t)snprintf((char *)out, cap, "%u", generation) + 1;
	if (left > cap - n - 1)
		left = cap - n - 1;
	while (left && big_list[offset + left - 1])
		left--;
	memcpy(out + n, big_list + offset, left);
	n += left;
	if (offset + left == big_len)
		out[n++] = 0;
	return n;
}

static int read_listing(struct pv_xs_listing *l, unsigned int *parts)
{
	uint8_t buf[XENSTORE_PAYLOAD_MAX];
	int rc;

	*parts = 0;
	do {
		uint32_t n = part(l->len, buf, sizeof(buf));
		char *p = test_exact(buf, n);

		rc = pv_xs_listing_feed(l, p, n);
		free(p);
		assert_true(++*parts < 2000);
	} while (rc == 1);
	return rc;
}

static void long_directories(void **state)
{
	const uint32_t cap = 1 << 17;
	char *out = malloc(cap);
	struct pv_xs_listing l;
	unsigned int parts;

	(void)state;
	big_list = malloc(cap);
	for (unsigned int i = 0; i < 10000; i++)
		big_len += (uint32_t)sprintf(big_list + big_len, "c%u", i) + 1;
	pv_xs_listing_init(&l, out, cap);
	assert_int_equal(read_listing(&l, &parts), 0);
	assert_int_equal(l.len, big_len);
	assert_memory_equal(out, big_list, big_len);
	assert_true(parts > 10);
	changes = 5;
	pv_xs_listing_init(&l, out, cap);
	assert_int_equal(read_listing(&l, &parts), 0);
	assert_memory_equal(out, big_list, big_len);
	changes = UINT32_MAX;
	pv_xs_listing_init(&l, out, cap);
	assert_int_equal(read_listing(&l, &parts), PV_EAGAIN);
	changes = 0;
	for (uint32_t small = 0; small < 200; small++) {
		pv_xs_listing_init(&l, out, small);
		assert_int_equal(read_listing(&l, &parts), PV_ENOBUFS);
		assert_true(l.len <= small && (!l.len || !out[l.len - 1]));
	}
	pv_xs_listing_init(&l, out, cap);
	assert_int_equal(pv_xs_listing_feed(&l, "", 0), PV_EPROTO);
	assert_int_equal(pv_xs_listing_feed(&l, "", 1), PV_EPROTO);
	assert_int_equal(pv_xs_listing_feed(&l, "5", 2), PV_EPROTO);
	assert_int_equal(pv_xs_listing_feed(&l, "1234567890123456789012345", 26), PV_EPROTO);
	big_len = 0;
	pv_xs_listing_init(&l, out, cap);
	assert_int_equal(read_listing(&l, &parts), 0);
	assert_int_equal(l.len, 0);
	free(out);
	free(big_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_limits),
		cmocka_unit_test(cancelling),
		cmocka_unit_test(transactions),
		cmocka_unit_test(orphaned_transactions),
		cmocka_unit_test(long_directories),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
