/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/medium.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Above this a file of an image goes to a temporary file instead of memory. */
#define IN_MEMORY_MAX ((uint64_t)32 << 20)

static int large_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir && *dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("ddk", MFD_CLOEXEC);
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Copies the data of the present entry; an image may claim any size, so what comes is counted. */
static int copy_content(struct archive *a, int fd, uint64_t size)
{
	uint64_t done = 0;

	for (;;) {
		const void *data;
		size_t n;
		la_int64_t at;
		int r = archive_read_data_block(a, &data, &n, &at);

		if (r == ARCHIVE_EOF)
			return done == size ? 0 : -EBADMSG;
		/* An image has no holes: each block follows the one before. */
		if (r != ARCHIVE_OK || (n && (uint64_t)at != done) || n > size - done)
			return -EBADMSG;
		done += n;
		r = write_all(fd, data, n);
		if (r < 0)
			return r;
	}
}

/* What one reading of an image has at hand. */
struct walk {
	struct medium *medium;
	const struct medium_visitor *visitor;
	struct findings *findings;
	int memory; /* one memory file for all that is small: its pages are used again */
};

/* Fills fd, whatever it held, with the present entry. */
static int fill(struct archive *a, int fd, uint64_t size)
{
	int r;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	r = copy_content(a, fd, size);
	if (r == 0 && (ftruncate(fd, (off_t)size) < 0 || lseek(fd, 0, SEEK_SET) < 0))
		r = -errno;
	return r;
}

static void visit_file(struct archive *a, const struct medium_entry *e, const struct walk *w)
{
	AUTO_CLOSE int large = -1;
	int fd = w->memory, r;

	if (!w->visitor->want(w->visitor->arg, e))
		return;
	if (e->size > IN_MEMORY_MAX)
		fd = large = large_file();
	r = fd < 0 ? -errno : fill(a, fd, e->size);
	if (r < 0)
		findings_add(w->findings, RULE_MD_ENTRY, e->path,
			"it cannot be read to its end: %s",
			r == -EBADMSG ? "the image is damaged" : strerror(-r));
	else
		w->visitor->file(w->visitor->arg, e, fd);
}

static void visit(const struct walk *w, struct archive *a, struct archive_entry *ae)
{
	struct medium *m = w->medium;
	struct findings *f = w->findings;
	const char *path = archive_entry_pathname(ae);
	const char *link = archive_entry_hardlink(ae);
	struct medium_entry *e;
	uint64_t size;

	if (!path) {
		findings_add(f, RULE_MD_ENTRY, m->name, "a name in the image does not decode");
		return;
	}
	if (strcmp(path, ".") == 0)
		return;
	size = archive_entry_size(ae) > 0 ? (uint64_t)archive_entry_size(ae) : 0;
	if (size > m->iso.file_size) {
		findings_add(f, RULE_MD_ENTRY, path,
			"it claims %llu bytes, the whole image has %llu", (unsigned long long)size,
			(unsigned long long)m->iso.file_size);
		return;
	}
	e = medium_add(m, path, archive_entry_mode(ae), size, f);
	if (!e || !S_ISREG(e->mode))
		return;
	if (link) {
		/* Two names with one extent: libarchive hands the data out once, for the first. */
		const struct medium_entry *first = medium_find(m, link);

		if (!first || first == e || first->same >= 0) {
			findings_add(f, RULE_MD_ENTRY, path, "it shares its data with no file");
			return;
		}
		e->same = first - m->v;
		e->size = first->size;
		return;
	}
	visit_file(a, e, w);
}

static void walk(const struct walk *w, struct archive *a)
{
	struct medium *m = w->medium;
	struct archive_entry *ae;

	for (size_t n = 0;; n++) {
		int r = archive_read_next_header(a, &ae);

		if (r == ARCHIVE_EOF)
			return;
		if (r != ARCHIVE_OK) {
			const char *text = archive_error_string(a);

			findings_add(w->findings, RULE_IS_FORMAT, m->name, "%s",
				text ? text : "the image is damaged");
		}
		if ((r != ARCHIVE_OK && r != ARCHIVE_WARN) || n > 2 * MEDIUM_ENTRIES_MAX || m->full)
			return;
		visit(w, a, ae);
	}
}

