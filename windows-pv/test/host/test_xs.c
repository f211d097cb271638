/* SPDX-License-Identifier: BSD-2-Clause */
/* The xenstore client: messages, their pieces, their answers. */
#include "xs_bench.h"

static void every_type(void **state)
{
	const struct pv_xs_perm perms[] = { { PV_XS_ACCESS_NONE, 0 },
		{ PV_XS_ACCESS_BOTH, 65535 } };
	static const uint32_t path_types[] = { XS_READ, XS_DIRECTORY, XS_GET_PERMS, XS_MKDIR,
		XS_RM };
	static const uint32_t domain_types[] = { XS_GET_DOMAIN_PATH, XS_IS_DOMAIN_INTRODUCED,
		XS_RELEASE, XS_RESUME };
	static const int domain_rc[] = { 0, 0, PV_EACCES, PV_EACCES };
	struct pv_xs_req req = { 0 };
	struct pv_xs_watch w = { .path = NULL };
	struct pv_xs_txn tx;
	struct pv_xs_perm perm;
	uint32_t offset = 0, len;
	const char *s;

	(void)state;
	begin();
	assert_int_equal(write_node("a/b", "hello", 5), 0);
	assert_int_equal(write_node("a/empty", "", 0), 0);
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(path_types); i++) {
		assert_int_equal(pv_xs_req_path(&req, path_types[i], NULL, "a/b", 3), 0);
		assert_int_equal(talk(&req), 0);
	}
	assert_int_equal(pv_xs_req_path(&req, XS_READ, NULL, "a/b", 3), 0);
	assert_int_equal(talk(&req), PV_ENOENT);
	assert_int_equal(pv_xs_req_directory_part(&req, NULL, "a", 1, 0), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_req_set_perms(&req, NULL, "a", 1, perms, 2), 0);
	assert_int_equal(talk(&req), 0);
	assert_memory_equal(f.payload, "a\0n0\0b65535", 12);
	assert_int_equal(f.hdr.len, 12);
	assert_int_equal(pv_xs_req_path(&req, XS_GET_PERMS, NULL, "a", 1), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_next_perm(reply, req.reply_len, &offset, &perm), 1);
	assert_true(perm.access == PV_XS_ACCESS_NONE && perm.domid == 0);
	assert_int_equal(pv_xs_next_perm(reply, req.reply_len, &offset, &perm), 1);
	assert_true(perm.access == PV_XS_ACCESS_READ && perm.domid == 7);
	assert_int_equal(pv_xs_next_perm(reply, req.reply_len, &offset, &perm), 0);
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(domain_types); i++) {
		assert_int_equal(pv_xs_req_domain(&req, domain_types[i], 12), 0);
		assert_int_equal(talk(&req), domain_rc[i]);
		assert_memory_equal(f.payload, "12", 3);
	}
	assert_int_equal(pv_xs_req_introduce(&req, 3, 0xfeffc, 5), 0);
	assert_int_equal(talk(&req), PV_EACCES);
	assert_memory_equal(f.payload,
		"3\0"
		"1044476\0"
		"5",
		12);
	assert_int_equal(pv_xs_req_set_target(&req, 3, 4), 0);
	assert_int_equal(talk(&req), PV_EACCES);
	assert_int_equal(pv_xs_req_control(&req, "log\0on", 7), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_req_reset_watches(&req), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_watch_add(&xs, &w, "a", 1, FOREVER, now), 0);
	settle();
	assert_int_equal(w.state, PV_XS_WATCH_ON);
	assert_int_equal(pv_xs_watch_remove(&xs, &w, now), PV_EAGAIN);
	settle();
	assert_int_equal(w.state, PV_XS_WATCH_OFF);
	pv_xs_txn_init(&tx, 3);
	assert_int_equal(pv_xs_req_transaction_start(&req), 0);
	assert_int_equal(talk(&req), 0);
	assert_int_equal(pv_xs_txn_started(&xs, &tx, &req), 0);
	assert_int_equal(pv_xs_req_transaction_end(&req, &tx, true), 0);
	assert_int_equal(talk(&req), 0);
	for (uint32_t t = 0; t < XS_TYPE_COUNT; t++) {
		bool none = t == XS_WATCH_EVENT || t == XS_ERROR || t == XS_SET_TARGET + 1;

		assert_int_equal(f.counts[t] != 0, !none);
	}
	assert_null(f.bad);

	offset = 0;
	write_node("d/one", "", 0);
	write_node("d/two", "", 0);
	pv_xs_req_path(&req, XS_DIRECTORY, NULL, "d", 1);
	assert_int_equal(talk(&req), 0);
	assert_true(pv_xs_next_string(reply, req.reply_len, &offset, &s, &len));
	assert_true(len == 3 && (!memcmp(s, "one", 3) || !memcmp(s, "two", 3)));
	assert_true(pv_xs_next_string(reply, req.reply_len, &offset, &s, &len));
	assert_false(pv_xs_next_string(reply, req.reply_len, &offset, &s, &len));
}

