/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test bus: root-enumerated, with one child that has the platform device's hardware ids, so
 * that XENBUS is bound to it by its own INF. It is also the harness's way into this process.
 */
#include "internal.h"

DRIVER_INITIALIZE DriverEntry;

PBUS_DEVICE BusRoot, BusChild;
LONG BusStarted, BusSurprised, BusRemoved;

NTSTATUS BusComplete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI OpenOrClose(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Information = 0;
	return BusComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI Control(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	ULONG In = Stack->Parameters.DeviceIoControl.InputBufferLength;
	ULONG Out = Stack->Parameters.DeviceIoControl.OutputBufferLength;
	PCHAR Text;

	UNREFERENCED_PARAMETER(Device);
	Irp->IoStatus.Information = 0;
	if (Stack->Parameters.DeviceIoControl.IoControlCode != DK_TEST_COMMAND || Out < 2)
		return BusComplete(Irp, STATUS_INVALID_DEVICE_REQUEST);
	Text = ExAllocatePool(PagedPool, In + 1);
	Text[In] = 0;
	RtlCopyMemory(Text, Irp->AssociatedIrp.SystemBuffer, In);
	RtlZeroMemory(Irp->AssociatedIrp.SystemBuffer, Out);
	ShimLog("> %s", Text);
	ShimCommand(Text, Irp->AssociatedIrp.SystemBuffer, Out);
	ShimLog("< %s", (PCHAR)Irp->AssociatedIrp.SystemBuffer);
	ExFreePool(Text);
	Irp->IoStatus.Information = strlen(Irp->AssociatedIrp.SystemBuffer) + 1;
	return BusComplete(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI Power(PDEVICE_OBJECT Device, PIRP Irp)
{
	PBUS_DEVICE Bus = Device->DeviceExtension;

	PoStartNextPowerIrp(Irp);
	if (Bus->Kind == BUS_CHILD)
		return BusComplete(Irp, STATUS_SUCCESS);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(Bus->Below, Irp);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	Status = IoCreateDevice(
		Driver, sizeof(*BusRoot), NULL, FILE_DEVICE_BUS_EXTENDER, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	BusRoot = Device->DeviceExtension;
	BusRoot->Kind = BUS_ROOT;
	BusRoot->Self = Device;
	BusRoot->Pdo = Pdo;
	BusRoot->Below = IoAttachDeviceToDeviceStack(Device, Pdo);
	Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return BusMakeChild(Driver);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
	UNICODE_STRING Name, Link;
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(Path);
	RtlInitUnicodeString(&Name, L"\\Device\\DkTest");
	RtlInitUnicodeString(&Link, L"\\DosDevices\\DkTest");
	Status = IoCreateDevice(
		Driver, sizeof(BUS_DEVICE), &Name, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	((PBUS_DEVICE)Device->DeviceExtension)->Kind = BUS_CONTROL;
	Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	IoCreateSymbolicLink(&Link, &Name);
	Driver->DriverExtension->AddDevice = AddDevice;
	Driver->MajorFunction[IRP_MJ_CREATE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_CLOSE] = OpenOrClose;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	Driver->MajorFunction[IRP_MJ_PNP] = BusPnp;
	Driver->MajorFunction[IRP_MJ_POWER] = Power;
	ShimRegister("bus", BusCommand, NULL);
	return STATUS_SUCCESS;
}
