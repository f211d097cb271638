/* SPDX-License-Identifier: BSD-2-Clause */
#include "metadata-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>

#include <archive.h>
#include <archive_entry.h>

#include "command.h"
#include "iso/stamp.h"

enum { EPOCH = 1700000000, SECTOR = 2048 }; /* 2023-11-14 22:13:20 */

static const unsigned char short_date[7] = { 123, 11, 14, 22, 13, 20, 0 };
static const char long_date[17] = "2023111422132000";

/* A small image by hand: descriptors in 16 and 17, root in 18, continuation in 19, a directory in
 * 20, a file in 21. */
struct image {
	unsigned char b[24 * SECTOR];
	size_t end[24]; /* next free byte of a directory's sector */
};

static void both32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++) {
		p[i] = (unsigned char)(v >> 8 * i);
		p[7 - i] = p[i];
	}
}

static unsigned char *add_record(struct image *im, int dir, const char *name, size_t name_len,
	uint32_t extent, uint32_t size, int flags, const void *su, size_t su_len)
{
	unsigned char *r = im->b + dir * SECTOR + im->end[dir];
	size_t len = 33 + name_len + (name_len % 2 == 0);

	both32(r + 2, extent);
	both32(r + 10, size);
	memset(r + 18, 1, 7);
	r[25] = (unsigned char)flags;
	r[32] = (unsigned char)name_len;
	memcpy(r + 33, name, name_len);
	if (su_len)
		memcpy(r + len, su, su_len);
	len += su_len;
	len += len % 2;
	r[0] = (unsigned char)len;
	im->end[dir] += len;
	return r;
}

static struct image *image_new(void)
{
	static const unsigned char sp[] = { 'S', 'P', 7, 1, 0xbe, 0xef, 3 };
	struct image *im = xcalloc(1, sizeof(*im));
	unsigned char *pvd = im->b + 16 * SECTOR;

	memcpy(pvd, "\001CD001\001", 7);
	pvd[129] = 8;
	memset(pvd + 813, '1', 4 * 17);
	im->end[16] = 156;
	add_record(im, 16, "", 1, 18, SECTOR, 2, NULL, 0);
	memcpy(im->b + 17 * SECTOR, "\377CD001\001", 7);
	add_record(im, 18, "", 1, 18, SECTOR, 2, sp, sizeof(sp));
	add_record(im, 18, "\001", 1, 18, SECTOR, 2, NULL, 0);
	return im;
}

static int stamp_image(struct image *im, const char *finding)
{
	/* Exactly as long as it is, so that the sanitizer sees any step over the end. */
	unsigned char *copy = xcalloc(1, sizeof(im->b));
	struct iso_edits edits;
	char *error;
	int r;

	memcpy(copy, im->b, sizeof(im->b));
	r = iso_stamp(copy, sizeof(im->b), EPOCH, &edits, &error);
	if (finding && (!error || !strstr(error, finding)))
		fail_msg("no '%s' in: %s", finding, error ? error : "no error");
	assert_true((r < 0) == (error != NULL));
	/* The edits are the whole difference. */
	for (size_t i = 0; i < edits.n; i++)
		memcpy(im->b + edits.v[i].offset, copy + edits.v[i].offset, edits.v[i].len);
	assert_memory_equal(im->b, copy, sizeof(im->b));
	free(edits.v);
	free(error);
	free(copy);
	return r;
}

/* A system use field: 3 bytes that SP says to skip, then the entries. */
struct su {
	unsigned char b[256];
	size_t len;
};

static void su_add(struct su *su, const void *entry, size_t len)
{
	memcpy(su->b + su->len, entry, len);
	su->len += len;
}

static void su_ce(struct su *su, uint32_t block, uint32_t offset, uint32_t len)
{
	unsigned char ce[28] = { 'C', 'E', 28, 1 };

	both32(ce + 4, block);
	both32(ce + 12, offset);
	both32(ce + 20, len);
	su_add(su, ce, sizeof(ce));
}

