/* SPDX-License-Identifier: BSD-2-Clause */
#include "gnttab.h"
#include "interface.h"

#include "pv_xen.h"
#include <xen/memory.h>

/* The first references are the toolstack's: console and store. */
#define RESERVED       8
/* Of 512 references each; Xen's own default is fewer. */
#define FRAMES_MAX     128
/* Pages that peers may keep from us before we grant nothing more: 16 MiB. */
#define QUARANTINE_MAX 4096
/* Entries of the quarantine that are looked at on the side, and by the timer. */
#define COLLECT_SOME   4
#define COLLECT_ALL    256
#define COLLECT_EVERY  PV_TIME_SECOND

static KDEFERRED_ROUTINE Collect;

/* Frame by frame, as references are needed. */
static int AddFrame(PGNTTAB Gnttab) NT_HOLDS(Gnttab->Lock);
static int AddFrame(PGNTTAB Gnttab)
{
	ULONG Index = Gnttab->Book.ready / PV_GNTTAB_PER_FRAME;
	NTSTATUS Status;

	if (Index >= Gnttab->Frames)
		return PV_ENOSPC;
	Status = XenMemoryAddToPhysmap(XENMAPSPACE_grant_table, Index, Gnttab->FirstPfn + Index);
	if (!NT_SUCCESS(Status)) {
		LogWarning("grant frame %u: %08x", (unsigned)Index, (unsigned)Status);
		return PV_ENOMEM;
	}
	return pv_gnttab_add_frame(&Gnttab->Book);
}

/* Gives back what peers have let go of. TRUE: something is left in quarantine. */
static BOOLEAN CollectUpTo(PGNTTAB Gnttab, uint32_t Budget)
{
	for (;;) {
		DK_GNTTAB_ENTRY Entry = { .Reference = 0 };
		BOOLEAN Left;
		PVOID Found;
		int Any;

		NtAcquireLockAny(&Gnttab->Lock);
		Any = pv_gnttab_collect(&Gnttab->Book, &Budget, &Found);
		/* A copy: the reference may be another's as soon as the lock is free. */
		if (Any == 1)
			Entry = *(PDK_GNTTAB_ENTRY)Found;
		Left = Gnttab->Book.quarantined != 0;
		NtReleaseLockAny(&Gnttab->Lock);
		if (Any != 1)
			return Left;
		Entry.Free(Entry.Page);
	}
}

static VOID NTAPI Collect(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PGNTTAB Gnttab = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	if (CollectUpTo(Gnttab, COLLECT_ALL) && ReadLong(&Gnttab->Stopping) == 0)
		KeSetTimer(&Gnttab->CollectTimer, FromNow(COLLECT_EVERY), &Gnttab->CollectDpc);
}

static VOID Free(PGNTTAB Gnttab)
{
	PoolFree(Gnttab->Entries);
	PoolFree(Gnttab->Grants);
	PoolFree(Gnttab);
}

static NTSTATUS Initialize(PGNTTAB Gnttab) NT_PASSIVE;
static NTSTATUS Initialize(PGNTTAB Gnttab)
{
	int Error;

	NtAcquireLock(&Gnttab->Lock);
	Error = pv_gnttab_init(&Gnttab->Book, Gnttab->Shared, Gnttab->Grants, Gnttab->Frames,
		RESERVED, QUARANTINE_MAX);
	if (Error == 0)
		Error = AddFrame(Gnttab);
	NtReleaseLock(&Gnttab->Lock);
	return StatusOf(Error);
}

/* Version 2 entries, if somebody before us chose them, would make nonsense of ours. */
static NTSTATUS WantVersion1(VOID)
{
	ULONG Version;
	NTSTATUS Status = XenGrantTableGetVersion(&Version);

	/* An old Xen has only the one version and does not know the question. */
	if (!NT_SUCCESS(Status) || Version == 1)
		return STATUS_SUCCESS;
	return XenGrantTableSetVersion(1);
}

