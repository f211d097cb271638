/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical addresses, MDLs, contiguous memory, and the device's memory. */
#include "internal.h"

#define TAG_PAGES 'gpIM'
#define TAG_MDL	  'ldMM'

PHYSICAL_ADDRESS Shim_MmGetPhysicalAddress(PVOID Address)
{
	PHYSICAL_ADDRESS Physical = { .QuadPart = 0 };
	ULONGLONG Pfn = ShimPfn(Address);

	if (!Pfn)
		ShimFail(SHIM_CALLER, "physical address of %p, which is not of the pool", Address);
	else
		Physical.QuadPart = (LONGLONG)(Pfn << 12 | ((ULONG_PTR)Address & 0xfff));
	return Physical;
}

PVOID Shim_MmMapIoSpace(PHYSICAL_ADDRESS Physical, SIZE_T Size, MEMORY_CACHING_TYPE Type)
{
	PUCHAR First;

	UNREFERENCED_PARAMETER(Type);
	if (ShimShallFail("MmMapIoSpace", SHIM_CALLER))
		return NULL;
	First = ShimMachine.Frame ? ShimMachine.Frame((ULONGLONG)Physical.QuadPart >> 12) : NULL;
	for (SIZE_T i = 1; First && i < (Size + 0xfff) >> 12; i++)
		if (ShimMachine.Frame(((ULONGLONG)Physical.QuadPart >> 12) + i) !=
			First + (i << 12))
			First = NULL;
	if (!First) {
		ShimFail(SHIM_CALLER, "maps %llx, %llu bytes, where no device is",
			(unsigned long long)Physical.QuadPart, (unsigned long long)Size);
		return NULL;
	}
	ShimCount(SHIM_MAPPING, 1);
	return First + (Physical.QuadPart & 0xfff);
}

VOID Shim_MmUnmapIoSpace(PVOID Address, SIZE_T Size)
{
	UNREFERENCED_PARAMETER(Address);
	UNREFERENCED_PARAMETER(Size);
	ShimCount(SHIM_MAPPING, -1);
}

PVOID Shim_MmAllocateContiguousMemorySpecifyCache(SIZE_T Size, PHYSICAL_ADDRESS Lowest,
	PHYSICAL_ADDRESS Highest, PHYSICAL_ADDRESS Boundary, MEMORY_CACHING_TYPE Type)
{
	UNREFERENCED_PARAMETER(Lowest);
	UNREFERENCED_PARAMETER(Highest);
	UNREFERENCED_PARAMETER(Boundary);
	UNREFERENCED_PARAMETER(Type);
	if (ShimShallFail("contiguous memory", SHIM_CALLER))
		return NULL;
	return ShimAllocate(Size, TAG_PAGES, FALSE, FALSE, SHIM_CALLER);
}

PVOID Shim_MmAllocateContiguousMemory(SIZE_T Size, PHYSICAL_ADDRESS Highest)
{
	UNREFERENCED_PARAMETER(Highest);
	if (ShimShallFail("contiguous memory", SHIM_CALLER))
		return NULL;
	return ShimAllocate(Size, TAG_PAGES, FALSE, FALSE, SHIM_CALLER);
}

VOID Shim_MmFreeContiguousMemory(PVOID Memory)
{
	ShimRelease(Memory, TAG_PAGES, SHIM_CALLER);
}

VOID Shim_MmFreeContiguousMemorySpecifyCache(PVOID Memory, SIZE_T Size, MEMORY_CACHING_TYPE Type)
{
	UNREFERENCED_PARAMETER(Size);
	UNREFERENCED_PARAMETER(Type);
	ShimRelease(Memory, TAG_PAGES, SHIM_CALLER);
}

static PMDL NewMdl(PVOID Address, SIZE_T Length, PVOID Caller)
{
	ULONG Pages = (ULONG)ADDRESS_AND_SIZE_TO_SPAN_PAGES(Address, Length);
	SIZE_T Size = sizeof(MDL) + Pages * sizeof(PFN_NUMBER);
	PMDL Mdl = ShimAllocate(Size, TAG_MDL, FALSE, Size < SHIM_PAGE, Caller);

	RtlZeroMemory(Mdl, Size);
	Mdl->Size = (CSHORT)Size;
	Mdl->StartVa = (PVOID)((ULONG_PTR)Address & ~(ULONG_PTR)0xfff);
	Mdl->ByteOffset = (ULONG)((ULONG_PTR)Address & 0xfff);
	Mdl->ByteCount = (ULONG)Length;
	return Mdl;
}

PMDL Shim_IoAllocateMdl(PVOID Address, ULONG Length, BOOLEAN Secondary, BOOLEAN Charge, PIRP Irp)
{
	PMDL Mdl;

	UNREFERENCED_PARAMETER(Charge);
	if (ShimShallFail("IoAllocateMdl", SHIM_CALLER))
		return NULL;
	Mdl = NewMdl(Address, Length, SHIM_CALLER);
	if (Irp && Secondary)
		ShimFail(SHIM_CALLER, "the shim chains no MDLs to IRPs");
	else if (Irp)
		Irp->MdlAddress = Mdl;
	return Mdl;
}

VOID Shim_IoFreeMdl(PMDL Mdl)
{
	ShimRelease(Mdl, TAG_MDL, SHIM_CALLER);
}