static void test_fields(void **state)
{
	struct image *im = image_new();
	struct su su = { .b = "xxx", .len = 3 };
	unsigned char tf_short[5 + 21] = { 'T', 'F', 26, 1, 0x0e };
	unsigned char tf_long[5 + 34] = { 'T', 'F', 39, 1, 0x83 };
	unsigned char px[44] = { 'P', 'X', 44, 1 };
	unsigned char *file, *sub, *area = im->b + 19 * SECTOR;

	(void)state;
	both32(px + 12, 3);
	both32(px + 36, 4711);
	su_add(&su, tf_short, sizeof(tf_short));
	su_add(&su, px, sizeof(px));
	su_ce(&su, 19, 100, sizeof(tf_long) + 28);
	file = add_record(im, 18, "F.;1", 4, 21, 10, 0, su.b, su.len);
	sub = add_record(im, 18, "D", 1, 20, SECTOR, 2, NULL, 0);
	add_record(im, 20, "", 1, 20, SECTOR, 2, NULL, 0);
	memcpy(area + 100, tf_long, sizeof(tf_long));
	su.len = 0;
	su_ce(&su, 19, 1000, sizeof(tf_short));
	memcpy(area + 100 + sizeof(tf_long), su.b, 28);
	memcpy(area + 1000, tf_short, sizeof(tf_short));
	assert_int_equal(stamp_image(im, NULL), 0);

	{
		const unsigned char *pvd = im->b + 16 * SECTOR, *s = file + 38 + 3;

		assert_memory_equal(pvd + 813, long_date, 17);
		assert_memory_equal(pvd + 830, long_date, 17);
		assert_memory_equal(pvd + 847, "11111111111111111", 17);
		assert_memory_equal(pvd + 864, long_date, 17);
		assert_memory_equal(pvd + 156 + 18, short_date, 7);
		assert_memory_equal(im->b + 18 * SECTOR + 18, short_date, 7);
		assert_memory_equal(sub + 18, short_date, 7);
		assert_memory_equal(im->b + 20 * SECTOR + 18, short_date, 7);
		assert_memory_equal(file + 18, short_date, 7);
		for (int i = 0; i < 3; i++) {
			assert_memory_equal(s + 5 + 7 * i, short_date, 7);
			assert_memory_equal(area + 1005 + 7 * i, short_date, 7);
		}
		both32(px + 12, 1);
		both32(px + 36, 21);
		assert_memory_equal(s + 26, px, 44);
		assert_memory_equal(area + 105, long_date, 17);
		assert_memory_equal(area + 122, long_date, 17);
	}
	free(im);
}

static void expect_bad(struct image *im, const char *finding)
{
	struct image before = *im;
	unsigned char *copy = xcalloc(1, sizeof(im->b));
	struct iso_edits edits;
	char *error = NULL;

	memcpy(copy, before.b, sizeof(before.b));
	assert_int_equal(iso_stamp(copy, sizeof(im->b), EPOCH, &edits, &error), -EBADMSG);
	if (!error || !strstr(error, finding))
		fail_msg("no '%s' in: %s", finding, error ? error : "no error");
	free(edits.v);
	free(error);
	free(copy);
	free(im);
}