static void builders_refuse(void **state)
{
	static char big[XENSTORE_PAYLOAD_MAX + 1];
	const struct pv_xs_perm perms[4] = { { PV_XS_ACCESS_NONE, 0 } };
	struct pv_xs_txn none = { 0 };
	struct pv_xs_req req = { 0 };

	(void)state;
	begin();
	assert_int_equal(pv_xs_req_path(&req, XS_READ, NULL, "a//b", 4), PV_EINVAL);
	assert_int_equal(pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER), PV_EINVAL);
	assert_int_equal(pv_xs_req_path(&req, XS_WRITE, NULL, "a", 1), PV_EINVAL);
	assert_int_equal(pv_xs_req_path(&req, XS_READ, NULL, "a\0b", 3), PV_EINVAL);
	assert_int_equal(pv_xs_req_path(&req, XS_READ, &none, "a", 1), PV_EINVAL);
	assert_int_equal(pv_xs_req_transaction_end(&req, &none, true), PV_EINVAL);
	assert_int_equal(pv_xs_req_transaction_end(&req, NULL, true), PV_EINVAL);
	assert_int_equal(pv_xs_req_domain(&req, XS_READ, 1), PV_EINVAL);
	assert_int_equal(pv_xs_req_control(&req, "help", 4), PV_EINVAL);
	assert_int_equal(pv_xs_req_set_perms(&req, NULL, "a", 1, perms, 0), PV_EINVAL);
	assert_int_equal(pv_xs_req_set_perms(&req, NULL, "a", 1, perms, 4), PV_EINVAL);
	assert_int_equal(pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER), PV_EINVAL);
	/* 4096 with path and NUL go, one more does not. */
	assert_int_equal(pv_xs_req_write(&req, NULL, "a", 1, big, 4094), 0);
	assert_int_equal(pv_xs_req_write(&req, NULL, "a", 1, big, 4095), PV_E2BIG);
	assert_int_equal(pv_xs_submit(&xs, &req, NULL, 0, FOREVER), PV_EINVAL);
	assert_int_equal(pv_xs_req_write(&req, NULL, "a", 1, big, SIZE_MAX), PV_E2BIG);
	/* A transaction's id must have where to go. */
	pv_xs_req_transaction_start(&req);
	assert_int_equal(pv_xs_submit(&xs, &req, NULL, 0, FOREVER), PV_EINVAL);
	assert_int_equal(pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER), 0);
	assert_int_equal(pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER), PV_EINVAL);
}

/* Every length of payload that there is, both ways, with counters that go over 2^32. */
static void every_payload_length(void **state)
{
	static uint8_t value[XENSTORE_PAYLOAD_MAX];

	(void)state;
	begin_at(UINT32_MAX - 1000000);
	for (unsigned int i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)(i * 7 + i / 256);
	for (unsigned int len = 0; len <= 4094; len++) {
		assert_int_equal(write_node("a", value, len), 0);
		read_is("a", value, len);
	}
	assert_true(ring.req_prod < UINT32_MAX - 1000000);
	/* An answer may have 4096, two more than a question about "a" can bring there. */
	memcpy(f.nodes[FAKE_NODES - 1].value, value, sizeof(value));
	for (unsigned int i = 0; i < FAKE_NODES; i++) {
		if (f.nodes[i].used) {
			memcpy(f.nodes[i].value, value, sizeof(value));
			f.nodes[i].len = 4096;
		}
	}
	read_is("a", value, 4096);
	assert_null(f.bad);
}

