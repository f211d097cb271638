/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pages of the balloon, in chunks: one allocation of Windows' each, freed when the last page of
 * it is back. A page that is Xen's is not there: Windows must never get it before Xen has given one
 * in its place.
 *
 * They are zeroed before they go, because Xen does not wipe what a running domain gives back.
 */
#include "balloon.h"

#define NO_WAIT 0x00000008 /* MM_ALLOCATE_NO_WAIT: what takes waiting is not to spare */

/* At a stop: how often to ask again, and when, if nothing came. */
#define ATTEMPTS 10
#define AGAIN	 (PV_TIME_SECOND / 10)

enum {
	PAGE_OURS,
	PAGE_XENS,
	PAGE_REFUSED, /* ours, because Xen did not want this one */
};

typedef struct _CHUNK {
	LIST_ENTRY Link;
	PMDL Mdl;
	ULONG Pages;
	ULONG Given;
	ULONG Refused;
	UCHAR State[]; /* of each page */
} CHUNK, *PCHUNK;

static PCHUNK ChunkCreate(PBALLOON Balloon, ULONG Pages) NT_PASSIVE;
static PCHUNK ChunkCreate(PBALLOON Balloon, ULONG Pages)
{
	PHYSICAL_ADDRESS Lowest = { .QuadPart = 0 };
	PHYSICAL_ADDRESS Highest = { .QuadPart = -1 };
	PCHUNK Chunk = PoolAllocate(sizeof(*Chunk) + Pages);

	if (Chunk == NULL)
		return NULL;
	Chunk->Mdl = MmAllocatePagesForMdlEx(
		Lowest, Highest, Lowest, (SIZE_T)Pages * PAGE_SIZE, MmCached, NO_WAIT);
	if (Chunk->Mdl == NULL) {
		PoolFree(Chunk);
		return NULL;
	}
	/* There may be fewer. */
	Chunk->Pages = MmGetMdlByteCount(Chunk->Mdl) / PAGE_SIZE;
	InsertHeadList(&Balloon->Chunks, &Chunk->Link);
	return Chunk;
}

static VOID ChunkFree(PCHUNK Chunk) NT_PASSIVE;
static VOID ChunkFree(PCHUNK Chunk)
{
	RemoveEntryList(&Chunk->Link);
	MmFreePagesFromMdl(Chunk->Mdl);
	ExFreePool(Chunk->Mdl);
	PoolFree(Chunk);
}

static ULONG Room(const CHUNK *Chunk)
{
	return Chunk->Pages - Chunk->Given - Chunk->Refused;
}

/* Up to Most pages in that state, for Xen. */
static ULONG Gather(PBALLOON Balloon, const CHUNK *Chunk, UCHAR State, ULONG Most)
{
	const PFN_NUMBER *Pfns = MmGetMdlPfnArray(Chunk->Mdl);
	ULONG Count = 0;

	for (ULONG i = 0; i < Chunk->Pages && Count < Most; i++) {
		if (Chunk->State[i] != State)
			continue;
		Balloon->Pfns[Count] = Pfns[i];
		Balloon->Places[Count++] = (USHORT)i;
	}
	return Count;
}

static VOID Mark(const BALLOON *Balloon, PCHUNK Chunk, ULONG Count, UCHAR State)
{
	for (ULONG i = 0; i < Count; i++)
		Chunk->State[Balloon->Places[i]] = State;
}

static ULONG Offer(PBALLOON Balloon, PCHUNK Chunk, ULONG Count)
{
	NTSTATUS Status;
	ULONG Done;

	Count = Gather(Balloon, Chunk, PAGE_OURS, Count);
	Status = XenMemoryDecreaseReservation(0, Count, Balloon->Pfns, &Done);
	/* An answer that cannot be. Whatever Xen has taken is not to be freed; so it has all. */
	if (Status == STATUS_IO_DEVICE_ERROR)
		Done = Count;
	Mark(Balloon, Chunk, Done, PAGE_XENS);
	Chunk->Given += Done;
	Balloon->Held += Done;
	if (Done < Count) {
		/* Others first, should it be for this one's sake. */
		Chunk->State[Balloon->Places[Done]] = PAGE_REFUSED;
		Chunk->Refused++;
		Balloon->Refused++;
	}
	return Done;
}

