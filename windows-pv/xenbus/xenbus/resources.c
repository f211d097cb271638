/* SPDX-License-Identifier: BSD-2-Clause */
#include "fdo.h"

/* Xen's page, one frame of grants, one page to map something at. */
#define LEAST_PAGES 3
/* More would be of no use; a list that says so is not believed. */
#define MOST_PAGES  0x10000

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
	}
	/* Raw, because Xen raises the line, not what Windows makes of it. */
	for (ULONG i = 0; i < Raw->List[0].PartialResourceList.Count; i++) {
		const CM_PARTIAL_RESOURCE_DESCRIPTOR *Descriptor =
			&Raw->List[0].PartialResourceList.PartialDescriptors[i];

		if (Descriptor->Type == CmResourceTypeInterrupt && Resources->Gsi == 0)
			Resources->Gsi = Descriptor->u.Interrupt.Vector;
	}
	if (Resources->Pages < LEAST_PAGES || Resources->Gsi == 0) {
		LogError("resources: %u pages of memory and interrupt line %u are not enough",
			(unsigned)Resources->Pages, (unsigned)Resources->Gsi);
		return STATUS_DEVICE_CONFIGURATION_ERROR;
	}
	return STATUS_SUCCESS;
}