static void test_malformed(void **state)
{
	struct su su = { .b = "xxx", .len = 3 };
	struct image *im;

	(void)state;
	im = image_new();
	memset(im->b + 16 * SECTOR, 0, 8);
	expect_bad(im, "sector 16 has no volume descriptor");
	im = image_new();
	im->b[16 * SECTOR] = 2;
	expect_bad(im, "no primary volume descriptor");
	im = image_new();
	im->b[17 * SECTOR + 1] = 'X';
	expect_bad(im, "do not end with a terminator");
	im = image_new();
	for (int i = 17; i < 24; i++)
		memcpy(im->b + i * SECTOR, "\000CD001\001", 7);
	expect_bad(im, "descriptors do not end");
	im = image_new();
	im->b[16 * SECTOR + 129] = 4;
	expect_bad(im, "block size of 1024");
	im = image_new();
	memcpy(im->b + 18 * SECTOR, "\000BEA01", 6);
	expect_bad(im, "UDF");
	im = image_new();
	both32(im->b + 16 * SECTOR + 156 + 2, 24);
	expect_bad(im, "outside the image");
	im = image_new();
	both32(im->b + 16 * SECTOR + 156 + 2, 0xffffffff);
	expect_bad(im, "outside the image");
	im = image_new();
	both32(im->b + 16 * SECTOR + 156 + 10, 0);
	expect_bad(im, "a directory of 0 sectors");
	im = image_new();
	im->b[18 * SECTOR] = 10;
	expect_bad(im, "directory record of 10 bytes");
	im = image_new();
	im->b[18 * SECTOR + 32] = 200;
	expect_bad(im, "directory record of");
	im = image_new();
	add_record(im, 18, "D", 1, 18, SECTOR, 2, NULL, 0);
	expect_bad(im, "in a circle");
	im = image_new();
	add_record(im, 18, "D", 1, 20, 2 * SECTOR, 2, NULL, 0);
	add_record(im, 18, "E", 1, 21, SECTOR, 2, NULL, 0);
	expect_bad(im, "share sector 21");

	im = image_new();
	su_add(&su, "TF\004\001", 4);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "TF entry of 4 bytes");
	im = image_new();
	su.len = 3;
	su_add(&su, "TF\014\001\177.......", 12);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "TF entry of 12 bytes for 7 dates");
	im = image_new();
	su.len = 3;
	su_add(&su, "NM\310\001", 4);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "entry of 200 bytes where");
	im = image_new();
	su.len = 3;
	su_add(&su, "CE\004\001", 4);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "CE entry of 4 bytes");
	im = image_new();
	su.len = 3;
	su_ce(&su, 23, 2000, 49);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "continuation area outside");
	im = image_new();
	su.len = 3;
	su_ce(&su, 0xffffffff, 0xffffffff, 0xffffffff);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	expect_bad(im, "continuation area outside");
	im = image_new();
	su.len = 3;
	su_ce(&su, 19, 0, 28);
	add_record(im, 18, "F", 1, 21, 1, 0, su.b, su.len);
	memcpy(im->b + 19 * SECTOR, su.b + 3, 28);
	expect_bad(im, "lead in a circle");
}

static void test_too_short(void **state)
{
	struct iso_edits edits;
	char *error;
	unsigned char *p = xcalloc(1, 16 * SECTOR + 100);

	(void)state;
	for (size_t n = 0; n <= 16 * SECTOR + 100; n += 6554) {
		assert_int_equal(iso_stamp(p, n, EPOCH, &edits, &error), -EBADMSG);
		assert_non_null(strstr(error, "too short"));
		free(error);
		free(edits.v);
	}
	free(p);
}

/* What genisoimage is given: deep folders, long names, links, an empty file, a shared inode. */
static void make_tree(const char *dir, const char *date, bool backwards)
{
	assert_int_equal(
		run("mkdir -p %s/repodata %s/SRPMS %s/a/b/c/d/e/f && cd %s && "
		    "for n in $(seq 1 60 | sort %s); do "
		    "echo $n >hello-modules-xen-6.1.0-1-amd64-1.$n-1.x86_64.rpm; done && "
		    "echo deep >a/b/c/d/e/f/file && : >empty && echo md >repodata/md && "
		    "echo long >SRPMS/$(printf 'x%%.0s' $(seq 180)) && "
		    "ln -s a/$(printf 'y%%.0s' $(seq 90))/$(printf 'z%%.0s' $(seq 90)) link && "
		    "printf '#!/bin/sh\\n' >install && cp install install.sh && "
		    "chmod 755 install install.sh && "
		    "head -c 300000 /dev/zero | tr '\\0' q >big && "
		    "find . -exec touch -h -d '%s' {} +",
			dir, dir, dir, dir, backwards ? "-rn" : "-n", date),
		0);
}

