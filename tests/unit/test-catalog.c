/* SPDX-License-Identifier: BSD-2-Clause */
/* Authenticode hashes and catalogs: what is written is read, and what was changed is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <string.h>

#include "util/alloc.h"
#include "windows/catalog.h"
#include "windows/ctl.h"

enum { IMAGE = 1024, PE_AT = 0x80, OPTIONAL = PE_AT + 24 };

static void put16(unsigned char *p, unsigned v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void put32(unsigned char *p, uint32_t v)
{
	put16(p, v & 0xffff);
	put16(p + 2, v >> 16);
}

/* Headers only, filled with a pattern; 64-bit where wide. Returns where the directories begin. */
static size_t make_image(unsigned char *p, size_t size, bool wide)
{
	size_t directories = OPTIONAL + (wide ? 112 : 96);

	for (size_t i = 0; i < size; i++)
		p[i] = (unsigned char)(i * 7);
	memcpy(p, "MZ", 2);
	put32(p + 0x3c, PE_AT);
	memcpy(p + PE_AT, "PE\0\0", 4);
	put16(p + PE_AT + 20, wide ? 240 : 224);
	put16(p + OPTIONAL, wide ? 0x20b : 0x10b);
	put32(p + directories - 4, 16);
	memset(p + directories, 0, 128);
	return directories;
}

static void digest_ok(const unsigned char *p, size_t size, unsigned char *d)
{
	const char *why;

	assert_int_equal(pe_digest(p, size, d, &why), 0);
}

static void test_digest_is_of_the_right_bytes(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		unsigned char p[IMAGE + 16] = { 0 }, d[32], e[32], bytes[IMAGE];
		size_t directories = make_image(p, IMAGE, wide), security = directories + 32, n = 0;
		unsigned len;

		digest_ok(p, IMAGE, d);
		for (size_t i = 0; i < IMAGE; i++) {
			if (i - (OPTIONAL + 64) >= 4 && i - security >= 8)
				bytes[n++] = p[i];
		}
		assert_int_equal(n, IMAGE - 12);
		EVP_Digest(bytes, n, e, &len, EVP_sha256(), NULL);
		assert_memory_equal(d, e, 32);

		/* A signature, its directory entry and the checksum are not seen. */
		put32(p + OPTIONAL + 64, 0x12345678);
		put32(p + security, IMAGE);
		put32(p + security + 4, 16);
		memset(p + IMAGE, 0x55, 16);
		digest_ok(p, IMAGE + 16, e);
		assert_memory_equal(d, e, 32);
		p[IMAGE + 3] ^= 1;
		digest_ok(p, IMAGE + 16, e);
		assert_memory_equal(d, e, 32);

		/* All else is. */
		for (size_t i = 2; i < IMAGE; i += 97) {
			const char *why;

			p[i] ^= 0x10;
			if (pe_digest(p, IMAGE + 16, e, &why) == 0 && i - (OPTIONAL + 64) >= 4 &&
				i - security >= 8)
				assert_memory_not_equal(d, e, 32);
			p[i] ^= 0x10;
		}
	}
}

static void test_unsigned_image_is_filled_up(void **state)
{
	unsigned char p[IMAGE + 8] = { 0 }, d[32], e[32];

	(void)state;
	make_image(p, IMAGE, true);
	digest_ok(p, IMAGE + 3, d);
	digest_ok(p, IMAGE + 8, e);
	assert_memory_equal(d, e, 32);
	digest_ok(p, IMAGE, e);
	assert_memory_not_equal(d, e, 32);
}

static void refuse(const unsigned char *p, size_t size, const char *want)
{
	/* On the heap, where the sanitizer sees the end. */
	AUTO_FREE unsigned char *copy = xcalloc(1, size ? size : 1);
	unsigned char d[32];
	const char *why = NULL;

	memcpy(copy, p, size);
	assert_true(pe_digest(copy, size, d, &why) < 0);
	assert_non_null(strstr(why, want));
}

static void test_broken_images(void **state)
{
	unsigned char p[IMAGE], q[IMAGE], d[32];
	size_t security = make_image(p, IMAGE, true) + 32;
	const char *why;

	(void)state;
	for (size_t size = 0; size < IMAGE; size++) {
		AUTO_FREE unsigned char *cut = xcalloc(1, size ? size : 1);

		memcpy(cut, p, size);
		pe_digest(cut, size, d, &why);
	}
	refuse(p, 0, "no PE image");
	refuse(p, PE_AT + 30, "no PE image");
	memcpy(q, p, IMAGE);
	put32(q + 0x3c, 0xfffffff0);
	refuse(q, IMAGE, "no PE image");
	memcpy(q, p, IMAGE);
	put16(q + OPTIONAL, 0x107);
	refuse(q, IMAGE, "unknown kind");
	memcpy(q, p, IMAGE);
	put16(q + PE_AT + 20, 0xffff);
	refuse(q, IMAGE, "cut off");
	memcpy(q, p, IMAGE);
	put16(q + PE_AT + 20, 120);
	refuse(q, IMAGE, "fewer data directories");
	memcpy(q, p, IMAGE);
	put32(q + security, IMAGE - 64);
	put32(q + security + 4, 32);
	refuse(q, IMAGE, "does not end the file");
	put32(q + security + 4, 0xffffffff);
	refuse(q, IMAGE, "does not end the file");
	put32(q + security, 8);
	put32(q + security + 4, IMAGE - 8);
	refuse(q, IMAGE, "does not end the file");
}

