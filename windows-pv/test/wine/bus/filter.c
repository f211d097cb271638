/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command "bus filter ...". Wine does nothing about class filters, so this does: it loads
 * XENFILT and has it add itself to a stack, as the PnP manager does for each device of a class.
 *
 *   root                        this bus's own stack
 *   make N PARENT ID INSTANCE   device N, of 8; PARENT -: a bus, ID what it is compatible with
 *   add N                       XENFILT on bus N
 *   look N                      bus N is asked for its relations; answers how many
 *   id N TYPE                   device N, from the top of its stack; 3: instance; text: location
 *   hide N                      it is no longer in its bus's relations
 *   remove N                    REMOVE_DEVICE to the top, and it is gone
 *   restart N                   REMOVE_DEVICE to one that stays
 */
#include "internal.h"

#define MADE  8
#define UNITS 128

static struct made {
	BUS_DEVICE Bus; /* first, as of every device here */
	LONG Parent;
	BOOLEAN Present, Leaving;
	WCHAR Id[UNITS], Instance[UNITS];
} * Made[MADE];

NTSYSAPI NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING Name, ULONG Attributes,
	PACCESS_STATE State, ACCESS_MASK Access, POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
	PVOID Context, PVOID *Object);
DECLSPEC_IMPORT extern POBJECT_TYPE IoDriverObjectType;

static PDRIVER_OBJECT Filter;

static NTSTATUS Load(VOID)
{
	UNICODE_STRING Name;
	NTSTATUS Status;

	if (Filter)
		return STATUS_SUCCESS;
	RtlInitUnicodeString(
		&Name, L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\XENFILT");
	Status = ZwLoadDriver(&Name);
	if (!NT_SUCCESS(Status))
		return Status;
	RtlInitUnicodeString(&Name, L"\\Driver\\XENFILT");
	return ObReferenceObjectByName(&Name, OBJ_CASE_INSENSITIVE, NULL, 0, IoDriverObjectType,
		KernelMode, NULL, (PVOID *)&Filter);
}

static NTSTATUS Add(PDEVICE_OBJECT Pdo)
{
	NTSTATUS Status = Load();

	return NT_SUCCESS(Status) ? Filter->DriverExtension->AddDevice(Filter, Pdo) : Status;
}

static PVOID Answer(const WCHAR *From, ULONG Extra)
{
	ULONG Units = 0;
	PWCHAR To;

	while (From[Units])
		Units++;
	To = ExAllocatePool(PagedPool, (Units + 1 + Extra) * sizeof(WCHAR));
	RtlZeroMemory(To, (Units + 1 + Extra) * sizeof(WCHAR));
	RtlCopyMemory(To, From, Units * sizeof(WCHAR));
	ShimForeign(To);
	return To;
}

static NTSTATUS Relations(LONG Parent, PIRP Irp)
{
	PDEVICE_RELATIONS List =
		ExAllocatePool(PagedPool, sizeof(*List) + MADE * sizeof(List->Objects[0]));

	List->Count = 0;
	for (LONG i = 0; i < MADE; i++)
		if (Made[i] && Made[i]->Parent == Parent && Made[i]->Present) {
			ObReferenceObject(Made[i]->Bus.Self);
			List->Objects[List->Count++] = Made[i]->Bus.Self;
		}
	ShimForeign(List);
	Irp->IoStatus.Information = (ULONG_PTR)List;
	return BusComplete(Irp, STATUS_SUCCESS);
}

NTSTATUS FilterStackPnp(PDEVICE_OBJECT Device, PIRP Irp)
{
	PIO_STACK_LOCATION Stack = IoGetCurrentIrpStackLocation(Irp);
	struct made *Self = Device->DeviceExtension;
	LONG Number = 0;

	while (Made[Number] != Self)
		Number++;
	switch (Stack->MinorFunction) {
	case IRP_MN_QUERY_ID:
		switch (Stack->Parameters.QueryId.IdType) {
		case BusQueryInstanceID:
			Irp->IoStatus.Information = (ULONG_PTR)Answer(Self->Instance, 0);
			return BusComplete(Irp, STATUS_SUCCESS);
		case BusQueryDeviceID:
			Irp->IoStatus.Information = (ULONG_PTR)Answer(Self->Id, 0);
			return BusComplete(Irp, STATUS_SUCCESS);
		case BusQueryCompatibleIDs:
			Irp->IoStatus.Information = (ULONG_PTR)Answer(Self->Id, 1);
			return BusComplete(Irp, STATUS_SUCCESS);
		default:
			return BusComplete(Irp, Irp->IoStatus.Status);
		}
	case IRP_MN_QUERY_DEVICE_TEXT:
		Irp->IoStatus.Information = (ULONG_PTR)Answer(L"as the bus says", 0);
		return BusComplete(Irp, STATUS_SUCCESS);
	case IRP_MN_QUERY_DEVICE_RELATIONS:
		if (Stack->Parameters.QueryDeviceRelations.Type == BusRelations)
			return Relations(Number, Irp);
		return BusComplete(Irp, Irp->IoStatus.Status);
	case IRP_MN_REMOVE_DEVICE:
		BusComplete(Irp, STATUS_SUCCESS);
		if (Self->Leaving) {
			Made[Number] = NULL;
			IoDeleteDevice(Device);
		}
		return STATUS_SUCCESS;
	default:
		return BusComplete(Irp, Irp->IoStatus.Status);
	}
}

/* To the top of a stack, and what it answers. */
static NTSTATUS Send(PDEVICE_OBJECT Device, UCHAR Minor, ULONG Argument, PULONG_PTR Information)
{
	PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Device);
	IO_STACK_LOCATION Stack = { .MinorFunction = Minor };
	NTSTATUS Status;

	if (Minor == IRP_MN_QUERY_ID)
		Stack.Parameters.QueryId.IdType = (BUS_QUERY_ID_TYPE)Argument;
	if (Minor == IRP_MN_QUERY_DEVICE_TEXT)
		Stack.Parameters.QueryDeviceText.DeviceTextType = DeviceTextLocationInformation;
	if (Minor == IRP_MN_QUERY_DEVICE_RELATIONS)
		Stack.Parameters.QueryDeviceRelations.Type = BusRelations;
	*Information = 0;
	Status = BusSend(Top, &Stack, Information);
	ObDereferenceObject(Top);
	return Status;
}

