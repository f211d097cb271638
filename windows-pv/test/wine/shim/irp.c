/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IRPs. The dispatch routines of every driver that makes a device are called through Dispatch, so
 * that the shim knows which IRPs a driver has: one is completed once, at the place where it came
 * in, and none is forgotten. The resources of START_DEVICE are put in here too; Wine has none to
 * give.
 */
#include "internal.h"

#define DRIVERS 8
#define RECORDS 256
#define MAJORS	(IRP_MJ_MAXIMUM_FUNCTION + 1)

struct record {
	PIRP Irp; /* NULL: not used */
	PDRIVER_OBJECT Driver;
	PVOID Function;
	CHAR Location;
	UCHAR Major, Minor;
	/* While it is with the driver below: what the driver had set. */
	PIO_COMPLETION_ROUTINE Routine;
	PVOID Context;
	UCHAR Control;
};

static USER_LOCK Lock;
static struct record Records[RECORDS];
static struct {
	PDRIVER_OBJECT Driver;
	PDRIVER_DISPATCH Major[MAJORS];
	PDRIVER_UNLOAD Unload;
} Drivers[DRIVERS];
static struct record *Find(PIRP Irp, LONG Location)
{
	for (ULONG i = 0; i < RECORDS; i++)
		if (Records[i].Irp == Irp && (Location < 0 || Records[i].Location == Location))
			return &Records[i];
	return NULL;
}

ULONG ShimIrpsOpen(VOID)
{
	ULONG Count = 0;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < RECORDS; i++)
		if (Records[i].Irp) {
			ShimLog("open: IRP %u.%u", Records[i].Major, Records[i].Minor);
			Count++;
		}
	LeaveCriticalSection(&Lock);
	return Count;
}

static VOID Enter(PDRIVER_OBJECT Driver, PIRP Irp, PVOID Function)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	struct record *Record;

	EnterCriticalSection(&Lock);
	Record = Find(Irp, Irp->CurrentLocation);
	if (Record)
		ShimFail(Record->Function, "IRP %u.%u was dropped without completion",
			Record->Major, Record->Minor);
	else
		Record = Find(NULL, -1);
	if (Record) {
		RtlZeroMemory(Record, sizeof(*Record));
		Record->Irp = Irp;
		Record->Driver = Driver;
		Record->Function = Function;
		Record->Location = Irp->CurrentLocation;
		Record->Major = Stack->MajorFunction;
		Record->Minor = Stack->MinorFunction;
	}
	LeaveCriticalSection(&Lock);
	if (!Record)
		ShimFail(Function, "more than %u IRPs at once", RECORDS);
}

static NTSTATUS NTAPI Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	PSHIM_THREAD Thread = ShimThread();
	PDRIVER_DISPATCH Function = NULL;
	KIRQL Irql = Thread->Irql;
	ULONG Locks = Thread->Locks;
	NTSTATUS Status;

	for (ULONG i = 0; i < DRIVERS; i++)
		if (Drivers[i].Driver == Device->DriverObject)
			Function = Drivers[i].Major[Stack->MajorFunction];
	if (Stack->MajorFunction == IRP_MJ_PNP && Stack->MinorFunction == IRP_MN_START_DEVICE)
		ShimGiveResources(Device, Stack);
	Enter(Device->DriverObject, Irp, (PVOID)Function);
	Status = Function(Device, Irp);
	ShimSameIrql(Irql, Locks, "a dispatch routine", (PVOID)Function);
	return Status;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
	PDRIVER_UNLOAD Function = NULL;

	for (ULONG i = 0; i < DRIVERS; i++)
		if (Drivers[i].Driver == Driver) {
			Function = Drivers[i].Unload;
			Drivers[i].Driver = NULL;
		}
	if (Function)
		Function(Driver);
	ShimLog("unloaded %p", (PVOID)Driver);
}

static VOID Follow(PDRIVER_OBJECT Driver)
{
	ULONG Free = DRIVERS;

	for (ULONG i = 0; i < DRIVERS; i++) {
		if (Drivers[i].Driver == Driver)
			return;
		if (!Drivers[i].Driver && Free == DRIVERS)
			Free = i;
	}
	if (Free == DRIVERS)
		ExitProcess(3);
	Drivers[Free].Driver = Driver;
	for (ULONG i = 0; i < MAJORS; i++) {
		Drivers[Free].Major[i] = Driver->MajorFunction[i];
		Driver->MajorFunction[i] = Dispatch;
	}
	Drivers[Free].Unload = Driver->DriverUnload;
	if (Driver->DriverUnload)
		Driver->DriverUnload = Unload;
}

NTSTATUS Shim_IoCreateDevice(PDRIVER_OBJECT Driver, ULONG Extension, PUNICODE_STRING Name,
	DEVICE_TYPE Type, ULONG Characteristics, BOOLEAN Exclusive, PDEVICE_OBJECT *Device)
{
	NTSTATUS Status;

	if (ShimShallFail("IoCreateDevice", SHIM_CALLER))
		return STATUS_INSUFFICIENT_RESOURCES;
	Follow(Driver);
	Status = IoCreateDevice(Driver, Extension, Name, Type, Characteristics, Exclusive, Device);
	if (NT_SUCCESS(Status))
		ShimCount(SHIM_DEVICE, 1);
	return Status;
}

