/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a driver may require of an interrupt: u.Interrupt of an IO_RESOURCE_DESCRIPTOR as it is
 * since Windows 7. Debian's headers end after MaximumVector. Microsoft: IO_RESOURCE_DESCRIPTOR
 * structure (wdm.h).
 */
#ifndef DK_NTDDK_INTERRUPT_H
#define DK_NTDDK_INTERRUPT_H

#include <ntddk.h>

typedef struct _NT_INTERRUPT_REQUIREMENT {
	ULONG MinimumVector; /* of a message: CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN, both */
	ULONG MaximumVector;
	USHORT AffinityPolicy; /* an IrqPolicy… number */
	USHORT Group;
	ULONG PriorityPolicy; /* an IrqPriority… number */
	KAFFINITY TargetedProcessors;
} NT_INTERRUPT_REQUIREMENT, *PNT_INTERRUPT_REQUIREMENT;

_Static_assert(sizeof(((PIO_RESOURCE_DESCRIPTOR)0)->u) == 24, "the system's own size");
_Static_assert(sizeof(NT_INTERRUPT_REQUIREMENT) <= sizeof(((PIO_RESOURCE_DESCRIPTOR)0)->u),
	"within what the descriptor has for it");

static inline PNT_INTERRUPT_REQUIREMENT NtInterruptRequirement(PIO_RESOURCE_DESCRIPTOR Descriptor)
{
	return (PNT_INTERRUPT_REQUIREMENT)&Descriptor->u;
}

#endif
