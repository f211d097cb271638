/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "module-fixture.h"
#include "module/module.h"
#include "module/symvers.h"
#include "util/alloc.h"

static const char *const info[] = { "license=GPL", "version=1.2", "alias=pci:v1", "alias=pci:v2",
	"name=hello-world", "depends=a,b", "empty=", "vermagic=6.1.0-1-amd64 SMP mod_unload ",
	NULL };
static const struct ko_symbol imports[] = { { "printk", NULL, 0x11223344, false },
	{ "maybe", NULL, 0, true }, { "kfree", NULL, 0xffffffff, false } };
static const struct ko_symbol exports[] = { { "zeta", "", 0x01020304, false },
	{ "alpha", "SPACE", 0xdeadbeef, false } };

static struct ko sample(void)
{
	return (struct ko){
		.info = info, .imports = imports, .n_imports = 3, .exports = exports, .n_exports = 2
	};
}

static int parse(struct module *m, const struct strbuf *ko, char **why)
{
	return module_parse(m, "dir/hello-file.ko", ko->buf, ko->len, why);
}

static void check_sample(const struct module *m)
{
	assert_string_equal(m->name, "hello_world");
	assert_string_equal(module_info(m, "license"), "GPL");
	assert_string_equal(module_info(m, "alias"), "pci:v1");
	assert_string_equal(module_info(m, "empty"), "");
	assert_null(module_info(m, "firmware"));
	assert_int_equal(m->n_info, 8);
	assert_int_equal(m->elf_machine, EM_X86_64);
	assert_true(m->has_versions);
	assert_int_equal(m->versions.n, 2);
	assert_int_equal(module_symbols_find(&m->versions, "kfree")->crc, 0xffffffff);
	assert_int_equal(m->undefined.n, 3);
	assert_true(module_symbols_find(&m->undefined, "maybe")->weak);
	assert_false(module_symbols_find(&m->undefined, "printk")->weak);
	assert_null(module_symbols_find(&m->undefined, "alpha"));
}

static void check_exports(const struct module *m, bool ns, bool gpl)
{
	const struct module_symbol *alpha = module_symbols_find(&m->exports, "alpha");
	const struct module_symbol *zeta = module_symbols_find(&m->exports, "zeta");

	assert_int_equal(m->exports.n, 2);
	assert_non_null(alpha);
	assert_non_null(zeta);
	assert_true(alpha->has_crc);
	assert_int_equal(alpha->crc, 0xdeadbeef);
	assert_int_equal(zeta->crc, 0x01020304);
	assert_string_equal(alpha->ns, ns ? "SPACE" : "");
	assert_string_equal(zeta->ns, "");
	assert_true(alpha->gpl == gpl);
}

/* The three forms of export tables that kernels have had. */
static void test_forms(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct ko ko = sample();
		AUTO_STRBUF struct strbuf bytes = STRBUF_INIT;
		AUTO_MODULE struct module m;
		AUTO_FREE char *why = NULL;

		ko.crc_symbols = i & 1;
		ko.old_table = i & 2;
		ko.gpl = i & 4;
		ko.debug = i & 1;
		bytes = ko_build(&ko);
		if (parse(&m, &bytes, &why) != 0)
			fail_msg("%s", why);
		check_sample(&m);
		check_exports(&m, !ko.old_table, ko.gpl);
		assert_true(m.has_debug == ko.debug);
		assert_false(m.signature.present);
		assert_false(m.compressed);
	}
}

static void test_name_from_file(void **state)
{
	static const char *const bare[] = { "license=GPL", NULL };
	struct ko ko = { .info = bare, .no_versions = true };
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	AUTO_MODULE struct module m;
	AUTO_FREE char *why = NULL;

	(void)state;
	assert_int_equal(parse(&m, &bytes, &why), 0);
	assert_string_equal(m.name, "hello_file");
	assert_false(m.has_versions);
	assert_true(module_is_path("/a/b.ko.zst"));
	assert_false(module_is_path("/a/.ko"));
	assert_false(module_is_path("/a/b.kox"));
}

