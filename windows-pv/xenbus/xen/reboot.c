/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that needs a restart says so in a key that the restart takes away; the monitor service
 * watches it, and asks or acts.
 */
#include "internal.h"

#define KEY_PATH L"Services\\XENBUS\\Reboot"
#define NAME_AT	 (sizeof(KEY_PATH) / sizeof(WCHAR))
#define NAME_MAX 15

/* A name, and not a path. */
static bool Plain(CHAR C)
{
	return (C >= 'a' && C <= 'z') || (C >= 'A' && C <= 'Z') || (C >= '0' && C <= '9') ||
	       C == '-' || C == '_';
}

/* Keys are made one at a time. */
static NTSTATUS Create(PCWSTR Path) NT_PASSIVE;
static NTSTATUS Create(PCWSTR Path)
{
	HANDLE Key;
	NTSTATUS Status = XenRegistryCreateVolatile(Path, &Key);

	if (NT_SUCCESS(Status))
		ZwClose(Key);
	return Status;
}

NTSTATUS NTAPI XenRebootRequest(PCSTR Driver)
{
	WCHAR Path[NAME_AT + NAME_MAX + 1] = KEY_PATH L"\\";
	ULONG Length = 0;
	NTSTATUS Status;

	while (Length < NAME_MAX && Plain(Driver[Length])) {
		Path[NAME_AT + Length] = (UCHAR)Driver[Length];
		Length++;
	}
	if (Length == 0 || Driver[Length] != '\0')
		return STATUS_INVALID_PARAMETER;
	Path[NAME_AT + Length] = L'\0';
	Status = Create(KEY_PATH);
	if (NT_SUCCESS(Status))
		Status = Create(Path);
	if (NT_SUCCESS(Status))
		XenLog(XEN_LOG_INFO, MODULE, "%s asks for a restart of the system", Driver);
	return Status;
}
