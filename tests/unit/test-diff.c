/* SPDX-License-Identifier: BSD-2-Clause */
/* `ddk diff` between one disk and others made from it. */
#include "command.h"
#include "diff/diff.h"
#include "module-fixture.h"

/* The fixture's own list of findings is another one. */
#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#include <fcntl.h>

#define FIRST  "6.1.0-1-amd64"
#define SECOND "6.1.0-2-amd64"

static const char conf[] = "kit=0.1.0\nrelease=debian-12\ndriver=hello\nlabel=hello-disk\n"
			   "originator=acme\nvendor=Acme Corp\ntext=Hello driver\nversion=%s\n"
			   "build=\nuuid=\nproduct=Debian\nproduct-version=12\nplatform=\n"
			   "platform-version=\nbase=debian:main\nbase-version=12\narch=x86_64\n"
			   "formats=xs\nguidance=\neula=no\nkernel=xen %s %s 6.1.0\n";

struct disk {
	const char *name;
	const char *version;
	const char *uname;
	const char *module_version; /* of the RPM */
	int driver;		    /* which of the two drivers below */
	const char *data_version;
	const char *salt; /* of the data */
};

/* The first driver, and one in which something of every kind is another. */
static void write_driver(const struct disk *s)
{
	static const struct ko_symbol symbols[][2] = {
		{ { "printk", NULL, 0x11, false }, { "kfree", NULL, 0x22, false } },
		{ { "printk", NULL, 0x12, false }, { "kmalloc", NULL, 0x33, false } },
	};
	AUTO_FREE char *magic = xasprintf("vermagic=%s SMP", s->uname);
	const char *const one[] = { "license=GPL", "name=hello", "version=1", magic,
		"firmware=hello/fw.bin", "alias=pci:v00008086d0000100Esv*sd*bc*sc*i*",
		"parm=debug:Say more (int)", NULL };
	const char *const two[] = { "license=GPL", "name=hello", "version=2", magic,
		"firmware=hello/fw2.bin", "alias=pci:v00008086d0000100Fsv*sd*bc*sc*i*",
		"parm=debug:Say much more (int)", "parm=queues:Number (int)", NULL };
	struct ko ko = {
		.info = s->driver ? two : one, .imports = symbols[s->driver], .n_imports = 2
	};
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	AUTO_FREE char *path = in_scratch("hello.ko");

	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
}

static void make_disk(const struct disk *s)
{
	AUTO_FREE char *text = xasprintf(conf, s->version, s->uname, s->uname);
	AUTO_FREE char *ko = xasprintf("/lib/modules/%s/extra/hello.ko", s->uname);
	AUTO_FREE char *body =
		xasprintf("cp %s/hello.ko $RPM_BUILD_ROOT%s\n%%files\n%s", scratch, ko, ko);
	AUTO_FREE char *module = xasprintf("Group: System Environment/Kernel\n"
					   "Name: hello-modules-xen-%s\nVersion: %s\nRelease: 1",
		s->uname, s->module_version);
	AUTO_FREE char *data =
		xasprintf("Name: hello-data\nVersion: %s\nRelease: 1", s->data_version);
	AUTO_FREE char *dir = in_scratch(s->name);
	AUTO_FREE char *conf_path = in_scratch("disk.conf");
	AUTO_FREE char *template = in_scratch("install.sh.in");
	char *argv[] = { "metadata", "--conf", conf_path, "--installer", template, "--epoch",
		"1700000000", dir, NULL };

	write_driver(s);
	write_scratch("disk.conf", text);
	write_scratch("install.sh.in", "#!/bin/sh\nLABEL=@LABEL@\n");
	build_rpm(s->name, module, ko, "x", body);
	build_rpm(s->name, data, "/lib/firmware/hello/fw.bin", s->salt,
		"%files\n/lib/firmware/hello/fw.bin");
	optind = 0; /* getopt starts afresh */
	assert_int_equal(cmd_metadata(8, argv), 0);
}

static const struct disk old = { "old", "1.1", FIRST, "1.1", 0, "1.1", "x" };

/* Of whatever was built last, under one name. */
static int source_rpm(const char *disk)
{
	return run(
		"rm -rf top/SRPMS && rpmbuild -bs --quiet --define \"_topdir $PWD/top\" rpm.spec "
		"&& mkdir -p %s/SRPMS && cp top/SRPMS/*.src.rpm %s/SRPMS/hello-1.1-1.src.rpm",
		disk, disk);
}

static int setup(void **state)
{
	if (make_scratch(state) != 0)
		return -1;
	make_disk(&old);
	return source_rpm("old");
}

struct pair_of_disks {
	struct contents a, b;
	struct show x, y;
	struct findings reading, f;
	struct diff d;
};

