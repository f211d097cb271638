// SPDX-License-Identifier: BSD-2-Clause
/*
 * powerloss: makes of a disk and a log of writes to it the disk as it is when the power fails.
 *
 *   powerloss LOG DISK               lists the log: ENTRY mark TEXT, ENTRY flush, ENTRY end
 *   powerloss LOG DISK COUNT [SEED]  writes the first COUNT entries to DISK
 *
 * Without a seed the disk keeps all that it was sent. With one it has a write cache without a
 * battery: of what was sent after the last flush each write stays or is lost, as the seed has it,
 * and the last one may be torn.
 *
 * The log is that of QEMU's blklogwrites (and of Linux' dm-log-writes): a superblock, then for each
 * entry a header of one sector {sector, sectors, flags, length} and its data. A write behind the
 * end of DISK is a mark; its data is text.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_MAGIC   UINT64_C(0x6a736677736872)
#define LOG_VERSION 1
#define MAX_SECTOR  4096
#define MAX_WRITE   (UINT64_C(64) << 20)
#define UNIT	    512 /* what a disk writes whole */

enum { FLAG_FLUSH = 1, FLAG_FUA = 2, FLAG_DISCARD = 4, FLAG_MARK = 8 };

struct super {
	uint64_t magic, version, entries;
	uint32_t sector_size;
} __attribute__((packed));

struct entry {
	uint64_t sector, sectors, flags, length;
	off_t data; /* where in the log */
};

struct log {
	const char *name;
	int fd;
	uint32_t sector_size;
	uint64_t entries;
	off_t at;
};

static void die(const char *name, const char *what)
{
	fprintf(stderr, "powerloss: %s: %s\n", name, what);
	exit(1);
}

static void get(const struct log *log, void *buffer, size_t size, off_t at)
{
	ssize_t got = pread(log->fd, buffer, size, at);

	if (got < 0)
		die(log->name, strerror(errno));
	if ((size_t)got < size)
		die(log->name, "the log ends too early");
}

static void log_open(struct log *log, const char *name)
{
	struct super super;

	log->name = name;
	log->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (log->fd < 0)
		die(name, strerror(errno));
	get(log, &super, sizeof super, 0);
	if (le64toh(super.magic) != LOG_MAGIC || le64toh(super.version) != LOG_VERSION)
		die(name, "no log of writes");
	log->entries = le64toh(super.entries);
	log->sector_size = le32toh(super.sector_size);
	if (log->sector_size < UNIT || log->sector_size > MAX_SECTOR)
		die(name, "the log's sectors have no size that a disk has");
	log->at = log->sector_size;
}

static void log_next(struct log *log, struct entry *entry)
{
	uint64_t raw[4];

	get(log, raw, sizeof raw, log->at);
	entry->sector = le64toh(raw[0]);
	entry->sectors = le64toh(raw[1]);
	entry->flags = le64toh(raw[2]);
	entry->length = le64toh(raw[3]);
	if (entry->sectors > MAX_WRITE / log->sector_size)
		die(log->name, "a write in it is larger than any");
	entry->data = log->at + log->sector_size;
	log->at = entry->data;
	if (!(entry->flags & FLAG_DISCARD))
		log->at += (off_t)(entry->sectors * log->sector_size);
}

/* A seed's own sequence of numbers: xorshift64*. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static void list(struct log *log, uint64_t end)
{
	char text[UNIT];

	for (uint64_t i = 0; i < log->entries; i++) {
		struct entry entry;

		log_next(log, &entry);
		if (entry.sectors && entry.sector >= end / log->sector_size) {
			get(log, text, sizeof text, entry.data);
			text[sizeof text - 1] = '\0';
			printf("%" PRIu64 " mark %.*s\n", i, (int)strcspn(text, "\n"), text);
		} else if (entry.flags & FLAG_FLUSH) {
			printf("%" PRIu64 " flush\n", i);
		}
	}
	printf("%" PRIu64 " end\n", log->entries);
}

static void write_data(
	const struct log *log, const char *name, int disk, off_t to, off_t data, uint64_t length)
{
	static char buffer[65536];

	while (length) {
		size_t part = length < sizeof buffer ? length : sizeof buffer;

		get(log, buffer, part, data);
		if (pwrite(disk, buffer, part, to) != (ssize_t)part)
			die(name, "cannot be written: is there room?");
		data += (off_t)part;
		to += (off_t)part;
		length -= part;
	}
}

/* How much of an entry reaches the disk: all, unless it comes after the last flush. */
static uint64_t kept(
	const struct entry *entry, uint64_t length, bool cached, bool last, uint64_t *seed)
{
	if (!cached || entry->flags & FLAG_FUA)
		return length;
	if (last)
		return next_random(seed) % (length / UNIT + 1) * UNIT;
	return next_random(seed) & 1 ? length : 0;
}

static void replay(struct log *log, const char *name, uint64_t end, uint64_t count, uint64_t *seed)
{
	struct entry entry;
	struct log ahead = *log;
	uint64_t durable = seed ? 0 : count;
	int disk = open(name, O_WRONLY | O_CLOEXEC);

	if (disk < 0)
		die(name, strerror(errno));
	if (count > log->entries)
		die(log->name, "has fewer entries than that");
	for (uint64_t i = 0; seed && i < count; i++) {
		log_next(&ahead, &entry);
		if (entry.flags & FLAG_FLUSH)
			durable = i + 1;
	}
	for (uint64_t i = 0; i < count; i++) {
		uint64_t to, length;

		log_next(log, &entry);
		length = entry.sectors * log->sector_size;
		if (entry.flags & FLAG_DISCARD || entry.sector >= end / log->sector_size)
			continue;
		to = entry.sector * log->sector_size;
		if (length > end - to)
			die(log->name, "a write in it crosses the end of the disk");
		length = kept(&entry, length, i >= durable, i + 1 == count, seed);
		write_data(log, name, disk, (off_t)to, entry.data, length);
	}
	if (close(disk))
		die(name, strerror(errno));
}

static uint64_t number(const char *text)
{
	char *rest;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &rest, 10);
	if (errno || rest == text || *rest)
		die(text, "not a number");
	return value;
}

int main(int argc, char **argv)
{
	struct log log;
	struct stat st;
	uint64_t seed;

	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: powerloss LOG DISK [COUNT [SEED]]\n");
		return 2;
	}
	log_open(&log, argv[1]);
	if (stat(argv[2], &st))
		die(argv[2], strerror(errno));
	if (argc == 3) {
		list(&log, (uint64_t)st.st_size);
	} else {
		/* Zero is the one number that the sequence cannot start from. */
		seed = argc == 5 ? number(argv[4]) + 1 : 0;
		replay(&log, argv[2], (uint64_t)st.st_size, number(argv[3]),
			argc == 5 ? &seed : NULL);
	}
	return fflush(stdout) ? 1 : 0;
}
