/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"
#include "util/diag.h"

int command_cannot(const char *path, int err)
{
	diag_error("%s: %s", path, strerror(err));
	return DDK_IO;
}
