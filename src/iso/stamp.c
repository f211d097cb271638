/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "iso/stamp.h"

enum {
	SECTOR = 2048,
	FIRST_DESCRIPTOR = 16, /* ECMA-119 6.2.1: sectors 0 to 15 are the system area */
	MAX_DESCRIPTORS = 64,
	VD_BOOT = 0,
	VD_PRIMARY = 1,
	VD_SUPPLEMENTARY = 2,
	VD_TERMINATOR = 255,
	VD_BLOCK_SIZE = 128,
	VD_ROOT = 156,
	VD_CREATION = 813,
	VD_MODIFICATION = 830,
	VD_EFFECTIVE = 864,
	REC_XAR = 1,
	REC_EXTENT = 2,
	REC_SIZE = 10,
	REC_DATE = 18,
	REC_FLAGS = 25,
	REC_NAME_LEN = 32,
	REC_NAME = 33,
	REC_MIN = 34,
	FLAG_DIRECTORY = 2,
	SHORT_DATE = 7,
	LONG_DATE = 17,
	/* Real areas have one continuation, or two; more than this many is a loop. */
	MAX_CONTINUATIONS = 32,
};

struct directory {
	uint32_t sector;
	uint32_t sectors;
};

struct stamper {
	unsigned char *image;
	size_t size;
	struct iso_edits *edits;
	char **error;
	unsigned char short_date[SHORT_DATE];
	unsigned char long_date[LONG_DATE];
	/* For each sector the number of the tree that has it as part of a directory; 0: none. */
	unsigned char *owner;
	unsigned char tree;
	bool susp;
	size_t skip; /* bytes before the first SUSP entry of a record */
	struct directory *todo;
	size_t ntodo;
	size_t todo_cap;
};

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int bad(struct stamper *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int bad(struct stamper *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	free(*s->error);
	*s->error = xvasprintf(fmt, ap);
	va_end(ap);
	return -EBADMSG;
}

/* The caller has checked that at and at + len lie in the image. */
static void put(struct stamper *s, unsigned char *at, const void *data, size_t len)
{
	size_t offset = (size_t)(at - s->image);
	struct iso_edits *e = s->edits;
	struct iso_edit *last = e->n ? &e->v[e->n - 1] : NULL;

	if (memcmp(at, data, len) == 0)
		return;
	memcpy(at, data, len);
	/* Fields of one sector become one write. */
	if (last && last->offset / SECTOR == offset / SECTOR && offset >= last->offset) {
		if (offset + len > last->offset + last->len)
			last->len = offset + len - last->offset;
		return;
	}
	e->v = xgrow(e->v, e->n, &e->cap, sizeof(*e->v));
	e->v[e->n++] = (struct iso_edit){ offset, len };
}

static void put_short_date(struct stamper *s, unsigned char *at)
{
	put(s, at, s->short_date, SHORT_DATE);
}

static void put_long_date(struct stamper *s, unsigned char *at)
{
	put(s, at, s->long_date, LONG_DATE);
}

/* A number in both byte orders, ECMA-119 7.3.3. */
static void put_both32(struct stamper *s, unsigned char *at, uint32_t v)
{
	const unsigned char both[8] = { (unsigned char)v, (unsigned char)(v >> 8),
		(unsigned char)(v >> 16), (unsigned char)(v >> 24), (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8), (unsigned char)v };

	put(s, at, both, sizeof(both));
}

static void make_dates(struct stamper *s, long long epoch)
{
	time_t t = (time_t)epoch;
	struct tm tm;
	char text[LONG_DATE + 16];

	gmtime_r(&t, &tm);
	/* The last byte of both forms is the offset from UTC: none. */
	snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02d00", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	memcpy(s->long_date, text, LONG_DATE - 1);
	s->long_date[LONG_DATE - 1] = 0;
	s->short_date[0] = (unsigned char)tm.tm_year;
	s->short_date[1] = (unsigned char)(tm.tm_mon + 1);
	s->short_date[2] = (unsigned char)tm.tm_mday;
	s->short_date[3] = (unsigned char)tm.tm_hour;
	s->short_date[4] = (unsigned char)tm.tm_min;
	s->short_date[5] = (unsigned char)tm.tm_sec;
	s->short_date[6] = 0;
}

static int stamp_tf(struct stamper *s, unsigned char *entry, size_t len)
{
	size_t size, count;

	if (len < 5)
		return bad(s, "a Rock Ridge TF entry of %zu bytes", len);
	size = entry[4] & 0x80 ? LONG_DATE : SHORT_DATE;
	count = (size_t)__builtin_popcount(entry[4] & 0x7f);
	if (5 + count * size > len)
		return bad(s, "a Rock Ridge TF entry of %zu bytes for %zu dates", len, count);
	for (size_t i = 0; i < count; i++) {
		unsigned char *date = entry + 5 + i * size;

		if (size == LONG_DATE)
			put_long_date(s, date);
		else
			put_short_date(s, date);
	}
	return 0;
}

/*
 * The links of a file count names in the build machine's tree, and the serial number is its inode:
 * neither says anything about the medium. Directories' links are genisoimage's own count.
 */
static void stamp_px(
	struct stamper *s, const unsigned char *record, unsigned char *entry, size_t len)
{
	if (len < 36)
		return;
	if (!(record[REC_FLAGS] & FLAG_DIRECTORY) && le32(entry + 12) > 1)
		put_both32(s, entry + 12, 1);
	if (len >= 44)
		put_both32(s, entry + 36, le32(record + REC_EXTENT));
}

struct area {
	unsigned char *p;
	size_t len;
};

/* Reads where a CE entry leads. */
static int continuation(
	struct stamper *s, const unsigned char *entry, size_t len, struct area *next)
{
	uint64_t block, offset, n;

	if (len < 28)
		return bad(s, "a CE entry of %zu bytes", len);
	block = le32(entry + 4);
	offset = le32(entry + 12);
	n = le32(entry + 20);
	/* SUSP 5.1: a continuation area lies in one logical sector. */
	if (offset > SECTOR || n > SECTOR - offset || block * SECTOR + offset + n > s->size)
		return bad(s, "a continuation area outside the image, in block %llu",
			(unsigned long long)block);
	*next = (struct area){ s->image + block * SECTOR + offset, n };
	return 0;
}

/* Works through one area; *next gets the continuation, or a length of 0. */
static int stamp_area(
	struct stamper *s, const unsigned char *record, struct area a, struct area *next)
{
	*next = (struct area){ NULL, 0 };
	while (a.len >= 4) {
		size_t len = a.p[2];
		int r = 0;

		/* Some writers fill the rest of an area with zeros. */
		if ((a.p[0] == 0 && a.p[1] == 0) || memcmp(a.p, "ST", 2) == 0)
			return 0;
		if (len < 4 || len > a.len)
			return bad(s, "a system use entry of %zu bytes where %zu are left", len,
				a.len);
		if (memcmp(a.p, "TF", 2) == 0)
			r = stamp_tf(s, a.p, len);
		else if (memcmp(a.p, "PX", 2) == 0)
			stamp_px(s, record, a.p, len);
		else if (memcmp(a.p, "CE", 2) == 0)
			r = continuation(s, a.p, len, next);
		if (r < 0)
			return r;
		a.p += len;
		a.len -= len;
	}
	return 0;
}

/* System use area of a directory record, ECMA-119 9.1.13. */
static struct area system_use(unsigned char *record)
{
	size_t name = record[REC_NAME_LEN];
	size_t start = REC_NAME + name + (name % 2 == 0);

	if (start >= record[0])
		return (struct area){ NULL, 0 };
	return (struct area){ record + start, record[0] - start };
}

static int stamp_susp(struct stamper *s, unsigned char *record, size_t skip)
{
	struct area a = system_use(record);

	if (skip >= a.len)
		return 0;
	a.p += skip;
	a.len -= skip;
	for (int i = 0; a.len; i++) {
		struct area next;
		int r = stamp_area(s, record, a, &next);

		if (r < 0)
			return r;
		if (i == MAX_CONTINUATIONS)
			return bad(s, "continuation areas that lead in a circle");
		a = next;
	}
	return 0;
}

/* SUSP 5.3: SP stands first in the root's own record, and says that the protocol is in use. */
static void look_for_sp(struct stamper *s, unsigned char *record)
{
	struct area a = system_use(record);

	s->susp = a.len >= 7 && memcmp(a.p, "SP\007", 3) == 0 && a.p[4] == 0xbe && a.p[5] == 0xef;
	s->skip = s->susp ? a.p[6] : 0;
}

static int push_directory(struct stamper *s, const unsigned char *record)
{
	uint64_t sector = (uint64_t)le32(record + REC_EXTENT) + record[REC_XAR];
	uint64_t sectors = ((uint64_t)le32(record + REC_SIZE) + SECTOR - 1) / SECTOR;

	if (sectors == 0 || sector + sectors > s->size / SECTOR)
		return bad(s, "a directory of %llu sectors at sector %llu, outside the image",
			(unsigned long long)sectors, (unsigned long long)sector);
	for (uint64_t i = sector; i < sector + sectors; i++) {
		if (s->owner[i] == s->tree)
			return bad(s, "two directories share sector %llu, or lead in a circle",
				(unsigned long long)i);
	}
	/* Two descriptors may share a tree; the first has stamped it. */
	if (s->owner[sector])
		return 0;
	memset(s->owner + sector, s->tree, sectors);
	s->todo = xgrow(s->todo, s->ntodo, &s->todo_cap, sizeof(*s->todo));
	s->todo[s->ntodo++] = (struct directory){ (uint32_t)sector, (uint32_t)sectors };
	return 0;
}

static int stamp_record(struct stamper *s, unsigned char *record, bool first_of_root)
{
	unsigned char name = record[REC_NAME];
	bool self_or_parent = record[REC_NAME_LEN] == 1 && name <= 1;

	put_short_date(s, record + REC_DATE);
	if (first_of_root)
		look_for_sp(s, record);
	if (s->susp) {
		int r = stamp_susp(s, record, first_of_root ? 0 : s->skip);

		if (r < 0)
			return r;
	}
	if (record[REC_FLAGS] & FLAG_DIRECTORY && !self_or_parent)
		return push_directory(s, record);
	return 0;
}

static int stamp_directory(struct stamper *s, struct directory d, bool root)
{
	for (uint32_t i = 0; i < d.sectors; i++) {
		unsigned char *sector = s->image + ((size_t)d.sector + i) * SECTOR;
		size_t at = 0;

		/* ECMA-119 6.8.1.1: no record crosses a sector, and zeros fill up the rest. */
		while (at < SECTOR && sector[at]) {
			unsigned char *record = sector + at;
			size_t len = record[0];
			int r;

			if (len < REC_MIN || at + len > SECTOR ||
				REC_NAME + (size_t)record[REC_NAME_LEN] > len)
				return bad(s, "a directory record of %zu bytes in sector %zu", len,
					(size_t)d.sector + i);
			r = stamp_record(s, record, root && i == 0 && at == 0);
			if (r < 0)
				return r;
			at += len;
		}
	}
	return 0;
}

static int stamp_tree(struct stamper *s, unsigned char *descriptor)
{
	unsigned char *root = descriptor + VD_ROOT;
	bool is_root = true;
	int r;

	s->tree++;
	s->susp = false;
	s->skip = 0;
	s->ntodo = 0;
	put_short_date(s, root + REC_DATE);
	r = push_directory(s, root);
	while (r == 0 && s->ntodo) {
		r = stamp_directory(s, s->todo[--s->ntodo], is_root);
		is_root = false;
	}
	return r;
}

static int stamp_descriptor(struct stamper *s, unsigned char *d)
{
	unsigned block = d[VD_BLOCK_SIZE] | (unsigned)d[VD_BLOCK_SIZE + 1] << 8;

	if (block != SECTOR)
		return bad(s, "a logical block size of %u; only %d is supported", block, SECTOR);
	put_long_date(s, d + VD_CREATION);
	put_long_date(s, d + VD_MODIFICATION);
	put_long_date(s, d + VD_EFFECTIVE);
	return stamp_tree(s, d);
}

/* UDF has dates in structures with checksums of their own: such an image would stay unstamped. */
static bool has_udf(const struct stamper *s, size_t sector)
{
	for (int i = 0; i < 8 && (sector + 1) * SECTOR <= s->size; i++, sector++) {
		const unsigned char *id = s->image + sector * SECTOR + 1;

		if (memcmp(id, "BEA01", 5) == 0 || memcmp(id, "NSR0", 4) == 0)
			return true;
	}
	return false;
}

static int stamp_volume(struct stamper *s)
{
	bool primary = false;

	for (size_t i = 0; i < MAX_DESCRIPTORS; i++) {
		size_t sector = FIRST_DESCRIPTOR + i;
		unsigned char *d = s->image + sector * SECTOR;
		int r = 0;

		if ((sector + 1) * SECTOR > s->size)
			return bad(s, i ? "the volume descriptors do not end"
					: "no ISO 9660 image: it is too short");
		if (memcmp(d + 1, "CD001", 5) != 0)
			return bad(s, i ? "the volume descriptors do not end with a terminator"
					: "no ISO 9660 image: sector 16 has no volume descriptor");
		if (d[0] == VD_TERMINATOR && has_udf(s, sector + 1))
			return bad(s, "the image holds UDF too, which cannot be stamped; make it "
				      "without -udf");
		if (d[0] == VD_TERMINATOR)
			return primary ? 0 : bad(s, "no primary volume descriptor");
		if (d[0] == VD_PRIMARY || d[0] == VD_SUPPLEMENTARY)
			r = stamp_descriptor(s, d);
		if (r < 0)
			return r;
		primary |= d[0] == VD_PRIMARY;
	}
	return bad(s, "more than %d volume descriptors", MAX_DESCRIPTORS);
}

int iso_stamp(
	unsigned char *image, size_t size, long long epoch, struct iso_edits *edits, char **error)
{
	struct stamper s = { .image = image, .size = size, .edits = edits, .error = error };
	int r;

	*edits = (struct iso_edits){ 0 };
	*error = NULL;
	make_dates(&s, epoch);
	s.owner = xcalloc(size / SECTOR + 1, 1);
	r = stamp_volume(&s);
	free(s.owner);
	free(s.todo);
	return r;
}