VOID Shim_MmBuildMdlForNonPagedPool(PMDL Mdl)
{
	PFN_NUMBER *Pfns = (PFN_NUMBER *)(Mdl + 1);
	ULONG Pages = (ULONG)ADDRESS_AND_SIZE_TO_SPAN_PAGES(
		(PUCHAR)Mdl->StartVa + Mdl->ByteOffset, Mdl->ByteCount);

	for (ULONG i = 0; i < Pages; i++) {
		Pfns[i] = ShimPfn((PUCHAR)Mdl->StartVa + i * SHIM_PAGE);
		if (!Pfns[i])
			ShimFail(SHIM_CALLER, "an MDL of %p, which is not of the pool",
				Mdl->StartVa);
	}
	Mdl->MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
	Mdl->MappedSystemVa = (PUCHAR)Mdl->StartVa + Mdl->ByteOffset;
}

/* Of what a driver asks for at once it gets no more than so many pages; 0: all. */
static volatile LONG MostPages;
static KEVENT LowMemory;

VOID ShimMostPages(LONG Most)
{
	InterlockedExchange(&MostPages, Most);
}

VOID ShimLowMemory(BOOLEAN Low)
{
	InterlockedExchange(&LowMemory.Header.SignalState, Low);
}

PKEVENT Shim_IoCreateNotificationEvent(PUNICODE_STRING Name, PHANDLE Handle)
{
	UNICODE_STRING Known;

	RtlInitUnicodeString(&Known, L"\\KernelObjects\\LowMemoryCondition");
	if (!RtlEqualUnicodeString(Name, &Known, TRUE)) {
		ShimFail(SHIM_CALLER, "opens an event that the shim does not know");
		return NULL;
	}
	if (ShimShallFail("IoCreateNotificationEvent", SHIM_CALLER))
		return NULL;
	*Handle = CreateEventW(NULL, TRUE, FALSE, NULL);
	ShimCount(SHIM_HANDLE, 1);
	return &LowMemory;
}

PMDL Shim_MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS Low, PHYSICAL_ADDRESS High,
	PHYSICAL_ADDRESS Skip, SIZE_T Size, MEMORY_CACHING_TYPE Type, ULONG Flags)
{
	PUCHAR Memory;
	PMDL Mdl;

	UNREFERENCED_PARAMETER(Low);
	UNREFERENCED_PARAMETER(High);
	UNREFERENCED_PARAMETER(Skip);
	UNREFERENCED_PARAMETER(Type);
	if (Flags & ~9u) { /* MM_DONT_ZERO_ALLOCATION, MM_ALLOCATE_NO_WAIT */
		ShimFail(SHIM_CALLER, "allocates pages in a way the shim does not know: %lx",
			(unsigned long)Flags);
		return NULL;
	}
	if (ShimShallFail("MmAllocatePagesForMdlEx", SHIM_CALLER))
		return NULL;
	if (MostPages && Size > (SIZE_T)MostPages << 12)
		Size = (SIZE_T)MostPages << 12;
	Size = (Size + 0xfff) & ~(SIZE_T)0xfff;
	Memory = ShimAllocate(Size, TAG_PAGES, FALSE, FALSE, SHIM_CALLER);
	if (!(Flags & 1)) /* MM_DONT_ZERO_ALLOCATION */
		RtlZeroMemory(Memory, Size);
	Mdl = NewMdl(NULL, Size, SHIM_CALLER);
	for (SIZE_T i = 0; i < Size >> 12; i++)
		((PFN_NUMBER *)(Mdl + 1))[i] = ShimPfn(Memory + (i << 12));
	Mdl->MdlFlags |= MDL_PAGES_LOCKED;
	return Mdl;
}

VOID Shim_MmFreePagesFromMdl(PMDL Mdl)
{
	if (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
		ShimFail(SHIM_CALLER, "frees pages that are mapped");
	if (!(Mdl->MdlFlags & MDL_PAGES_LOCKED)) {
		ShimFail(SHIM_CALLER, "frees the pages of an MDL that has none, or not any more");
		return;
	}
	Mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
	ShimRelease(ShimPage(*(PFN_NUMBER *)(Mdl + 1)), TAG_PAGES, SHIM_CALLER);
}

PVOID Shim_MmMapLockedPagesSpecifyCache(PMDL Mdl, KPROCESSOR_MODE Mode, MEMORY_CACHING_TYPE Type,
	PVOID Address, ULONG BugCheck, ULONG Priority)
{
	UNREFERENCED_PARAMETER(Type);
	UNREFERENCED_PARAMETER(Address);
	UNREFERENCED_PARAMETER(BugCheck);
	UNREFERENCED_PARAMETER(Priority);
	if (Mode != KernelMode || !(Mdl->MdlFlags & MDL_PAGES_LOCKED) ||
		Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) {
		ShimFail(SHIM_CALLER, "maps an MDL for user mode, or not locked, or mapped");
		return NULL;
	}
	if (ShimShallFail("MmMapLockedPagesSpecifyCache", SHIM_CALLER))
		return NULL;
	Mdl->MappedSystemVa = (PUCHAR)ShimPage(*(PFN_NUMBER *)(Mdl + 1)) + Mdl->ByteOffset;
	Mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA;
	ShimCount(SHIM_MAPPING, 1);
	return Mdl->MappedSystemVa;
}

VOID Shim_MmUnmapLockedPages(PVOID Address, PMDL Mdl)
{
	if (!(Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) || Mdl->MappedSystemVa != Address)
		ShimFail(SHIM_CALLER, "unmaps an MDL that is not mapped there");
	Mdl->MdlFlags &= ~MDL_MAPPED_TO_SYSTEM_VA;
	ShimCount(SHIM_MAPPING, -1);
}