static struct strbuf compress(const struct strbuf *in, int (*filter)(struct archive *))
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	struct strbuf out = STRBUF_INIT;
	size_t cap = in->len + 4096, used = 0;
	char *buf = xcalloc(1, cap);

	assert_int_equal(filter(a), ARCHIVE_OK);
	archive_write_set_format_raw(a);
	assert_int_equal(archive_write_open_memory(a, buf, cap, &used), ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_write_header(a, e);
	archive_write_data(a, in->buf, in->len);
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
	strbuf_add(&out, buf, used);
	free(buf);
	return out;
}

static void test_compressed(void **state)
{
	int (*const filters[])(struct archive *) = { archive_write_add_filter_gzip,
		archive_write_add_filter_xz, archive_write_add_filter_zstd };
	struct ko ko = sample();
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		AUTO_STRBUF struct strbuf packed = compress(&bytes, filters[i]);
		AUTO_MODULE struct module m;
		AUTO_MODULE struct module cut;
		AUTO_FREE char *why = NULL;
		AUTO_FREE char *why_cut = NULL;

		if (parse(&m, &packed, &why) != 0)
			fail_msg("filter %zu: %s", i, why);
		check_sample(&m);
		assert_true(m.compressed);
		assert_int_not_equal(
			module_parse(&cut, "x.ko", packed.buf, packed.len / 2, &why_cut), 0);
		assert_non_null(why_cut);
	}
}

/* Every truncation, and every single byte turned over: an answer, and no crash. */
static void test_damaged(void **state)
{
	struct ko ko = sample();
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);

	(void)state;
	for (size_t n = 0; n < bytes.len; n++) {
		/* A block of just that size, so that a sanitizer sees a read past its end. */
		AUTO_FREE char *exact = xcalloc(1, n + !n);
		AUTO_MODULE struct module m;
		AUTO_FREE char *why = NULL;

		memcpy(exact, bytes.buf, n);
		if (module_parse(&m, "x.ko", exact, n, &why) != 0)
			assert_non_null(why);
		else
			fail_msg("cut to %zu of %zu bytes it still parses", n, bytes.len);
	}
	for (size_t i = 0; i < bytes.len; i++) {
		AUTO_MODULE struct module m;
		AUTO_FREE char *why = NULL;

		bytes.buf[i] = (char)~bytes.buf[i];
		if (module_parse(&m, "x.ko", bytes.buf, bytes.len, &why) != 0)
			assert_non_null(why);
		bytes.buf[i] = (char)~bytes.buf[i];
	}
}

static void no_module(const void *data, size_t size, const char *words)
{
	AUTO_MODULE struct module m;
	AUTO_FREE char *why = NULL;

	assert_int_not_equal(module_parse(&m, "x.ko", data, size, &why), 0);
	if (!strstr(why, words))
		fail_msg("'%s' does not say '%s'", why, words);
}

static void test_refused(void **state)
{
	struct ko ko = sample();
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	Elf64_Ehdr eh;

	(void)state;
	no_module("", 0, "no ELF file");
	no_module("text", 4, "no ELF file");
	memcpy(&eh, bytes.buf, sizeof(eh));
	eh.e_type = ET_EXEC;
	memcpy(bytes.buf, &eh, sizeof(eh));
	no_module(bytes.buf, bytes.len, "relocatable");
}

static X509 *self_signed(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 0x1234);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"Test signer", -1, -1, 0);
	X509_set_issuer_name(x, name);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

/* As the kernel's sign-file does it: detached CMS without certificates, then twelve bytes, magic.
 */