/* Wine's PnP manager frees an answer as its own memory, and gives back the references in it. */
static VOID HandOver(PIRP Irp, PIO_STACK_LOCATION Stack, PVOID Caller)
{
	PVOID Answer = (PVOID)Irp->IoStatus.Information;

	if (Stack->MajorFunction != IRP_MJ_PNP || !Answer)
		return;
	Irp->IoStatus.Information = (ULONG_PTR)ShimHandOver(Answer, Caller);
	if (Stack->MinorFunction == IRP_MN_QUERY_DEVICE_RELATIONS &&
		(PVOID)Irp->IoStatus.Information != Answer)
		ShimCount(SHIM_REFERENCE,
			-(LONG)((PDEVICE_RELATIONS)Irp->IoStatus.Information)->Count);
}

VOID Shim_IofCompleteRequest(PIRP Irp, CCHAR Boost)
{
	struct record *Record;
	BOOLEAN Known, Cancellable;

	EnterCriticalSection(&Lock);
	/* Not a look at the IRP unless it is alive. */
	Known = Find(Irp, -1) != NULL;
	Record = Known ? Find(Irp, Irp->CurrentLocation) : NULL;
	Cancellable = Record && Irp->CancelRoutine;
	if (Record)
		Record->Irp = NULL;
	LeaveCriticalSection(&Lock);
	if (!Record) {
		ShimFail(
			SHIM_CALLER, "completes an IRP that it does not have: twice, or another's");
		return;
	}
	if (Cancellable)
		ShimFail(SHIM_CALLER, "completes an IRP that has a cancel routine");
	HandOver(Irp, IoGetCurrentIrpStackLocation(Irp), SHIM_CALLER);
	IofCompleteRequest(Irp, Boost);
}

static NTSTATUS NTAPI Completed(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
	struct record *Record = Context, Was;
	NTSTATUS Status = STATUS_SUCCESS;
	PSHIM_THREAD Thread = ShimThread();
	KIRQL Irql = Thread->Irql;
	ULONG Locks = Thread->Locks;
	UCHAR Wanted;

	EnterCriticalSection(&Lock);
	Was = *Record;
	LeaveCriticalSection(&Lock);
	if (Irp->Cancel)
		Wanted = SL_INVOKE_ON_CANCEL;
	else
		Wanted = NT_SUCCESS(Irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS
							  : SL_INVOKE_ON_ERROR;
	if (Was.Routine && Was.Control & Wanted) {
		Status = Was.Routine(Device, Irp, Was.Context);
		ShimSameIrql(Irql, Locks, "a completion routine", (PVOID)Was.Routine);
	} else if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount) {
		IoMarkIrpPending(Irp);
	}
	/* With MORE_PROCESSING_REQUIRED it is the driver's again, and perhaps completed by now. */
	if (Status != STATUS_MORE_PROCESSING_REQUIRED) {
		EnterCriticalSection(&Lock);
		if (Record->Irp == Was.Irp && Record->Location == Was.Location)
			Record->Irp = NULL;
		LeaveCriticalSection(&Lock);
	}
	return Status;
}

NTSTATUS Shim_IofCallDriver(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Next = IoGetNextIrpStackLocation(Irp);
	struct record *Record;

	EnterCriticalSection(&Lock);
	/* Skipped first: the location that is current then is that of a driver above, if the shim
	 * follows that one too. */
	Record = Find(Irp, Irp->CurrentLocation - 1);
	if (Record) { /* skipped: it is the other driver's */
		Record->Irp = NULL;
	} else if ((Record = Find(Irp, Irp->CurrentLocation)) != NULL) {
		/* copied down: it comes back through Completed */
		Record->Routine = Next->CompletionRoutine;
		Record->Context = Next->Context;
		Record->Control = Next->Control;
		Next->CompletionRoutine = Completed;
		Next->Context = Record;
		Next->Control = SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR | SL_INVOKE_ON_CANCEL;
	}
	LeaveCriticalSection(&Lock);
	HandOver(Irp, Next, SHIM_CALLER);
	return IofCallDriver(Device, Irp);
}

NTSTATUS Shim_PoCallDriver(PDEVICE_OBJECT Device, PIRP Irp)
{
	return Shim_IofCallDriver(Device, Irp);
}

PIRP Shim_IoAllocateIrp(CCHAR StackSize, BOOLEAN Charge)
{
	PIRP Irp;

	if (ShimShallFail("IoAllocateIrp", SHIM_CALLER))
		return NULL;
	Irp = IoAllocateIrp(StackSize, Charge);
	if (Irp)
		ShimCount(SHIM_IRP, 1);
	return Irp;
}

VOID Shim_IoFreeIrp(PIRP Irp)
{
	ShimCount(SHIM_IRP, -1);
	IoFreeIrp(Irp);
}

/* Wine counts on its own thread's list of IRPs; these free themselves. */
PIRP Shim_IoBuildSynchronousFsdRequest(ULONG Major, PDEVICE_OBJECT Device, PVOID Buffer,
	ULONG Length, PLARGE_INTEGER Offset, PKEVENT Event, PIO_STATUS_BLOCK Status)
{
	if (ShimShallFail("IoBuildSynchronousFsdRequest", SHIM_CALLER))
		return NULL;
	return IoBuildSynchronousFsdRequest(Major, Device, Buffer, Length, Offset, Event, Status);
}

VOID ShimIrpSetup(VOID)
{
	InitializeCriticalSection(&Lock);
}
