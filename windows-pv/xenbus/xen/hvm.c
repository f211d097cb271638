/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_xen.h"
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

static NTSTATUS HvmOp(ULONG Op, PVOID Argument)
{
	return XenStatus(XenHypercall(__HYPERVISOR_hvm_op, Op, (ULONG_PTR)Argument, 0));
}

NTSTATUS NTAPI XenHvmGetParam(ULONG Index, PULONGLONG Value)
{
	struct xen_hvm_param Op = { .domid = DOMID_SELF, .index = Index };
	NTSTATUS Status = HvmOp(HVMOP_get_param, &Op);

	if (NT_SUCCESS(Status))
		*Value = Op.value;
	return Status;
}

NTSTATUS NTAPI XenHvmSetParam(ULONG Index, ULONGLONG Value)
{
	struct xen_hvm_param Op = { .domid = DOMID_SELF, .index = Index, .value = Value };

	return HvmOp(HVMOP_set_param, &Op);
}

NTSTATUS NTAPI XenHvmSetEvtchnUpcallVector(ULONG Vcpu, UCHAR Vector)
{
	struct xen_hvm_evtchn_upcall_vector Op = { .vcpu = Vcpu, .vector = Vector };

	return HvmOp(HVMOP_set_evtchn_upcall_vector, &Op);
}