/* As mk/make-iso.sh does: the order of the file system's lists must not show. */
static void make_iso(const char *dir, const char *iso)
{
	assert_int_equal(run("(cd %s && find . -type f -o -type l) | LC_ALL=C sort | "
			     "sed 's,^\\./\\(.*\\),\\1=%s/\\1,' >list && "
			     "genisoimage -quiet -r -J -joliet-long -input-charset utf-8 -V TEST "
			     "-A 'Acme Corp' -graft-points -path-list list -o %s",
				 dir, dir, iso),
		0);
}

static int stamp_file(const char *iso, bool digests)
{
	AUTO_FREE char *path = in_scratch(iso), *md5 = in_scratch("md5"),
		       *sha256 = in_scratch("sha256");
	char *argv[] = { (char *)"stamp", (char *)"--epoch", (char *)"1700000000",
		digests ? (char *)"--md5" : path, md5, (char *)"--sha256", sha256, path, NULL };

	if (!digests)
		argv[4] = NULL;
	optind = 0;
	return cmd_stamp(digests ? 8 : 4, argv);
}

/* libarchive reads every entry with the one date; big has its content. */
static void read_with_libarchive(const char *iso)
{
	AUTO_FREE char *path = in_scratch(iso);
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int n = 0;

	archive_read_support_format_iso9660(a);
	assert_int_equal(archive_read_open_filename(a, path, 65536), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		n++;
		if (archive_entry_mtime_is_set(e))
			assert_int_equal(archive_entry_mtime(e), EPOCH);
		if (strcmp(archive_entry_pathname(e), "big") == 0) {
			AUTO_FREE char *data = xcalloc(300000, 1);

			assert_int_equal(archive_read_data(a, data, 300000), 300000);
			for (int i = 0; i < 300000; i++)
				assert_int_equal(data[i], 'q');
		}
	}
	assert_true(n > 70);
	archive_read_free(a);
}

static void test_same_bytes(void **state)
{
	(void)state;
	make_tree("one", "2020-01-02 03:04:05", false);
	make_tree("elsewhere/two", "1999-12-31 23:59:59", true);
	/* A name outside the tree for one of the files. */
	assert_int_equal(run("ln elsewhere/two/big outside"), 0);
	make_iso("one", "one.iso");
	sleep(1); /* genisoimage writes the time of day */
	make_iso("elsewhere/two", "two.iso");
	assert_int_equal(run("! cmp -s one.iso two.iso"), 0);
	assert_int_equal(stamp_file("one.iso", true), DDK_OK);
	assert_int_equal(run("md5sum -c md5 && sha256sum -c sha256 && "
			     "grep -q '^[0-9a-f]\\{32\\}  one.iso$' md5"),
		0);
	assert_int_equal(stamp_file("two.iso", false), DDK_OK);
	assert_int_equal(run("cmp one.iso two.iso"), 0);
	/* Once more changes nothing. */
	assert_int_equal(stamp_file("one.iso", false), DDK_OK);
	assert_int_equal(run("cmp one.iso two.iso"), 0);
}

/* After test_same_bytes: isoinfo by Rock Ridge and Joliet, xorriso and libarchive still read all.
 */
