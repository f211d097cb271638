/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as the payload of an RPM, each file of it digested. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "medium/payload.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PAYLOAD struct payload_files l = { 0 };
	AUTO_FREE char *why = NULL;
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (payload_files(&l, fd, &why) == 0) {
		for (size_t i = 0; i < l.n; i++) {
			if (l.v[i].path[0] != '/' || !payload_files_find(&l, l.v[i].path) ||
				strlen(l.v[i].sha256) != strlen(l.v[i].content))
				abort();
		}
	}
	close(fd);
	return 0;
}
