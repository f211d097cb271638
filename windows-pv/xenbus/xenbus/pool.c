/* SPDX-License-Identifier: BSD-2-Clause */
#include "common.h"

static PVOID Allocate(POOL_TYPE Type, SIZE_T Size)
{
	PVOID Memory = ExAllocatePoolWithTag(Type, Size, POOL_TAG);

	if (Memory != NULL)
		memset(Memory, 0, Size);
	return Memory;
}

PVOID PoolAllocate(SIZE_T Size)
{
	return Allocate(NonPagedPool, Size);
}

PVOID PoolAllocatePaged(SIZE_T Size)
{
	return Allocate(PagedPool, Size);
}

VOID PoolFree(PVOID Memory)
{
	if (Memory != NULL)
		ExFreePoolWithTag(Memory, POOL_TAG);
}
