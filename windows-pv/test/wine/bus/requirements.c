/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the platform device needs and gets. Wine's PnP manager asks nobody for requirements, so this
 * does before each start, and gives what was asked for: memory, the line, and of the messages those
 * of processors that "bus messages MASK" has not taken out.
 */
#include "internal.h"

#include "../sim/xensim.h"

#include <interrupt.h>

#define OWN	      3 /* descriptors of the device's own: port, memory, line */
#define MESSAGE_IRQL  0xb
#define MESSAGE_FIRST 0xb1 /* vector of processor 0, if it ever had one */

ULONG BusMessages = ~0u;
BOOLEAN BusLies;
CHAR BusAsked[64]; /* what the latest start was preceded by */

/* Two ways: the second does without the port. */
#define SECOND(List) ((PIO_RESOURCE_LIST) & (List)->List[0].Descriptors[OWN])
#define WAYS_SIZE                                                                                  \
	((ULONG)(2 * FIELD_OFFSET(IO_RESOURCE_LIST, Descriptors) +                                 \
		 (2 * OWN - 1) * sizeof(IO_RESOURCE_DESCRIPTOR)))

static PIO_RESOURCE_REQUIREMENTS_LIST Requirements(VOID)
{
	ULONG Size = FIELD_OFFSET(IO_RESOURCE_REQUIREMENTS_LIST, List) + WAYS_SIZE;
	PIO_RESOURCE_REQUIREMENTS_LIST List = ExAllocatePool(PagedPool, Size);
	PIO_RESOURCE_DESCRIPTOR d = List->List[0].Descriptors;

	RtlZeroMemory(List, Size);
	List->ListSize = Size;
	List->InterfaceType = PCIBus;
	List->AlternativeLists = 2;
	List->List[0].Version = 1;
	List->List[0].Revision = 1;
	List->List[0].Count = OWN;
	d[0].Type = CmResourceTypePort;
	d[0].Flags = CM_RESOURCE_PORT_IO;
	d[0].u.Port.Length = 0x100;
	d[1].Type = CmResourceTypeMemory;
	d[1].u.Memory.Length = XENSIM_FRAMES << 12;
	d[2].Type = CmResourceTypeInterrupt;
	d[2].ShareDisposition = CmResourceShareShared;
	d[2].u.Interrupt.MaximumVector = 0xff;
	*SECOND(List) = List->List[0];
	RtlCopyMemory(SECOND(List)->Descriptors, d + 1, (OWN - 1) * sizeof(*d));
	SECOND(List)->Count = BusLies ? 0x08000000 : OWN - 1;
	ShimForeign(List);
	return List;
}

static PIO_RESOURCE_REQUIREMENTS_LIST Filter(PDEVICE_OBJECT Top)
{
	PIO_RESOURCE_REQUIREMENTS_LIST List = Requirements();
	IO_STACK_LOCATION Stack = { .MinorFunction = IRP_MN_FILTER_RESOURCE_REQUIREMENTS };
	ULONG_PTR Answer = (ULONG_PTR)List;

	Stack.Parameters.FilterResourceRequirements.IoResourceRequirementList = List;
	return NT_SUCCESS(BusSend(Top, &Stack, &Answer)) ? (PVOID)Answer : List;
}

/* The processor that a message is required for; 0: this is none, or not as it should be. */
static KAFFINITY MessageFor(PIO_RESOURCE_DESCRIPTOR d)
{
	PNT_INTERRUPT_REQUIREMENT Interrupt = NtInterruptRequirement(d);

	if (d->Option || d->Type != CmResourceTypeInterrupt ||
		d->ShareDisposition != CmResourceShareDeviceExclusive ||
		d->Flags != (CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE |
				    CM_RESOURCE_INTERRUPT_POLICY_INCLUDED) ||
		Interrupt->MinimumVector != CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN ||
		Interrupt->MaximumVector != CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN ||
		Interrupt->AffinityPolicy != IrqPolicySpecifiedProcessors || Interrupt->Group)
		return 0;
	return Interrupt->TargetedProcessors;
}

