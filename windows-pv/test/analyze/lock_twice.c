/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: acquiring (mutex|spin lock) .Lock. that is already held */
#include "lock.h"

static NT_LOCK Lock;
VOID LockTwice(VOID);

VOID LockTwice(VOID)
{
	NtAcquireLockRaised(&Lock);
#ifndef CORRECT
	NtAcquireLockRaised(&Lock);
#endif
	NtReleaseLockRaised(&Lock);
}
