/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's tables: that of the processors, as Xen's firmware writes it. */
#include "internal.h"

#define FIRMWARE_TABLES 76
#define ENTRY		8

NTSTATUS Shim_ZwQuerySystemInformation(
	ULONG Class, PVOID Information, ULONG Length, PULONG ResultLength);

static const UCHAR Head[44] = "APIC\0\0\0\0\1\0XEN\0\0\0HVM\0\0\0\0\0\0\0\0\0HVML";

NTSTATUS Shim_ZwQuerySystemInformation(
	ULONG Class, PVOID Information, ULONG Length, PULONG ResultLength)
{
	SYSTEM_FIRMWARE_TABLE_INFORMATION *Table = Information;
	ULONG Size = sizeof(Head) + SHIM_CPUS * ENTRY;
	PUCHAR Bytes = Table->TableBuffer;
	UCHAR Sum = 0;

	if (Class != FIRMWARE_TABLES || Length < sizeof(*Table)) {
		ShimFail(SHIM_CALLER, "the shim knows the firmware's tables only");
		return STATUS_NOT_IMPLEMENTED;
	}
	if (Table->ProviderSignature != 0x41435049 || Table->Action != SystemFirmwareTable_Get ||
		memcmp(&Table->TableID, Head, 4) != 0)
		return STATUS_NOT_FOUND;
	*ResultLength = FIELD_OFFSET(SYSTEM_FIRMWARE_TABLE_INFORMATION, TableBuffer) + Size;
	if (Length < *ResultLength || Table->TableBufferLength < Size) {
		Table->TableBufferLength = Size;
		return STATUS_BUFFER_TOO_SMALL;
	}
	Table->TableBufferLength = Size;
	RtlZeroMemory(Bytes, Size);
	RtlCopyMemory(Bytes, Head, sizeof(Head));
	Bytes[4] = (UCHAR)Size;
	for (UCHAR i = 0; i < SHIM_CPUS; i++) {
		PUCHAR Entry = Bytes + sizeof(Head) + i * ENTRY;

		Entry[1] = ENTRY;
		Entry[2] = i;
		Entry[3] = (UCHAR)(2 * i);
		Entry[4] = 1;
	}
	for (ULONG i = 0; i < Size; i++)
		Sum = (UCHAR)(Sum + Bytes[i]);
	Bytes[9] = (UCHAR)(Bytes[9] - Sum);
	return STATUS_SUCCESS;
}