static void sign(struct strbuf *ko)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	X509 *x = self_signed(key);
	BIO *in = BIO_new_mem_buf(ko->buf, (int)ko->len);
	unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOCERTS | CMS_NOSMIMECAP | CMS_NOATTR;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);
	unsigned char *der = NULL;
	unsigned char trailer[12] = { 0, 0, 2 };
	int len;

	assert_non_null(CMS_add1_signer(cms, x, key, EVP_sha512(), flags));
	assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
	len = i2d_CMS_ContentInfo(cms, &der);
	assert_true(len > 0);
	trailer[10] = (unsigned char)(len >> 8);
	trailer[11] = (unsigned char)len;
	strbuf_add(ko, der, (size_t)len);
	strbuf_add(ko, trailer, sizeof(trailer));
	strbuf_adds(ko, "~Module signature appended~\n");
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void test_signature(void **state)
{
	struct ko ko = sample();
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	size_t plain = bytes.len;
	AUTO_MODULE struct module m;
	AUTO_MODULE struct module bad;
	AUTO_FREE char *why = NULL;
	AUTO_FREE char *why_bad = NULL;

	(void)state;
	sign(&bytes);
	assert_int_equal(parse(&m, &bytes, &why), 0);
	check_sample(&m);
	assert_true(m.signature.present);
	assert_false(m.signature.malformed);
	assert_string_equal(m.signature.signer, "Test signer");
	assert_string_equal(m.signature.key_id, "1234");
	assert_string_equal(m.signature.hash, "sha512");
	assert_int_equal(m.signature.size, bytes.len - plain);
	/* A length beyond the file. */
	bytes.buf[bytes.len - 28 - 4] = 0x7f;
	parse(&bad, &bytes, &why_bad);
	assert_true(bad.signature.present);
	assert_true(bad.signature.malformed);
}

static void test_symvers(void **state)
{
	static const char text[] = "0x00000001\tone\tvmlinux\tEXPORT_SYMBOL\t\n"
				   "0x00000002\ttwo\tdrivers/a/mod-b\tEXPORT_SYMBOL_GPL\tSPACE\n"
				   "0x00000003\tthree\tSPACE2\tdrivers/c\tEXPORT_SYMBOL\n"
				   "0x00000004\tfour\tvmlinux\n"
				   "0x00000009\tone\tother\tEXPORT_SYMBOL";
	AUTO_SYMVERS struct symvers s = { 0 };
	size_t line;

	(void)state;
	assert_int_equal(symvers_parse(&s, text, strlen(text), &line), 0);
	assert_int_equal(s.n, 4);
	assert_int_equal(symvers_find(&s, "one")->crc, 1);
	assert_string_equal(symvers_find(&s, "two")->ns, "SPACE");
	assert_true(symvers_find(&s, "two")->gpl);
	assert_string_equal(symvers_find(&s, "three")->ns, "SPACE2");
	assert_string_equal(symvers_find(&s, "three")->module, "drivers/c");
	assert_null(symvers_find(&s, "five"));
	assert_true(symvers_has_module(&s, "mod_b"));
	assert_false(symvers_has_module(&s, "vmlinux"));
}

static void test_symvers_many(void **state)
{
	AUTO_SYMVERS struct symvers s = { 0 };
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	size_t line;

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		strbuf_addf(&sb, "0x%08x\tsym%u\tm%u\tEXPORT_SYMBOL\n", i, i, i % 7);
	assert_int_equal(symvers_parse(&s, sb.buf, sb.len, &line), 0);
	for (unsigned i = 0; i < 5000; i++) {
		AUTO_FREE char *name = xasprintf("sym%u", i);

		assert_int_equal(symvers_find(&s, name)->crc, i);
	}
}

static void test_symvers_refused(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} bad[] = {
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\nrubbish\n", 2 },
		{ "1\ta\tvmlinux\tEXPORT_SYMBOL\n", 1 },
		{ "0xg\ta\tvmlinux\tEXPORT_SYMBOL\n", 1 },
		{ "0x1ffffffff\ta\tvmlinux\tEXPORT_SYMBOL\n", 1 },
		{ "0x1\t\tvmlinux\tEXPORT_SYMBOL\n", 1 },
		{ "0x1\ta\tvmlinux\tSOMETHING\n", 1 },
		{ "0x1\ta\tvmlinux\tEXPORT_SYMBOL\tns\tmore\n", 1 },
		{ "0x1\ta\n", 1 },
		{ "[list\na\n", 1 },
		{ "[]\na\n", 1 },
		{ "[list]\n\ta\n\tb c\n", 3 },
		{ "[list]\n0x1\ta\tvmlinux\tEXPORT_SYMBOL\n", 2 },
		{ "a\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_SYMVERS struct symvers s = { 0 };
		size_t line;

		assert_int_not_equal(symvers_parse(&s, bad[i].text, strlen(bad[i].text), &line), 0);
		assert_int_equal(line, bad[i].line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_name_from_file),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_symvers),
		cmocka_unit_test(test_symvers_many),
		cmocka_unit_test(test_symvers_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
