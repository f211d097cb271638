/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's RAM and the pool in it. Every block has pages of its own, so that one that was
 * freed cannot be touched, and a small one ends where its last page ends. Pages are dirty when they
 * are handed out.
 */
#include "internal.h"

#define PAGES	  0x200000u /* 8 GiB of addresses, of which little is ever there */
#define FIRST_PFN 0x200000ull

struct block {
	PVOID Memory; /* of a block's first page; NULL: this page is nobody's first */
	SIZE_T Size;
	PVOID Caller;
	ULONG Tag;
	ULONG Pages; /* that are there */
	BOOLEAN Paged;
};

SHIM_MACHINE ShimMachine;
volatile LONG ShimFailAt, ShimFailSeen;

static USER_LOCK Lock;
static PUCHAR Arena;
static struct block *Blocks; /* by page */
static ULONG Next, Highest;

VOID ShimPoolSetup(VOID)
{
	InitializeCriticalSection(&Lock);
	Arena = VirtualAlloc(NULL, (SIZE_T)PAGES * SHIM_PAGE, USER_RESERVE, USER_READWRITE);
	Blocks = VirtualAlloc(
		NULL, PAGES * sizeof(*Blocks), USER_RESERVE | USER_COMMIT, USER_READWRITE);
	if (!Arena || !Blocks)
		ExitProcess(3);
}

BOOLEAN ShimShallFail(PCSTR What, PVOID Caller)
{
	LONG Number = InterlockedIncrement(&ShimFailSeen);
	CHAR Place[64];

	if (!ShimFailAt || Number != ShimFailAt)
		return FALSE;
	ShimWhere(Caller, Place, sizeof(Place));
	ShimLog("allocation %ld fails: %s at %s", (long)Number, What, Place);
	return TRUE;
}

static VOID Tell(VOID(NTAPI *Hook)(ULONGLONG, PVOID), const struct block *Block)
{
	PUCHAR First = (PUCHAR)((ULONG_PTR)Block->Memory & ~(ULONG_PTR)(SHIM_PAGE - 1));

	for (ULONG i = 0; Hook && i < Block->Pages; i++)
		Hook(ShimPfn(First + i * SHIM_PAGE), First + i * SHIM_PAGE);
}

/* The first page of a free run with a page between it and its neighbours. */
static ULONG Find(ULONG Pages)
{
	for (ULONG Round = 0; Round < 2; Round++) {
		while (Next + Pages + 1 < PAGES) {
			ULONG First = Next + 1, i = 0;

			while (i <= Pages && !Blocks[First + i].Memory)
				i++;
			if (i > Pages) {
				Next = First + Pages;
				return First;
			}
			Next = First + i + Blocks[First + i].Pages;
		}
		Next = 0;
	}
	ExitProcess(3);
}

PVOID ShimAllocate(SIZE_T Size, ULONG Tag, BOOLEAN Paged, BOOLEAN AtEnd, PVOID Caller)
{
	SIZE_T Rounded = (Size + 15) & ~(SIZE_T)15;
	ULONG Pages = (ULONG)((Rounded + SHIM_PAGE - 1) / SHIM_PAGE);
	struct block *Block;
	PUCHAR Page;
	ULONG First;

	if (!Pages)
		Pages = 1;
	EnterCriticalSection(&Lock);
	First = Find(Pages);
	Page = Arena + (SIZE_T)First * SHIM_PAGE;
	/* Some 30000 blocks are as many as Linux has mappings for. */
	if (!VirtualAlloc(Page, (SIZE_T)Pages * SHIM_PAGE, USER_COMMIT, USER_READWRITE)) {
		ShimFail(Caller, "more blocks at a time than the shim can have");
		ShimGiveUp();
	}
	RtlFillMemory(Page, (SIZE_T)Pages * SHIM_PAGE, SHIM_DIRT);
	Block = &Blocks[First];
	Block->Memory = AtEnd ? Page + (SIZE_T)Pages * SHIM_PAGE - Rounded : Page;
	Block->Size = Size;
	Block->Tag = Tag;
	Block->Pages = Pages;
	Block->Paged = Paged;
	Block->Caller = Caller;
	if (First >= Highest)
		Highest = First + 1;
	Tell(ShimMachine.PageAppears, Block);
	LeaveCriticalSection(&Lock);
	return Block->Memory;
}

BOOLEAN ShimRelease(PVOID Memory, ULONG Tag, PVOID Caller)
{
	SIZE_T Offset = (SIZE_T)((PUCHAR)Memory - Arena);
	struct block *Block, Was;
	PUCHAR Page;

	if ((PUCHAR)Memory < Arena || Offset >= (SIZE_T)PAGES * SHIM_PAGE) {
		ShimFail(Caller, "frees %p, which is not of the pool", Memory);
		return FALSE;
	}
	Block = &Blocks[Offset / SHIM_PAGE];
	Page = Arena + Offset / SHIM_PAGE * SHIM_PAGE;
	EnterCriticalSection(&Lock);
	if (Block->Memory != Memory) {
		LeaveCriticalSection(&Lock);
		ShimFail(Caller, "frees %p, which is no block, or not any more", Memory);
		return FALSE;
	}
	if (Tag && Block->Tag != Tag)
		ShimFail(Caller, "frees a block of tag %08lx as %08lx", (unsigned long)Block->Tag,
			(unsigned long)Tag);
	Was = *Block;
	LeaveCriticalSection(&Lock);
	if (Was.Paged && ShimThread()->Irql >= DISPATCH_LEVEL)
		ShimFail(Caller, "frees paged pool at DISPATCH_LEVEL");
	ShimDpcNoneIn(Was.Memory, Was.Size, Caller);
	EnterCriticalSection(&Lock);
	Tell(ShimMachine.PageGoes, &Was);
	RtlZeroMemory(Block, sizeof(*Block));
	VirtualFree(Page, (SIZE_T)Was.Pages * SHIM_PAGE, USER_DECOMMIT);
	LeaveCriticalSection(&Lock);
	return TRUE;
}

