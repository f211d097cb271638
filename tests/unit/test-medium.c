/* SPDX-License-Identifier: BSD-2-Clause */
#include "medium/contents.h"
#include "medium/payload.h"
#include "medium/show.h"

/* The fixture's own list of findings is another one. */
#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#include <errno.h>
#include <fcntl.h>

static int setup(void **state)
{
	if (make_scratch(state) != 0)
		return -1;
	return run(
		"mkdir -p d/SRPMS d/repodata && echo one >d/a-file-with-a-rather-long-name.txt && "
		"printf '#!/bin/sh\\n' >d/install.sh && chmod 755 d/install.sh && "
		"ln d/install.sh d/install && echo XS >d/XS-REPOSITORY && echo p >d/repodata/x && "
		"genisoimage -quiet -r -J -joliet-long -V LABEL -A Acme -o rj.iso d && "
		"genisoimage -quiet -r -V LABEL -o r.iso d && "
		"genisoimage -quiet -J -V LABEL -o j.iso d && "
		"genisoimage -quiet -V LABEL -o plain.iso d");
}

struct loaded {
	struct contents c;
	struct findings f;
};

static int load(struct loaded *l, const char *name)
{
	AUTO_FREE char *path = in_scratch(name);

	l->f = (struct findings){ 0 };
	return contents_read(&l->c, path, &l->f);
}

static void unload(struct loaded *l)
{
	contents_release(&l->c);
	findings_release(&l->f);
}

static void expect(const struct loaded *l, enum rule_id rule, const char *words)
{
	for (size_t i = 0; i < l->f.n; i++) {
		if (l->f.v[i].rule == rule_get(rule) && strstr(l->f.v[i].text, words))
			return;
	}
	findings_print(&l->f, stderr);
	fail_msg("no %s with '%s'", rule_get(rule)->id, words);
}

static void check_tree(const struct loaded *l)
{
	const struct contents_text *install = contents_text(&l->c, "install");

	if (l->f.n)
		findings_print(&l->f, stderr);
	assert_int_equal(l->f.n, 0);
	assert_non_null(medium_find(&l->c.medium, "SRPMS"));
	assert_non_null(contents_digest(&l->c, "a-file-with-a-rather-long-name.txt"));
	/* md5sum of "one\n". */
	assert_string_equal(contents_digest(&l->c, "a-file-with-a-rather-long-name.txt")->md5,
		"5bbf5a52328e7439ae6e719dfe712200");
	assert_non_null(install);
	assert_string_equal(install->data, "#!/bin/sh\n");
	assert_true(install->mode & 0100);
	assert_string_equal(contents_text(&l->c, "repodata/x")->data, "p\n");
	assert_null(contents_text(&l->c, "absent"));
}

static void test_directory(void **state)
{
	struct loaded l;

	(void)state;
	assert_int_equal(load(&l, "d"), 0);
	assert_false(l.c.medium.is_iso);
	check_tree(&l);
	unload(&l);
}

static void test_iso(void **state)
{
	struct loaded l;

	(void)state;
	assert_int_equal(load(&l, "rj.iso"), 0);
	assert_true(l.c.medium.is_iso);
	check_tree(&l);
	assert_true(l.c.medium.iso.rock_ridge);
	assert_true(l.c.medium.iso.joliet);
	assert_string_equal(l.c.medium.iso.volume_id, "LABEL");
	assert_string_equal(l.c.medium.iso.application_id, "Acme");
	unload(&l);
}

static void test_iso_kinds(void **state)
{
	static const struct {
		const char *name;
		bool rock_ridge, joliet;
	} kinds[] = { { "r.iso", true, false }, { "j.iso", false, true },
		{ "plain.iso", false, false } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct loaded l;

		assert_int_equal(load(&l, kinds[i].name), 0);
		assert_int_equal(l.c.medium.iso.rock_ridge, kinds[i].rock_ridge);
		assert_int_equal(l.c.medium.iso.joliet, kinds[i].joliet);
		unload(&l);
	}
}

static void test_unreadable(void **state)
{
	struct loaded l;

	(void)state;
	assert_int_equal(load(&l, "absent"), -ENOENT);
	unload(&l);
	assert_int_equal(run("echo text >text && mkfifo pipe"), 0);
	assert_int_equal(load(&l, "text"), 0);
	expect(&l, RULE_IS_FORMAT, "too short");
	unload(&l);
	assert_int_equal(load(&l, "pipe"), -EINVAL);
	unload(&l);
	assert_int_equal(run("truncate -s 100000 zeros"), 0);
	assert_int_equal(load(&l, "zeros"), 0);
	expect(&l, RULE_IS_FORMAT, "neither a directory nor an ISO image");
	unload(&l);
}

