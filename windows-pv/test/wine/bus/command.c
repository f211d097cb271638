/* SPDX-License-Identifier: BSD-2-Clause */
/* The command "bus ...": the platform device comes and goes; IRPs from the harness. */
#include "internal.h"

static ULONG Hex(PCSTR *Text)
{
	ULONG Value = 0;

	while (**Text == ' ')
		(*Text)++;
	for (;; (*Text)++) {
		CHAR c = **Text;

		if (c >= '0' && c <= '9')
			Value = Value * 16 + (ULONG)(c - '0');
		else if (c >= 'a' && c <= 'f')
			Value = Value * 16 + (ULONG)(c - 'a' + 10);
		else
			return Value;
	}
}

/*
 * An IRP to the top of the platform device's stack. bus irp USER MAJOR MINOR A B C D: the four words of
 * Parameters.Others; USER 1: as if a user-mode program had sent it. In hexadecimal. Answers the
 * status, or "timeout".
 */
static VOID SendIrp(PDEVICE_OBJECT Pdo, PCSTR Text, PCHAR Answer, ULONG Size)
{
	PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Pdo);
	PIO_STACK_LOCATION Stack;
	IO_STATUS_BLOCK Result;
	LARGE_INTEGER Limit = { .QuadPart = -20 * 10000000ll };
	NTSTATUS Status;
	KEVENT Event;
	PVOID *Words;
	ULONG User;
	PIRP Irp;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	User = Hex(&Text);
	Irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Top, NULL, 0, NULL, &Event, &Result);
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Irp->RequestorMode = User ? UserMode : KernelMode;
	Stack = IoGetNextIrpStackLocation(Irp);
	Stack->MajorFunction = (UCHAR)Hex(&Text);
	Stack->MinorFunction = (UCHAR)Hex(&Text);
	Words = (PVOID *)&Stack->Parameters.Others;
	for (ULONG i = 0; i < 4; i++)
		Words[i] = (PVOID)(ULONG_PTR)Hex(&Text);
	Status = IoCallDriver(Top, Irp);
	if (Status == STATUS_PENDING) {
		if (KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Limit) ==
			STATUS_TIMEOUT) {
			_snprintf(Answer, Size, "timeout");
			ShimFail(SHIM_CALLER, "an IRP was not completed within 20 s");
			ShimGiveUp();
		}
		Status = Result.Status;
	}
	ObDereferenceObject(Top);
	_snprintf(Answer, Size, "%08lx", (unsigned long)Status);
}

static VOID Show(BOOLEAN Present, PCHAR Answer, ULONG Size)
{
	if (Present) {
		BusGiveResources();
		BusStarted = BusRemoved = BusSurprised = 0;
	}
	BusChild->Present = Present;
	ShimInvalidate(BusRoot->Pdo);
	_snprintf(Answer, Size, "ok");
}

VOID NTAPI BusCommand(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size)
{
	UNREFERENCED_PARAMETER(Argument);
	if (!BusRoot)
		_snprintf(Answer, Size, "error: the bus is not there yet");
	else if (!strcmp(Text, "plug"))
		Show(TRUE, Answer, Size);
	else if (!strcmp(Text, "unplug"))
		Show(FALSE, Answer, Size);
	else if (!strcmp(Text, "state"))
		_snprintf(Answer, Size, "started %ld surprised %ld removed %ld",
			(long)BusStarted, (long)BusSurprised,
			(long)BusRemoved);
	else if (!strncmp(Text, "irp ", 4))
		SendIrp(BusChild->Self, Text + 4, Answer, Size);
	else
		_snprintf(Answer, Size, "error: bus plug|unplug|state|irp");
}
