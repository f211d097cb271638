/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_xen.h"
#include <xen/grant_table.h>

static NTSTATUS GrantTableOp(ULONG Op, PVOID Argument, ULONG Count)
{
	return XenStatus(XenHypercall(__HYPERVISOR_grant_table_op, Op, (ULONG_PTR)Argument, Count));
}

/* What a single operation says of itself; the hypercall's own answer is another matter. */
static NTSTATUS GrantStatus(LONG Status)
{
	switch (Status) {
	case GNTST_okay:
		return STATUS_SUCCESS;
	case GNTST_bad_domain:
	case GNTST_bad_gntref:
	case GNTST_bad_handle:
	case GNTST_bad_virt_addr:
	case GNTST_bad_dev_addr:
	case GNTST_bad_page:
	case GNTST_bad_copy_arg:
	case GNTST_address_too_big:
		return STATUS_INVALID_PARAMETER;
	case GNTST_no_device_space:
	case GNTST_no_space:
		return STATUS_INSUFFICIENT_RESOURCES;
	case GNTST_permission_denied:
		return STATUS_ACCESS_DENIED;
	case GNTST_eagain:
		return STATUS_RETRY;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

NTSTATUS NTAPI XenGrantTableGetVersion(PULONG Version)
{
	struct gnttab_get_version Op = { .dom = DOMID_SELF };
	NTSTATUS Status = GrantTableOp(GNTTABOP_get_version, &Op, 1);

	if (NT_SUCCESS(Status))
		*Version = Op.version;
	return Status;
}

NTSTATUS NTAPI XenGrantTableSetVersion(ULONG Version)
{
	struct gnttab_set_version Op = { .version = Version };

	return GrantTableOp(GNTTABOP_set_version, &Op, 1);
}

NTSTATUS NTAPI XenGrantTableQuerySize(PULONG Current, PULONG Maximum)
{
	struct gnttab_query_size Op = { .dom = DOMID_SELF };
	NTSTATUS Status = GrantTableOp(GNTTABOP_query_size, &Op, 1);

	if (NT_SUCCESS(Status))
		Status = GrantStatus(Op.status);
	if (!NT_SUCCESS(Status))
		return Status;
	*Current = Op.nr_frames;
	*Maximum = Op.max_nr_frames;
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI XenGrantTableMap(
	USHORT Domid, ULONG Reference, BOOLEAN ReadOnly, ULONGLONG Address, PULONG Handle)
{
	struct gnttab_map_grant_ref Op = {
		.host_addr = Address,
		.flags = GNTMAP_host_map | (ReadOnly ? GNTMAP_readonly : 0u),
		.ref = Reference,
		.dom = Domid,
	};
	NTSTATUS Status = GrantTableOp(GNTTABOP_map_grant_ref, &Op, 1);

	if (NT_SUCCESS(Status))
		Status = GrantStatus(Op.status);
	if (NT_SUCCESS(Status))
		*Handle = Op.handle;
	return Status;
}

NTSTATUS NTAPI XenGrantTableUnmap(ULONG Handle, ULONGLONG Address)
{
	struct gnttab_unmap_grant_ref Op = { .host_addr = Address, .handle = Handle };
	NTSTATUS Status = GrantTableOp(GNTTABOP_unmap_grant_ref, &Op, 1);

	return NT_SUCCESS(Status) ? GrantStatus(Op.status) : Status;
}

NTSTATUS NTAPI XenGrantTableCopy(PVOID Operations, ULONG Count)
{
	return GrantTableOp(GNTTABOP_copy, Operations, Count);
}
