/* SPDX-License-Identifier: BSD-2-Clause */
/* On a bus: what it reports gets a filter of its own before anybody else sees it. */
#include "xenfilt.h"

NTSTATUS BusAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo, enum pv_emul_bus Bus)
{
	PFILTER Filter;
	NTSTATUS Status = FilterCreate(DriverObject, Pdo, FILTER_OF_BUS, &Filter);
	ULONG Place = 0;

	if (!NT_SUCCESS(Status))
		return Status;
	Filter->Bus = Bus;
	NtAcquireMutex(&Driver.Lock);
	while (Place < RTL_NUMBER_OF(Driver.Buses) && Driver.Buses[Place] != NULL)
		Place++;
	if (Place < RTL_NUMBER_OF(Driver.Buses))
		Driver.Buses[Place] = Filter;
	else
		Status = STATUS_INSUFFICIENT_RESOURCES;
	NtReleaseMutex(&Driver.Lock);
	if (!NT_SUCCESS(Status))
		FilterDelete(Filter);
	return Status;
}

static PFILTER Find(PFILTER Bus, PDEVICE_OBJECT Pdo) NT_HOLDS(Driver.Lock);
static PFILTER Find(PFILTER Bus, PDEVICE_OBJECT Pdo)
{
	for (PLIST_ENTRY Entry = Bus->Children.Flink; Entry != &Bus->Children;
		Entry = Entry->Flink) {
		PFILTER Child = CONTAINING_RECORD(Entry, FILTER, Link);

		if (Child->Pdo == Pdo)
			return Child;
	}
	return NULL;
}

static VOID Take(PFILTER Bus, PDEVICE_OBJECT Pdo) NT_PASSIVE NT_HOLDS(Driver.Lock);
static VOID Take(PFILTER Bus, PDEVICE_OBJECT Pdo)
{
	PFILTER Child = Find(Bus, Pdo);
	NTSTATUS Status;

	if (Child == NULL) {
		Status =
			FilterCreate(Bus->DeviceObject->DriverObject, Pdo, FILTER_OF_CHILD, &Child);
		if (!NT_SUCCESS(Status)) {
			/* It works without: what it is is not known then. */
			LogWarning("a device is not filtered: %08x", (unsigned)Status);
			return;
		}
		Child->Bus = Bus->Bus;
		Child->Parent = Bus;
		InsertTailList(&Bus->Children, &Child->Link);
	}
	Child->Reported = TRUE;
}

/* What has gone from the relations is removed by an IRP of its own, and goes with that. */
static VOID TakeAll(PFILTER Bus, const DEVICE_RELATIONS *Relations) NT_PASSIVE;
static VOID TakeAll(PFILTER Bus, const DEVICE_RELATIONS *Relations)
{
	NtAcquireMutex(&Driver.Lock);
	for (PLIST_ENTRY Entry = Bus->Children.Flink; Entry != &Bus->Children; Entry = Entry->Flink)
		CONTAINING_RECORD(Entry, FILTER, Link)->Reported = FALSE;
	for (ULONG i = 0; Relations != NULL && i < Relations->Count; i++)
		Take(Bus, Relations->Objects[i]);
	if (Bus->Bus == PV_EMUL_PCI)
		IdentityDecide(Bus);
	NtReleaseMutex(&Driver.Lock);
}

static NTSTATUS QueryRelations(PFILTER Filter, PIRP Irp) NT_PASSIVE;
static NTSTATUS QueryRelations(PFILTER Filter, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	NTSTATUS Status;

	if (Stack->Parameters.QueryDeviceRelations.Type != BusRelations)
		return FilterForward(Filter, Irp);
	Status = FilterForwardWait(Filter, Irp);
	if (NT_SUCCESS(Status))
		TakeAll(Filter, (const DEVICE_RELATIONS *)Irp->IoStatus.Information);
	return FilterComplete(Filter, Irp, Status);
}

/* Its children's devices go with it, and so must what lies on them. */
static VOID Forget(PFILTER Filter) NT_PASSIVE;
static VOID Forget(PFILTER Filter)
{
	LIST_ENTRY Gone;

	InitializeListHead(&Gone);
	NtAcquireMutex(&Driver.Lock);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Driver.Buses); i++)
		if (Driver.Buses[i] == Filter)
			Driver.Buses[i] = NULL;
	while (!IsListEmpty(&Filter->Children))
		InsertTailList(&Gone, RemoveHeadList(&Filter->Children));
	NtReleaseMutex(&Driver.Lock);
	while (!IsListEmpty(&Gone))
		FilterDelete(CONTAINING_RECORD(RemoveHeadList(&Gone), FILTER, Link));
}

static NTSTATUS RemoveDevice(PFILTER Filter, PIRP Irp) NT_PASSIVE;
static NTSTATUS RemoveDevice(PFILTER Filter, PIRP Irp)
{
	IoReleaseRemoveLockAndWait(&Filter->RemoveLock, Irp);
	Forget(Filter);
	return FilterRemove(Filter, Irp);
}

NTSTATUS BusPnp(PFILTER Filter, PIRP Irp)
{
	switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		return QueryRelations(Filter, Irp);
	case IRP_MN_DEVICE_USAGE_NOTIFICATION:
		return FilterUsageNotification(Filter, Irp);
	case IRP_MN_REMOVE_DEVICE:
		return RemoveDevice(Filter, Irp);
	default:
		return FilterForward(Filter, Irp);
	}
}
