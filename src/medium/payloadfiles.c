/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "medium/payload.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/digest.h"

void payload_module_content(const void *data, size_t size, char sha256[static 65], bool *is_signed)
{
	AUTO_FREE void *inflated = NULL;
	struct module_signature s = { 0 };
	struct digest d;

	/* What does not inflate is compared as it is. */
	if (module_inflate(data, size, MODULE_SIZE_MAX, &inflated, &size) == 1)
		data = inflated;
	module_read_signature(&s, data, size);
	*is_signed = s.present && !s.malformed;
	digest_buffer(&d, DIGEST_SHA256, data, size - (*is_signed ? s.size : 0));
	strcpy(sha256, d.sha256);
	free(s.signer);
	free(s.key_id);
	free(s.hash);
}

static int read_module(struct archive *a, struct payload_file *f, struct strbuf *sb, char **why)
{
	int r = payload_read_module(a, sb, why);
	const char *data = sb->buf ? sb->buf : "";
	struct digest d;

	if (r < 0)
		return r;
	digest_buffer(&d, DIGEST_SHA256, data, sb->len);
	strcpy(f->sha256, d.sha256);
	payload_module_content(data, sb->len, f->content, &f->is_signed);
	return 0;
}

static int read_file(struct archive *a, struct payload_file *f, char **why)
{
	struct digest_ctx *ctx = digest_begin(DIGEST_SHA256);
	struct digest d;
	char buf[65536];
	la_ssize_t n;

	while ((n = archive_read_data(a, buf, sizeof(buf))) > 0)
		digest_add(ctx, buf, (size_t)n);
	digest_end(ctx, &d);
	strcpy(f->sha256, d.sha256);
	strcpy(f->content, d.sha256);
	return n < 0 ? payload_fail(a, why) : 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(
		((const struct payload_file *)a)->path, ((const struct payload_file *)b)->path);
}

static int read_entry(struct archive *a, struct archive_entry *entry, int64_t max,
	struct payload_files *l, struct strbuf *sb, char **why)
{
	const char *name = archive_entry_pathname(entry);
	const char *link = archive_entry_symlink(entry);
	struct payload_file *f;

	if (!name)
		return payload_fail(a, why);
	/* Skipping inflates too, so the bound is on what an entry claims. */
	if (archive_entry_size(entry) > max - archive_filter_bytes(a, 0)) {
		*why = xasprintf("the payload unpacks to more than %lld bytes", (long long)max);
		return -EFBIG;
	}
	if (l->n == PAYLOAD_FILES_MAX) {
		*why = xasprintf("the payload has more than %d files", PAYLOAD_FILES_MAX);
		return -EFBIG;
	}
	l->v = xgrow(l->v, l->n, &l->cap, sizeof(*l->v));
	f = &l->v[l->n++];
	*f = (struct payload_file){
		.path = payload_path(name),
		.mode = archive_entry_mode(entry),
		.size = (uint64_t)archive_entry_size(entry),
		.link = xstrdup(link ? link : ""),
	};
	if (archive_entry_filetype(entry) != AE_IFREG)
		return 0;
	return module_is_path(f->path) ? read_module(a, f, sb, why) : read_file(a, f, why);
}

int payload_files(struct payload_files *l, int fd, char **why)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct archive_entry *entry;
	struct archive *a;
	int64_t max;
	int r;

	*l = (struct payload_files){ 0 };
	a = payload_open(fd, &max, why);
	if (!a)
		return -EBADMSG;
	do {
		r = archive_read_next_header(a, &entry);
		if (r == ARCHIVE_EOF)
			break;
		r = r == ARCHIVE_OK || r == ARCHIVE_WARN ? read_entry(a, entry, max, l, &sb, why)
							 : payload_fail(a, why);
	} while (r == 0);
	archive_read_free(a);
	if (r < 0) {
		payload_files_release(l);
		return r;
	}
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_path);
	return 0;
}

const struct payload_file *payload_files_find(const struct payload_files *l, const char *path)
{
	struct payload_file key = { .path = (char *)path };

	return l->n ? bsearch(&key, l->v, l->n, sizeof(*l->v), by_path) : NULL;
}

void payload_files_release(struct payload_files *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].path);
		free(l->v[i].link);
	}
	free(l->v);
	*l = (struct payload_files){ 0 };
}
