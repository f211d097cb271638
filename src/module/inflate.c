/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "module/module.h"
#include "util/alloc.h"
#include "util/strbuf.h"

static bool is_compressed(const unsigned char *p, size_t size)
{
	static const struct {
		unsigned char magic[6];
		size_t len;
	} kinds[] = {
		{ { 0x1f, 0x8b }, 2 },
		{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6 },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (size >= kinds[i].len && memcmp(p, kinds[i].magic, kinds[i].len) == 0)
			return true;
	}
	return false;
}

static int inflate_stream(struct archive *a, struct strbuf *sb, size_t max)
{
	struct archive_entry *entry;

	if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return -EINVAL;
	for (;;) {
		char buf[65536];
		la_ssize_t n = archive_read_data(a, buf, sizeof(buf));

		if (n < 0)
			return -EINVAL;
		if (n == 0)
			return 0;
		if (sb->len + (size_t)n > max)
			return -EFBIG;
		strbuf_add(sb, buf, (size_t)n);
	}
}

int module_inflate(const void *data, size_t size, size_t max, void **out, size_t *out_size)
{
	struct archive *a;
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int r;

	if (!is_compressed(data, size))
		return 0;
	a = archive_read_new();
	if (!a)
		return -ENOMEM;
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_format_raw(a);
	r = archive_read_open_memory(a, data, size) == ARCHIVE_OK ? inflate_stream(a, &sb, max)
								  : -EINVAL;
	archive_read_free(a);
	if (r < 0)
		return r;
	*out_size = sb.len;
	*out = strbuf_detach(&sb);
	return 1;
}
