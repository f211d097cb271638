/* SPDX-License-Identifier: BSD-2-Clause */
#include "fdo.h"

/* Xen's page, one frame of grants, one page to map something at. */
#define LEAST_PAGES 3
/* More would be of no use; a list that says so is not believed. */
#define MOST_PAGES  0x10000

/* What a processor takes from its interrupt controller; the first ones are its own exceptions. */
#define LEAST_VECTOR 0x20
#define MOST_VECTOR  0xff

static VOID TakeMemory(PRESOURCES Resources, const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor)
{
	ULONG Pages = Descriptor->u.Memory.Length / PAGE_SIZE;

	if (Pages > MOST_PAGES)
		Pages = MOST_PAGES;
	if (Pages <= Resources->Pages || Descriptor->u.Memory.Start.QuadPart % PAGE_SIZE != 0)
		return;
	Resources->Memory = Descriptor->u.Memory.Start;
	Resources->Pages = Pages;
}

/*
 * Xen is told this vector and puts it into the processor's interrupt controller: so it has to be
 * the processor's, and not some number that stands for it. On x64 its upper half is the IRQL.
 */
static BOOLEAN IsProcessors(ULONG Vector, ULONG Irql)
{
	if (Vector < LEAST_VECTOR || Vector > MOST_VECTOR)
		return FALSE;
#ifdef _WIN64
	return Vector >> 4 == Irql;
#else
	UNREFERENCED_PARAMETER(Irql);
	return TRUE;
#endif
}

static VOID TakeMessage(PRESOURCES Resources, const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor)
{
	ULONG Vector = Descriptor->u.MessageInterrupt.Translated.Vector;
	ULONG Irql = Descriptor->u.MessageInterrupt.Translated.Level;
	PINTERRUPT_SOURCE Message;

	if (Resources->MessageCount == RTL_NUMBER_OF(Resources->Messages))
		return;
	if (!IsProcessors(Vector, Irql)) {
		LogWarning("resources: an interrupt of vector %x, IRQL %x is of no use",
			(unsigned)Vector, (unsigned)Irql);
		return;
	}
	Message = &Resources->Messages[Resources->MessageCount++];
	Message->Vector = Vector;
	Message->Irql = (KIRQL)Irql;
	Message->Affinity = Descriptor->u.MessageInterrupt.Translated.Affinity;
	Message->Latched = TRUE;
}

static VOID TakeLine(PRESOURCES Resources, const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor)
{
	PINTERRUPT_SOURCE Line = &Resources->Line;

	if (Line->Affinity != 0)
		return;
	Line->Vector = Descriptor->u.Interrupt.Vector;
	Line->Irql = (KIRQL)Descriptor->u.Interrupt.Level;
	Line->Affinity = Descriptor->u.Interrupt.Affinity;
	Line->Latched = (Descriptor->Flags & CM_RESOURCE_INTERRUPT_LATCHED) != 0;
	Line->Shared = Descriptor->ShareDisposition == CmResourceShareShared;
}

static BOOLEAN IsMessage(const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor)
{
	return (Descriptor->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
}

NTSTATUS ResourcesParse(PRESOURCES Resources, const IO_STACK_LOCATION *Stack)
{
	const CM_RESOURCE_LIST *Raw = Stack->Parameters.StartDevice.AllocatedResources;
	const CM_RESOURCE_LIST *Translated =
		Stack->Parameters.StartDevice.AllocatedResourcesTranslated;

	memset(Resources, 0, sizeof(*Resources));
	if (Raw == NULL || Translated == NULL || Raw->Count == 0 || Translated->Count == 0)
		return STATUS_DEVICE_CONFIGURATION_ERROR;
	for (ULONG i = 0; i < Translated->List[0].PartialResourceList.Count; i++) {
		const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor =
			&Translated->List[0].PartialResourceList.PartialDescriptors[i];

		if (Descriptor->Type == CmResourceTypeMemory)
			TakeMemory(Resources, Descriptor);
		else if (Descriptor->Type == CmResourceTypeInterrupt && IsMessage(Descriptor))
			TakeMessage(Resources, Descriptor);
		else if (Descriptor->Type == CmResourceTypeInterrupt)
			TakeLine(Resources, Descriptor);
	}
	/* Raw, because Xen raises the line, not what Windows makes of it. */
	for (ULONG i = 0; i < Raw->List[0].PartialResourceList.Count; i++) {
		const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor =
			&Raw->List[0].PartialResourceList.PartialDescriptors[i];

		if (Descriptor->Type == CmResourceTypeInterrupt && !IsMessage(Descriptor) &&
			Resources->Gsi == 0)
			Resources->Gsi = Descriptor->u.Interrupt.Vector;
	}
	if (Resources->Pages < LEAST_PAGES || Resources->Gsi == 0 ||
		Resources->Line.Affinity == 0) {
		LogError("resources: %u pages of memory and interrupt line %u are not enough",
			(unsigned)Resources->Pages, (unsigned)Resources->Gsi);
		return STATUS_DEVICE_CONFIGURATION_ERROR;
	}
	/* Given before they were switched off. */
	if (!UpcallsWanted())
		Resources->MessageCount = 0;
	return STATUS_SUCCESS;
}
