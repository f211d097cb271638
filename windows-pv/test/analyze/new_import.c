/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: imports */
/* expect: ntoskrnl.exe!ExAllocatePoolWithTag is not on the allow-list */
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
	return ExAllocatePoolWithTag(NonPagedPool, 1, 0) == NULL ? STATUS_NO_MEMORY
								 : STATUS_SUCCESS;
#endif
}
