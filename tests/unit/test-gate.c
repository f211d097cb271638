/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate-fixture.h"

static bool covered[RULE_COUNT];

/* Expects exactly this rule, broken, in a text that has the words; RULE_COUNT expects nothing. */
static void expect(struct findings *f, enum rule_id rule, const char *words)
{
	AUTO_STRBUF struct strbuf all = STRBUF_INIT;
	bool found = rule == RULE_COUNT && f->n == 0;

	strbuf_adds(&all, "");
	for (size_t i = 0; i < f->n; i++) {
		strbuf_addf(&all, "%s %s: %s\n", f->v[i].rule->id, f->v[i].file, f->v[i].text);
		if (rule != RULE_COUNT && f->v[i].rule == rule_get(rule) &&
			strstr(f->v[i].text, words))
			found = true;
		if (rule == RULE_COUNT || f->v[i].rule != rule_get(rule))
			fail_msg("unexpected: %s", all.buf);
	}
	if (!found)
		fail_msg("no finding of %s with '%s' in: %s",
			rule == RULE_COUNT ? "none" : rule_get(rule)->id, words, all.buf);
	if (rule != RULE_COUNT)
		covered[rule] = true;
}

static const struct {
	const char *name;
	struct ko ko;
	enum rule_id rule;
	const char *words;
} cases[] = {
	{ "good",
		{ .info = INFO("license=GPL", MAGIC, "import_ns=SPACE", "depends=core_mod"),
			SYMBOLS({ "printk", NULL, 0x11111111, false },
				{ "gpl_only", NULL, 0x22222222, false },
				{ "in_space", NULL, 0x33333333, false },
				{ "no_crc", NULL, 0, false }, { "maybe", NULL, 0, true }) },
		RULE_COUNT, "" },
	{ "other-kernel",
		{ .info = INFO("license=GPL",
			  "vermagic=6.1.0-2-amd64 SMP preempt mod_unload modversions ") },
		RULE_KO_VERMAGIC, "built for 6.1.0-2-amd64, asked for was " UNAME },
	{ "longer-kernel",
		{ .info = INFO("license=GPL",
			  "vermagic=" UNAME "-x SMP preempt mod_unload modversions ") },
		RULE_KO_VERMAGIC, UNAME "-x" },
	{ "no-vermagic", { .info = INFO("license=GPL") }, RULE_KO_VERMAGIC, "no vermagic" },
	{ "no-smp",
		{ .info = INFO(
			  "license=GPL", "vermagic=" UNAME " preempt mod_unload modversions ") },
		RULE_KO_VERMAGIC_FLAGS, "lacks 'SMP'" },
	{ "rt",
		{ .info = INFO("license=GPL",
			  "vermagic=" UNAME " SMP preempt_rt preempt mod_unload modversions ") },
		RULE_KO_VERMAGIC_FLAGS, "has 'preempt_rt'" },
	{ "missing",
		{ .info = INFO("license=GPL", MAGIC), SYMBOLS({ "nobody", NULL, 0x1, false }) },
		RULE_KO_SYMBOL, "symbol nobody" },
	{ "crc",
		{ .info = INFO("license=GPL", MAGIC),
			SYMBOLS({ "printk", NULL, 0x11111112, false }) },
		RULE_KO_CRC, "wants version 0x11111112, vmlinux exports 0x11111111" },
	{ "no-table",
		{ .info = INFO("license=GPL", MAGIC),
			.no_versions = true,
			SYMBOLS({ "printk", NULL, 0, false }) },
		RULE_KO_MODVERSIONS, "no table of versions" },
	{ "half-table",
		{ .info = INFO("license=GPL", MAGIC), SYMBOLS({ "printk", NULL, 0, false }) },
		RULE_KO_MODVERSIONS, "symbol printk: the module has no version" },
	{ "depends", { .info = INFO("license=GPL", MAGIC, "depends=core-mod,nothing-like-it") },
		RULE_KO_DEPENDS, "module nothing_like_it" },
	{ "no-license", { .info = INFO(MAGIC) }, RULE_KO_LICENSE, "no licence" },
	{ "proprietary",
		{ .info = INFO("license=Proprietary", MAGIC),
			SYMBOLS({ "gpl_only", NULL, 0x22222222, false }) },
		RULE_KO_GPL, "gpl_only" },
	{ "namespace",
		{ .info = INFO("license=GPL", MAGIC),
			SYMBOLS({ "in_space", NULL, 0x33333333, false }) },
		RULE_KO_NAMESPACE, "namespace SPACE" },
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_TREE struct header_tree tree;
		AUTO_FINDINGS struct findings f = { 0 };
		AUTO_GATE struct gate g = { .tree = &tree, .max_symbols = 20 };

		read_tree(&tree, "tree");
		write_ko("case.ko", &cases[i].ko);
		gate_files(&g, &f, "case.ko");
		print_message("# %s\n", cases[i].name);
		expect(&f, cases[i].rule, cases[i].words);
	}
}

