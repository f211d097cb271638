/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "pv_rangeset.h"

#define FIRST_RANGES 16
#define MOST_RANGES  65536

struct _DK_RANGE_SET {
	NT_LOCK Lock;
	struct pv_rangeset Set NT_UNDER(Lock);
	CHAR Name[32];
};

INTERFACE_REFERENCES(RangeSet, DK_XENBUS_ROW_RANGE_SET)

/* The library counts from 0, callers from -2^63: the order stays. */
static uint64_t FromSigned(LONGLONG Value)
{
	return (uint64_t)Value ^ 1ull << 63;
}

static LONGLONG ToSigned(uint64_t Value)
{
	return (LONGLONG)(Value ^ 1ull << 63);
}

static NTSTATUS NTAPI Create(PINTERFACE Interface, PCSTR Name, PDK_RANGE_SET *Result) NT_PASSIVE;
static NTSTATUS NTAPI Create(PINTERFACE Interface, PCSTR Name, PDK_RANGE_SET *Result)
{
	PDK_RANGE_SET RangeSet = PoolAllocate(sizeof(*RangeSet));
	struct pv_range *Ranges = PoolAllocate(FIRST_RANGES * sizeof(*Ranges));

	UNREFERENCED_PARAMETER(Interface);
	if (RangeSet == NULL || Ranges == NULL) {
		PoolFree(Ranges);
		PoolFree(RangeSet);
		return STATUS_NO_MEMORY;
	}
	for (ULONG i = 0; i < sizeof(RangeSet->Name) - 1 && Name[i] != '\0'; i++)
		RangeSet->Name[i] = Name[i];
	NtInitializeLock(&RangeSet->Lock);
	NtAcquireLock(&RangeSet->Lock);
	(VOID) pv_rangeset_init(&RangeSet->Set, Ranges, FIRST_RANGES);
	NtReleaseLock(&RangeSet->Lock);
	*Result = RangeSet;
	return STATUS_SUCCESS;
}

static NTSTATUS Grow(PDK_RANGE_SET RangeSet) NT_HOLDS(RangeSet->Lock);
static NTSTATUS Grow(PDK_RANGE_SET RangeSet)
{
	ULONG Count = RangeSet->Set.cap * 2;
	struct pv_range *Ranges;

	if (Count > MOST_RANGES)
		return STATUS_NO_MEMORY;
	Ranges = PoolAllocate(Count * sizeof(*Ranges));
	if (Ranges == NULL)
		return STATUS_NO_MEMORY;
	PoolFree(pv_rangeset_grow(&RangeSet->Set, Ranges, Count));
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Put(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, LONGLONG Start, ULONGLONG Count)
{
	NTSTATUS Status = STATUS_SUCCESS;
	int Error;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLockAny(&RangeSet->Lock);
	Error = pv_rangeset_put(&RangeSet->Set, FromSigned(Start), Count);
	if (Error == PV_ENOSPC) {
		Status = Grow(RangeSet);
		if (NT_SUCCESS(Status))
			Error = pv_rangeset_put(&RangeSet->Set, FromSigned(Start), Count);
	}
	NtReleaseLockAny(&RangeSet->Lock);
	if (!NT_SUCCESS(Status))
		return Status;
	return Error == 0 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static NTSTATUS NTAPI Pop(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, ULONGLONG Count, PLONGLONG Start)
{
	uint64_t First = 0;
	int Error;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLockAny(&RangeSet->Lock);
	Error = pv_rangeset_pop(&RangeSet->Set, Count, &First);
	NtReleaseLockAny(&RangeSet->Lock);
	if (Error != 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	*Start = ToSigned(First);
	return STATUS_SUCCESS;
}

static NTSTATUS NTAPI Get(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, LONGLONG Start, ULONGLONG Count)
{
	NTSTATUS Status = STATUS_SUCCESS;
	int Error;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLockAny(&RangeSet->Lock);
	Error = pv_rangeset_get(&RangeSet->Set, FromSigned(Start), Count);
	if (Error == PV_ENOSPC) {
		Status = Grow(RangeSet);
		if (NT_SUCCESS(Status))
			Error = pv_rangeset_get(&RangeSet->Set, FromSigned(Start), Count);
	}
	NtReleaseLockAny(&RangeSet->Lock);
	if (!NT_SUCCESS(Status))
		return Status;
	return Error == 0 ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID NTAPI Destroy(PINTERFACE Interface, PDK_RANGE_SET RangeSet) NT_PASSIVE;
static VOID NTAPI Destroy(PINTERFACE Interface, PDK_RANGE_SET RangeSet)
{
	struct pv_range *Ranges;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLock(&RangeSet->Lock);
	Ranges = RangeSet->Set.ranges;
	NtReleaseLock(&RangeSet->Lock);
	PoolFree(Ranges);
	PoolFree(RangeSet);
}

const DK_RANGE_SET_INTERFACE_V1 RangeSetInterfaceV1 = {
	.Acquire = RangeSetAcquire,
	.Release = RangeSetRelease,
	.Create = Create,
	.Put = Put,
	.Pop = Pop,
	.Get = Get,
	.Destroy = Destroy,
};
