/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

DRIVER_INITIALIZE DriverEntry;

struct child *Child;
LONG ChildStarts, ChildRemoves, PagesFreed;

/* Commands come one at a time, and none while the device goes. */
static FAST_MUTEX Lock;

PCHAR Next(struct words *Words)
{
	PCHAR Word = Words->Rest, End = Word;

	while (*End && *End != ' ')
		End++;
	if (*End)
		*End++ = 0;
	Words->Rest = End;
	return Word;
}

ULONG NextNumber(struct words *Words)
{
	PCSTR Word = Next(Words);
	ULONG Value = 0;

	while (*Word >= '0' && *Word <= '9')
		Value = Value * 10 + (ULONG)(*Word++ - '0');
	return Value;
}

VOID Say(struct words *Words, PCSTR Format, ...)
{
	SIZE_T Used = strlen(Words->Answer);
	va_list Arguments;

	va_start(Arguments, Format);
	if (Used + 1 < Words->Size)
		_vsnprintf(Words->Answer + Used, Words->Size - Used - 1, Format, Arguments);
	va_end(Arguments);
}

static NTSTATUS Run(struct child *Self, PCSTR Verb, struct words *Words)
{
	static NTSTATUS (*const Commands[])(struct child *, PCSTR, struct words *) = { StoreCommand,
		ChannelCommand, GrantCommand, FrontCommand, MiscCommand };
	NTSTATUS Status = STATUS_NOT_FOUND;

	/* To the bus's own device, beneath this driver; to this driver. */
	if (!strcmp(Verb, "irp-pdo") || !strcmp(Verb, "irp")) {
		ShimSendIrp(Self->Pdo, Verb[3] == 0, Words->Rest, Words->Answer, Words->Size);
		return STATUS_SUCCESS;
	}
	for (ULONG i = 0; i < RTL_NUMBER_OF(Commands) && Status == STATUS_NOT_FOUND; i++)
		Status = Commands[i](Self, Verb, Words);
	return Status;
}

static VOID NTAPI Command(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size)
{
	struct words Words = { Text, Answer, Size };
	PCSTR Verb = Next(&Words);
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(Argument);
	if (!strcmp(Verb, "state")) {
		Say(&Words, "%s starts %ld removes %ld", Child ? "there" : "away",
			(long)ChildStarts, (long)ChildRemoves);
		return;
	}
	if (!strcmp(Verb, "pages-freed")) {
		Say(&Words, "%ld", (long)PagesFreed);
		return;
	}
	ExAcquireFastMutex(&Lock);
	Status = Child ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
	ExReleaseFastMutex(&Lock);
	/* The harness gives one command after the other; what it overlaps, it means to. */
	if (NT_SUCCESS(Status))
		Status = Run(Child, Verb, &Words);
	if (!NT_SUCCESS(Status) || !*Answer)
		Say(&Words, "%08lx", (unsigned long)Status);
}