NTSTATUS GnttabStart(PFDO Fdo)
{
	PGNTTAB Gnttab = PoolAllocate(sizeof(*Gnttab));
	PHYSICAL_ADDRESS Address = Fdo->Resources.Memory;
	ULONG Current;
	ULONG Maximum;
	NTSTATUS Status;

	if (Gnttab == NULL)
		return STATUS_NO_MEMORY;
	Gnttab->Fdo = Fdo;
	NtInitializeLock(&Gnttab->Lock);
	KeInitializeDpc(&Gnttab->CollectDpc, Collect, Gnttab);
	KeInitializeTimer(&Gnttab->CollectTimer);
	Status = WantVersion1();
	if (NT_SUCCESS(Status))
		Status = XenGrantTableQuerySize(&Current, &Maximum);
	if (!NT_SUCCESS(Status))
		goto fail;
	/* Half of the device's memory at most: the rest is for mapping. */
	Gnttab->Frames = min(min(Maximum, FRAMES_MAX), Fdo->Resources.Pages / 2);
	Status = STATUS_INSUFFICIENT_RESOURCES;
	if (Gnttab->Frames == 0)
		goto fail;
	Address.QuadPart += PAGE_SIZE;
	Gnttab->FirstPfn = (ULONGLONG)Address.QuadPart / PAGE_SIZE;
	Status = STATUS_NO_MEMORY;
	Gnttab->Grants = PoolAllocate(
		(SIZE_T)Gnttab->Frames * PV_GNTTAB_PER_FRAME * sizeof(*Gnttab->Grants));
	Gnttab->Entries = PoolAllocate(
		(SIZE_T)Gnttab->Frames * PV_GNTTAB_PER_FRAME * sizeof(*Gnttab->Entries));
	if (Gnttab->Grants == NULL || Gnttab->Entries == NULL)
		goto fail;
	Gnttab->Shared = MmMapIoSpace(Address, (SIZE_T)Gnttab->Frames * PAGE_SIZE, MmCached);
	Status = STATUS_INSUFFICIENT_RESOURCES;
	if (Gnttab->Shared == NULL)
		goto fail;
	Status = Initialize(Gnttab);
	if (!NT_SUCCESS(Status))
		goto fail_mapped;
	GnttabMapStart(Gnttab, Gnttab->FirstPfn + Gnttab->Frames,
		Fdo->Resources.Pages - 1 - Gnttab->Frames);
	Fdo->Gnttab = Gnttab;
	return STATUS_SUCCESS;

fail_mapped:
	MmUnmapIoSpace(Gnttab->Shared, (SIZE_T)Gnttab->Frames * PAGE_SIZE);
fail:
	LogError("grant table: %08x", (unsigned)Status);
	Free(Gnttab);
	return Status;
}

VOID GnttabStop(PFDO Fdo)
{
	PGNTTAB Gnttab = Fdo->Gnttab;
	ULONG Active;
	ULONG Ready;
	ULONG Quarantined;

	if (Gnttab == NULL)
		return;
	Fdo->Gnttab = NULL;
	GnttabMapStop(Gnttab);
	InterlockedExchange(&Gnttab->Stopping, 1);
	/* First who may be about to set the timer, then the timer, then what it has queued. */
	KeFlushQueuedDpcs();
	KeCancelTimer(&Gnttab->CollectTimer);
	KeFlushQueuedDpcs();
	(VOID) CollectUpTo(Gnttab, QUARANTINE_MAX);
	NtAcquireLock(&Gnttab->Lock);
	Active = Gnttab->Book.active;
	Quarantined = Gnttab->Book.quarantined;
	Ready = Gnttab->Book.ready / PV_GNTTAB_PER_FRAME;
	NtReleaseLock(&Gnttab->Lock);
	/* Those pages are a peer's to write to: nobody gets them back before the next boot. */
	if (Active != 0 || Quarantined != 0)
		LogError("grant table: %u pages are still granted, %u still in use by others",
			(unsigned)Active, (unsigned)Quarantined);
	MmUnmapIoSpace(Gnttab->Shared, (SIZE_T)Gnttab->Frames * PAGE_SIZE);
	for (ULONG i = 0; i < Ready; i++)
		(VOID) XenMemoryRemoveFromPhysmap(Gnttab->FirstPfn + i);
	Free(Gnttab);
}

VOID GnttabResume(PFDO Fdo)
{
	PGNTTAB Gnttab = Fdo->Gnttab;
	NTSTATUS Status = WantVersion1();

	for (ULONG i = 0; i < Gnttab->Book.ready / PV_GNTTAB_PER_FRAME && NT_SUCCESS(Status); i++)
		Status = XenMemoryAddToPhysmap(XENMAPSPACE_grant_table, i, Gnttab->FirstPfn + i);
	if (!NT_SUCCESS(Status))
		LogError("grant table: after a resume: %08x", (unsigned)Status);
	pv_gnttab_resumed(&Gnttab->Book);
	Gnttab->Epoch++;
}

