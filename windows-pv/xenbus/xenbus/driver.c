/* SPDX-License-Identifier: BSD-2-Clause */
/* XENBUS.SYS: the bus on which Xen's devices appear to Windows. */
#include "dk_config.h"
#include "irp.h"
#include "pdo.h"
#include "registry.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE AddDevice;
static DRIVER_UNLOAD Unload;
static DRIVER_DISPATCH Refuse;
static DRIVER_DISPATCH Finish;
static DRIVER_DISPATCH Pnp;
static DRIVER_DISPATCH Power;
static DRIVER_DISPATCH SystemControl;

static NTSTATUS End(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

/*
 * Nobody opens a bus or its children, and nobody asks them for anything but by the interfaces that
 * other drivers get through PnP: no user can reach xenstore, events or grants here (XSA-468).
 */
static NTSTATUS NTAPI Refuse(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return End(Irp, STATUS_ACCESS_DENIED);
}

/* Of a handle that was never given out. */
static NTSTATUS NTAPI Finish(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	return End(Irp, STATUS_SUCCESS);
}

static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp) NT_PASSIVE;
static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE Device = DeviceObject->DeviceExtension;
	NTSTATUS Status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

	if (!NT_SUCCESS(Status))
		return End(Irp, Status);
	if (Device->Kind == DEVICE_IS_FDO)
		return FdoPnp(CONTAINING_RECORD(Device, FDO, Device), Irp);
	return PdoPnp(CONTAINING_RECORD(Device, PDO, Device), Irp);
}

static NTSTATUS NTAPI Power(PDEVICE_OBJECT DeviceObject, PIRP Irp) NT_PASSIVE;
static NTSTATUS NTAPI Power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE Device = DeviceObject->DeviceExtension;
	NTSTATUS Status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

	if (!NT_SUCCESS(Status))
		return End(Irp, Status);
	if (Device->Kind == DEVICE_IS_FDO)
		return FdoPower(CONTAINING_RECORD(Device, FDO, Device), Irp);
	return PdoPower(CONTAINING_RECORD(Device, PDO, Device), Irp);
}

/* WMI's questions are for whom they name; we are no provider. */
static NTSTATUS NTAPI SystemControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE Device = DeviceObject->DeviceExtension;
	NTSTATUS Status = IoAcquireRemoveLock(&Device->RemoveLock, Irp);

	if (!NT_SUCCESS(Status))
		return End(Irp, Status);
	if (Device->Kind == DEVICE_IS_FDO)
		return IrpForward(CONTAINING_RECORD(Device, FDO, Device), Irp);
	return IrpComplete(Device, Irp, Irp->IoStatus.Status);
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo) NT_PASSIVE;
static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	return FdoCreate(DriverObject, Pdo);
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	LogInfo("unloaded");
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) NT_PASSIVE;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG Resident;
	NTSTATUS Status = RegistrySetService(RegistryPath);

	if (!NT_SUCCESS(Status))
		return Status;
	/* A failure is told when a device starts: a driver that does not load cannot ask for the
	 * restart that a newer XEN.SYS needs. */
	Status = XenInitialize(XEN_API_VERSION, &Resident);
	LogInfo("version " DK_VERSION ", XEN.SYS %08x", (unsigned)Status);
	for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = Refuse;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = Finish;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = Finish;
	DriverObject->MajorFunction[IRP_MJ_PNP] = Pnp;
	DriverObject->MajorFunction[IRP_MJ_POWER] = Power;
	DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = SystemControl;
	DriverObject->DriverExtension->AddDevice = AddDevice;
	DriverObject->DriverUnload = Unload;
	return STATUS_SUCCESS;
}
