/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: calling function 'KeWaitForSingleObject' requires holding IRQL 'NtMayWait' */
#include "lock.h"

static NT_LOCK Lock;
VOID WaitUnderLock(PKEVENT Event) NT_PASSIVE;

VOID WaitUnderLock(PKEVENT Event)
{
	NtAcquireLock(&Lock);
#ifdef CORRECT
	NtReleaseLock(&Lock);
	KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
#else
	KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
	NtReleaseLock(&Lock);
#endif
}