static NTSTATUS NTAPI Done(PDEVICE_OBJECT Device, PIRP Irp, PVOID Event)
{
	UNREFERENCED_PARAMETER(Device);
	UNREFERENCED_PARAMETER(Irp);
	KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS StartDevice(struct child *Self, PIRP Irp)
{
	NTSTATUS Status;
	KEVENT Event;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, Done, &Event, TRUE, TRUE, TRUE);
	Status = IoCallDriver(Self->Below, Irp);
	if (Status == STATUS_PENDING) {
		KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
		Status = Irp->IoStatus.Status;
	}
	if (NT_SUCCESS(Status))
		Status = ChildAcquire(Self);
	if (NT_SUCCESS(Status)) {
		Child = Self;
		InterlockedIncrement(&ChildStarts);
	}
	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static VOID Gone(VOID)
{
	ExAcquireFastMutex(&Lock);
	Child = NULL;
	ExReleaseFastMutex(&Lock);
}

static VOID Forget(struct child *Self)
{
	if (!Self->Acquired)
		return;
	BusyStop(Self);
	FrontForget(Self);
	StoreForget(Self);
	ChannelForget(Self);
	GrantForget(Self);
	MiscForget(Self);
	ChildRelease(Self);
}

static NTSTATUS NTAPI Pnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	struct child *Self = Device->DeviceExtension;
	PDEVICE_OBJECT Below = Self->Below;

	switch (Stack->MinorFunction) {
	case IRP_MN_START_DEVICE:
		return StartDevice(Self, Irp);
	case IRP_MN_STOP_DEVICE:
	case IRP_MN_SURPRISE_REMOVAL:
		Gone();
		Forget(Self);
		Irp->IoStatus.Status = STATUS_SUCCESS;
		break;
	case IRP_MN_QUERY_STOP_DEVICE:
	case IRP_MN_QUERY_REMOVE_DEVICE:
	case IRP_MN_CANCEL_STOP_DEVICE:
	case IRP_MN_CANCEL_REMOVE_DEVICE:
		Irp->IoStatus.Status = STATUS_SUCCESS;
		break;
	case IRP_MN_REMOVE_DEVICE:
		Gone();
		Forget(Self);
		InterlockedIncrement(&ChildRemoves);
		return ShimRemoveDevice(Device, Below, Irp);
	default:
		break;
	}
	IoSkipCurrentIrpStackLocation(Irp);
	return IoCallDriver(Below, Irp);
}

/* Over a sleep nothing is held. The IRP is this thread's; a real driver would not wait here. */
static NTSTATUS NTAPI Power(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	struct child *Self = Device->DeviceExtension;
	NTSTATUS Status;
	KEVENT Event;

	if (Stack->MinorFunction != IRP_MN_SET_POWER ||
		Stack->Parameters.Power.Type != DevicePowerState) {
		IoSkipCurrentIrpStackLocation(Irp);
		return PoCallDriver(Self->Below, Irp);
	}
	if (Stack->Parameters.Power.State.DeviceState != PowerDeviceD0) {
		Forget(Self);
		IoSkipCurrentIrpStackLocation(Irp);
		return PoCallDriver(Self->Below, Irp);
	}
	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	IoCopyCurrentIrpStackLocationToNext(Irp);
	IoSetCompletionRoutine(Irp, Done, &Event, TRUE, TRUE, TRUE);
	Status = PoCallDriver(Self->Below, Irp);
	if (Status == STATUS_PENDING)
		KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	Status = Irp->IoStatus.Status;
	if (NT_SUCCESS(Status) && !Self->Acquired)
		Status = ChildAcquire(Self);
	Irp->IoStatus.Status = Status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS NTAPI AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
	struct child *Self;
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	Status =
		IoCreateDevice(Driver, sizeof(*Self), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	Self = Device->DeviceExtension;
	RtlZeroMemory(Self, sizeof(*Self));
	Self->Self = Device;
	Self->Pdo = Pdo;
	KeInitializeEvent(&Self->Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Self->Stopped, NotificationEvent, FALSE);
	Self->Below = IoAttachDeviceToDeviceStack(Device, Pdo);
	if (!Self->Below) {
		IoDeleteDevice(Device);
		return STATUS_NO_SUCH_DEVICE;
	}
	Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static VOID NTAPI Unload(PDRIVER_OBJECT Driver)
{
	UNREFERENCED_PARAMETER(Driver);
	ShimRegister("child", NULL, NULL);
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
	UNREFERENCED_PARAMETER(Path);
	ExInitializeFastMutex(&Lock);
	Driver->DriverExtension->AddDevice = AddDevice;
	Driver->DriverUnload = Unload;
	Driver->MajorFunction[IRP_MJ_PNP] = Pnp;
	Driver->MajorFunction[IRP_MJ_POWER] = Power;
	ShimRegister("child", Command, NULL);
	return STATUS_SUCCESS;
}
