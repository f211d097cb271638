/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: cannot call function 'NtAcquireLockRaised' while IRQL 'NtMayWait' is held */
#include "lock.h"

static NT_LOCK Lock;
VOID WrongVariant(VOID) NT_PASSIVE;

VOID WrongVariant(VOID)
{
#ifdef CORRECT
	NtAcquireLock(&Lock);
	NtReleaseLock(&Lock);
#else
	NtAcquireLockRaised(&Lock);
	NtReleaseLockRaised(&Lock);
#endif
}