static void add(struct catalog *c, const char *name, const void *data, size_t size)
{
	struct catalog_member m = { .name = (char *)name };
	const char *why;

	assert_int_equal(catalog_digest(&m, name, data, size, &why), 0);
	catalog_add(c, &m);
}

static void fill(struct catalog *c, bool reverse)
{
	unsigned char p[IMAGE];

	make_image(p, IMAGE, true);
	c->epoch = 1700000000;
	assert_int_equal(catalog_add_os(c, "10_X64"), 0);
	assert_int_equal(catalog_add_os(c, "10_x86"), 0);
	assert_string_equal(c->os, "_v100_X64,_v100");
	assert_string_equal(c->versions, "2:10.0");
	assert_true(catalog_add_os(c, "11_X64") < 0);
	catalog_add_hwid(c, "PCI\\VEN_5853&DEV_0001");
	if (reverse)
		add(c, "a.inf", "text", 4);
	add(c, "a.sys", p, IMAGE);
	if (!reverse)
		add(c, "a.inf", "text", 4);
}

static void test_round_trip(void **state)
{
	AUTO_CATALOG struct catalog a = { 0 }, b = { 0 }, r = { 0 };
	AUTO_STRBUF struct strbuf x = STRBUF_INIT, y = STRBUF_INIT;
	AUTO_FREE char *error = NULL;

	(void)state;
	fill(&a, false);
	fill(&b, true);
	catalog_encode(&a, &x);
	catalog_encode(&b, &y);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.buf, y.buf, x.len);
	assert_int_equal(catalog_decode(&r, x.buf, x.len, &error), 0);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.epoch, 1700000000);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(r.v[i].name, a.v[i].name);
		assert_int_equal(r.v[i].is_pe, strcmp(r.v[i].name, "a.sys") == 0);
		assert_memory_equal(r.v[i].digest, a.v[i].digest, 32);
	}
}

/* Each bit of a catalog turned: it may be refused or read, but never read beyond. */
static void test_changed_catalogs(void **state)
{
	AUTO_CATALOG struct catalog c = { 0 };
	AUTO_STRBUF struct strbuf der = STRBUF_INIT;
	size_t refused = 0;

	(void)state;
	fill(&c, false);
	catalog_encode(&c, &der);
	for (size_t i = 0; i < der.len * 8; i++) {
		AUTO_FREE unsigned char *copy = xcalloc(1, der.len);
		AUTO_CATALOG struct catalog r = { 0 };
		AUTO_FREE char *error = NULL;
		AUTO_FREE char *text = NULL;

		memcpy(copy, der.buf, der.len);
		copy[i / 8] ^= (unsigned char)(1 << i % 8);
		if (catalog_decode(&r, copy, der.len, &error) < 0) {
			assert_non_null(error);
			refused++;
		}
		assert_int_not_equal(
			catalog_signature(copy, der.len, NULL, &text), CATALOG_TRUSTED);
	}
	assert_true(refused > der.len);
	for (size_t i = 0; i < der.len; i++) {
		AUTO_FREE unsigned char *copy = xcalloc(1, i ? i : 1);
		AUTO_CATALOG struct catalog r = { 0 };
		AUTO_FREE char *error = NULL;

		memcpy(copy, der.buf, i);
		assert_true(catalog_decode(&r, copy, i, &error) < 0);
	}
}

static void test_own_tag_counts(void **state)
{
	AUTO_CATALOG struct catalog c = { 0 }, r = { 0 };
	AUTO_STRBUF struct strbuf der = STRBUF_INIT;
	AUTO_FREE char *error = NULL;
	char *at;

	(void)state;
	add(&c, "a.inf", "text", 4);
	catalog_encode(&c, &der);
	at = memmem(der.buf, der.len, c.v[0].digest, 32);
	assert_non_null(at);
	at[31] ^= 1;
	assert_true(catalog_decode(&r, der.buf, der.len, &error) < 0);
	assert_string_equal(error, "member 1 has a hash that differs from its own tag");
}

static void test_kinds_of_files(void **state)
{
	struct catalog_member m = { 0 };
	const char *why = NULL;
	unsigned char p[IMAGE];

	(void)state;
	make_image(p, IMAGE, false);
	assert_true(catalog_digest(&m, "a.sys", "text", 4, &why) < 0);
	assert_true(catalog_digest(&m, "a.CAB", "text", 4, &why) < 0);
	assert_int_equal(catalog_digest(&m, "a.bin", p, IMAGE, &why), 0);
	assert_true(m.is_pe);
	assert_int_equal(catalog_digest(&m, "a.bin", p, 32, &why), 0);
	assert_false(m.is_pe);
	assert_int_equal(catalog_digest(&m, "empty", "", 0, &why), 0);
	assert_int_equal(m.digest[0], 0xe3); /* of the empty string */
}

static void test_unsigned(void **state)
{
	AUTO_CATALOG struct catalog c = { 0 };
	AUTO_STRBUF struct strbuf der = STRBUF_INIT;
	AUTO_FREE char *text = NULL;

	(void)state;
	add(&c, "a.inf", "text", 4);
	catalog_encode(&c, &der);
	assert_int_equal(catalog_signature(der.buf, der.len, NULL, &text), CATALOG_UNSIGNED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest_is_of_the_right_bytes),
		cmocka_unit_test(test_unsigned_image_is_filled_up),
		cmocka_unit_test(test_broken_images),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_changed_catalogs),
		cmocka_unit_test(test_own_tag_counts),
		cmocka_unit_test(test_kinds_of_files),
		cmocka_unit_test(test_unsigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