static void load(struct pair_of_disks *p, const char *new)
{
	AUTO_FREE char *first = in_scratch("old");
	AUTO_FREE char *second = in_scratch(new);

	*p = (struct pair_of_disks){ 0 };
	assert_int_equal(contents_read(&p->a, first, &p->reading), 0);
	assert_int_equal(contents_read(&p->b, second, &p->reading), 0);
	show_gather(&p->x, &p->a);
	show_gather(&p->y, &p->b);
	diff_make(&p->d, &p->x, &p->y, &p->f);
}

static void unload(struct pair_of_disks *p)
{
	diff_release(&p->d);
	show_release(&p->x);
	show_release(&p->y);
	contents_release(&p->a);
	contents_release(&p->b);
	findings_release(&p->f);
	findings_release(&p->reading);
}

static bool covered[RULE_COUNT];

/* Exactly these rules are broken. */
static void expect(const char *name, const enum rule_id *rules)
{
	struct pair_of_disks p;
	bool wanted[RULE_COUNT] = { false };

	load(&p, name);
	for (size_t i = 0; i < 3 && rules[i] != RULE_COUNT; i++)
		wanted[rules[i]] = covered[rules[i]] = true;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (findings_has(&p.f, (enum rule_id)i) == wanted[i])
			continue;
		findings_print(&p.f, stderr);
		fail_msg("%s: %s is %s", name, rule_get((enum rule_id)i)->id,
			wanted[i] ? "missing" : "there");
	}
	unload(&p);
}

#define RULES(...)                                                                                 \
	{                                                                                          \
		__VA_ARGS__, RULE_COUNT                                                            \
	}

static void test_versions(void **state)
{
	static const struct {
		struct disk disk;
		enum rule_id rules[4];
	} cases[] = {
		{ { "raised", "1.10", FIRST, "1.2", 1, "2.0", "y" }, RULES(RULE_COUNT) },
		{ { "module", "1.2", FIRST, "1.1", 1, "1.1", "x" },
			RULES(RULE_VE_MODULE, RULE_VE_REUSED) },
		{ { "kernel", "1.2", SECOND, "1.0", 0, "1.1", "x" }, RULES(RULE_COUNT) },
		{ { "kernel-2", "1.2", SECOND, "1.1", 1, "1.1", "x" }, RULES(RULE_VE_NEW_KERNEL) },
		{ { "data", "1.2", FIRST, "1.1", 0, "1.1", "y" },
			RULES(RULE_VE_DATA, RULE_VE_REUSED) },
		{ { "fallen", "1.2", FIRST, "1.0", 0, "1.0", "x" }, RULES(RULE_VE_FALLEN) },
		{ { "disk", "1.0", FIRST, "1.1", 0, "1.1", "x" }, RULES(RULE_VE_DISK) },
		{ { "same", "1.1", FIRST, "1.2", 1, "1.1", "x" }, RULES(RULE_VE_DISK_SAME) },
	};
	static const enum rule_id none[] = RULES(RULE_COUNT);

	(void)state;
	expect("old", none);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make_disk(&cases[i].disk);
		/* A package whose version did not change is shipped as it was released. */
		if (cases[i].disk.driver == 0)
			assert_int_equal(run("cp old/hello-modules-xen-" FIRST
					     "-1.1-1.x86_64.rpm x.rpm; ! test -e %s/hello-modules-"
					     "xen-" FIRST "-1.1-1.x86_64.rpm || mv x.rpm %s/hello-"
					     "modules-xen-" FIRST "-1.1-1.x86_64.rpm",
						 cases[i].disk.name, cases[i].disk.name),
				0);
		if (strcmp(cases[i].disk.salt, "x") == 0 &&
			strcmp(cases[i].disk.data_version, "1.1") == 0)
			assert_int_equal(run("cp old/hello-data-*.rpm %s", cases[i].disk.name), 0);
		expect(cases[i].disk.name, cases[i].rules);
	}
}

static void test_source_reused(void **state)
{
	static const enum rule_id rules[] = RULES(RULE_VE_REUSED);

	(void)state;
	assert_int_equal(run("cp -a old source && sed -i s/test/other/ rpm.spec"), 0);
	assert_int_equal(source_rpm("source"), 0);
	expect("source", rules);
}

/* Another disk has versions of its own. */
static void test_other_disk(void **state)
{
	static const enum rule_id none[] = RULES(RULE_COUNT);

	(void)state;
	assert_int_equal(run("cp -a old other && sed -i 's/name=\"hello-disk\" product=\"Debian\" "
			     "version=\"1.1\"/name=\"other-disk\" product=\"Debian\" "
			     "version=\"0.1\"/' other/XS-REPOSITORY && grep -q other-disk "
			     "other/XS-REPOSITORY"),
		0);
	expect("other", none);
}

static void test_all_covered(void **state)
{
	(void)state;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		if (strncmp(r->id, "VE", 2) == 0 && !covered[i])
			fail_msg("no case for %s", r->id);
	}
}

