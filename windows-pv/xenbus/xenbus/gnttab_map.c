/* SPDX-License-Identifier: BSD-2-Clause */
/* Other domains' pages, mapped over pages of the device's memory. */
#include "gnttab.h"

/* More in one piece would not find a place. */
#define COUNT_MAX 1024
/* A page that its owner has paged out takes a moment: this often, a millisecond apart. */
#define ATTEMPTS  100

typedef struct _MAP {
	LIST_ENTRY Link;
	ULONGLONG Pfn;
	ULONG Epoch;
	ULONG Count;
	ULONG Handles[];
} MAP, *PMAP;

VOID GnttabMapStart(PGNTTAB Gnttab, ULONGLONG FirstPfn, ULONG Pages)
{
	NtInitializeMutex(&Gnttab->MapLock);
	NtAcquireMutex(&Gnttab->MapLock);
	InitializeListHead(&Gnttab->Maps);
	(VOID) pv_rangeset_init(
		&Gnttab->Window, Gnttab->WindowRanges, RTL_NUMBER_OF(Gnttab->WindowRanges));
	if (Pages != 0)
		(VOID) pv_rangeset_put(&Gnttab->Window, FirstPfn, Pages);
	NtReleaseMutex(&Gnttab->MapLock);
}

/* A page that cannot be unmapped is not put back: something else may be seen there. */
static NTSTATUS UnmapPages(PGNTTAB Gnttab, PMAP Map, ULONG Count) NT_PASSIVE
	NT_HOLDS(Gnttab->MapLock);
static NTSTATUS UnmapPages(PGNTTAB Gnttab, PMAP Map, ULONG Count)
{
	NTSTATUS Result = STATUS_SUCCESS;

	for (ULONG i = 0; i < Map->Count; i++) {
		NTSTATUS Status = STATUS_SUCCESS;

		if (i < Count && Map->Epoch == Gnttab->Epoch)
			Status = XenGrantTableUnmap(Map->Handles[i], (Map->Pfn + i) * PAGE_SIZE);
		if (NT_SUCCESS(Status) && pv_rangeset_put(&Gnttab->Window, Map->Pfn + i, 1) != 0)
			Status = STATUS_INSUFFICIENT_RESOURCES;
		if (!NT_SUCCESS(Status)) {
			LogError("a foreign page stays lost: %08x", (unsigned)Status);
			Result = Status;
		}
	}
	return Result;
}

static NTSTATUS MapPage(USHORT Domid, ULONG Reference, BOOLEAN ReadOnly, ULONGLONG Address,
	PULONG Handle) NT_PASSIVE;
static NTSTATUS MapPage(
	USHORT Domid, ULONG Reference, BOOLEAN ReadOnly, ULONGLONG Address, PULONG Handle)
{
	LARGE_INTEGER Moment = FromNow(PV_TIME_MS);
	NTSTATUS Status = STATUS_RETRY;

	for (ULONG i = 0; i < ATTEMPTS && Status == STATUS_RETRY; i++) {
		if (i != 0)
			KeDelayExecutionThread(KernelMode, FALSE, &Moment);
		Status = XenGrantTableMap(Domid, Reference, ReadOnly, Address, Handle);
	}
	return Status == STATUS_RETRY ? STATUS_INSUFFICIENT_RESOURCES : Status;
}

/* References is the caller's, who may change it meanwhile: each is used once. */
static NTSTATUS MapAll(PGNTTAB Gnttab, PMAP Map, USHORT Domid, const ULONG *References,
	BOOLEAN ReadOnly) NT_PASSIVE NT_HOLDS(Gnttab->MapLock);
static NTSTATUS MapAll(
	PGNTTAB Gnttab, PMAP Map, USHORT Domid, const ULONG *References, BOOLEAN ReadOnly)
{
	uint64_t First;

	if (pv_rangeset_pop(&Gnttab->Window, Map->Count, &First) != 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	Map->Pfn = First;
	Map->Epoch = Gnttab->Epoch;
	for (ULONG i = 0; i < Map->Count; i++) {
		NTSTATUS Status = MapPage(Domid, References[i], ReadOnly,
			(Map->Pfn + i) * PAGE_SIZE, &Map->Handles[i]);

		if (!NT_SUCCESS(Status)) {
			(VOID) UnmapPages(Gnttab, Map, i);
			return Status;
		}
	}
	InsertTailList(&Gnttab->Maps, &Map->Link);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI GnttabMapForeignPages(PINTERFACE Interface, USHORT Domid, ULONG Count,
	const ULONG *References, BOOLEAN ReadOnly, PHYSICAL_ADDRESS *Address)
{
	PFDO Fdo = Interface->Context;
	PGNTTAB Gnttab = Fdo->Gnttab;
	NTSTATUS Status;
	PMAP Map;

	if (Count == 0 || Count > COUNT_MAX)
		return STATUS_INVALID_PARAMETER;
	Map = PoolAllocate(sizeof(*Map) + Count * sizeof(Map->Handles[0]));
	if (Map == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Map->Count = Count;
	NtAcquireMutex(&Gnttab->MapLock);
	Status = MapAll(Gnttab, Map, Domid, References, ReadOnly);
	NtReleaseMutex(&Gnttab->MapLock);
	if (!NT_SUCCESS(Status)) {
		PoolFree(Map);
		return Status;
	}
	Address->QuadPart = (LONGLONG)(Map->Pfn * PAGE_SIZE);
	return STATUS_SUCCESS;
}

static PMAP Find(PGNTTAB Gnttab, ULONGLONG Pfn) NT_HOLDS(Gnttab->MapLock);
static PMAP Find(PGNTTAB Gnttab, ULONGLONG Pfn)
{
	for (PLIST_ENTRY Entry = Gnttab->Maps.Flink; Entry != &Gnttab->Maps; Entry = Entry->Flink) {
		PMAP Map = CONTAINING_RECORD(Entry, MAP, Link);

		if (Map->Pfn == Pfn)
			return Map;
	}
	return NULL;
}

NTSTATUS NTAPI GnttabUnmapForeignPages(PINTERFACE Interface, PHYSICAL_ADDRESS Address)
{
	PFDO Fdo = Interface->Context;
	PGNTTAB Gnttab = Fdo->Gnttab;
	NTSTATUS Status = STATUS_INVALID_PARAMETER;
	PMAP Map;

	NtAcquireMutex(&Gnttab->MapLock);
	Map = Find(Gnttab, (ULONGLONG)Address.QuadPart / PAGE_SIZE);
	if (Map != NULL) {
		RemoveEntryList(&Map->Link);
		Status = UnmapPages(Gnttab, Map, Map->Count);
	}
	NtReleaseMutex(&Gnttab->MapLock);
	PoolFree(Map);
	return Status;
}

VOID GnttabMapStop(PGNTTAB Gnttab)
{
	ULONG Left = 0;

	NtAcquireMutex(&Gnttab->MapLock);
	while (!IsListEmpty(&Gnttab->Maps)) {
		PMAP Map = CONTAINING_RECORD(RemoveHeadList(&Gnttab->Maps), MAP, Link);

		(VOID) UnmapPages(Gnttab, Map, Map->Count);
		PoolFree(Map);
		Left++;
	}
	NtReleaseMutex(&Gnttab->MapLock);
	if (Left != 0)
		LogError("grant table: %u mappings were not undone", (unsigned)Left);
}
