/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: decoration */
/* expect: _ZwClose@8 is neither defined here nor on the allow-list */
#define ZwClose HideTheRightOne
#include <ntddk.h>
#undef ZwClose

#ifdef CORRECT
NTSYSAPI NTSTATUS NTAPI ZwClose(HANDLE Handle);
#define CLOSE(Handle) ZwClose(Handle)
#else
NTSYSAPI NTSTATUS NTAPI ZwClose(HANDLE Handle, ULONG Flags);
#define CLOSE(Handle) ZwClose(Handle, 0)
#endif

NTSTATUS Close(HANDLE Handle);

NTSTATUS Close(HANDLE Handle)
{
	return CLOSE(Handle);
}