static void expect_change(const struct diff *d, enum diff_kind kind, enum diff_how how,
	const char *where, const char *name, const char *from, const char *to)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct diff_change *c = &d->v[i];

		if (c->kind == kind && c->how == how && strcmp(c->where, where) == 0 &&
			strcmp(c->name, name) == 0 && strcmp(c->old, from) == 0 &&
			strcmp(c->new, to) == 0)
			return;
	}
	for (size_t i = 0; i < d->n; i++)
		print_message("# %s %s '%s' '%s' '%s' '%s'\n", diff_kind_name(d->v[i].kind),
			diff_how_name(d->v[i].how), d->v[i].where, d->v[i].name, d->v[i].old,
			d->v[i].new);
	fail_msg("no change %s %s", diff_kind_name(kind), name);
}

static void test_changes(void **state)
{
	static const char *const where[] = { "hello (xen " FIRST ")",
		"hello (xen " SECOND ", was " FIRST ")" };
	static const char *const names[] = { "raised", "kernel-2" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pair_of_disks p;

		load(&p, names[i]);
		expect_change(&p.d, DIFF_MODULE, DIFF_CHANGED, where[i], "version", "1", "2");
		expect_change(&p.d, DIFF_ALIAS, DIFF_ADDED, where[i],
			"pci:v00008086d0000100Fsv*sd*bc*sc*i*", "", "");
		expect_change(&p.d, DIFF_ALIAS, DIFF_REMOVED, where[i],
			"pci:v00008086d0000100Esv*sd*bc*sc*i*", "", "");
		expect_change(&p.d, DIFF_PARAMETER, DIFF_CHANGED, where[i], "debug",
			"Say more (int)", "Say much more (int)");
		expect_change(
			&p.d, DIFF_PARAMETER, DIFF_ADDED, where[i], "queues", "", "Number (int)");
		expect_change(&p.d, DIFF_FIRMWARE, DIFF_ADDED, where[i], "hello/fw2.bin", "", "");
		expect_change(&p.d, DIFF_SYMBOL, DIFF_CHANGED, where[i], "printk", "0x00000011",
			"0x00000012");
		expect_change(&p.d, DIFF_SYMBOL, DIFF_ADDED, where[i], "kmalloc", "", "0x00000033");
		expect_change(&p.d, DIFF_SYMBOL, DIFF_REMOVED, where[i], "kfree", "0x00000022", "");
		unload(&p);
	}
}

static void test_packages(void **state)
{
	struct pair_of_disks p;

	(void)state;
	load(&p, "raised");
	expect_change(&p.d, DIFF_DISK, DIFF_CHANGED, "", "version", "1.1", "1.10");
	expect_change(
		&p.d, DIFF_PACKAGE, DIFF_CHANGED, "", "hello-modules-xen-" FIRST, "1.1-1", "1.2-1");
	expect_change(&p.d, DIFF_PACKAGE, DIFF_CHANGED, "", "hello-data", "1.1-1", "2.0-1");
	unload(&p);
	load(&p, "kernel");
	expect_change(&p.d, DIFF_PACKAGE, DIFF_ADDED, "", "hello-modules-xen-" SECOND, "", "1.0-1");
	expect_change(
		&p.d, DIFF_PACKAGE, DIFF_REMOVED, "", "hello-modules-xen-" FIRST, "1.1-1", "");
	unload(&p);
	load(&p, "data");
	expect_change(&p.d, DIFF_PACKAGE, DIFF_CHANGED, "", "hello-data", "1.1-1",
		"1.1-1 with other files");
	unload(&p);
	load(&p, "old");
	assert_int_equal(p.d.n, 0);
	unload(&p);
}

static int status_of(const char *options, const char *first, const char *second)
{
	AUTO_FREE char *a = in_scratch(first);
	AUTO_FREE char *b = in_scratch(second);
	char *argv[] = { "diff", (char *)options, a, b, NULL };
	int out = dup(1), null = open("/dev/null", O_WRONLY), r;

	fflush(stdout);
	dup2(null, 1);
	r = cmd_diff(4, argv);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	return r;
}

static void test_command(void **state)
{
	(void)state;
	assert_int_equal(status_of("--", "old", "old"), DDK_OK);
	assert_int_equal(status_of("--json", "old", "raised"), DDK_OK);
	assert_int_equal(status_of("--", "old", "module"), DDK_FINDINGS);
	assert_int_equal(status_of("--json", "old", "disk"), DDK_FINDINGS);
	assert_int_equal(status_of("--", "old", "absent"), DDK_IO);
	assert_int_equal(status_of("--", "absent", "old"), DDK_IO);
	assert_int_equal(status_of("--other", "old", "old"), DDK_USAGE);
	assert_int_equal(status_of("old", "old", "old"), DDK_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_source_reused),
		cmocka_unit_test(test_other_disk),
		cmocka_unit_test(test_all_covered),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
