/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "pv_cache.h"

/* One page: the pool aligns those by itself. */
#define SLAB_SIZE PAGE_SIZE
#define ALIGNMENT 16
/* Empty slabs beyond the reservation that are kept for the next burst. */
#define KEEP	  2

/*
 * What a processor has given back lately, for itself: with a lock of its own, which nobody else
 * wants unless the thread was moved meanwhile, or the cache is at its cap.
 */
typedef struct _SHELF {
	NT_LOCK Lock;
	struct pv_magazine Magazine NT_UNDER(Lock);
	UCHAR Apart[64]; /* not in one cache line with the next one */
} SHELF, *PSHELF;

struct _DK_CACHE {
	NT_LOCK Lock;
	struct pv_cache Book NT_UNDER(Lock);
	DK_CACHE_CONSTRUCT Construct;
	DK_CACHE_DESTRUCT Destruct;
	PVOID Argument;
	CHAR Name[32];
	ULONG Count; /* of Shelves */
	SHELF Shelves[];
};

INTERFACE_REFERENCES(Cache, DK_XENBUS_ROW_CACHE)

static int AddSlab(PDK_CACHE Cache) NT_HOLDS(Cache->Lock);
static int AddSlab(PDK_CACHE Cache)
{
	PVOID Slab = PoolAllocate(SLAB_SIZE);
	int Error;

	if (Slab == NULL)
		return PV_ENOMEM;
	Error = pv_cache_add_slab(&Cache->Book, Slab);
	if (Error != 0)
		PoolFree(Slab);
	return Error;
}

static VOID ReturnObject(PDK_CACHE Cache, PVOID Object)
{
	PVOID Slab;
	int Error;

	NtAcquireLockAny(&Cache->Lock);
	Error = pv_cache_put(&Cache->Book, Object);
	Slab = pv_cache_reclaim(&Cache->Book, false);
	NtReleaseLockAny(&Cache->Lock);
	PoolFree(Slab);
	if (Error != 0)
		LogError("cache %s: what is given back is not an object of it", Cache->Name);
}

/* TRUE: there was something on the shelves. */
static BOOLEAN ClearShelves(PDK_CACHE Cache)
{
	BOOLEAN Any = FALSE;

	for (ULONG i = 0; i < Cache->Count; i++) {
		PSHELF Shelf = &Cache->Shelves[i];
		PVOID Object;

		do {
			NtAcquireLockAny(&Shelf->Lock);
			Object = pv_magazine_drain(&Shelf->Magazine);
			NtReleaseLockAny(&Shelf->Lock);
			if (Object != NULL)
				ReturnObject(Cache, Object);
			Any |= Object != NULL;
		} while (Object != NULL);
	}
	return Any;
}

static VOID Free(PDK_CACHE Cache) NT_PASSIVE;
static VOID Free(PDK_CACHE Cache)
{
	ULONG Objects;
	PVOID Slab;

	(VOID) ClearShelves(Cache);
	NtAcquireLock(&Cache->Lock);
	Objects = Cache->Book.objects;
	while ((Slab = pv_cache_reclaim(&Cache->Book, true)) != NULL)
		PoolFree(Slab);
	NtReleaseLock(&Cache->Lock);
	if (Objects != 0)
		LogError("cache %s: %u objects are not back", Cache->Name, (unsigned)Objects);
	PoolFree(Cache);
}

static NTSTATUS Reserve(PDK_CACHE Cache, ULONG Size, ULONG Reservation, ULONG Cap) NT_PASSIVE;
static NTSTATUS Reserve(PDK_CACHE Cache, ULONG Size, ULONG Reservation, ULONG Cap)
{
	ULONG Slabs;
	int Error;

	NtAcquireLock(&Cache->Lock);
	Error = pv_cache_init(&Cache->Book, SLAB_SIZE, Size, ALIGNMENT, Cap, 0);
	if (Error == 0) {
		Slabs = (Reservation + Cache->Book.per_slab - 1) / Cache->Book.per_slab;
		Cache->Book.keep = Slabs + KEEP;
		while (Error == 0 && Cache->Book.slabs < Slabs)
			Error = AddSlab(Cache);
	}
	NtReleaseLock(&Cache->Lock);
	return StatusOf(Error);
}

static NTSTATUS NTAPI Create(PINTERFACE Interface, PCSTR Name, ULONG Size, ULONG Reservation,
	ULONG Cap, DK_CACHE_CONSTRUCT Construct, DK_CACHE_DESTRUCT Destruct, PVOID Argument,
	PDK_CACHE *Result) NT_PASSIVE;