static void test_readers(void **state)
{
	(void)state;
	read_with_libarchive("one.iso");
	assert_int_equal(run("isoinfo -R -l -i one.iso >rr && isoinfo -J -l -i one.iso >joliet && "
			     "grep -c '^[-dl]' rr && ! grep '^[-dl]' rr | grep -v 'Nov 14 2023' && "
			     "! grep '^[-dl]' joliet | grep -v 'Nov 14 2023'"),
		0);
	assert_int_equal(run("isoinfo -R -x /install.sh -i one.iso | cmp - one/install.sh && "
			     "isoinfo -J -x /big -i one.iso | cmp - one/big"),
		0);
	if (system("command -v xorriso >/dev/null 2>&1") != 0) {
		print_message("# without xorriso: it is not installed\n");
		return;
	}
	/* xorriso gives extracted links the date of the day. */
	assert_int_equal(
		run("xorriso -osirrox on -indev one.iso -extract / out && chmod -R u+w out && "
		    "diff -r -x rr_moved --no-dereference one out && test -x out/install"),
		0);
	assert_int_equal(run("test $(find out ! -newermt '2023-11-14 22:13:19Z' | wc -l) = 0 && "
			     "test $(find out -mindepth 1 ! -type l -newermt '2023-11-14 "
			     "22:13:21Z' | wc -l) = 0"),
		0);
}

/* xorriso's images have PX with serial numbers and long chains: stamped, and read the same. */
static void test_xorriso_image(void **state)
{
	(void)state;
	if (system("command -v xorriso >/dev/null 2>&1") != 0) {
		print_message("# skipped: xorriso is not installed\n");
		skip();
	}
	assert_int_equal(run("xorriso -as mkisofs -quiet -r -J -joliet-long -V X -o x.iso one"), 0);
	assert_int_equal(stamp_file("x.iso", false), DDK_OK);
	read_with_libarchive("x.iso");
}

/* Bytes of a real image changed at random: an error, or sound; never a crash or a loop. */
static void test_mutations(void **state)
{
	AUTO_STRBUF struct strbuf iso = read_scratch("one.iso");
	size_t size = iso.len;
	unsigned char *copy = xcalloc(size, 1);
	unsigned seed = 7;
	int errors = 0;

	(void)state;
	/* Metadata comes first in genisoimage's images: aim there. */
	for (int i = 0; i < 600; i++) {
		struct iso_edits edits;
		char *error;

		memcpy(copy, iso.buf, size);
		for (int k = 0; k < 4; k++)
			copy[16 * SECTOR + (size_t)rand_r(&seed) % (40 * SECTOR)] =
				(unsigned char)rand_r(&seed);
		errors += iso_stamp(copy, size, EPOCH, &edits, &error) < 0;
		free(edits.v);
		free(error);
	}
	assert_true(errors > 0);
	free(copy);
}

static void test_command(void **state)
{
	char *no_epoch[] = { (char *)"stamp", (char *)"x.iso", NULL };
	char *bad_epoch[] = { (char *)"stamp", (char *)"--epoch", (char *)"-5", (char *)"x", NULL };
	char *bad_name[] = { (char *)"stamp", (char *)"--epoch", (char *)"5", (char *)"--name",
		(char *)"a\nb", (char *)"x", NULL };

	(void)state;
	optind = 0;
	assert_int_equal(cmd_stamp(2, no_epoch), DDK_USAGE);
	optind = 0;
	assert_int_equal(cmd_stamp(4, bad_epoch), DDK_USAGE);
	optind = 0;
	assert_int_equal(cmd_stamp(6, bad_name), DDK_USAGE);
	assert_int_equal(stamp_file("absent.iso", false), DDK_IO);
	/* A damaged image stays as it is, and gets no digest. */
	assert_int_equal(run("head -c 40000 one.iso >cut.iso && cp cut.iso before && rm -f md5 && "
			     ": >nothing.iso"),
		0);
	assert_int_equal(stamp_file("cut.iso", true), DDK_IO);
	assert_int_equal(run("cmp cut.iso before && test ! -e md5"), 0);
	assert_int_equal(stamp_file("nothing.iso", false), DDK_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_xorriso_image),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests_name("stamp", tests, make_scratch, remove_scratch);
}