/* Links, devices and pipes are named, and nothing behind a link is read. */
static void test_links(void **state)
{
	struct loaded l;

	(void)state;
	assert_int_equal(
		run("mkdir links && ln -s /etc links/out && ln -s ../d/install.sh links/install "
		    "&& mkfifo links/fifo && ln -s . links/loop"),
		0);
	assert_int_equal(load(&l, "links"), 0);
	assert_int_equal(l.f.n, 4);
	expect(&l, RULE_MD_ENTRY, "symbolic link");
	expect(&l, RULE_MD_ENTRY, "neither file nor folder");
	assert_null(contents_text(&l.c, "install"));
	unload(&l);
	assert_int_equal(run("genisoimage -quiet -r -J -o links.iso links"), 0);
	assert_int_equal(load(&l, "links.iso"), 0);
	expect(&l, RULE_MD_ENTRY, "symbolic link");
	unload(&l);
}

static void test_deep(void **state)
{
	struct loaded l;

	(void)state;
	assert_int_equal(run("mkdir -p deep/$(seq -s / 1 40)"), 0);
	assert_int_equal(load(&l, "deep"), 0);
	expect(&l, RULE_MD_ENTRY, "nested deeper");
	unload(&l);
}

/* Wherever an image is cut, it reads or is a finding. */
static void test_cut_iso(void **state)
{
	(void)state;
	for (int sectors = 16; sectors < 190; sectors += 3) {
		struct loaded l;

		assert_int_equal(
			run("cp rj.iso cut.iso && truncate -s %d cut.iso", sectors * 2048 + 7), 0);
		assert_int_equal(load(&l, "cut.iso"), 0);
		unload(&l);
	}
}

/* 4 GiB claimed by a directory record: the data length is at offset 10 of it, both byte orders. */
static void test_huge_claim(void **state)
{
	AUTO_FREE char *path = in_scratch("huge.iso");
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct loaded l;
	const char *name;

	(void)state;
	assert_int_equal(run("cp plain.iso huge.iso"), 0);
	assert_int_equal(strbuf_read_file(&sb, path, 1 << 24), 0);
	name = memmem(sb.buf, sb.len, "XS_REPOS", 8);
	assert_non_null(name);
	memcpy(sb.buf + (name - sb.buf) - 33 + 10, "\xff\xff\xff\x7f\x7f\xff\xff\xff", 8);
	assert_int_equal(outfile_write(path, 0644, sb.buf, sb.len), 0);
	assert_int_equal(load(&l, "huge.iso"), 0);
	assert_true(findings_fail(&l.f, false));
	unload(&l);
}

static int count(void *arg, const char *path, const void *data, size_t size)
{
	(void)data;
	assert_string_equal(path, "/lib/modules/6.1.0-1-amd64/extra/m.ko");
	*(size_t *)arg += size;
	return 0;
}

static int payload(const char *name, size_t *total, char **why)
{
	AUTO_FREE char *path = in_scratch(name);
	AUTO_CLOSE int fd = open(path, O_RDONLY);

	*total = 0;
	return payload_modules(fd, count, total, why);
}

static void test_payload(void **state)
{
	AUTO_FREE char *why = NULL;
	AUTO_FREE char *why_bomb = NULL;
	size_t total;

	(void)state;
	build_rpm("rpms", "Name: good\nVersion: 1\nRelease: 1",
		"/lib/modules/6.1.0-1-amd64/extra/m.ko /etc/m.conf", "x", "%files\n/lib\n/etc");
	assert_int_equal(payload("rpms/good-1-1.x86_64.rpm", &total, &why), 0);
	assert_int_equal(total, strlen("/lib/modules/6.1.0-1-amd64/extra/m.ko x\n"));
	build_rpm("rpms", "Name: bomb\nVersion: 1\nRelease: 1",
		"/lib/modules/6.1.0-1-amd64/extra/m.ko", "x",
		"truncate -s 150M "
		"$RPM_BUILD_ROOT/lib/modules/6.1.0-1-amd64/extra/m.ko\n%files\n/lib");
	assert_int_equal(payload("rpms/bomb-1-1.x86_64.rpm", &total, &why_bomb), -EFBIG);
	assert_non_null(strstr(why_bomb, "unpacks to more than"));
}

