/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: writing variable 'Count' requires holding spin lock 'Lock' */
#include "lock.h"

static NT_LOCK Lock;
static ULONG Count NT_GUARDED_BY(Lock);
VOID Add(VOID) NT_PASSIVE;

VOID Add(VOID)
{
#ifdef CORRECT
	NtAcquireLock(&Lock);
	Count = Count + 1;
	NtReleaseLock(&Lock);
#else
	Count = 1;
#endif
}