ULONG BalloonGive(PBALLOON Balloon, ULONG Count)
{
	ULONG Total = 0;

	while (Total < Count) {
		ULONG Wanted = Count - Total;
		PCHUNK Chunk = NULL;
		ULONG Asked, Done;

		if (!IsListEmpty(&Balloon->Chunks))
			Chunk = CONTAINING_RECORD(Balloon->Chunks.Flink, CHUNK, Link);
		if (Chunk == NULL || Room(Chunk) == 0)
			Chunk = ChunkCreate(Balloon, Wanted);
		if (Chunk == NULL) {
			Balloon->Unserved++;
			break;
		}
		Asked = Room(Chunk) < Wanted ? Room(Chunk) : Wanted;
		Done = Offer(Balloon, Chunk, Asked);
		Total += Done;
		if (Chunk->Given == 0)
			ChunkFree(Chunk);
		if (Done < Asked)
			break;
	}
	return Total;
}

/* Frees the chunk with its last page. */
static ULONG Reclaim(PBALLOON Balloon, PCHUNK Chunk, ULONG Count) NT_PASSIVE;
static ULONG Reclaim(PBALLOON Balloon, PCHUNK Chunk, ULONG Count)
{
	NTSTATUS Status;
	ULONG Done;

	Count = Gather(Balloon, Chunk, PAGE_XENS, Count);
	Status = XenMemoryPopulatePhysmap(0, Count, Balloon->Pfns, &Done);
	/* The other way round: nothing that is not certain is ours. */
	if (Status == STATUS_IO_DEVICE_ERROR)
		Done = 0;
	Mark(Balloon, Chunk, Done, PAGE_OURS);
	Chunk->Given -= Done;
	Balloon->Held -= Done;
	if (Done < Count)
		Balloon->Refused++;
	if (Chunk->Given == 0)
		ChunkFree(Chunk);
	return Done;
}

ULONG BalloonTake(PBALLOON Balloon, ULONG Count)
{
	ULONG Total = 0;

	while (Total < Count && !IsListEmpty(&Balloon->Chunks)) {
		PCHUNK Chunk = CONTAINING_RECORD(Balloon->Chunks.Flink, CHUNK, Link);
		ULONG Asked = Count - Total < Chunk->Given ? Count - Total : Chunk->Given;
		ULONG Done = Reclaim(Balloon, Chunk, Asked);

		Total += Done;
		if (Done < Asked)
			break;
	}
	return Total;
}

/* From each chunk what is to be had; whether that was anything. */
static BOOLEAN Sweep(PBALLOON Balloon) NT_PASSIVE;
static BOOLEAN Sweep(PBALLOON Balloon)
{
	PLIST_ENTRY Entry = Balloon->Chunks.Flink;
	ULONGLONG Before = Balloon->Held;

	while (Entry != &Balloon->Chunks) {
		PCHUNK Chunk = CONTAINING_RECORD(Entry, CHUNK, Link);

		Entry = Entry->Flink;
		(VOID) Reclaim(Balloon, Chunk, Chunk->Given);
	}
	return Balloon->Held < Before;
}

VOID BalloonTakeAll(PBALLOON Balloon)
{
	LARGE_INTEGER Again = FromNow(AGAIN);

	for (ULONG i = 0; Balloon->Held != 0 && i < ATTEMPTS; i++) {
		if (i != 0)
			KeDelayExecutionThread(KernelMode, FALSE, &Again);
		while (Sweep(Balloon))
			i = 0;
	}
}

VOID BalloonAbandon(PBALLOON Balloon)
{
	while (!IsListEmpty(&Balloon->Chunks)) {
		PCHUNK Chunk = CONTAINING_RECORD(RemoveHeadList(&Balloon->Chunks), CHUNK, Link);

		/* Not its pages: some of them are not there. */
		ExFreePool(Chunk->Mdl);
		PoolFree(Chunk);
	}
}
