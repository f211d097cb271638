/* SPDX-License-Identifier: BSD-2-Clause */
#include "bus.h"
#include "store.h"
#include "thread.h"

/* After something went wrong. */
#define AGAIN (1 * PV_TIME_SECOND)

struct _BUS {
	THREAD Thread;
};

/* TRUE: look again in a while. */
static BOOLEAN Look(PFDO Fdo) NT_PASSIVE;
static BOOLEAN Look(PFDO Fdo)
{
	PCHAR Names = NULL;
	ULONG Length = 0;
	BOOLEAN Again;
	NTSTATUS Status = StoreDirectory(Fdo->Store, NULL, NULL, "device", &Names, &Length);

	/* Without the directory there are no devices; with another failure nobody knows. */
	if (!NT_SUCCESS(Status) && Status != STATUS_OBJECT_NAME_NOT_FOUND) {
		LogWarning("bus: the list of devices: %08x", (unsigned)Status);
		return TRUE;
	}
	if (ChildrenUpdate(Fdo, Names, Length, &Again))
		IoInvalidateDeviceRelations(Fdo->Pdo, BusRelations);
	PoolFree(Names);
	return Again;
}

static VOID Run(PTHREAD Thread, PVOID Context) NT_PASSIVE;
static VOID Run(PTHREAD Thread, PVOID Context)
{
	PFDO Fdo = Context;
	LARGE_INTEGER Later = FromNow(AGAIN);
	PDK_STORE_WATCH Watch = NULL;
	BOOLEAN Again = FALSE;
	NTSTATUS Status;

	/* The watch fires once by itself. Without it, looking now and then has to do. */
	Status = StoreWatchAdd(Fdo->Store, NULL, "device", &Thread->Look, &Watch);
	if (!NT_SUCCESS(Status)) {
		LogWarning("bus: watching the devices: %08x", (unsigned)Status);
		ThreadWake(Thread);
	}
	while (ThreadWait(Thread, Again || Watch == NULL ? &Later : NULL))
		Again = Look(Fdo);
	if (Watch != NULL)
		(VOID) StoreWatchRemove(Fdo->Store, Watch);
}

NTSTATUS BusStart(PFDO Fdo)
{
	PBUS Bus = PoolAllocate(sizeof(*Bus));
	NTSTATUS Status;

	if (Bus == NULL)
		return STATUS_NO_MEMORY;
	Status = ThreadStart(&Bus->Thread, Run, Fdo);
	if (!NT_SUCCESS(Status)) {
		LogError("bus: %08x", (unsigned)Status);
		PoolFree(Bus);
		return Status;
	}
	Fdo->Bus = Bus;
	return STATUS_SUCCESS;
}

VOID BusStop(PFDO Fdo)
{
	PBUS Bus = Fdo->Bus;

	if (Bus == NULL)
		return;
	ThreadStop(&Bus->Thread);
	NtAcquireMutex(&Fdo->ChildrenLock);
	Fdo->Bus = NULL;
	NtReleaseMutex(&Fdo->ChildrenLock);
	PoolFree(Bus);
}

VOID BusRescan(PFDO Fdo)
{
	if (Fdo->Bus != NULL)
		ThreadWake(&Fdo->Bus->Thread);
}
