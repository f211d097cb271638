/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"
#include "module-fixture.h"
#include "module/kabi.h"

/* The fixture's own list of findings is another one. */
#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#include <errno.h>
#include <fcntl.h>

#define UNAME "6.1.0-1-amd64"

static const char auto_conf[] = "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
				"CONFIG_PREEMPT_BUILD=y\nCONFIG_X86_64=y\n";
static const char symvers[] = "0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
			      "0x22222222\tgpl_only\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
			      "0x33333333\tin_space\tdrivers/core-mod\tEXPORT_SYMBOL\tSPACE\n"
			      "0x00000000\tno_crc\tvmlinux\tEXPORT_SYMBOL\t\n";

static int setup(void **state)
{
	if (make_scratch(state) != 0 ||
		run("mkdir -p tree/include/generated tree/include/config old/include/linux bare"))
		return -1;
	write_scratch("tree/include/generated/utsrelease.h", "#define UTS_RELEASE \"" UNAME "\"\n");
	write_scratch("tree/include/config/auto.conf", auto_conf);
	write_scratch("tree/Module.symvers", symvers);
	write_scratch("old/include/linux/utsrelease.h", "#define UTS_RELEASE \"2.6.32.43xen\"\n");
	write_scratch("old/Module.symvers", "0x1\ta\tvmlinux\n");
	write_scratch("extra.symvers", "0x44444444\tother\tsome/where/other\tEXPORT_SYMBOL\n");
	return 0;
}

#define MAGIC	  "vermagic=" UNAME " SMP preempt mod_unload modversions "
#define INFO(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SYMBOLS(...)                                                                               \
	.imports = (const struct ko_symbol[]){ __VA_ARGS__ },                                      \
	.n_imports = sizeof((const struct ko_symbol[]){ __VA_ARGS__ }) / sizeof(struct ko_symbol)

static void write_ko(const char *name, const struct ko *ko)
{
	AUTO_STRBUF struct strbuf bytes = ko_build(ko);
	AUTO_FREE char *path = in_scratch(name);

	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
}

static void gate_files(struct gate *g, struct findings *f, const char *files)
{
	AUTO_FREE char *copy = xstrdup(files);
	char *save = NULL;

	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		AUTO_FREE char *path = in_scratch(name);

		assert_int_equal(gate_add(g, path, f), 0);
	}
	gate_run(g, f);
}

static void read_tree(struct header_tree *t, const char *name)
{
	AUTO_FREE char *dir = in_scratch(name);
	AUTO_FREE char *why = NULL;

	if (header_tree_read(t, dir, &why) != 0)
		fail_msg("%s", why);
}

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

static const struct ko exporter = { .info = INFO("license=GPL", MAGIC, "name=exporter"),
	.exports = (const struct ko_symbol[]){ { "shared", "", 0x55555555, false } },
	.n_exports = 1 };

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
		covered[RULE_KO_ABI_MISSING] = covered[RULE_KO_ABI_CHANGED] = true;
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
	expect(&f, RULE_KO_ABI_CHANGED, "exporter exports version 0x55555555");
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

static int status_of(const char *line)
{
	char *argv[16] = { "gate" };
	int argc = 1;
	AUTO_FREE char *copy = xstrdup(line);
	char *save = NULL;
	int out = dup(1), null = open("/dev/null", O_WRONLY), r;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	fflush(stdout);
	dup2(null, 1);
	r = cmd_gate(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	return r;
}

static void test_command(void **state)
{
	struct ko ko = { .info = INFO("license=GPL", MAGIC) };
	AUTO_FREE char *good = xasprintf("--tree %s/tree -q %s/case.ko", scratch, scratch);
	AUTO_FREE char *bad = xasprintf("--tree %s/tree %s/text.ko", scratch, scratch);
	AUTO_FREE char *absent = xasprintf("--tree %s/tree %s/absent.ko", scratch, scratch);
	AUTO_FREE char *no_tree = xasprintf("--tree %s/bare %s/case.ko", scratch, scratch);
	AUTO_FREE char *nothing = xasprintf("%s/case.ko", scratch);
	AUTO_FREE char *kabi = xasprintf("--symvers %s/kabi.list %s/a.ko", scratch, scratch);
	AUTO_FREE char *kabi_json = xasprintf("--json %s", kabi);
	AUTO_FREE char *kabi_bad = xasprintf("--symvers %s/a.ko %s/a.ko", scratch, scratch);
	AUTO_FREE char *json = xasprintf("--json --uname %s %s/case.ko", UNAME, scratch);

	(void)state;
	write_ko("case.ko", &ko);
	assert_int_equal(status_of(good), DDK_OK);
	assert_int_equal(status_of(json), DDK_OK);
	assert_int_equal(status_of("--help"), DDK_OK);
	assert_int_equal(status_of(bad), DDK_FINDINGS);
	assert_int_equal(status_of(kabi), DDK_FINDINGS);
	assert_int_equal(status_of(kabi_json), DDK_FINDINGS);
	assert_int_equal(status_of(kabi_bad), DDK_IO);
	assert_int_equal(status_of(nothing), DDK_USAGE);
	assert_int_equal(status_of("--tree"), DDK_USAGE);
	assert_int_equal(status_of(""), DDK_USAGE);
	assert_int_equal(status_of(absent), DDK_IO);
	assert_int_equal(status_of(no_tree), DDK_IO);
}

/* Every rule about modules was broken above, but for those of whole disks: test-check.c. */
static void test_all_covered(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		if (strncmp(r->id, "KO", 2) == 0 && !covered[i] &&
			(i < RULE_KO_TWICE || i > RULE_KO_UNSIGNED))
			fail_msg("no case for %s", r->id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_kabi),
		cmocka_unit_test(test_kabi_own),
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
