/* SPDX-License-Identifier: BSD-2-Clause */
/* `ddk gate --symvers` without a header tree: would modules still load with these exports? */
#include "gate-fixture.h"

/* Two modules against exports alone: one finding a symbol, with all that use it. */
static void test_kabi(void **state)
{
	static const char kernel[] = "0x11111112\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
				     "0x00000000\tno_crc\tvmlinux\tEXPORT_SYMBOL\t\n";
	static const char names[] = "# of some release\n[some_whitelist]\n\tprintk\n\n no_crc \r\n"
				    "[more]\nshared";
	const struct ko a = { .info = INFO("license=GPL", MAGIC),
		SYMBOLS({ "printk", NULL, 0x11111111, false }, { "gone", NULL, 0x7, false },
			{ "no_crc", NULL, 0x8, false }, { "maybe", NULL, 0, true }) };
	const struct ko b = { .info = INFO("license=GPL", MAGIC),
		SYMBOLS({ "shared", NULL, 0x55555555, false },
			{ "printk", NULL, 0x11111111, false }, { "gone", NULL, 0x7, false }) };
	AUTO_FREE char *exports = in_scratch("kernel.symvers");
	AUTO_FREE char *list = in_scratch("kabi.list");

	(void)state;
	write_scratch("kernel.symvers", kernel);
	write_scratch("kabi.list", names);
	write_ko("a.ko", &a);
	write_ko("b.ko", &b);
	write_ko("exporter.ko", &exporter);
	for (int by_name = 0; by_name < 2; by_name++) {
		AUTO_SYMVERS struct symvers extra = { 0 };
		AUTO_FINDINGS struct findings f = { 0 };
		AUTO_GATE struct gate g = { .extra = &extra, .max_symbols = 20 };
		AUTO_KABI struct kabi k = { 0 };
		size_t line;

		assert_int_equal(symvers_read(&extra, by_name ? list : exports, &line), 0);
		gate_files(&g, &f, by_name ? "a.ko b.ko" : "b.ko exporter.ko a.ko");
		assert_int_equal(f.n, 0);
		kabi_make(&k, &g);
		kabi_report(&k, &f);
		assert_int_equal(f.n, by_name ? 1 : 2);
		assert_string_equal(f.v[0].file, "gone");
		assert_ptr_equal(f.v[0].rule, rule_get(RULE_KO_ABI_MISSING));
		assert_non_null(strstr(f.v[0].text, "/a.ko, "));
		assert_non_null(strstr(f.v[0].text, "/b.ko"));
		assert_null(strstr(f.v[0].text, "exporter.ko"));
		if (by_name)
			continue;
		assert_string_equal(f.v[1].file, "printk");
		assert_ptr_equal(f.v[1].rule, rule_get(RULE_KO_ABI_CHANGED));
		assert_non_null(strstr(f.v[1].text, "vmlinux exports version 0x11111112"));
		assert_non_null(strstr(f.v[1].text, "/b.ko (0x11111111)"));
	}
}

/* A module of the same set is built against another version of its neighbour's symbol. */
static void test_kabi_own(void **state)
{
	const struct ko user = { .info = INFO("license=GPL", MAGIC),
		SYMBOLS({ "shared", NULL, 0x55555556, false }) };
	AUTO_SYMVERS struct symvers extra = { 0 };
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .extra = &extra, .max_symbols = 20 };
	AUTO_KABI struct kabi k = { 0 };

	(void)state;
	write_ko("user.ko", &user);
	write_ko("exporter.ko", &exporter);
	gate_files(&g, &f, "user.ko exporter.ko");
	kabi_make(&k, &g);
	kabi_report(&k, &f);
	assert_int_equal(f.n, 1);
	assert_ptr_equal(f.v[0].rule, rule_get(RULE_KO_ABI_CHANGED));
	assert_non_null(strstr(f.v[0].text, "exporter exports version 0x55555555"));
}

static void test_command(void **state)
{
	AUTO_FREE char *list = xasprintf("--symvers %s/kabi.list %s/a.ko", scratch, scratch);
	AUTO_FREE char *json = xasprintf("--json %s", list);
	AUTO_FREE char *bad = xasprintf("--symvers %s/a.ko %s/a.ko", scratch, scratch);

	(void)state;
	assert_int_equal(status_of(list), DDK_FINDINGS);
	assert_int_equal(status_of(json), DDK_FINDINGS);
	assert_int_equal(status_of(bad), DDK_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kabi),
		cmocka_unit_test(test_kabi_own),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
