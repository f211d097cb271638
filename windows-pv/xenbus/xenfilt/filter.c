/* SPDX-License-Identifier: BSD-2-Clause */
#include "xenfilt.h"

PWCHAR FilterAskId(PDEVICE_OBJECT Pdo, BUS_QUERY_ID_TYPE Type)
{
	IO_STACK_LOCATION Stack = { .MinorFunction = IRP_MN_QUERY_ID };
	PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Pdo);
	ULONG_PTR Information;
	NTSTATUS Status;

	Stack.Parameters.QueryId.IdType = Type;
	Status = IrpSendPnp(Top, &Stack, &Information);
	ObDereferenceObject(Top);
	return NT_SUCCESS(Status) ? (PWCHAR)Information : NULL;
}

static BOOLEAN QueryId(PDEVICE_OBJECT Pdo, BUS_QUERY_ID_TYPE Type, PWCHAR Text) NT_PASSIVE;
static BOOLEAN QueryId(PDEVICE_OBJECT Pdo, BUS_QUERY_ID_TYPE Type, PWCHAR Text)
{
	PWCHAR Id = FilterAskId(Pdo, Type);
	BOOLEAN Fits = FALSE;

	if (Id == NULL)
		return FALSE;
	for (ULONG i = 0; i < XEN_DEVICE_ID_LENGTH && !Fits; i++) {
		Text[i] = Id[i];
		Fits = Text[i] == L'\0';
	}
	ExFreePool(Id);
	if (!Fits)
		Text[0] = L'\0';
	return Fits;
}

/* As the device below has it, so that nobody sees the difference. */
static VOID Imitate(PDEVICE_OBJECT DeviceObject, const DEVICE_OBJECT *Lower)
{
	DeviceObject->DeviceType = Lower->DeviceType;
	DeviceObject->Characteristics = Lower->Characteristics;
	DeviceObject->Flags |=
		Lower->Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE | DO_POWER_INRUSH);
}

NTSTATUS FilterCreate(
	PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo, FILTER_KIND Kind, PFILTER *Result)
{
	PDEVICE_OBJECT DeviceObject;
	PFILTER Filter;
	NTSTATUS Status = IoCreateDevice(DriverObject, sizeof(*Filter), NULL, FILE_DEVICE_UNKNOWN,
		FILE_DEVICE_SECURE_OPEN, FALSE, &DeviceObject);

	if (!NT_SUCCESS(Status))
		return Status;
	Filter = DeviceObject->DeviceExtension;
	memset(Filter, 0, sizeof(*Filter));
	Filter->Kind = Kind;
	Filter->DeviceObject = DeviceObject;
	Filter->Pdo = Pdo;
	InitializeListHead(&Filter->Children);
	IoInitializeRemoveLock(&Filter->RemoveLock, POOL_TAG, 0, 0);
	Filter->Usable = QueryId(Pdo, BusQueryDeviceID, Filter->DeviceId) &&
			 QueryId(Pdo, BusQueryInstanceID, Filter->InstanceId);
	Filter->Lower = IoAttachDeviceToDeviceStack(DeviceObject, Pdo);
	if (Filter->Lower == NULL) {
		IoDeleteDevice(DeviceObject);
		return STATUS_NO_SUCH_DEVICE;
	}
	Imitate(DeviceObject, Filter->Lower);
	DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
	*Result = Filter;
	return STATUS_SUCCESS;
}

VOID FilterDelete(PFILTER Filter)
{
	IoDetachDevice(Filter->Lower);
	IoDeleteDevice(Filter->DeviceObject);
}

NTSTATUS FilterForward(PFILTER Filter, PIRP Irp)
{
	NTSTATUS Status;

	IoSkipCurrentIrpStackLocation(Irp);
	Status = IoCallDriver(Filter->Lower, Irp);
	IoReleaseRemoveLock(&Filter->RemoveLock, Irp);
	return Status;
}

NTSTATUS FilterRemove(PFILTER Filter, PIRP Irp)
{
	NTSTATUS Status;

	IoSkipCurrentIrpStackLocation(Irp);
	Status = IoCallDriver(Filter->Lower, Irp);
	FilterDelete(Filter);
	return Status;
}

NTSTATUS FilterForwardWait(PFILTER Filter, PIRP Irp)
{
	return IrpSendWait(Filter->Lower, Irp);
}

NTSTATUS FilterComplete(PFILTER Filter, PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	IoReleaseRemoveLock(&Filter->RemoveLock, Irp);
	return Status;
}

NTSTATUS FilterUsageNotification(PFILTER Filter, PIRP Irp)
{
	NTSTATUS Status = FilterForwardWait(Filter, Irp);

	if (NT_SUCCESS(Status) && !(Filter->Lower->Flags & DO_POWER_PAGABLE))
		Filter->DeviceObject->Flags &= ~DO_POWER_PAGABLE;
	return FilterComplete(Filter, Irp, Status);
}
