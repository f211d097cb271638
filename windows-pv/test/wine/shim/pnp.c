/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the PnP and power managers do and Wine's do not: resources, relations that are looked at by
 * another thread than the one that asks for it, power IRPs.
 */
#include "internal.h"

#define DEVICES 64

static USER_LOCK Lock;
static struct {
	PDEVICE_OBJECT Pdo;
	PCM_RESOURCE_LIST Resources;
	SHIM_BEFORE_START BeforeStart;
	PDEVICE_OBJECT Above;
} Devices[DEVICES];

/* Those whose relations are to be asked for, the first to come first. */
static PDEVICE_OBJECT Asked[DEVICES];
static ULONG AskedCount;
static HANDLE Wake;

VOID ShimGiveResources(PDEVICE_OBJECT Device, PIO_STACK_LOCATION Stack)
{
	SHIM_BEFORE_START BeforeStart = NULL;
	PCM_RESOURCE_LIST Resources = NULL;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < DEVICES; i++)
		if (Devices[i].Pdo && Devices[i].Above == Device && Devices[i].Resources) {
			Resources = Devices[i].Resources;
			BeforeStart = Devices[i].BeforeStart;
		}
	LeaveCriticalSection(&Lock);
	if (!Resources)
		return;
	if (BeforeStart)
		BeforeStart(Device, Resources);
	Stack->Parameters.StartDevice.AllocatedResources = Resources;
	Stack->Parameters.StartDevice.AllocatedResourcesTranslated = Resources;
}

/* What a device was given; NULL: nothing. */
static PCM_PARTIAL_RESOURCE_LIST Given(PDEVICE_OBJECT Pdo)
{
	for (ULONG i = 0; i < DEVICES; i++)
		if (Devices[i].Pdo == Pdo && Devices[i].Resources)
			return &Devices[i].Resources->List[0].PartialResourceList;
	return NULL;
}

static BOOLEAN IsInterrupt(PCM_PARTIAL_RESOURCE_DESCRIPTOR d, BOOLEAN Message)
{
	return d->Type == CmResourceTypeInterrupt &&
	       Message == ((d->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0);
}

BOOLEAN ShimLine(PDEVICE_OBJECT Pdo, PULONG Vector, KIRQL *Irql)
{
	PCM_PARTIAL_RESOURCE_LIST List;
	BOOLEAN Found = FALSE;

	EnterCriticalSection(&Lock);
	List = Given(Pdo);
	for (ULONG i = 0; List && i < List->Count; i++)
		if (IsInterrupt(&List->PartialDescriptors[i], FALSE)) {
			*Vector = List->PartialDescriptors[i].u.Interrupt.Vector;
			*Irql = (KIRQL)List->PartialDescriptors[i].u.Interrupt.Level;
			Found = TRUE;
		}
	LeaveCriticalSection(&Lock);
	return Found;
}

BOOLEAN ShimIsGiven(PIO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS P)
{
	PCM_PARTIAL_RESOURCE_LIST List;
	BOOLEAN Found = FALSE;

	EnterCriticalSection(&Lock);
	List = Given(P->PhysicalDeviceObject);
	for (ULONG i = 0; List && i < List->Count; i++) {
		PCM_PARTIAL_RESOURCE_DESCRIPTOR d = &List->PartialDescriptors[i];
		BOOLEAN Message = IsInterrupt(d, TRUE);

		/* Both kinds have these in the same places. */
		Found |= d->Type == CmResourceTypeInterrupt && d->u.Interrupt.Vector == P->Vector &&
			 d->u.Interrupt.Level == P->Irql && P->SynchronizeIrql >= P->Irql &&
			 d->u.Interrupt.Affinity == P->ProcessorEnableMask &&
			 P->InterruptMode == (Message ? Latched : LevelSensitive) &&
			 P->ShareVector == (d->ShareDisposition == CmResourceShareShared);
	}
	LeaveCriticalSection(&Lock);
	return Found;
}

VOID Shim_IoDeleteDevice(PDEVICE_OBJECT Device)
{
	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < DEVICES; i++)
		if (Devices[i].Above == Device)
			Devices[i].Above = NULL;
	LeaveCriticalSection(&Lock);
	ShimCount(SHIM_DEVICE, -1);
	IoDeleteDevice(Device);
}

PDEVICE_OBJECT Shim_IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source, PDEVICE_OBJECT Target)
{
	PDEVICE_OBJECT Below;

	if (ShimShallFail("IoAttachDeviceToDeviceStack", SHIM_CALLER))
		return NULL;
	Below = IoAttachDeviceToDeviceStack(Source, Target);
	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < DEVICES; i++)
		if (Devices[i].Pdo == Target)
			Devices[i].Above = Source;
	LeaveCriticalSection(&Lock);
	return Below;
}