VOID NTAPI ShimSetMachine(const SHIM_MACHINE *Machine)
{
	EnterCriticalSection(&Lock);
	ShimMachine = *Machine;
	for (ULONG i = 0; i < Highest; i++)
		if (Blocks[i].Memory)
			Tell(ShimMachine.PageAppears, &Blocks[i]);
	LeaveCriticalSection(&Lock);
}

ULONGLONG ShimPfn(PVOID Address)
{
	SIZE_T Offset = (SIZE_T)((PUCHAR)Address - Arena);

	if ((PUCHAR)Address < Arena || Offset >= (SIZE_T)PAGES * SHIM_PAGE)
		return 0;
	return FIRST_PFN + Offset / SHIM_PAGE;
}

PVOID ShimPage(ULONGLONG Pfn)
{
	if (Pfn < FIRST_PFN || Pfn >= FIRST_PFN + PAGES)
		return NULL;
	return Arena + (SIZE_T)(Pfn - FIRST_PFN) * SHIM_PAGE;
}

ULONG ShimPoolReport(PCHAR Answer, ULONG Size)
{
	ULONG Used = 0, Shown = 0;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < Highest; i++) {
		CHAR Place[64];

		if (!Blocks[i].Memory || ++Shown > 12)
			continue;
		ShimWhere(Blocks[i].Caller, Place, sizeof(Place));
		Used = ShimPrint(Answer, Size, Used, "pool %.4s %llu bytes from %s\n",
			(PCHAR)&Blocks[i].Tag, (unsigned long long)Blocks[i].Size, Place);
	}
	LeaveCriticalSection(&Lock);
	if (Shown > 12)
		Used = ShimPrint(Answer, Size, Used, "pool: %lu blocks\n", (unsigned long)Shown);
	return Used;
}

/* The latest blocks of Wine's pool that a driver over the shim may have to free. */
#define FOREIGN 256
static PVOID Foreign[FOREIGN];
static ULONG ForeignNext;

VOID NTAPI ShimForeign(PVOID Memory)
{
	EnterCriticalSection(&Lock);
	Foreign[ForeignNext++ % FOREIGN] = Memory;
	LeaveCriticalSection(&Lock);
}

static BOOLEAN TakeForeign(PVOID Memory)
{
	BOOLEAN Found = FALSE;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < FOREIGN && !Found; i++)
		if (Foreign[i] == Memory) {
			Foreign[i] = NULL;
			Found = TRUE;
		}
	LeaveCriticalSection(&Lock);
	return Found;
}

PVOID ShimHandOver(PVOID Memory, PVOID Caller)
{
	SIZE_T Offset = (SIZE_T)((PUCHAR)Memory - Arena);
	PVOID Copy;
	SIZE_T Size;

	if ((PUCHAR)Memory < Arena || Offset >= (SIZE_T)PAGES * SHIM_PAGE ||
		Blocks[Offset / SHIM_PAGE].Memory != Memory)
		return Memory;
	Size = Blocks[Offset / SHIM_PAGE].Size;
	Copy = ExAllocatePool(PagedPool, Size);
	RtlCopyMemory(Copy, Memory, Size);
	ShimRelease(Memory, 0, Caller);
	ShimForeign(Copy);
	return Copy;
}

PVOID Shim_ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Size, ULONG Tag)
{
	BOOLEAN Paged = (Type & 1) != 0;
	KIRQL Irql = ShimThread()->Irql;

	if (Irql > DISPATCH_LEVEL || (Paged && Irql == DISPATCH_LEVEL))
		ShimFail(
			SHIM_CALLER, "allocates %s pool at IRQL %u", Paged ? "paged" : "any", Irql);
	if (!Size || !Tag)
		ShimFail(SHIM_CALLER, "allocates %llu bytes with tag %08lx",
			(unsigned long long)Size, (unsigned long)Tag);
	if (ShimShallFail("pool", SHIM_CALLER))
		return NULL;
	return ShimAllocate(Size, Tag, Paged, Size < SHIM_PAGE, SHIM_CALLER);
}

VOID Shim_ExFreePoolWithTag(PVOID Memory, ULONG Tag)
{
	if (ShimThread()->Irql > DISPATCH_LEVEL)
		ShimFail(SHIM_CALLER, "frees pool above DISPATCH_LEVEL");
	ShimRelease(Memory, Tag, SHIM_CALLER);
}

VOID Shim_ExFreePool(PVOID Memory)
{
	if (ShimThread()->Irql > DISPATCH_LEVEL)
		ShimFail(SHIM_CALLER, "frees pool above DISPATCH_LEVEL");
	/* What a lower driver has answered an IRP with is Wine's. */
	if (Memory && !ShimPfn(Memory) && TakeForeign(Memory))
		ExFreePool(Memory);
	else
		ShimRelease(Memory, 0, SHIM_CALLER);
}