/*
 * An image as libarchive reads it. What it reads in order goes to the visitor as well, so that the
 * image's digests need no reading of their own.
 */
struct image {
	int fd;
	uint64_t at;
	uint64_t passed; /* bytes that the visitor has had, from the start */
	struct fanout *fanout;
	unsigned char *block; /* for what does not go through fanout */
};

static ssize_t read_at(int fd, void *data, size_t size, uint64_t at)
{
	ssize_t n;

	do
		n = pread(fd, data, size, (off_t)at);
	while (n < 0 && errno == EINTR);
	return n;
}

static la_ssize_t image_read(struct archive *a, void *arg, const void **data)
{
	struct image *image = arg;
	bool pass = image->fanout && image->at == image->passed;
	unsigned char *block = pass ? fanout_block(image->fanout) : image->block;
	ssize_t n = read_at(image->fd, block, FANOUT_BLOCK, image->at);

	if (n < 0) {
		archive_set_error(a, errno, "%s", strerror(errno));
		return -1;
	}
	if (pass && n > 0) {
		fanout_pass(image->fanout, (size_t)n);
		image->passed += (uint64_t)n;
	}
	image->at += (uint64_t)n;
	*data = block;
	return n;
}

static la_int64_t image_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
	struct image *image = arg;
	off_t end = whence == SEEK_END ? lseek(image->fd, 0, SEEK_END) : 0;
	int64_t from = whence == SEEK_CUR ? (int64_t)image->at : end;

	(void)a;
	if (end < 0 || (offset < 0 && from + offset < 0) || offset > INT64_MAX - from)
		return ARCHIVE_FATAL;
	image->at = (uint64_t)(from + offset);
	return from + offset;
}

/* Where every byte is wanted, nothing is skipped: libarchive reads when it gets 0. */
static la_int64_t image_skip(struct archive *a, void *arg, la_int64_t n)
{
	struct image *image = arg;

	(void)a;
	if (image->fanout || n < 0 || (uint64_t)n > INT64_MAX - image->at)
		return 0;
	image->at += (uint64_t)n;
	return n;
}

/* libarchive stops behind the last file; the visitor has yet to see the rest. */
static int pass_rest(struct image *image)
{
	for (;;) {
		ssize_t n = read_at(
			image->fd, fanout_block(image->fanout), FANOUT_BLOCK, image->passed);

		if (n <= 0)
			return n < 0 ? -errno : 0;
		fanout_pass(image->fanout, (size_t)n);
		image->passed += (uint64_t)n;
	}
}

static int open_image(struct archive *a, struct image *image)
{
	archive_read_support_format_iso9660(a);
	archive_read_set_callback_data(a, image);
	archive_read_set_read_callback(a, image_read);
	archive_read_set_seek_callback(a, image_seek);
	archive_read_set_skip_callback(a, image_skip);
	return archive_read_open1(a);
}

int medium_read_iso(
	struct medium *m, int fd, const struct medium_visitor *visitor, struct findings *f)
{
	AUTO_FREE char *why = NULL;
	AUTO_FREE unsigned char *block = NULL;
	AUTO_CLOSE int memory = memfd_create("ddk", MFD_CLOEXEC);
	struct image image = { .fd = fd };
	struct walk w = { m, visitor, f, memory };
	struct archive *a;
	int r;

	if (memory < 0)
		return -errno;
	if (iso_facts_read(&m->iso, fd, &why) < 0) {
		findings_add(f, RULE_IS_FORMAT, m->name, "%s", why);
		return 0;
	}
	a = archive_read_new();
	if (!a)
		return -ENOMEM;
	image.block = block = xreallocarray(NULL, FANOUT_BLOCK, 1);
	if (visitor->n_image)
		image.fanout = fanout_start(visitor->image, visitor->n_image, true);
	if (open_image(a, &image) == ARCHIVE_OK)
		walk(&w, a);
	else
		findings_add(f, RULE_IS_FORMAT, m->name, "%s", archive_error_string(a));
	archive_read_free(a);
	if (!image.fanout)
		return 0;
	r = pass_rest(&image);
	if (r < 0)
		findings_add(f, RULE_IS_FORMAT, m->name, "%s", strerror(-r));
	fanout_finish(image.fanout);
	return 0;
}
