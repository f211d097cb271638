/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: 'Lock' is not held on every path through here */
#include "lock.h"

static NT_LOCK Lock;
NTSTATUS KeepLock(BOOLEAN Busy) NT_PASSIVE;

NTSTATUS KeepLock(BOOLEAN Busy)
{
	NtAcquireLock(&Lock);
	if (Busy) {
#ifdef CORRECT
		NtReleaseLock(&Lock);
#endif
		return STATUS_DEVICE_BUSY;
	}
	NtReleaseLock(&Lock);
	return STATUS_SUCCESS;
}
