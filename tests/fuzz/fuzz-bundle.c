/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a bundle: what is unpacked lies in one new folder below the present one, or nowhere.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/bundle.h"
#include "util/alloc.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)flag;
	(void)at;
	/* Whatever a bundle says of modes and links. */
	if (!S_ISDIR(st->st_mode) && (!S_ISREG(st->st_mode) || st->st_nlink != 1))
		abort();
	return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", 0);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	AUTO_FREE char *why = NULL;
	struct stat st;
	int r;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	r = bundle_unpack(path, "unpacked", &why);
	if ((r < 0) != (why != NULL) || (r >= 0) != (lstat("unpacked", &st) == 0))
		abort();
	if (r >= 0)
		nftw("unpacked", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	close(fd);
	return 0;
}