static PCHAR Next(PCHAR *Text)
{
	PCHAR Word = *Text, End = Word;

	while (*End && *End != ' ')
		End++;
	if (*End)
		*End++ = 0;
	*Text = End;
	return Word;
}

static VOID Widen(PWCHAR To, PCSTR From)
{
	ULONG i = 0;

	for (; From[i] && i < UNITS - 2; i++)
		To[i] = (UCHAR)From[i];
	To[i] = To[i + 1] = 0;
}

static NTSTATUS Make(LONG Number, PCHAR Text)
{
	PCHAR Parent = Next(&Text);
	PDEVICE_OBJECT Device;
	NTSTATUS Status;

	Status = IoCreateDevice(BusRoot->Self->DriverObject, sizeof(struct made), NULL,
		FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	if (!NT_SUCCESS(Status))
		return Status;
	Made[Number] = Device->DeviceExtension;
	RtlZeroMemory(Made[Number], sizeof(*Made[Number]));
	Made[Number]->Bus.Kind = BUS_STACK;
	Made[Number]->Bus.Self = Device;
	Made[Number]->Parent = *Parent == '-' ? -1 : *Parent - '0';
	Made[Number]->Present = TRUE;
	Widen(Made[Number]->Id, Next(&Text));
	Widen(Made[Number]->Instance, Next(&Text));
	Device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

static NTSTATUS Look(PDEVICE_OBJECT Device, PCHAR Text, ULONG Size)
{
	PDEVICE_RELATIONS List;
	NTSTATUS Status = Send(Device, IRP_MN_QUERY_DEVICE_RELATIONS, 0, (PULONG_PTR)&List);

	if (!NT_SUCCESS(Status))
		return Status;
	_snprintf(Text, Size, "%lu", (unsigned long)List->Count);
	for (ULONG i = 0; i < List->Count; i++)
		ObDereferenceObject(List->Objects[i]);
	ExFreePool(List);
	return Status;
}

static NTSTATUS Id(PDEVICE_OBJECT Device, PCSTR Type, PCHAR Text, ULONG Size)
{
	BOOLEAN IsText = !strcmp(Type, "text");
	PWCHAR Found;
	NTSTATUS Status = Send(Device, IsText ? IRP_MN_QUERY_DEVICE_TEXT : IRP_MN_QUERY_ID,
		(ULONG)(*Type - '0'), (PULONG_PTR)&Found);
	ULONG i = 0;

	if (!NT_SUCCESS(Status))
		return Status;
	for (; Found[i] && i < Size - 1; i++)
		Text[i] = (CHAR)Found[i];
	Text[i] = 0;
	ExFreePool(Found);
	return Status;
}

static NTSTATUS Remove(LONG Number, BOOLEAN Leaving)
{
	ULONG_PTR Nothing;

	Made[Number]->Leaving = Leaving;
	return Send(Made[Number]->Bus.Self, IRP_MN_REMOVE_DEVICE, 0, &Nothing);
}

static NTSTATUS Run(PCHAR Text, PCHAR To, ULONG Size)
{
	PCHAR Verb = Next(&Text);
	LONG Number;

	if (!strcmp(Verb, "root"))
		return Add(BusRoot->Pdo);
	Number = *Next(&Text) - '0';
	if (Number < 0 || Number >= MADE || (Made[Number] == NULL) != !strcmp(Verb, "make"))
		return STATUS_INVALID_PARAMETER;
	if (!strcmp(Verb, "make"))
		return Make(Number, Text);
	if (!strcmp(Verb, "add"))
		return Add(Made[Number]->Bus.Self);
	if (!strcmp(Verb, "look"))
		return Look(Made[Number]->Bus.Self, To, Size);
	if (!strcmp(Verb, "id"))
		return Id(Made[Number]->Bus.Self, Next(&Text), To, Size);
	if (!strcmp(Verb, "hide")) {
		Made[Number]->Present = FALSE;
		return STATUS_SUCCESS;
	}
	if (!strcmp(Verb, "remove"))
		return Remove(Number, TRUE);
	if (!strcmp(Verb, "restart"))
		return Remove(Number, FALSE);
	return STATUS_INVALID_PARAMETER;
}

VOID FilterCommand(PCHAR Text, PCHAR To, ULONG Size)
{
	NTSTATUS Status = Run(Text, To, Size);

	if (!NT_SUCCESS(Status) || !*To)
		_snprintf(To, Size, "%08lx", (unsigned long)Status);
}