/* What one module exports another may use, from the command line and from --symvers. */
static void test_together(void **state)
{
	struct ko user = { .info = INFO("license=GPL", MAGIC, "depends=exporter,other"),
		SYMBOLS({ "shared", NULL, 0x55555555, false },
			{ "other", NULL, 0x44444444, false }) };
	AUTO_TREE struct header_tree tree;
	AUTO_SYMVERS struct symvers extra = { 0 };
	AUTO_FREE char *path = in_scratch("extra.symvers");
	size_t line;

	(void)state;
	read_tree(&tree, "tree");
	assert_int_equal(symvers_read(&extra, path, &line), 0);
	write_ko("exporter.ko", &exporter);
	for (int wrong = 0; wrong < 2; wrong++) {
		AUTO_FINDINGS struct findings f = { 0 };
		AUTO_GATE struct gate g = { .tree = &tree, .extra = &extra, .max_symbols = 20 };
		struct ko_symbol imports[] = { user.imports[0], user.imports[1] };

		imports[0].crc += (uint32_t)wrong;
		user.imports = imports;
		write_ko("user.ko", &user);
		gate_files(&g, &f, "user.ko exporter.ko");
		expect(&f, wrong ? RULE_KO_CRC : RULE_COUNT,
			wrong ? "exporter exports 0x55555555" : "");
	}
}

static void test_limit(void **state)
{
	struct ko_symbol many[50];
	struct ko ko = { .info = INFO("license=GPL", MAGIC), .imports = many, .n_imports = 50 };
	AUTO_TREE struct header_tree tree;
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .tree = &tree, .max_symbols = 20 };
	char names[50][16];

	(void)state;
	for (int i = 0; i < 50; i++) {
		snprintf(names[i], sizeof(names[i]), "absent%d", i);
		many[i] = (struct ko_symbol){ names[i], NULL, 1, false };
	}
	read_tree(&tree, "tree");
	write_ko("many.ko", &ko);
	gate_files(&g, &f, "many.ko");
	assert_int_equal(f.n, 21);
	expect(&f, RULE_KO_SYMBOL, "and 30 more");
}

static void test_signature(void **state)
{
	struct ko ko = { .info = INFO("license=GPL", MAGIC) };
	AUTO_TREE struct header_tree tree;

	(void)state;
	read_tree(&tree, "tree");
	write_ko("plain.ko", &ko);
	assert_int_equal(
		run("{ cat plain.ko; printf '~Module signature appended~\\n'; } >damaged.ko"), 0);
	for (int i = 0; i < 3; i++) {
		AUTO_FINDINGS struct findings f = { 0 };
		AUTO_GATE struct gate g = { .tree = &tree, .max_symbols = 20 };

		g.require_signature = i == 1;
		gate_files(&g, &f, i == 2 ? "damaged.ko" : "plain.ko");
		expect(&f, i ? RULE_KO_SIGNATURE : RULE_COUNT, i == 1 ? "not signed" : "damaged");
	}
}

static void test_not_a_module(void **state)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .uname = UNAME, .max_symbols = 20 };

	(void)state;
	write_scratch("text.ko", "no ELF at all\n");
	gate_files(&g, &f, "text.ko");
	expect(&f, RULE_KO_READ, "no ELF file");
}

static void test_machine(void **state)
{
	struct ko ko = { .info = INFO("license=GPL", MAGIC) };
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	AUTO_FREE char *path = in_scratch("arm.ko");
	AUTO_TREE struct header_tree tree;
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .tree = &tree, .max_symbols = 20 };
	Elf64_Ehdr eh;

	(void)state;
	memcpy(&eh, bytes.buf, sizeof(eh));
	eh.e_machine = EM_AARCH64;
	memcpy(bytes.buf, &eh, sizeof(eh));
	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
	read_tree(&tree, "tree");
	gate_files(&g, &f, "arm.ko");
	expect(&f, RULE_KO_MACHINE, "machine 183");
}

static void test_tree(void **state)
{
	AUTO_TREE struct header_tree tree;
	AUTO_TREE struct header_tree old;
	AUTO_TREE struct header_tree bare;
	AUTO_FREE char *dir = in_scratch("bare");
	AUTO_FREE char *why = NULL;
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .tree = &tree, .uname = "6.1.0-9-amd64", .max_symbols = 20 };

	(void)state;
	read_tree(&tree, "tree");
	assert_string_equal(tree.release, UNAME);
	assert_true(tree.has_config && tree.smp && tree.preempt && !tree.preempt_rt);
	read_tree(&old, "old");
	assert_string_equal(old.release, "2.6.32.43xen");
	assert_false(old.has_config);
	assert_int_equal(header_tree_read(&bare, dir, &why), -ENOENT);
	assert_non_null(strstr(why, "no prepared header tree"));
	gate_run(&g, &f);
	expect(&f, RULE_KO_TREE, "tree of " UNAME ", asked for was 6.1.0-9-amd64");
}