static void test_devices(void **state)
{
	static const struct {
		const char *alias, *bus, *device;
	} cases[] = {
		{ "pci:v00008086d0000100Esv*sd*bc*sc*i*", "pci", "8086:100e" },
		{ "pci:v00001234d*sv*sd*bc*sc*i*", "pci", "1234:*" },
		{ "usb:v0BDAp8153d*dc*dsc*dp*ic*isc*ip*in*", "usb", "0bda:8153" },
		{ "usb:v*p*d*", "usb", "*:*" },
		{ "pci:v1d2", "", NULL },
		{ "platform:thing", "", NULL },
		{ "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *bus;
		AUTO_FREE char *device = show_device(cases[i].alias, &bus);

		assert_string_equal(bus, cases[i].bus);
		if (cases[i].device)
			assert_string_equal(device, cases[i].device);
		else
			assert_null(device);
	}
}

static void test_ids(void **state)
{
	static const char text[] = "# comment\n"
				   "\t0001  device of nobody\n"
				   "8086  Intel Corporation\n"
				   "\t100e  82540EM\n"
				   "\t\t8086 0001  a subsystem\n"
				   "\t100F  capitals\n"
				   "\t1010  \n"
				   "0001  First\n"
				   "\t100e  other\n"
				   "C 00  Unclassified device\n"
				   "\t0000  of a class\n"
				   "ffff  Last";
	static const struct {
		const char *bus, *device, *vendor, *name;
	} cases[] = {
		{ "pci", "8086:100e", "Intel Corporation", "82540EM" },
		{ "pci", "8086:*", "Intel Corporation", NULL },
		{ "pci", "8086:100f", "Intel Corporation", NULL },
		{ "pci", "8086:1010", "Intel Corporation", NULL },
		{ "pci", "0001:100e", "First", "other" },
		{ "pci", "0001:0000", "First", NULL },
		{ "pci", "0000:0001", NULL, NULL },
		{ "pci", "ffff:0001", "Last", NULL },
		{ "pci", "*:*", NULL, NULL },
		{ "usb", "8086:100e", NULL, NULL },
	};
	AUTO_IDS struct ids ids = { 0 };
	AUTO_IDS struct ids read = { 0 };
	AUTO_FREE char *dir = in_scratch(".");
	const char *vendor, *name;

	(void)state;
	ids_parse(&ids.pci, xstrdup(text));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ids_find(&ids, cases[i].bus, cases[i].device, &vendor, &name);
		if (!cases[i].vendor)
			assert_null(vendor);
		else
			assert_string_equal(vendor, cases[i].vendor);
		if (!cases[i].name)
			assert_null(name);
		else
			assert_string_equal(name, cases[i].name);
	}
	ids_find(NULL, "pci", "8086:100e", &vendor, &name);
	assert_null(vendor);
	write_scratch("usb.ids", "0bda  Realtek\n\t8153  RTL8153\n");
	ids_read(&read, dir);
	assert_null(read.pci.text);
	ids_find(&read, "usb", "0bda:8153", &vendor, &name);
	assert_string_equal(name, "RTL8153");
}

/* The image's own digests cost no reading: once for the image, once for the copy of its file. */
static void test_read_once(void **state)
{
	AUTO_FREE char *image = in_scratch("once.iso");
	struct digest plain;
	struct loaded l;
	unsigned long long before, size;

	(void)state;
	assert_int_equal(run("mkdir once && head -c 20000000 /dev/urandom >once/data && "
			     "genisoimage -quiet -r -J -V LABEL -o once.iso once && "
			     "touch once.md5 once.sha256"),
		0);
	before = bytes_read();
	assert_int_equal(load(&l, "once.iso"), 0);
	size = l.c.medium.iso.file_size;
	assert_in_range(bytes_read() - before, size, 2 * size + size / 4);
	assert_int_equal(digest_file(&plain, DIGEST_MD5 | DIGEST_SHA256, image), 0);
	assert_string_equal(l.c.image.md5, plain.md5);
	assert_string_equal(l.c.image.sha256, plain.sha256);
	assert_int_equal(contents_digest(&l.c, "data")->size, 20000000);
	unload(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_iso),
		cmocka_unit_test(test_iso_kinds),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_cut_iso),
		cmocka_unit_test(test_huge_claim),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_read_once),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
