/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_OUTFILE_H
#define DDK_OUTFILE_H

#include <stdio.h>

#include "util/cleanup.h"

/* A file that appears under its name only when it is complete and on the disk. */
struct outfile {
	FILE *f; /* write here */
	char *path;
	char *tmp;
};

#define AUTO_OUTFILE CLEANUP(outfile_abort)

/* Starts path with the given permissions. Returns 0 or a negative errno. */
int outfile_open(struct outfile *o, const char *path, mode_t mode);
/* Flushes, fsyncs and renames. Returns 0 or a negative errno; the temporary file is gone then. */
int outfile_commit(struct outfile *o);
/* Drops an uncommitted file; harmless after a commit. */
void outfile_abort(struct outfile *o);
/* All of the above for a ready text. Returns 0 or a negative errno. */
int outfile_write(const char *path, mode_t mode, const void *data, size_t len);

#endif
