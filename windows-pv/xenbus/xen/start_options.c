/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot command line, which Windows leaves in the registry. Read once, asked at any IRQL. */
#include "internal.h"
#include "options.h"

#define TEXT_SIZE 4096

static union {
	KEY_VALUE_PARTIAL_INFORMATION Information;
	UCHAR Space[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + TEXT_SIZE];
} StartOptions;
static ULONG StartOptionsLength; /* in UTF-16 units */

VOID XenStartOptionsRead(VOID)
{
	UNICODE_STRING Name;
	ULONG Length;
	HANDLE Key;
	NTSTATUS Status;

	StartOptionsLength = 0;
	if (!NT_SUCCESS(XenRegistryOpen(L"Control", &Key)))
		return;
	RtlInitUnicodeString(&Name, L"SystemStartOptions");
	Status = ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, &StartOptions,
		sizeof(StartOptions), &Length);
	ZwClose(Key);
	if (!NT_SUCCESS(Status) || StartOptions.Information.Type != REG_SZ ||
		StartOptions.Information.DataLength > TEXT_SIZE)
		return;
	StartOptionsLength = StartOptions.Information.DataLength / sizeof(WCHAR);
}

static const uint16_t *Text(VOID)
{
	return (const uint16_t *)(StartOptions.Space +
				  FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data));
}

bool XenStartedSafely(VOID)
{
	return xen_option_begins(Text(), StartOptionsLength, "SAFEBOOT:");
}

NTSTATUS NTAPI XenQueryStartOption(PCSTR Name, PCHAR Value, ULONG Size)
{
	switch (xen_option_find(Text(), StartOptionsLength, Name, Value, Size)) {
	case -1:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	case -2:
		return STATUS_BUFFER_TOO_SMALL;
	default:
		return STATUS_SUCCESS;
	}
}