static NTSTATUS NTAPI Create(PINTERFACE Interface, PCSTR Name, ULONG Size, ULONG Reservation,
	ULONG Cap, DK_CACHE_CONSTRUCT Construct, DK_CACHE_DESTRUCT Destruct, PVOID Argument,
	PDK_CACHE *Result)
{
	ULONG Count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
	PDK_CACHE Cache;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(Interface);
	/* Without a cap there is no bound; and one page has to hold an object. */
	if (Size == 0 || Size > SLAB_SIZE || Cap == 0 || Reservation > Cap)
		return STATUS_INVALID_PARAMETER;
	Cache = PoolAllocate(sizeof(*Cache) + (SIZE_T)Count * sizeof(Cache->Shelves[0]));
	if (Cache == NULL)
		return STATUS_NO_MEMORY;
	NtInitializeLock(&Cache->Lock);
	Cache->Count = Count;
	for (ULONG i = 0; i < Count; i++)
		NtInitializeLock(&Cache->Shelves[i].Lock);
	Cache->Construct = Construct;
	Cache->Destruct = Destruct;
	Cache->Argument = Argument;
	for (ULONG i = 0; i < sizeof(Cache->Name) - 1 && Name[i] != '\0'; i++)
		Cache->Name[i] = Name[i];
	Status = Reserve(Cache, Size, Reservation, Cap);
	if (!NT_SUCCESS(Status)) {
		Free(Cache);
		return Status;
	}
	*Result = Cache;
	return STATUS_SUCCESS;
}

/* A processor that was added since shares another one's. */
static PSHELF Mine(PDK_CACHE Cache)
{
	return &Cache->Shelves[KeGetCurrentProcessorNumberEx(NULL) % Cache->Count];
}

static int FromBook(PDK_CACHE Cache, PVOID *Object)
{
	int Error;

	NtAcquireLockAny(&Cache->Lock);
	Error = pv_cache_get(&Cache->Book, Object);
	if (Error == PV_ENOMEM && AddSlab(Cache) == 0)
		Error = pv_cache_get(&Cache->Book, Object);
	NtReleaseLockAny(&Cache->Lock);
	return Error;
}

static PVOID Take(PDK_CACHE Cache)
{
	PSHELF Shelf = Mine(Cache);
	PVOID Object;

	NtAcquireLockAny(&Shelf->Lock);
	Object = pv_magazine_pop(&Shelf->Magazine, &Cache->Book);
	NtReleaseLockAny(&Shelf->Lock);
	if (Object != NULL || FromBook(Cache, &Object) == 0)
		return Object;
	/* What lies on other processors' shelves counts, and is some of the memory there is. */
	if (ClearShelves(Cache))
		(VOID) FromBook(Cache, &Object);
	return Object;
}

static VOID Give(PDK_CACHE Cache, PVOID Object)
{
	PSHELF Shelf = Mine(Cache);
	BOOLEAN Kept = FALSE;
	BOOLEAN Known;

	NtAcquireLockAny(&Shelf->Lock);
	Known = pv_cache_holds(&Cache->Book, Object) && !pv_magazine_has(&Shelf->Magazine, Object);
	if (Known)
		Kept = pv_magazine_push(&Shelf->Magazine, Object);
	NtReleaseLockAny(&Shelf->Lock);
	if (!Known)
		LogError("cache %s: what is given back is not an object of it", Cache->Name);
	else if (!Kept)
		ReturnObject(Cache, Object);
}

static PVOID NTAPI Get(PINTERFACE Interface, PDK_CACHE Cache)
{
	PVOID Object = Take(Cache);

	UNREFERENCED_PARAMETER(Interface);
	if (Object == NULL || Cache->Construct == NULL ||
		NT_SUCCESS(Cache->Construct(Cache->Argument, Object)))
		return Object;
	Give(Cache, Object);
	return NULL;
}

static VOID NTAPI Put(PINTERFACE Interface, PDK_CACHE Cache, PVOID Object)
{
	UNREFERENCED_PARAMETER(Interface);
	if (Cache->Destruct != NULL)
		Cache->Destruct(Cache->Argument, Object);
	Give(Cache, Object);
}

static VOID NTAPI Destroy(PINTERFACE Interface, PDK_CACHE Cache) NT_PASSIVE;
static VOID NTAPI Destroy(PINTERFACE Interface, PDK_CACHE Cache)
{
	UNREFERENCED_PARAMETER(Interface);
	Free(Cache);
}

const DK_CACHE_INTERFACE_V1 CacheInterfaceV1 = {
	.Acquire = CacheAcquire,
	.Release = CacheRelease,
	.Create = Create,
	.Get = Get,
	.Put = Put,
	.Destroy = Destroy,
};
