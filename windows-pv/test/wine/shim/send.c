/* SPDX-License-Identifier: BSD-2-Clause */
/* IRPs that the harness makes up. */
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

/* What PnP does with an answer that is memory. */
static VOID FreeAnswer(UCHAR Minor, PVOID Answer)
{
	PDEVICE_RELATIONS Relations = Answer;

	if (!Answer ||
		(Minor != IRP_MN_QUERY_DEVICE_RELATIONS && Minor != IRP_MN_QUERY_ID &&
			Minor != IRP_MN_QUERY_DEVICE_TEXT && Minor != IRP_MN_QUERY_BUS_INFORMATION))
		return;
	if (Minor == IRP_MN_QUERY_DEVICE_RELATIONS)
		for (ULONG i = 0; i < Relations->Count; i++)
			ObDereferenceObject(Relations->Objects[i]);
	ExFreePool(Answer);
}

/* A dispatch routine of the target itself, whatever is above it, is called as IoCallDriver would.
 */
VOID NTAPI ShimSendIrp(PDEVICE_OBJECT Device, BOOLEAN FromTop, PCSTR Text, PCHAR Answer, ULONG Size)
{
	PDEVICE_OBJECT Target = Device;
	PIO_STACK_LOCATION Stack;
	IO_STATUS_BLOCK Result = { 0 };
	LARGE_INTEGER Limit = { .QuadPart = -20 * 10000000ll };
	PVOID Buffer = NULL;
	NTSTATUS Status;
	KEVENT Event;
	PVOID *Words;
	ULONG User = Hex(&Text);
	UCHAR Major, Minor;
	PIRP Irp;

	ObReferenceObject(Device);
	if (FromTop) {
		Target = IoGetAttachedDeviceReference(Device);
		ObDereferenceObject(Device);
	}
	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	Irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Target, NULL, 0, NULL, &Event, &Result);
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Irp->RequestorMode = User ? UserMode : KernelMode;
	Stack = IoGetNextIrpStackLocation(Irp);
	Major = (UCHAR)Hex(&Text);
	Minor = (UCHAR)Hex(&Text);
	Stack->MajorFunction = Major;
	Stack->MinorFunction = Minor;
	Words = (PVOID *)&Stack->Parameters.Others;
	for (ULONG i = 0; i < 4; i++)
		Words[i] = (PVOID)(ULONG_PTR)Hex(&Text);
	if (Major == IRP_MJ_PNP && Minor == IRP_MN_QUERY_CAPABILITIES) {
		Buffer = ExAllocatePool(NonPagedPool, sizeof(DEVICE_CAPABILITIES));
		RtlZeroMemory(Buffer, sizeof(DEVICE_CAPABILITIES));
		((PDEVICE_CAPABILITIES)Buffer)->Size = sizeof(DEVICE_CAPABILITIES);
		((PDEVICE_CAPABILITIES)Buffer)->Version = 1;
		Stack->Parameters.DeviceCapabilities.Capabilities = Buffer;
	}
	Status = IoCallDriver(Target, Irp);
	if (Status == STATUS_PENDING) {
		if (KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, &Limit) ==
			STATUS_TIMEOUT) {
			ShimFail(SHIM_CALLER, "an IRP was not completed within 20 s");
			ShimGiveUp();
		}
		Status = Result.Status;
	}
	if (Buffer)
		ExFreePool(Buffer);
	if (Major == IRP_MJ_PNP && NT_SUCCESS(Status))
		FreeAnswer(Minor, (PVOID)Result.Information);
	ObDereferenceObject(Target);
	ShimPrint(Answer, Size, 0, "%08lx", (unsigned long)Status);
}
