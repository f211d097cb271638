/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: calling function 'NtAcquireMutex' requires holding IRQL 'NtMayWait' */
#include "lock.h"

static NT_MUTEX Mutex;
static ULONG Count NT_GUARDED_BY(Mutex);
KDEFERRED_ROUTINE Dpc;
VOID Passive(VOID) NT_PASSIVE;

VOID Passive(VOID)
{
	NtAcquireMutex(&Mutex);
	Count = Count + 1;
	NtReleaseMutex(&Mutex);
}

VOID NTAPI Dpc(PKDPC Object, PVOID Context, PVOID First, PVOID Second)
{
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
#ifndef CORRECT
	NtAcquireMutex(&Mutex);
	Count = Count + 1;
	NtReleaseMutex(&Mutex);
#endif
}
