/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_pnpid.h"

#define FILTER	     "XENFILT"
#define SERVICE_PATH L"Services\\XENFILT"
#define VALUE	     L"UpperFilters"
/* A longer list is left alone. */
#define LIST_UNITS   384

/* System, and controllers of hard disks. */
static const PCWSTR Classes[] = {
	L"Control\\Class\\{4d36e97d-e325-11ce-bfc1-08002be10318}",
	L"Control\\Class\\{4d36e96a-e325-11ce-bfc1-08002be10318}",
};

static NTSTATUS Edit(PWCHAR List, PULONG Units, BOOLEAN Present)
{
	size_t Length = *Units;
	int Result = Present ? pv_pnp_list_add(List, &Length, LIST_UNITS, FILTER)
			     : pv_pnp_list_remove(List, &Length, FILTER);

	*Units = (ULONG)Length;
	if (Result < 0)
		return STATUS_OBJECT_TYPE_MISMATCH;
	return Result == 0 ? STATUS_ALREADY_REGISTERED : STATUS_SUCCESS;
}

static NTSTATUS Change(HANDLE Key, BOOLEAN Present) NT_PASSIVE;
static NTSTATUS Change(HANDLE Key, BOOLEAN Present)
{
	WCHAR List[LIST_UNITS];
	ULONG Units = LIST_UNITS;
	NTSTATUS Status = XenRegistryQueryList(Key, VALUE, List, &Units);

	if (Status == STATUS_OBJECT_NAME_NOT_FOUND)
		Units = 0;
	else if (!NT_SUCCESS(Status))
		return Status;
	Status = Edit(List, &Units, Present);
	if (Status == STATUS_ALREADY_REGISTERED)
		return STATUS_SUCCESS;
	if (!NT_SUCCESS(Status))
		return Status;
	/* The empty list as there was none. */
	Status = Units <= 1 ? XenRegistryDelete(Key, VALUE)
			    : XenRegistrySetList(Key, VALUE, List, Units);
	if (NT_SUCCESS(Status))
		Status = ZwFlushKey(Key);
	return Status;
}

static NTSTATUS ChangeClass(PCWSTR Path, BOOLEAN Present) NT_PASSIVE;
static NTSTATUS ChangeClass(PCWSTR Path, BOOLEAN Present)
{
	HANDLE Key;
	NTSTATUS Status = XenRegistryOpenWrite(Path, &Key);

	/* A system without the class has no devices of it. */
	if (Status == STATUS_OBJECT_NAME_NOT_FOUND)
		return STATUS_SUCCESS;
	if (!NT_SUCCESS(Status))
		return Status;
	Status = Change(Key, Present);
	ZwClose(Key);
	return Status;
}

NTSTATUS NTAPI XenFilterClasses(BOOLEAN Present)
{
	NTSTATUS Status = STATUS_SUCCESS;
	HANDLE Key;

	if (Present) {
		Status = XenRegistryOpen(SERVICE_PATH, &Key);
		if (!NT_SUCCESS(Status))
			return Status;
		ZwClose(Key);
	}
	for (ULONG i = 0; i < RTL_NUMBER_OF(Classes); i++) {
		NTSTATUS One = ChangeClass(Classes[i], Present);

		if (NT_SUCCESS(One))
			continue;
		Status = One;
		XenLog(XEN_LOG_ERROR, MODULE, "filters: class %u: %08x", (unsigned)i,
			(unsigned)One);
	}
	return Status;
}
