/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proves the ground: a driver that takes XENBUS's place on the platform device, uses XEN.SYS, and
 * does on command each thing that the shim must notice.
 */
#include "probe.h"

DRIVER_INITIALIZE DriverEntry;

struct probe Probe;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PDEVICE_OBJECT Below = Probe.Below;

	switch (Stack->MinorFunction) {
	case IRP_MN_START_DEVICE:
		Probe.Resources = Stack->Parameters.StartDevice.AllocatedResourcesTranslated;
		Irp->IoStatus.Status = STATUS_SUCCESS;
		break;
	case IRP_MN_SURPRISE_REMOVAL:
		Irp->IoStatus.Status = STATUS_SUCCESS;
		break;
	case IRP_MN_REMOVE_DEVICE:
		ProbeForget();
		return ShimRemoveDevice(Device, Below, Irp);
	default:
		break;
	}
	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(Below, Irp);
}

static NTSTATUS NTAPI Power(PDEVICE_OBJECT Device, PIRP Irp)
{
	UNREFERENCED_PARAMETER(Device);
	IoSkipCurrentIrpStackLocation(Irp);
	return PoCallDriver(Probe.Below, Irp);
}

/* What a device control code asks for is done to the IRP itself. */
static NTSTATUS NTAPI Control(PDEVICE_OBJECT Device, PIRP Irp)
{
	KSPIN_LOCK Lock = 0;
	KIRQL Irql;

	UNREFERENCED_PARAMETER(Device);
	switch (IoGetCurrentIrpStackLocation(Irp)->Parameters.DeviceIoControl.IoControlCode) {
	case PROBE_TWICE:
		Complete(Irp, STATUS_SUCCESS);
		return Complete(Irp, STATUS_SUCCESS);
	case PROBE_RAISED:
		Complete(Irp, STATUS_SUCCESS);
		KeAcquireSpinLock(&Lock, &Irql);
		KeReleaseSpinLockFromDpcLevel(&Lock);
		return STATUS_SUCCESS;
	default:
		return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
	}
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	Status = IoCreateDevice(Driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	RtlZeroMemory(&Probe, sizeof(Probe));
	Probe.Self = Device;
	Probe.Below = IoAttachDeviceToDeviceStack(Device, Pdo);
	Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	ShimRegister("probe", ProbeCommand, NULL);
	return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
	UNREFERENCED_PARAMETER(Path);
	Driver->DriverExtension->AddDevice = AddDevice;
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_PNP] = Pnp;
	Driver->MajorFunction[IRP_MJ_POWER] = Power;
	Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	return STATUS_SUCCESS;
}
