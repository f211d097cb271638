/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_xen.h"
#include <xen/memory.h>

/* The arrays of page numbers go to Xen as they are. */
_Static_assert(sizeof(PFN_NUMBER) == sizeof(xen_pfn_t), "PFN_NUMBER is Xen's page number");

static LONG_PTR MemoryOp(ULONG Op, PVOID Argument)
{
	return XenHypercall(__HYPERVISOR_memory_op, Op, (ULONG_PTR)Argument, 0);
}

NTSTATUS NTAPI XenMemoryAddToPhysmap(ULONG Space, ULONG Index, ULONGLONG Pfn)
{
	struct xen_add_to_physmap Op = {
		.domid = DOMID_SELF, .space = Space, .idx = Index, .gpfn = (xen_pfn_t)Pfn
	};

	if (Op.gpfn != Pfn)
		return STATUS_INVALID_PARAMETER;
	return XenStatus(MemoryOp(XENMEM_add_to_physmap, &Op));
}

NTSTATUS NTAPI XenMemoryRemoveFromPhysmap(ULONGLONG Pfn)
{
	struct xen_remove_from_physmap Op = { .domid = DOMID_SELF, .gpfn = (xen_pfn_t)Pfn };

	if (Op.gpfn != Pfn)
		return STATUS_INVALID_PARAMETER;
	return XenStatus(MemoryOp(XENMEM_remove_from_physmap, &Op));
}

static NTSTATUS Reservation(ULONG Op, ULONG Order, ULONG Count, const PFN_NUMBER *Pfns, PULONG Done)
{
	struct xen_memory_reservation Arguments = {
		.domid = DOMID_SELF, .extent_order = Order, .nr_extents = Count
	};
	LONG_PTR Result;

	*Done = 0;
	/* Xen reads the array for these two operations; its type cannot say so. */
	set_xen_guest_handle(Arguments.extent_start, (xen_pfn_t *)(ULONG_PTR)Pfns);
	Result = MemoryOp(Op, &Arguments);
	if (Result < 0)
		return XenStatus(Result);
	if ((ULONG_PTR)Result > Count)
		return STATUS_IO_DEVICE_ERROR;
	*Done = (ULONG)Result;
	return *Done == Count ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI XenMemoryDecreaseReservation(
	ULONG Order, ULONG Count, const PFN_NUMBER *Pfns, PULONG Done)
{
	return Reservation(XENMEM_decrease_reservation, Order, Count, Pfns, Done);
}

NTSTATUS NTAPI XenMemoryPopulatePhysmap(
	ULONG Order, ULONG Count, const PFN_NUMBER *Pfns, PULONG Done)
{
	return Reservation(XENMEM_populate_physmap, Order, Count, Pfns, Done);
}