/* At every offset of the ring, in steps of one byte and of every small size. */
static void every_offset_and_step(void **state)
{
	static const uint32_t steps[] = { 1, 2, 3, 7, 15, 16, 17, 31, 1023, 1024, 5000 };
	uint8_t value[300];

	(void)state;
	for (unsigned int i = 0; i < sizeof(value); i++)
		value[i] = (uint8_t)i;
	for (uint32_t at = 0; at < XENSTORE_RING_SIZE; at++) {
		for (unsigned int s = 0; s < PV_ARRAY_SIZE(steps); s++) {
			struct pv_xs_req w = { 0 }, r = { 0 };

			if (s == 0 || at % 8 == s % 8 || test_scale() > 1)
				begin_at(0xfffffe00u + at);
			else
				continue;
			assert_int_equal(
				pv_xs_req_write(&w, NULL, "key", 3, value, sizeof(value)), 0);
			assert_int_equal(pv_xs_req_path(&r, XS_READ, NULL, "key", 3), 0);
			assert_int_equal(pv_xs_submit(&xs, &w, NULL, 0, FOREVER), 0);
			assert_int_equal(pv_xs_submit(&xs, &r, reply, sizeof(reply), FOREVER), 0);
			settle_by(steps[s], steps[s]);
			done_is(&w, 0);
			done_is(&r, 0);
			assert_int_equal(r.reply_len, sizeof(value));
			assert_memory_equal(reply, value, sizeof(value));
			assert_null(f.bad);
		}
	}
}

/* A request of three ring's lengths, split at each byte in turn by a server that stops there. */
static void every_split(void **state)
{
	static uint8_t value[3000];
	struct pv_xs_req req = { 0 };

	(void)state;
	memset(value, 0x33, sizeof(value));
	for (uint32_t split = 1; split<sizeof(value) + 20; split += test_scale()> 1 ? 1 : 3) {
		begin_at(split * 37);
		pv_xs_req_write(&req, NULL, "k", 1, value, sizeof(value));
		pv_xs_submit(&xs, &req, NULL, 0, FOREVER);
		for (uint32_t left = split; left;) {
			uint32_t n = left < 700 ? left : 700;

			pv_xs_pump(&xs, now);
			fake_xs_step(&f, n, 0);
			left -= n;
		}
		for (unsigned int i = 0; i < 3; i++)
			pv_xs_pump(&xs, now);
		settle();
		done_is(&req, 0);
		assert_null(f.bad);
	}
}

/* Answers in every order. */
static void answers_in_any_order(void **state)
{
	static const unsigned int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	(void)state;
	for (unsigned int o = 0; o < 6; o++) {
		struct xsd_sockmsg kept[4] = { { 0 } };
		struct pv_xs_req req[3] = { { 0 } };
		char answers[3][4];

		begin();
		f.hook = keep_back;
		f.arg = kept;
		for (unsigned int i = 0; i < 3; i++) {
			pv_xs_req_path(&req[i], XS_READ, NULL, "a", 1);
			assert_int_equal(pv_xs_submit(&xs, &req[i], answers[i], 4, FOREVER), 0);
		}
		settle();
		for (unsigned int k = 0; k < 3; k++) {
			char c = (char)('0' + orders[o][k]);

			fake_xs_say(&f, XS_READ, kept[orders[o][k]].req_id, 0, &c, 1);
			settle();
			done_is(&req[orders[o][k]], 0);
			assert_int_equal(answers[orders[o][k]][0], c);
		}
		assert_int_equal(xs.strays, 0);
	}
}

/* Unknown, reused, foreign and too early ids; wrong type; wrong transaction. */
static void wrong_answers(void **state)
{
	struct xsd_sockmsg kept[4] = { { 0 } };
	struct pv_xs_req req = { 0 };
	uint32_t id;

	(void)state;
	begin();
	for (uint32_t i = 0; i < 70000; i += 13)
		fake_xs_say(&f, XS_READ, i, 0, "x", 1);
	settle();
	assert_int_equal(xs.strays, (70000 + 12) / 13);
	assert_int_equal(xs.state, PV_XS_UP);

	f.hook = keep_back;
	f.arg = kept;
	xs.strays = 0;
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER);
	settle();
	id = kept[0].req_id;
	fake_xs_say(&f, XS_READ, id + 0x10000, 0, "x", 1);
	fake_xs_say(&f, XS_READ, id + 1, 0, "x", 1);
	fake_xs_say(&f, XS_READ, id - 1, 0, "x", 1);
	settle();
	assert_int_equal(xs.strays, 3);
	assert_null(pv_xs_next_done(&xs));
	fake_xs_say(&f, XS_READ, id, 0, "good", 4);
	fake_xs_say(&f, XS_READ, id, 0, "evil", 4);
	settle();
	done_is(&req, 0);
	assert_memory_equal(reply, "good", 4);
	assert_int_equal(xs.strays, 4);
	/* The id of a request that is over is nobody's, also when its slot is used again. */
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER);
	settle();
	assert_int_not_equal(kept[1].req_id, id);
	fake_xs_say(&f, XS_READ, id, 0, "evil", 4);
	settle();
	assert_null(pv_xs_next_done(&xs));
	fake_xs_say(&f, XS_WRITE, kept[1].req_id, 0, "OK", 3);
	settle();
	done_is(&req, PV_EPROTO);
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER);
	settle();
	fake_xs_say(&f, XS_READ, kept[2].req_id, 5, "x", 1);
	settle();
	done_is(&req, PV_EPROTO);
}

