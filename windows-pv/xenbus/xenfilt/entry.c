/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XENFILT.SYS: an upper filter of the System and hard-disk controller classes. Of the devices that
 * these classes bring it filters the roots of PCI and the IDE channels, and what hangs on them; it
 * stays out of all other stacks. It changes one thing, the instance of the active device.
 */
#include "dk_config.h"
#include "xenfilt.h"

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE AddDevice;
static DRIVER_DISPATCH Pass;
static DRIVER_DISPATCH Pnp;
static DRIVER_DISPATCH Power;

DRIVER Driver;

#define ID_UNITS 512

/* By its hardware ids, or by those that it is compatible with. */
static enum pv_emul_bus Recognise(PDEVICE_OBJECT Pdo) NT_PASSIVE;
static enum pv_emul_bus Recognise(PDEVICE_OBJECT Pdo)
{
	static const BUS_QUERY_ID_TYPE Types[] = { BusQueryHardwareIDs, BusQueryCompatibleIDs };
	enum pv_emul_bus Bus = PV_EMUL_NONE;

	for (ULONG i = 0; i < RTL_NUMBER_OF(Types) && Bus == PV_EMUL_NONE; i++) {
		PWCHAR List = FilterAskId(Pdo, Types[i]);
		ULONG Units = 0;

		if (List == NULL)
			continue;
		/* To the empty text that ends it. */
		while (Units < ID_UNITS && (List[Units] != L'\0' || List[Units + 1] != L'\0'))
			Units++;
		Bus = pv_emul_bus(List, Units);
		ExFreePool(List);
	}
	return Bus;
}

/* A filter of a class that fails takes the device with it: whatever happens, the answer is yes. */
static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo) NT_PASSIVE;
static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	enum pv_emul_bus Bus = Recognise(Pdo);
	NTSTATUS Status;

	if (Bus == PV_EMUL_NONE)
		return STATUS_SUCCESS;
	Status = BusAdd(DriverObject, Pdo, Bus);
	if (!NT_SUCCESS(Status))
		LogWarning("a bus is not filtered: %08x", (unsigned)Status);
	/* The first root of PCI has not been started, and nothing on it is known to anybody. */
	else if (Bus == PV_EMUL_PCI)
		XenUnplugBoot();
	return STATUS_SUCCESS;
}

static NTSTATUS Enter(PFILTER Filter, PIRP Irp)
{
	NTSTATUS Status = IoAcquireRemoveLock(&Filter->RemoveLock, Irp);

	if (NT_SUCCESS(Status))
		return Status;
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI Pass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILTER Filter = DeviceObject->DeviceExtension;
	NTSTATUS Status = Enter(Filter, Irp);

	return NT_SUCCESS(Status) ? FilterForward(Filter, Irp) : Status;
}

static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp) NT_PASSIVE;
static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILTER Filter = DeviceObject->DeviceExtension;
	NTSTATUS Status = Enter(Filter, Irp);

	if (!NT_SUCCESS(Status))
		return Status;
	return Filter->Kind == FILTER_OF_BUS ? BusPnp(Filter, Irp) : ChildPnp(Filter, Irp);
}

/* A root of PCI is told that the system works again before what is on it is. */
static BOOLEAN Resumes(const FILTER *Filter, const IO_STACK_LOCATION *Stack)
{
	return Filter->Kind == FILTER_OF_BUS && Filter->Bus == PV_EMUL_PCI &&
	       Stack->MinorFunction == IRP_MN_SET_POWER &&
	       Stack->Parameters.Power.Type == SystemPowerState &&
	       Stack->Parameters.Power.State.SystemState == PowerSystemWorking;
}

static NTSTATUS NTAPI Power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILTER Filter = DeviceObject->DeviceExtension;
	NTSTATUS Status = Enter(Filter, Irp);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Resumes(Filter, IoGetCurrentIrpStackLocation(Irp)))
		XenUnplugResume();
	return FilterForward(Filter, Irp);
}

static NTSTATUS NTAPI Ignore(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
	UNREFERENCED_PARAMETER(DriverObject);
	UNREFERENCED_PARAMETER(Pdo);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) NT_PASSIVE;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG Resident;
	NTSTATUS Status = XenInitialize(XEN_API_VERSION, &Resident);

	UNREFERENCED_PARAMETER(RegistryPath);
	/* Not on Xen, or with an older XEN.SYS: nothing is filtered, and the machine starts. */
	if (!NT_SUCCESS(Status)) {
		DriverObject->DriverExtension->AddDevice = Ignore;
		return STATUS_SUCCESS;
	}
	LogInfo("version " DK_VERSION);
	NtInitializeMutex(&Driver.Lock);
	NtAcquireMutex(&Driver.Lock);
	if (!NT_SUCCESS(XenActiveDeviceQuery(&Driver.Record)))
		memset(&Driver.Record, 0, sizeof(Driver.Record));
	NtReleaseMutex(&Driver.Lock);
	for (ULONG i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		DriverObject->MajorFunction[i] = Pass;
	DriverObject->MajorFunction[IRP_MJ_PNP] = Pnp;
	DriverObject->MajorFunction[IRP_MJ_POWER] = Power;
	/* No unload: it is in the stacks of the buses, for as long as the system runs. */
	DriverObject->DriverExtension->AddDevice = AddDevice;
	return STATUS_SUCCESS;
}