/* An RPM with one file, case.ko or a text. */
static void module_rpm(const char *path, bool with_module)
{
	AUTO_FREE char *copy = xasprintf("cp %s/case.ko $RPM_BUILD_ROOT%s", scratch, path);
	AUTO_FREE char *body = xasprintf("%s\n%%files\n%s", with_module ? copy : "", path);

	build_rpm("rpms", "Name: mod\nVersion: 1\nRelease: 1", path, "x", body);
}

static void gate_rpm(const char *path, const char *module_dir, const char *flavour,
	enum rule_id rule, const char *words)
{
	AUTO_TREE struct header_tree tree;
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = {
		.tree = &tree, .max_symbols = 20, .module_dir = module_dir, .flavour = flavour
	};

	read_tree(&tree, "tree");
	module_rpm(path, rule != RULE_KO_NONE);
	gate_files(&g, &f, "rpms/mod-1-1.x86_64.rpm");
	expect(&f, rule, words);
}

static void test_rpm(void **state)
{
	struct ko ko = { .info = INFO("license=GPL", MAGIC) };

	(void)state;
	write_ko("case.ko", &ko);
	gate_rpm("/lib/modules/" UNAME "/extra/sub/m.ko", "extra", "xen", RULE_COUNT, "");
	gate_rpm("/lib/modules/" UNAME "/updates/m.ko", NULL, "xen", RULE_COUNT, "");
	gate_rpm("/lib/modules/" UNAME "/updates/m.ko", "extra", "xen", RULE_KO_PATH, "'updates'");
	gate_rpm("/lib/modules/" UNAME "/m.ko", NULL, "xen", RULE_KO_PATH, "not in 'extra");
	gate_rpm("/lib/modules/6.1.0-2-amd64/extra/m.ko", NULL, "xen", RULE_KO_PATH,
		"folder of 6.1.0-2-amd64");
	gate_rpm("/opt/m.ko", NULL, "xen", RULE_KO_PATH, "outside of /lib/modules/");
	gate_rpm("/lib/modules/" UNAME "/extra/README", NULL, "kdump", RULE_KO_NONE,
		"no module for " UNAME " (flavour kdump)");
}

static void test_damaged_rpm(void **state)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .uname = UNAME, .max_symbols = 20 };

	(void)state;
	assert_int_equal(
		run("cd rpms && cp mod-1-1.x86_64.rpm cut.rpm && truncate -s -20 cut.rpm"), 0);
	gate_files(&g, &f, "rpms/cut.rpm");
	expect(&f, RULE_RP_PAYLOAD, "does not unpack");
}

static void test_command(void **state)
{
	struct ko ko = { .info = INFO("license=GPL", MAGIC) };
	AUTO_FREE char *good = xasprintf("--tree %s/tree -q %s/case.ko", scratch, scratch);
	AUTO_FREE char *bad = xasprintf("--tree %s/tree %s/text.ko", scratch, scratch);
	AUTO_FREE char *absent = xasprintf("--tree %s/tree %s/absent.ko", scratch, scratch);
	AUTO_FREE char *no_tree = xasprintf("--tree %s/bare %s/case.ko", scratch, scratch);
	AUTO_FREE char *nothing = xasprintf("%s/case.ko", scratch);
	AUTO_FREE char *json = xasprintf("--json --uname %s %s/case.ko", UNAME, scratch);

	(void)state;
	write_ko("case.ko", &ko);
	assert_int_equal(status_of(good), DDK_OK);
	assert_int_equal(status_of(json), DDK_OK);
	assert_int_equal(status_of("--help"), DDK_OK);
	assert_int_equal(status_of(bad), DDK_FINDINGS);
	assert_int_equal(status_of(nothing), DDK_USAGE);
	assert_int_equal(status_of("--tree"), DDK_USAGE);
	assert_int_equal(status_of(""), DDK_USAGE);
	assert_int_equal(status_of(absent), DDK_IO);
	assert_int_equal(status_of(no_tree), DDK_IO);
}

/* Every rule about modules was broken above, but for those of whole disks (test-check.c) and of
 * exports alone (test-kabi.c). */
static void test_all_covered(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		if (strncmp(r->id, "KO", 2) == 0 && !covered[i] && i != RULE_KO_ABI_MISSING &&
			i != RULE_KO_ABI_CHANGED && (i < RULE_KO_TWICE || i > RULE_KO_UNSIGNED))
			fail_msg("no case for %s", r->id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_not_a_module),
		cmocka_unit_test(test_machine),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_rpm),
		cmocka_unit_test(test_damaged_rpm),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_all_covered),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