VOID GnttabCollectSoon(PGNTTAB Gnttab)
{
	KeInsertQueueDpc(&Gnttab->CollectDpc, NULL, NULL);
}

INTERFACE_REFERENCES(Gnttab, DK_XENBUS_ROW_GNTTAB)

static NTSTATUS NTAPI Permit(PINTERFACE Interface, USHORT Domid, PFN_NUMBER Pfn, BOOLEAN ReadOnly,
	DK_GNTTAB_PAGE_FREE PageFree, PVOID Page, PDK_GNTTAB_ENTRY *Result)
{
	PGNTTAB Gnttab = InterfaceFdo(Interface)->Gnttab;
	PDK_GNTTAB_ENTRY Entry = NULL;
	uint32_t Reference;
	int Error;

	if (PageFree == NULL)
		return STATUS_INVALID_PARAMETER;
	NtAcquireLockAny(&Gnttab->Lock);
	/* The book keeps what it gives back after a quarantine, and that is the entry, whose place
	 * is only known afterwards: so it is set below, under the same lock. */
	Error = pv_gnttab_permit(&Gnttab->Book, Domid, Pfn, ReadOnly, NULL, &Reference);
	if (Error == PV_ENOMEM && AddFrame(Gnttab) == 0)
		Error = pv_gnttab_permit(&Gnttab->Book, Domid, Pfn, ReadOnly, NULL, &Reference);
	if (Error == 0) {
		Entry = &Gnttab->Entries[Reference];
		Entry->Reference = Reference;
		Entry->ReadOnly = ReadOnly;
		Entry->Pfn = Pfn;
		Entry->Free = PageFree;
		Entry->Page = Page;
		Gnttab->Grants[Reference].page = Entry;
	}
	NtReleaseLockAny(&Gnttab->Lock);
	if (Error == PV_ERANGE)
		return STATUS_INVALID_PARAMETER;
	if (Error != 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	*Result = Entry;
	return STATUS_SUCCESS;
}

static BOOLEAN NTAPI Revoke(PINTERFACE Interface, PDK_GNTTAB_ENTRY Entry)
{
	PGNTTAB Gnttab = InterfaceFdo(Interface)->Gnttab;
	DK_GNTTAB_ENTRY Copy = *Entry;
	int Error;

	NtAcquireLockAny(&Gnttab->Lock);
	Error = pv_gnttab_revoke(&Gnttab->Book, Copy.Reference);
	NtReleaseLockAny(&Gnttab->Lock);
	if (Error == 0) {
		Copy.Free(Copy.Page);
		(VOID) CollectUpTo(Gnttab, COLLECT_SOME);
		return TRUE;
	}
	if (Error == PV_EBUSY) {
		LogWarning("grant %u is revoked, but in use", (unsigned)Copy.Reference);
		KeSetTimer(&Gnttab->CollectTimer, FromNow(COLLECT_EVERY), &Gnttab->CollectDpc);
	} else {
		LogError("grant %u is revoked, but was not granted", (unsigned)Copy.Reference);
	}
	return FALSE;
}

static ULONG NTAPI GetReference(PINTERFACE Interface, PDK_GNTTAB_ENTRY Entry)
{
	UNREFERENCED_PARAMETER(Interface);
	return Entry->Reference;
}

static NTSTATUS NTAPI QueryReference(
	PINTERFACE Interface, ULONG Reference, PFN_NUMBER *Pfn, PBOOLEAN ReadOnly)
{
	PGNTTAB Gnttab = InterfaceFdo(Interface)->Gnttab;
	bool Mapped;
	int Error;

	NtAcquireLockAny(&Gnttab->Lock);
	Error = pv_gnttab_query(&Gnttab->Book, Reference, &Mapped);
	if (Error == 0) {
		*Pfn = Gnttab->Entries[Reference].Pfn;
		*ReadOnly = Gnttab->Entries[Reference].ReadOnly;
	}
	NtReleaseLockAny(&Gnttab->Lock);
	return StatusOf(Error);
}

const DK_GNTTAB_INTERFACE_V1 GnttabInterfaceV1 = {
	.Acquire = GnttabAcquire,
	.Release = GnttabRelease,
	.PermitForeignAccess = Permit,
	.RevokeForeignAccess = Revoke,
	.GetReference = GetReference,
	.QueryReference = QueryReference,
	.MapForeignPages = GnttabMapForeignPages,
	.UnmapForeignPages = GnttabUnmapForeignPages,
};
