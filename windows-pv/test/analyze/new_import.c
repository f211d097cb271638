/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: imports */
/* expect: ntoskrnl.exe!MmAllocateNonCachedMemory is not on the allow-list */
#include "irql.h"

DRIVER_INITIALIZE DriverEntry;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(DriverObject);
	UNREFERENCED_PARAMETER(RegistryPath);
#ifdef CORRECT
	DbgPrint("loaded");
	return STATUS_SUCCESS;
#else
	return MmAllocateNonCachedMemory(1) == NULL ? STATUS_NO_MEMORY : STATUS_SUCCESS;
#endif
}
