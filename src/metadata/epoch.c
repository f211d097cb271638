/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/epoch.h"

int epoch_parse(const char *s, long long *epoch)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 12 || s[n])
		return -EINVAL;
	*epoch = strtoll(s, NULL, 10);
	return *epoch <= EPOCH_MAX ? 0 : -EINVAL;
}
