/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "pv_cache.h"

/* One page: the pool aligns those by itself. */
#define SLAB_SIZE PAGE_SIZE
#define ALIGNMENT 16
/* Empty slabs beyond the reservation that are kept for the next burst. */
#define KEEP	  2

struct _DK_CACHE {
	NT_LOCK Lock;
	struct pv_cache Book NT_UNDER(Lock);
	DK_CACHE_CONSTRUCT Construct;
	DK_CACHE_DESTRUCT Destruct;
	PVOID Argument;
	CHAR Name[32];
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

static VOID Free(PDK_CACHE Cache) NT_PASSIVE;
static VOID Free(PDK_CACHE Cache)
{
	ULONG Objects;
	PVOID Slab;

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
	PDK_CACHE Cache;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(Interface);
	/* Without a cap there is no bound; and one page has to hold an object. */
	if (Size == 0 || Size > SLAB_SIZE || Cap == 0 || Reservation > Cap)
		return STATUS_INVALID_PARAMETER;
	Cache = PoolAllocate(sizeof(*Cache));
	if (Cache == NULL)
		return STATUS_NO_MEMORY;
	NtInitializeLock(&Cache->Lock);
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

static PVOID NTAPI Get(PINTERFACE Interface, PDK_CACHE Cache)
{
	PVOID Object = NULL;
	int Error;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLockAny(&Cache->Lock);
	Error = pv_cache_get(&Cache->Book, &Object);
	if (Error == PV_ENOMEM && AddSlab(Cache) == 0)
		Error = pv_cache_get(&Cache->Book, &Object);
	if (Error == 0 && Cache->Construct != NULL &&
		!NT_SUCCESS(Cache->Construct(Cache->Argument, Object))) {
		(VOID) pv_cache_put(&Cache->Book, Object);
		Error = PV_ENOMEM;
	}
	NtReleaseLockAny(&Cache->Lock);
	return Error == 0 ? Object : NULL;
}

static VOID NTAPI Put(PINTERFACE Interface, PDK_CACHE Cache, PVOID Object)
{
	PVOID Slab;
	int Error;

	UNREFERENCED_PARAMETER(Interface);
	NtAcquireLockAny(&Cache->Lock);
	if (Cache->Destruct != NULL)
		Cache->Destruct(Cache->Argument, Object);
	Error = pv_cache_put(&Cache->Book, Object);
	Slab = pv_cache_reclaim(&Cache->Book, false);
	NtReleaseLockAny(&Cache->Lock);
	PoolFree(Slab);
	if (Error != 0)
		LogError("cache %s: what is given back is not an object of it", Cache->Name);
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
