/* SPDX-License-Identifier: BSD-2-Clause */
#include "bus.h"
#include "store.h"

/* After something went wrong. */
#define AGAIN (1 * PV_TIME_SECOND)

struct _BUS {
	PFDO Fdo;
	PVOID Thread;
	KEVENT Stop;
	KEVENT Look;
	KEVENT Ended;
};

static KSTART_ROUTINE Run;

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

static VOID NTAPI Run(PVOID Context) NT_PASSIVE;
static VOID NTAPI Run(PVOID Context)
{
	PBUS Bus = Context;
	PVOID Events[] = { &Bus->Stop, &Bus->Look };
	LARGE_INTEGER Later = FromNow(AGAIN);
	PDK_STORE_WATCH Watch = NULL;
	BOOLEAN Again = FALSE;
	NTSTATUS Status;

	/* The watch fires once by itself. Without it, looking now and then has to do. */
	Status = StoreWatchAdd(Bus->Fdo->Store, NULL, "device", &Bus->Look, &Watch);
	if (!NT_SUCCESS(Status)) {
		LogWarning("bus: watching the devices: %08x", (unsigned)Status);
		KeSetEvent(&Bus->Look, IO_NO_INCREMENT, FALSE);
	}
	for (;;) {
		Status = KeWaitForMultipleObjects(RTL_NUMBER_OF(Events), Events, WaitAny, Executive,
			KernelMode, FALSE, Again || Watch == NULL ? &Later : NULL, NULL);
		if (Status == STATUS_WAIT_0)
			break;
		Again = Look(Bus->Fdo);
	}
	if (Watch != NULL)
		(VOID) StoreWatchRemove(Bus->Fdo->Store, Watch);
	KeSetEvent(&Bus->Ended, IO_NO_INCREMENT, FALSE);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS BusStart(PFDO Fdo)
{
	PBUS Bus = PoolAllocate(sizeof(*Bus));
	OBJECT_ATTRIBUTES Attributes;
	HANDLE Handle;
	NTSTATUS Status;

	if (Bus == NULL)
		return STATUS_NO_MEMORY;
	Bus->Fdo = Fdo;
	KeInitializeEvent(&Bus->Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Bus->Look, SynchronizationEvent, FALSE);
	KeInitializeEvent(&Bus->Ended, NotificationEvent, FALSE);
	InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	Status =
		PsCreateSystemThread(&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, Run, Bus);
	if (!NT_SUCCESS(Status))
		goto fail;
	Status = ObReferenceObjectByHandle(
		Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Bus->Thread, NULL);
	if (!NT_SUCCESS(Status)) {
		/* It runs. What is left of it after this event is short, and the driver stays. */
		KeSetEvent(&Bus->Stop, IO_NO_INCREMENT, FALSE);
		(VOID) KeWaitForSingleObject(&Bus->Ended, Executive, KernelMode, FALSE, NULL);
	}
	ZwClose(Handle);
	if (!NT_SUCCESS(Status))
		goto fail;
	Fdo->Bus = Bus;
	return STATUS_SUCCESS;

fail:
	LogError("bus: %08x", (unsigned)Status);
	PoolFree(Bus);
	return Status;
}

VOID BusStop(PFDO Fdo)
{
	PBUS Bus = Fdo->Bus;

	if (Bus == NULL)
		return;
	KeSetEvent(&Bus->Stop, IO_NO_INCREMENT, FALSE);
	(VOID) KeWaitForSingleObject(Bus->Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Bus->Thread);
	NtAcquireMutex(&Fdo->ChildrenLock);
	Fdo->Bus = NULL;
	NtReleaseMutex(&Fdo->ChildrenLock);
	PoolFree(Bus);
}

VOID BusRescan(PFDO Fdo)
{
	if (Fdo->Bus != NULL)
		KeSetEvent(&Fdo->Bus->Look, IO_NO_INCREMENT, FALSE);
}
