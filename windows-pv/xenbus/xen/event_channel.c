/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_xen.h"
#include <xen/event_channel.h>

static NTSTATUS EventChannelOp(ULONG Op, PVOID Argument)
{
	return XenStatus(XenHypercall(__HYPERVISOR_event_channel_op, Op, (ULONG_PTR)Argument, 0));
}

NTSTATUS NTAPI XenEventChannelSend(ULONG Port)
{
	struct evtchn_send Op = { .port = Port };

	return EventChannelOp(EVTCHNOP_send, &Op);
}

NTSTATUS NTAPI XenEventChannelAllocateUnbound(USHORT Domid, PULONG Port)
{
	struct evtchn_alloc_unbound Op = { .dom = DOMID_SELF, .remote_dom = Domid };
	NTSTATUS Status = EventChannelOp(EVTCHNOP_alloc_unbound, &Op);

	if (NT_SUCCESS(Status))
		*Port = Op.port;
	return Status;
}

NTSTATUS NTAPI XenEventChannelBindInterDomain(USHORT Domid, ULONG RemotePort, PULONG Port)
{
	struct evtchn_bind_interdomain Op = { .remote_dom = Domid, .remote_port = RemotePort };
	NTSTATUS Status = EventChannelOp(EVTCHNOP_bind_interdomain, &Op);

	if (NT_SUCCESS(Status))
		*Port = Op.local_port;
	return Status;
}

NTSTATUS NTAPI XenEventChannelBindVirq(ULONG Virq, ULONG Vcpu, PULONG Port)
{
	struct evtchn_bind_virq Op = { .virq = Virq, .vcpu = Vcpu };
	NTSTATUS Status = EventChannelOp(EVTCHNOP_bind_virq, &Op);

	if (NT_SUCCESS(Status))
		*Port = Op.port;
	return Status;
}

NTSTATUS NTAPI XenEventChannelBindVcpu(ULONG Port, ULONG Vcpu)
{
	struct evtchn_bind_vcpu Op = { .port = Port, .vcpu = Vcpu };

	return EventChannelOp(EVTCHNOP_bind_vcpu, &Op);
}

NTSTATUS NTAPI XenEventChannelQueryStatus(ULONG Port, PXEN_EVENT_CHANNEL_STATUS Status)
{
	struct evtchn_status Op = { .dom = DOMID_SELF, .port = Port };
	NTSTATUS Result = EventChannelOp(EVTCHNOP_status, &Op);

	if (!NT_SUCCESS(Result))
		return Result;
	*Status = (XEN_EVENT_CHANNEL_STATUS){ .Status = Op.status, .Vcpu = Op.vcpu };
	switch (Op.status) {
	case EVTCHNSTAT_unbound:
		Status->RemoteDomid = Op.u.unbound.dom;
		break;
	case EVTCHNSTAT_interdomain:
		Status->RemoteDomid = Op.u.interdomain.dom;
		Status->RemotePort = Op.u.interdomain.port;
		break;
	case EVTCHNSTAT_virq:
		Status->RemotePort = Op.u.virq;
		break;
	default:
		break;
	}
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI XenEventChannelUnmask(ULONG Port)
{
	struct evtchn_unmask Op = { .port = Port };

	return EventChannelOp(EVTCHNOP_unmask, &Op);
}

NTSTATUS NTAPI XenEventChannelClose(ULONG Port)
{
	struct evtchn_close Op = { .port = Port };

	return EventChannelOp(EVTCHNOP_close, &Op);
}

NTSTATUS NTAPI XenEventChannelInitControl(ULONGLONG Pfn, ULONG Offset, ULONG Vcpu)
{
	struct evtchn_init_control Op = { .control_gfn = Pfn, .offset = Offset, .vcpu = Vcpu };

	return EventChannelOp(EVTCHNOP_init_control, &Op);
}

NTSTATUS NTAPI XenEventChannelExpandArray(ULONGLONG Pfn)
{
	struct evtchn_expand_array Op = { .array_gfn = Pfn };

	return EventChannelOp(EVTCHNOP_expand_array, &Op);
}

NTSTATUS NTAPI XenEventChannelReset(VOID)
{
	struct evtchn_reset Op = { .dom = DOMID_SELF };

	return EventChannelOp(EVTCHNOP_reset, &Op);
}
