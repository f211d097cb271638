/* SPDX-License-Identifier: BSD-2-Clause */
#include "registry.h"

#define PATH_UNITS 260
static const WCHAR Parameters[] = L"\\Parameters";

/* Written by DriverEntry, before anybody reads it. */
static WCHAR ParametersPath[PATH_UNITS];

typedef union _VALUE {
	KEY_VALUE_PARTIAL_INFORMATION Information;
	UCHAR Space[FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) +
		    REGISTRY_LIST_UNITS * sizeof(WCHAR)];
} VALUE;

static NTSTATUS Query(PCWSTR Key, PCWSTR Name, ULONG Type, VALUE *Value) NT_PASSIVE;

NTSTATUS RegistrySetService(PUNICODE_STRING Path)
{
	if (Path->Length + sizeof(Parameters) > sizeof(ParametersPath))
		return STATUS_NAME_TOO_LONG;
	memcpy(ParametersPath, Path->Buffer, Path->Length);
	memcpy(ParametersPath + Path->Length / sizeof(WCHAR), Parameters, sizeof(Parameters));
	return STATUS_SUCCESS;
}

static NTSTATUS Query(PCWSTR Key, PCWSTR Name, ULONG Type, VALUE *Value)
{
	OBJECT_ATTRIBUTES Attributes;
	UNICODE_STRING String;
	HANDLE Handle;
	ULONG Length;
	NTSTATUS Status;

	RtlInitUnicodeString(&String, Key);
	InitializeObjectAttributes(
		&Attributes, &String, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
	Status = ZwOpenKey(&Handle, KEY_READ, &Attributes);
	if (!NT_SUCCESS(Status))
		return Status;
	RtlInitUnicodeString(&String, Name);
	Status = ZwQueryValueKey(
		Handle, &String, KeyValuePartialInformation, Value, sizeof(*Value), &Length);
	ZwClose(Handle);
	if (Status == STATUS_BUFFER_OVERFLOW)
		return STATUS_BUFFER_TOO_SMALL;
	if (!NT_SUCCESS(Status))
		return Status;
	if (Value->Information.Type != Type ||
		Value->Information.DataLength > REGISTRY_LIST_UNITS * sizeof(WCHAR))
		return STATUS_OBJECT_TYPE_MISMATCH;
	return STATUS_SUCCESS;
}

NTSTATUS RegistryQueryDword(PCWSTR Key, PCWSTR Name, PULONG Number)
{
	VALUE Value;
	NTSTATUS Status = Query(Key, Name, REG_DWORD, &Value);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Value.Information.DataLength != sizeof(*Number))
		return STATUS_OBJECT_TYPE_MISMATCH;
	memcpy(Number, Value.Information.Data, sizeof(*Number));
	return STATUS_SUCCESS;
}

BOOLEAN RegistryIsOn(PCSTR Option, PCWSTR Parameter)
{
	CHAR Value[8];
	ULONG Number;

	if (NT_SUCCESS(XenQueryStartOption(Option, Value, sizeof(Value))))
		return !SameText(Value, "OFF") && !SameText(Value, "off");
	return !NT_SUCCESS(RegistryQueryDword(ParametersPath, Parameter, &Number)) || Number != 0;
}

NTSTATUS RegistryQueryList(PCWSTR Name, PWCHAR List, PULONG Units)
{
	VALUE Value;
	NTSTATUS Status = Query(ParametersPath, Name, REG_MULTI_SZ, &Value);

	if (!NT_SUCCESS(Status))
		return Status;
	*Units = Value.Information.DataLength / sizeof(WCHAR);
	memcpy(List, Value.Information.Data, *Units * sizeof(WCHAR));
	return STATUS_SUCCESS;
}