static VOID Give(PCM_PARTIAL_RESOURCE_LIST List, KAFFINITY Target)
{
	PCM_PARTIAL_RESOURCE_DESCRIPTOR d = &List->PartialDescriptors[List->Count];
	ULONG Cpu = 0;

	while (!(Target >> Cpu & 1))
		Cpu++;
	if (!(BusMessages >> Cpu & 1) || List->Count == OWN + SHIM_CPUS)
		return;
	List->Count++;
	RtlZeroMemory(d, sizeof(*d));
	d->Type = CmResourceTypeInterrupt;
	d->ShareDisposition = CmResourceShareDeviceExclusive;
	d->Flags = CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE;
	d->u.MessageInterrupt.Translated.Level = MESSAGE_IRQL;
	d->u.MessageInterrupt.Translated.Vector = MESSAGE_FIRST + Cpu;
	d->u.MessageInterrupt.Translated.Affinity = Target;
}

/* What was required is at the end of the list, as it was. */
static BOOLEAN Kept(PIO_RESOURCE_REQUIREMENTS_LIST List)
{
	PIO_RESOURCE_REQUIREMENTS_LIST Old = Requirements();
	BOOLEAN Same = List->ListSize >= Old->ListSize &&
		       !memcmp((PUCHAR)List + List->ListSize - WAYS_SIZE, Old->List, WAYS_SIZE);

	ExFreePool(Old);
	return Same;
}

/* The first alternative is the one that is wanted most. */
static VOID NTAPI BeforeStart(PDEVICE_OBJECT Top, PCM_RESOURCE_LIST Resources)
{
	PIO_RESOURCE_REQUIREMENTS_LIST List = Filter(Top);
	PIO_RESOURCE_LIST First = &List->List[0];
	ULONG Messages = 0;

	Resources->List[0].PartialResourceList.Count = OWN;
	for (ULONG i = OWN; i < First->Count; i++) {
		KAFFINITY Target = MessageFor(&First->Descriptors[i]);

		if (!Target)
			continue;
		Messages++;
		Give(&Resources->List[0].PartialResourceList, Target);
	}
	_snprintf(BusAsked, sizeof(BusAsked) - 1, "%lu messages of %lu, %lu ways%s",
		(unsigned long)Messages, (unsigned long)First->Count - OWN,
		(unsigned long)List->AlternativeLists, Kept(List) ? "" : ", others are lost");
	ExFreePool(List);
}

static PCM_RESOURCE_LIST MakeResources(VOID)
{
	SIZE_T Size = sizeof(CM_RESOURCE_LIST) +
		      (OWN + SHIM_CPUS) * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
	PCM_RESOURCE_LIST List = ExAllocatePool(NonPagedPool, Size);
	PCM_PARTIAL_RESOURCE_DESCRIPTOR d = List->List[0].PartialResourceList.PartialDescriptors;

	RtlZeroMemory(List, Size);
	List->Count = 1;
	List->List[0].InterfaceType = PCIBus;
	List->List[0].PartialResourceList.Version = 1;
	List->List[0].PartialResourceList.Revision = 1;
	List->List[0].PartialResourceList.Count = OWN;
	d[0].Type = CmResourceTypePort;
	d[0].Flags = CM_RESOURCE_PORT_IO;
	d[0].u.Port.Start.QuadPart = 0xc000;
	d[0].u.Port.Length = 0x100;
	d[1].Type = CmResourceTypeMemory;
	d[1].u.Memory.Start.QuadPart = (LONGLONG)(xensim_device_memory() << 12);
	d[1].u.Memory.Length = XENSIM_FRAMES << 12;
	d[2].Type = CmResourceTypeInterrupt;
	d[2].ShareDisposition = CmResourceShareShared;
	d[2].Flags = CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
	d[2].u.Interrupt.Level = 8;
	d[2].u.Interrupt.Vector = XENSIM_VECTOR;
	d[2].u.Interrupt.Affinity = 1;
	return List;
}

VOID BusGiveResources(VOID)
{
	if (!BusChild->Resources)
		BusChild->Resources = MakeResources();
	ShimSetResources(BusChild->Self, BusChild->Resources, BeforeStart);
}
