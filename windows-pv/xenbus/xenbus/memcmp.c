/* SPDX-License-Identifier: BSD-2-Clause */
/* Not every kernel exports the name that compilers call, but all have this one. */
#include "common.h"

int __cdecl memcmp(const void *First, const void *Second, size_t Size);

int __cdecl memcmp(const void *First, const void *Second, size_t Size)
{
	const UCHAR *a = First;
	const UCHAR *b = Second;
	SIZE_T Same = RtlCompareMemory(First, Second, Size);

	return Same == Size ? 0 : a[Same] - b[Same];
}
