/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts that the device does not have: it has a line, which Xen raises for vCPU 0. For each
 * other processor Xen raises whatever vector it is told, so a message-signalled interrupt is asked
 * for, which no device will ever send. What was required before stays as the second choice: without
 * messages everything runs on vCPU 0.
 */
#include "irp.h"
#include "registry.h"

#include <interrupt.h>

/* More alternatives than this are not multiplied. */
#define MOST_LISTS 16

BOOLEAN UpcallsWanted(VOID)
{
	ULONG Resident;

	return NT_SUCCESS(XenInitialize(XEN_API_VERSION, &Resident)) &&
	       RegistryIsOn("UPCALL", L"Upcall");
}

/* The processors that one is asked for; processor 0 has the line. */
static KAFFINITY Targets(VOID)
{
	ULONG Count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
	KAFFINITY Set = 0;

	for (ULONG i = 1; i < Count && i < UPCALL_CPUS; i++) {
		PROCESSOR_NUMBER Number;

		if (NT_SUCCESS(KeGetProcessorNumberFromIndex(i, &Number)) && Number.Group == 0)
			Set |= (KAFFINITY)1 << Number.Number;
	}
	return Set;
}

static ULONG SizeOf(ULONG Descriptors)
{
	return (ULONG)(FIELD_OFFSET(IO_RESOURCE_LIST, Descriptors) +
		       (SIZE_T)Descriptors * sizeof(IO_RESOURCE_DESCRIPTOR));
}

/* FALSE: a list that does not keep to its own size. Size: of all its alternatives. */
static BOOLEAN Measure(const IO_RESOURCE_REQUIREMENTS_LIST *Old, PULONG Size)
{
	ULONG At = FIELD_OFFSET(IO_RESOURCE_REQUIREMENTS_LIST, List), Left;

	if (Old->ListSize < At || Old->AlternativeLists == 0 || Old->AlternativeLists > MOST_LISTS)
		return FALSE;
	Left = Old->ListSize - At;
	*Size = Left;
	for (ULONG i = 0; i < Old->AlternativeLists; i++) {
		const IO_RESOURCE_LIST *List =
			(const VOID *)((const UCHAR *)Old->List + (*Size - Left));

		if (Left < SizeOf(0) ||
			List->Count > (Left - SizeOf(0)) / sizeof(IO_RESOURCE_DESCRIPTOR))
			return FALSE;
		Left -= SizeOf(List->Count);
	}
	*Size -= Left;
	return TRUE;
}

static VOID AddMessages(PIO_RESOURCE_LIST List, KAFFINITY Set)
{
	for (; Set != 0; Set &= Set - 1) {
		PIO_RESOURCE_DESCRIPTOR New = &List->Descriptors[List->Count++];
		PNT_INTERRUPT_REQUIREMENT Interrupt = NtInterruptRequirement(New);

		memset(New, 0, sizeof(*New));
		New->Type = CmResourceTypeInterrupt;
		New->ShareDisposition = CmResourceShareDeviceExclusive;
		New->Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE |
			     CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
		Interrupt->MinimumVector = CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN;
		Interrupt->MaximumVector = CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN;
		Interrupt->AffinityPolicy = IrqPolicySpecifiedProcessors;
		Interrupt->PriorityPolicy = IrqPriorityNormal;
		Interrupt->TargetedProcessors = Set & -Set;
	}
}

static ULONG CountOf(KAFFINITY Set)
{
	ULONG Count = 0;

	for (; Set != 0; Set &= Set - 1)
		Count++;
	return Count;
}

/* NULL: as it was is how it stays. */
static PIO_RESOURCE_REQUIREMENTS_LIST WithMessages(
	const IO_RESOURCE_REQUIREMENTS_LIST *Old) NT_PASSIVE;
static PIO_RESOURCE_REQUIREMENTS_LIST WithMessages(const IO_RESOURCE_REQUIREMENTS_LIST *Old)
{
	KAFFINITY Set = Targets();
	ULONG Messages = CountOf(Set) * (ULONG)sizeof(IO_RESOURCE_DESCRIPTOR);
	ULONG Head = FIELD_OFFSET(IO_RESOURCE_REQUIREMENTS_LIST, List), Alternatives, Size;
	PIO_RESOURCE_REQUIREMENTS_LIST New;
	const UCHAR *From = (const UCHAR *)Old->List;
	PUCHAR To;

	if (Set == 0 || !Measure(Old, &Alternatives))
		return NULL;
	Size = Head + 2 * Alternatives + Old->AlternativeLists * Messages;
	New = PoolAllocatePaged(Size);
	if (New == NULL)
		return NULL;
	memcpy(New, Old, Head);
	New->ListSize = Size;
	New->AlternativeLists = 2 * Old->AlternativeLists;
	To = (PUCHAR)New->List;
	for (ULONG i = 0; i < Old->AlternativeLists; i++) {
		ULONG One = SizeOf(((const IO_RESOURCE_LIST *)(const VOID *)From)->Count);

		memcpy(To, From, One);
		AddMessages((PVOID)To, Set);
		To += One + Messages;
		From += One;
	}
	memcpy(To, Old->List, Alternatives);
	return New;
}

NTSTATUS RequirementsFilter(PFDO Fdo, PIRP Irp)
{
	NTSTATUS Status = IrpForwardWait(Fdo, Irp);
	PIO_RESOURCE_REQUIREMENTS_LIST Old = (PVOID)Irp->IoStatus.Information, New;

	if ((!NT_SUCCESS(Status) && Status != STATUS_NOT_SUPPORTED) || Old == NULL ||
		!UpcallsWanted())
		return IrpComplete(&Fdo->Device, Irp, Status);
	New = WithMessages(Old);
	if (New == NULL)
		return IrpComplete(&Fdo->Device, Irp, Status);
	Irp->IoStatus.Information = (ULONG_PTR)New;
	ExFreePool(Old);
	return IrpComplete(&Fdo->Device, Irp, STATUS_SUCCESS);
}
