/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#define ROOT L"\\Registry\\Machine\\System\\CurrentControlSet\\"

/* As much of a value as anybody here wants: a device id, a number, a list of filters. */
#define DATA_UNITS 384
#define DATA_SIZE  (DATA_UNITS * sizeof(WCHAR))

typedef union _VALUE {
	KEY_VALUE_PARTIAL_INFORMATION Information;
	UCHAR Space[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + DATA_SIZE];
} VALUE;

/* How a key is opened; the last two make one that is not there. */
enum how { READ, WRITE, CREATE, CREATE_VOLATILE };

static NTSTATUS Open(PCWSTR Path, enum how How, HANDLE *Key) NT_PASSIVE;
static NTSTATUS Query(HANDLE Key, PCWSTR Name, VALUE *Value) NT_PASSIVE;

/* ROOT and Path together, in a buffer of the caller's. */
static NTSTATUS Join(PCWSTR Path, WCHAR *Buffer, SIZE_T Size)
{
	SIZE_T Length = sizeof(ROOT) / sizeof(WCHAR) - 1;

	memcpy(Buffer, ROOT, sizeof(ROOT));
	for (; *Path != L'\0'; Path++) {
		if (Length + 1 >= Size)
			return STATUS_NAME_TOO_LONG;
		Buffer[Length++] = *Path;
	}
	Buffer[Length] = L'\0';
	return STATUS_SUCCESS;
}

static NTSTATUS Open(PCWSTR Path, enum how How, HANDLE *Key)
{
	WCHAR Buffer[128];
	UNICODE_STRING Name;
	OBJECT_ATTRIBUTES Attributes;
	NTSTATUS Status = Join(Path, Buffer, RTL_NUMBER_OF(Buffer));

	if (!NT_SUCCESS(Status))
		return Status;
	RtlInitUnicodeString(&Name, Buffer);
	InitializeObjectAttributes(
		&Attributes, &Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
	if (How == READ)
		return ZwOpenKey(Key, KEY_READ, &Attributes);
	if (How == WRITE)
		return ZwOpenKey(Key, KEY_READ | KEY_WRITE, &Attributes);
	return ZwCreateKey(Key, KEY_READ | KEY_WRITE, &Attributes, 0, NULL,
		How == CREATE ? REG_OPTION_NON_VOLATILE : REG_OPTION_VOLATILE, NULL);
}

NTSTATUS XenRegistryOpen(PCWSTR Path, HANDLE *Key)
{
	return Open(Path, READ, Key);
}

NTSTATUS XenRegistryCreate(PCWSTR Path, HANDLE *Key)
{
	return Open(Path, CREATE, Key);
}

NTSTATUS XenRegistryOpenWrite(PCWSTR Path, HANDLE *Key)
{
	return Open(Path, WRITE, Key);
}

NTSTATUS XenRegistryCreateVolatile(PCWSTR Path, HANDLE *Key)
{
	return Open(Path, CREATE_VOLATILE, Key);
}

static NTSTATUS Query(HANDLE Key, PCWSTR Name, VALUE *Value)
{
	UNICODE_STRING String;
	ULONG Length;
	NTSTATUS Status;

	RtlInitUnicodeString(&String, Name);
	Status = ZwQueryValueKey(
		Key, &String, KeyValuePartialInformation, Value, sizeof(*Value), &Length);
	if (Status == STATUS_BUFFER_OVERFLOW)
		return STATUS_BUFFER_TOO_SMALL;
	if (NT_SUCCESS(Status) && Value->Information.DataLength > DATA_SIZE)
		return STATUS_BUFFER_TOO_SMALL;
	return Status;
}

NTSTATUS XenRegistryQueryDword(HANDLE Key, PCWSTR Name, PULONG Value)
{
	VALUE Found;
	NTSTATUS Status = Query(Key, Name, &Found);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Found.Information.Type != REG_DWORD || Found.Information.DataLength != sizeof(*Value))
		return STATUS_OBJECT_TYPE_MISMATCH;
	memcpy(Value, Found.Information.Data, sizeof(*Value));
	return STATUS_SUCCESS;
}

NTSTATUS XenRegistryQueryText(HANDLE Key, PCWSTR Name, PWCHAR Value, ULONG Length)
{
	VALUE Found;
	ULONG Units;
	NTSTATUS Status = Query(Key, Name, &Found);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Found.Information.Type != REG_SZ || Found.Information.DataLength % sizeof(WCHAR) != 0)
		return STATUS_OBJECT_TYPE_MISMATCH;
	Units = Found.Information.DataLength / sizeof(WCHAR);
	if (Units > Length)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(Value, Found.Information.Data, Units * sizeof(WCHAR));
	/* The registry does not promise the NUL, nor that there is only one. */
	for (ULONG i = 0; i < Units; i++)
		if (Value[i] == L'\0')
			return STATUS_SUCCESS;
	if (Units == Length)
		return STATUS_BUFFER_TOO_SMALL;
	Value[Units] = L'\0';
	return STATUS_SUCCESS;
}

NTSTATUS XenRegistryQueryList(HANDLE Key, PCWSTR Name, PWCHAR List, PULONG Units)
{
	VALUE Found;
	NTSTATUS Status = Query(Key, Name, &Found);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Found.Information.Type != REG_MULTI_SZ ||
		Found.Information.DataLength % sizeof(WCHAR) != 0)
		return STATUS_OBJECT_TYPE_MISMATCH;
	if (Found.Information.DataLength > *Units * sizeof(WCHAR))
		return STATUS_BUFFER_TOO_SMALL;
	*Units = Found.Information.DataLength / sizeof(WCHAR);
	memcpy(List, Found.Information.Data, Found.Information.DataLength);
	return STATUS_SUCCESS;
}

NTSTATUS XenRegistrySetList(HANDLE Key, PCWSTR Name, PCWSTR List, ULONG Units)
{
	UNICODE_STRING String;

	RtlInitUnicodeString(&String, Name);
	return ZwSetValueKey(
		Key, &String, 0, REG_MULTI_SZ, (PVOID)(ULONG_PTR)List, Units * sizeof(WCHAR));
}

NTSTATUS XenRegistrySetText(HANDLE Key, PCWSTR Name, PCWSTR Value)
{
	UNICODE_STRING String;
	ULONG Length = 0;

	while (Value[Length] != L'\0')
		Length++;
	RtlInitUnicodeString(&String, Name);
	return ZwSetValueKey(
		Key, &String, 0, REG_SZ, (PVOID)(ULONG_PTR)Value, (Length + 1) * sizeof(WCHAR));
}

NTSTATUS XenRegistrySetDword(HANDLE Key, PCWSTR Name, ULONG Value)
{
	UNICODE_STRING String;

	RtlInitUnicodeString(&String, Name);
	return ZwSetValueKey(Key, &String, 0, REG_DWORD, &Value, sizeof(Value));
}

NTSTATUS XenRegistryDelete(HANDLE Key, PCWSTR Name)
{
	UNICODE_STRING String;
	NTSTATUS Status;

	RtlInitUnicodeString(&String, Name);
	Status = ZwDeleteValueKey(Key, &String);
	return Status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : Status;
}

NTSTATUS NTAPI XenQueryParameter(PCWSTR Name, PULONG Value)
{
	HANDLE Key;
	NTSTATUS Status = XenRegistryOpen(L"Services\\XEN\\Parameters", &Key);

	if (!NT_SUCCESS(Status))
		return Status;
	Status = XenRegistryQueryDword(Key, Name, Value);
	ZwClose(Key);
	return Status;
}
