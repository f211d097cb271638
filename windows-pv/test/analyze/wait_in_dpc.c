/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: calling function 'KeWaitForSingleObject' requires holding IRQL 'NtMayWait' */
#include "irql.h"

KDEFERRED_ROUTINE Dpc;
VOID Worker(PVOID Event) NT_PASSIVE;

#ifdef CORRECT
VOID NTAPI Dpc(PKDPC Object, PVOID Event, PVOID First, PVOID Second)
{
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(Event);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
}

VOID Worker(PVOID Event)
{
	KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}
#else
VOID NTAPI Dpc(PKDPC Object, PVOID Event, PVOID First, PVOID Second)
{
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}
#endif
