/* SPDX-License-Identifier: BSD-2-Clause */
/* An ISO image from any bytes, read and checked as `ddk check` and `ddk show` do. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "medium/show.h"
#include "util/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	int fd = memfd_create("fuzz", 0);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	FILE *null = fopen("/dev/null", "w");
	struct show s;

	if (fd < 0 || !null || write(fd, data, size) != (ssize_t)size)
		abort();
	if (contents_read(&c, path, &f) == 0) {
		check_medium(&c, NULL, &f);
		show_gather(&s, &c);
		show_print(&s, null);
		show_print_json(&s, null);
		show_release(&s);
	}
	findings_print_json(&f, "medium", path, null);
	fclose(null);
	close(fd);
	return 0;
}