VOID NTAPI ShimSetResources(
	PDEVICE_OBJECT Pdo, PCM_RESOURCE_LIST Resources, SHIM_BEFORE_START BeforeStart)
{
	ULONG Place = DEVICES;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < DEVICES; i++)
		if (Devices[i].Pdo == Pdo || (!Devices[i].Pdo && Place == DEVICES))
			Place = i;
	if (Place == DEVICES)
		ExitProcess(3);
	Devices[Place].Pdo = Resources ? Pdo : NULL;
	Devices[Place].Resources = Resources;
	Devices[Place].BeforeStart = BeforeStart;
	LeaveCriticalSection(&Lock);
}

static ULONG NTAPI Worker(PVOID Argument)
{
	UNREFERENCED_PARAMETER(Argument);
	for (;;) {
		PDEVICE_OBJECT Pdo = NULL;

		EnterCriticalSection(&Lock);
		if (AskedCount) {
			Pdo = Asked[0];
			AskedCount--;
			RtlMoveMemory(Asked, Asked + 1, AskedCount * sizeof(Asked[0]));
		}
		LeaveCriticalSection(&Lock);
		if (!Pdo) {
			WaitForSingleObject(Wake, USER_INFINITE);
			continue;
		}
		IoInvalidateDeviceRelations(Pdo, BusRelations);
		ObDereferenceObject(Pdo);
	}
}

VOID NTAPI ShimInvalidate(PDEVICE_OBJECT Pdo)
{
	BOOLEAN Full = FALSE;

	ObReferenceObject(Pdo);
	EnterCriticalSection(&Lock);
	if (AskedCount < DEVICES)
		Asked[AskedCount++] = Pdo;
	else
		Full = TRUE;
	LeaveCriticalSection(&Lock);
	if (Full)
		ShimFail(SHIM_CALLER, "relations are asked for and never looked at");
	SetEvent(Wake);
}

VOID Shim_IoInvalidateDeviceRelations(PDEVICE_OBJECT Pdo, DEVICE_RELATION_TYPE Type)
{
	if (Type != BusRelations)
		ShimFail(SHIM_CALLER, "the shim knows bus relations only");
	ShimInvalidate(Pdo);
}

struct power {
	PREQUEST_POWER_COMPLETE Routine;
	PVOID Context;
	PDEVICE_OBJECT Device, Top;
	UCHAR Minor;
	POWER_STATE State;
};

static NTSTATUS NTAPI PowerDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
	struct power *Power = Context;

	UNREFERENCED_PARAMETER(Device);
	if (Power->Routine)
		Power->Routine(
			Power->Device, Power->Minor, Power->State, Power->Context, &Irp->IoStatus);
	ObDereferenceObject(Power->Top);
	HeapFree(GetProcessHeap(), 0, Power);
	IoFreeIrp(Irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS Shim_PoRequestPowerIrp(PDEVICE_OBJECT Device, UCHAR Minor, POWER_STATE State,
	PREQUEST_POWER_COMPLETE Routine, PVOID Context, PIRP *Made)
{
	PIO_STACK_LOCATION Stack;
	struct power *Power;
	PIRP Irp;

	if (ShimShallFail("PoRequestPowerIrp", SHIM_CALLER))
		return STATUS_INSUFFICIENT_RESOURCES;
	Power = HeapAlloc(GetProcessHeap(), USER_HEAP_ZERO, sizeof(*Power));
	Power->Top = IoGetAttachedDeviceReference(Device);
	Power->Routine = Routine;
	Power->Context = Context;
	Power->Device = Device;
	Power->Minor = Minor;
	Power->State = State;
	Irp = IoAllocateIrp(Power->Top->StackSize, FALSE);
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Stack = IoGetNextIrpStackLocation(Irp);
	Stack->MajorFunction = IRP_MJ_POWER;
	Stack->MinorFunction = Minor;
	Stack->Parameters.Power.Type = DevicePowerState;
	Stack->Parameters.Power.State = State;
	IoSetCompletionRoutine(Irp, PowerDone, Power, TRUE, TRUE, TRUE);
	if (Made)
		*Made = Irp;
	IofCallDriver(Power->Top, Irp);
	return STATUS_PENDING;
}

VOID ShimPnpSetup(VOID)
{
	InitializeCriticalSection(&Lock);
	Wake = CreateEventW(NULL, FALSE, FALSE, NULL);
	CloseHandle(CreateThread(NULL, 0, Worker, NULL, 0, NULL));
}
