/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: calling function 'ReadSetting' requires holding IRQL 'NtMayWait' */
#include "irql.h"

static NTSTATUS ReadSetting(HANDLE Key) NT_PASSIVE;
static NTSTATUS ReadSetting(HANDLE Key)
{
	return ZwClose(Key);
}

KDEFERRED_ROUTINE Dpc;
VOID Start(HANDLE Key) NT_PASSIVE;

VOID NTAPI Dpc(PKDPC Object, PVOID Key, PVOID First, PVOID Second)
{
	UNREFERENCED_PARAMETER(Object);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
#ifdef CORRECT
	UNREFERENCED_PARAMETER(Key);
#else
	ReadSetting(Key);
#endif
}

VOID Start(HANDLE Key)
{
	ReadSetting(Key);
}
