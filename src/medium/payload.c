/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/cpioguard.h"
#include "medium/payload.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/strbuf.h"

int payload_fail(struct archive *a, char **why)
{
	const char *text = archive_error_string(a);

	*why = xasprintf("the payload does not unpack: %s", text ? text : "it is damaged");
	return -EBADMSG;
}

int payload_read_module(struct archive *a, struct strbuf *sb, char **why)
{
	strbuf_reset(sb);
	for (;;) {
		char buf[65536];
		la_ssize_t n = archive_read_data(a, buf, sizeof(buf));

		if (n < 0)
			return payload_fail(a, why);
		if (n == 0)
			return 0;
		if (sb->len + (size_t)n > MODULE_SIZE_MAX) {
			*why = xasprintf(
				"a module in the payload has more than %zu bytes", MODULE_SIZE_MAX);
			return -EFBIG;
		}
		strbuf_add(sb, buf, (size_t)n);
	}
}

char *payload_path(const char *path)
{
	if (path[0] == '.' && path[1] == '/')
		path++;
	return path[0] == '/' ? xstrdup(path) : xasprintf("/%s", path);
}

static int walk(struct archive *a, int64_t max, payload_fn *fn, void *arg, char **why)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct archive_entry *entry;

	for (;;) {
		int r = archive_read_next_header(a, &entry);
		AUTO_FREE char *path = NULL;

		if (r == ARCHIVE_EOF)
			return 0;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return payload_fail(a, why);
		if (!archive_entry_pathname(entry))
			return payload_fail(a, why);
		/* Skipping inflates too, so the bound is on what an entry claims. */
		if (archive_entry_size(entry) > max - archive_filter_bytes(a, 0)) {
			*why = xasprintf(
				"the payload unpacks to more than %lld bytes", (long long)max);
			return -EFBIG;
		}
		path = payload_path(archive_entry_pathname(entry));
		if (archive_entry_filetype(entry) != AE_IFREG || !module_is_path(path))
			continue;
		r = payload_read_module(a, &sb, why);
		if (r == 0)
			r = fn(arg, path, sb.buf ? sb.buf : "", sb.len);
		if (r != 0)
			return r;
	}
}

/* The payload as it inflates, between two readers of libarchive: filters before, cpio behind. */
struct inflated {
	struct archive *from;
	struct cpio_guard guard;
	uint64_t left;
	char buf[65536];
};

static la_ssize_t read_inflated(struct archive *a, void *arg, const void **data)
{
	struct inflated *x = arg;
	la_ssize_t n = archive_read_data(x->from, x->buf, sizeof(x->buf));
	const char *why = NULL;

	*data = x->buf;
	if (n < 0)
		why = archive_error_string(x->from);
	else if ((uint64_t)n > x->left)
		why = "it has more bytes than a payload may have";
	else
		why = cpio_guard_look(&x->guard, x->buf, (size_t)n);
	if (n >= 0 && !why) {
		x->left -= (uint64_t)n;
		return n;
	}
	archive_set_error(a, EINVAL, "%s", why ? why : "it is damaged");
	return -1;
}

static int close_inflated(struct archive *a, void *arg)
{
	struct inflated *x = arg;

	(void)a;
	archive_read_free(x->from);
	free(x);
	return ARCHIVE_OK;
}

static struct archive *open_filters(int fd, char **why)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;

	if (!a)
		return NULL;
	archive_read_support_filter_rpm(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_fd(a, fd, 65536) == ARCHIVE_OK &&
		archive_read_next_header(a, &entry) == ARCHIVE_OK)
		return a;
	payload_fail(a, why);
	archive_read_free(a);
	return NULL;
}

struct archive *payload_open(int fd, int64_t *max, char **why)
{
	struct archive *from, *a;
	struct inflated *x;
	struct stat st;

	*why = NULL;
	if (lseek(fd, 0, SEEK_SET) < 0 || fstat(fd, &st) < 0) {
		*why = xstrdup(strerror(errno));
		return NULL;
	}
	*max = ((int64_t)64 << 20) + 200 * (int64_t)st.st_size;
	from = open_filters(fd, why);
	if (!from)
		return NULL;
	a = archive_read_new();
	if (!a) {
		archive_read_free(from);
		return NULL;
	}
	x = xcalloc(1, sizeof(*x));
	x->from = from;
	/* The bound on entries comes first, and says more. */
	x->left = 2 * (uint64_t)*max;
	archive_read_support_format_cpio(a);
	if (archive_read_open(a, x, NULL, read_inflated, close_inflated) == ARCHIVE_OK)
		return a;
	payload_fail(a, why);
	archive_read_free(a);
	return NULL;
}

int payload_modules(int fd, payload_fn *fn, void *arg, char **why)
{
	int64_t max;
	struct archive *a = payload_open(fd, &max, why);
	int r;

	if (!a)
		return -EBADMSG;
	r = walk(a, max, fn, arg, why);
	archive_read_free(a);
	return r;
}
