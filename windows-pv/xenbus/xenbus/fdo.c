/* SPDX-License-Identifier: BSD-2-Clause */
#include "balloon.h"
#include "interface.h"

static VOID Initialize(PFDO Fdo, PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT Pdo) NT_PASSIVE;
static VOID Initialize(PFDO Fdo, PDEVICE_OBJECT DeviceObject, PDEVICE_OBJECT Pdo)
{
	memset(Fdo, 0, sizeof(*Fdo));
	Fdo->Device.Kind = DEVICE_IS_FDO;
	Fdo->Device.State = PNP_NOT_STARTED;
	Fdo->Device.DeviceObject = DeviceObject;
	Fdo->Device.PowerState = PowerDeviceD3;
	IoInitializeRemoveLock(&Fdo->Device.RemoveLock, POOL_TAG, 0, 0);
	Fdo->Pdo = Pdo;
	NtInitializeLock(&Fdo->InterfaceLock);
	NtInitializeMutex(&Fdo->UnplugLock);
	ChildrenInitialize(Fdo);
}

NTSTATUS FdoCreate(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;
	PFDO Fdo;

	Status = IoCreateDevice(DriverObject, sizeof(*Fdo), NULL, FILE_DEVICE_BUS_EXTENDER,
		FILE_DEVICE_SECURE_OPEN, FALSE, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Fdo = DeviceObject->DeviceExtension;
	Initialize(Fdo, DeviceObject, Pdo);
	Status = STATUS_NO_MEMORY;
	Fdo->PowerItem = IoAllocateWorkItem(DeviceObject);
	if (Fdo->PowerItem == NULL)
		goto fail;
	Status = STATUS_NO_SUCH_DEVICE;
	Fdo->Lower = IoAttachDeviceToDeviceStack(DeviceObject, Pdo);
	if (Fdo->Lower == NULL)
		goto fail_item;
	DeviceObject->Flags |= DO_POWER_PAGABLE;
	DeviceObject->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;

fail_item:
	IoFreeWorkItem(Fdo->PowerItem);
fail:
	IoDeleteDevice(DeviceObject);
	return Status;
}

/* The extension stays until the last child and the last interface have gone. */
VOID FdoDelete(PFDO Fdo)
{
	BalloonDelete(Fdo);
	IoDetachDevice(Fdo->Lower);
	IoFreeWorkItem(Fdo->PowerItem);
	IoDeleteDevice(Fdo->Device.DeviceObject);
}

/* Nothing has been done to the machine yet: without us the emulated devices serve. */
static NTSTATUS CheckXen(VOID) NT_PASSIVE;
static NTSTATUS CheckXen(VOID)
{
	ULONG Resident;
	NTSTATUS Status = XenInitialize(XEN_API_VERSION, &Resident);

	if (Status != STATUS_REVISION_MISMATCH)
		return Status;
	LogError("XEN.SYS in memory has API version %u, this driver needs %u: restart the system",
		(unsigned)Resident, XEN_API_VERSION);
	return STATUS_PNP_REBOOT_REQUIRED;
}

NTSTATUS FdoStart(PFDO Fdo, const IO_STACK_LOCATION *Stack)
{
	NTSTATUS Status = CheckXen();

	if (!NT_SUCCESS(Status))
		return Status;
	ActiveDecide(Fdo);
	if (!Fdo->Active)
		return STATUS_SUCCESS;
	/* Without the filter nothing is ever taken away: that is no reason not to start. */
	(VOID) XenFilterClasses(TRUE);
	Status = ResourcesParse(&Fdo->Resources, Stack);
	if (NT_SUCCESS(Status))
		Status = FdoPowerUp(Fdo);
	if (!NT_SUCCESS(Status))
		ActiveResign(Fdo);
	return Status;
}

VOID FdoStop(PFDO Fdo)
{
	FdoPowerDown(Fdo);
	UnplugForget(Fdo);
	ActiveResign(Fdo);
	/* Also of a device that never started, here or at an earlier boot: it may be the last. */
	if (!ActiveExists())
		(VOID) XenFilterClasses(FALSE);
}