/* Answered while it is still being sent. */
static void answer_before_the_question(void **state)
{
	static uint8_t value[3000];
	struct pv_xs_req req = { 0 };

	(void)state;
	begin();
	pv_xs_req_write(&req, NULL, "k", 1, value, sizeof(value));
	pv_xs_submit(&xs, &req, NULL, 0, FOREVER);
	pv_xs_pump(&xs, now);
	fake_xs_say(&f, XS_WRITE, req.id, 0, "OK", 3);
	fake_xs_step(&f, 0, UINT32_MAX);
	pv_xs_pump(&xs, now);
	assert_null(pv_xs_next_done(&xs));
	assert_int_equal(xs.strays, 1);
	settle();
	done_is(&req, 0);
	assert_null(f.bad);
}

/* The server rewrites what we have read already: at each point of a header and its payload. */
static void header_changed_between_reads(void **state)
{
	(void)state;
	for (uint32_t cut = 1; cut < sizeof(struct xsd_sockmsg) + 4; cut++) {
		struct pv_xs_req req = { 0 };

		begin();
		f.silent = true;
		pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
		pv_xs_submit(&xs, &req, reply, sizeof(reply), FOREVER);
		settle();
		memset(reply, 0, sizeof(reply));
		fake_xs_say(&f, XS_READ, req.id, 0, "good", 4);
		fake_xs_step(&f, 0, cut);
		pv_xs_pump(&xs, now);
		memset(ring.rsp, 0xff, cut);
		settle();
		done_is(&req, 0);
		assert_int_equal(req.reply_len, 4);
		assert_memory_equal(reply, "good", 5);
		assert_int_equal(xs.state, PV_XS_UP);
	}
}

static void replies_that_do_not_fit(void **state)
{
	struct pv_xs_req req = { 0 };
	char small[4] = "____";

	(void)state;
	begin();
	write_node("a", "12345", 5);
	pv_xs_req_path(&req, XS_READ, NULL, "a", 1);
	pv_xs_submit(&xs, &req, small, 4, FOREVER);
	settle();
	done_is(&req, PV_ENOBUFS);
	assert_int_equal(req.reply_len, 5);
	assert_memory_equal(small, "____", 4);
}

static void error_texts(void **state)
{
	static const struct {
		const char *text;
		uint32_t len;
		int rc;
	} cases[] = {
		{ "ENOENT", 7, PV_ENOENT },
		{ "ENOENT", 6, PV_ENOENT },
		{ "EAGAIN", 7, PV_EAGAIN },
		{ "ENOTEMPTY", 10, PV_ENOTEMPTY },
		{ "E2BIG", 6, PV_E2BIG },
		{ "ENOEN", 6, PV_EIO },
		{ "ENOENTX", 8, PV_EIO },
		{ "", 0, PV_EIO },
		{ "", 1, PV_EIO },
		{ "0", 2, PV_EIO },
		{ "OK", 3, PV_EIO },
	};

	(void)state;
	for (unsigned int i = 0; i < PV_ARRAY_SIZE(cases); i++) {
		char *p = test_exact(cases[i].text, cases[i].len);

		assert_int_equal(pv_xs_error(p, cases[i].len), cases[i].rc);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(builders_refuse),
		cmocka_unit_test(every_payload_length),
		cmocka_unit_test(every_offset_and_step),
		cmocka_unit_test(every_split),
		cmocka_unit_test(answers_in_any_order),
		cmocka_unit_test(wrong_answers),
		cmocka_unit_test(answer_before_the_question),
		cmocka_unit_test(header_changed_between_reads),
		cmocka_unit_test(replies_that_do_not_fit),
		cmocka_unit_test(error_texts),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
