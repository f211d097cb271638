/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_PAYLOAD_H
#define DDK_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/strbuf.h"

/* Called for each module file of a payload; data is gone afterwards. Non-zero stops the reading. */
typedef int payload_fn(void *arg, const char *path, const void *data, size_t size);

/*
 * Unpacks the payload of an RPM in memory, from the start of fd, and hands over each regular file
 * whose name is a module's. Paths are absolute. What inflates to more than 200 times the RPM (and
 * 64 MiB), or a module above MODULE_SIZE_MAX, is refused. Returns 0, what fn returned, or a
 * negative errno with *why a line without the file's name (the caller frees it).
 */
int payload_modules(int fd, payload_fn *fn, void *arg, char **why);

/* One file of a payload. */
struct payload_file {
	char *path; /* absolute */
	mode_t mode;
	uint64_t size;
	char *link;	 /* target of a symbolic link, else "" */
	char sha256[65]; /* of its bytes; "" for what is no regular file */
	bool is_signed;	 /* a module with a sound signature at its end */
	/* Of a module: of its bytes, inflated and without the signature. Else as sha256. */
	char content[65];
};

struct payload_files {
	struct payload_file *v; /* sorted by path */
	size_t n, cap;
};

#define AUTO_PAYLOAD __attribute__((cleanup(payload_files_release)))

/* What one RPM may hold at the most. */
#define PAYLOAD_FILES_MAX 100000

/* Every file of the payload, with its digests; bounds and errors as those of payload_modules. */
int payload_files(struct payload_files *l, int fd, char **why);
const struct payload_file *payload_files_find(const struct payload_files *l, const char *path);
void payload_files_release(struct payload_files *l);
/*
 * The digest of a module's bytes, inflated and without its signature; *is_signed tells whether it
 * had one.
 */
void payload_module_content(const void *data, size_t size, char sha256[static 65], bool *is_signed);

/* Parts of these: an open payload with the bound of what it may unpack to, or NULL and *why. */
struct archive;
struct archive *payload_open(int fd, int64_t *max, char **why);
int payload_fail(struct archive *a, char **why);
/* The present entry's data, no more than a module may have, in place of what sb held. */
int payload_read_module(struct archive *a, struct strbuf *sb, char **why);
/* An entry's name as an absolute path; the caller frees it. */
char *payload_path(const char *path);

#endif
