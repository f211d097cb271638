/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels (xen/event_channel.h), and their 2-level ABI; fifo.c has the other one. */
#include "internal.h"

#include <xen/event_channel.h>
#include <xen/hvm/params.h>

static struct sim_port *port_of(struct sim_domain *domain, uint32_t number)
{
	uint32_t limit = domain->config.control ? SIM_MAX_PORTS : sim_port_limit(domain);

	if (number == 0 || number >= limit)
		return NULL;
	return &domain->ports[number];
}

static int port_new(struct sim_domain *domain)
{
	uint32_t limit = domain->config.control ? SIM_MAX_PORTS : sim_port_limit(domain);

	for (uint32_t i = 1; i < limit; i++) {
		struct sim_port *port = &domain->ports[i];

		if (port->state != SIM_FREE)
			continue;
		*port = (struct sim_port){ 0 };
		return (int)i;
	}
	return -XEN_ENOSPC;
}

/* The line is only for the first CPU; a vector without a CPU of its own is for all. */
static uint32_t callback_type(const struct sim_domain *domain)
{
	return (uint32_t)(domain->params[HVM_PARAM_CALLBACK_IRQ] >> 56);
}

bool sim_irq_asserted(struct sim_vcpu *vcpu)
{
	struct sim_domain *domain = vcpu->domain;

	if (domain->shutdown >= 0)
		return false;
	if (vcpu->vector)
		return vcpu->edge;
	if (!domain->params[HVM_PARAM_CALLBACK_IRQ])
		return false;
	if (callback_type(domain) == HVM_PARAM_CALLBACK_TYPE_VECTOR)
		return sim_upcall_pending(vcpu) && !sim_upcall_masked(vcpu);
	return vcpu->index == 0 && sim_upcall_pending(vcpu);
}

void sim_irq_taken(struct sim_vcpu *vcpu)
{
	vcpu->edge = false;
}

static void mark_vcpu(struct sim_vcpu *vcpu)
{
	if (!sim_upcall_set(vcpu))
		return;
	vcpu->edge = true;
	sim_wake_vcpu(vcpu);
}

void sim_event_pend(struct sim_domain *domain, uint32_t number)
{
	struct sim_port *port = &domain->ports[number];

	if (domain->config.control) {
		port->pending = true;
		if (port->kicked)
			sim_kick(port->kicked);
		return;
	}
	if (domain->fifo) {
		if (sim_fifo_pend(&domain->vcpus[port->vcpu], number))
			mark_vcpu(&domain->vcpus[port->vcpu]);
		return;
	}
	if (sim_set_port_bit(domain, number, false, true))
		return;
	if (!sim_get_port_bit(domain, number, true) &&
		sim_select(&domain->vcpus[port->vcpu], number))
		mark_vcpu(&domain->vcpus[port->vcpu]);
}

static int port_unmask(struct sim_domain *domain, uint32_t number)
{
	struct sim_port *port = port_of(domain, number);

	if (!port)
		return -XEN_EINVAL;
	if (domain->fifo) {
		if (sim_fifo_unmask(&domain->vcpus[port->vcpu], number))
			mark_vcpu(&domain->vcpus[port->vcpu]);
		return 0;
	}
	/* Only one who really opened the mask passes on what came meanwhile. */
	if (sim_set_port_bit(domain, number, true, false) &&
		sim_get_port_bit(domain, number, false) &&
		sim_select(&domain->vcpus[port->vcpu], number))
		mark_vcpu(&domain->vcpus[port->vcpu]);
	return 0;
}

static int alloc_unbound(struct sim_domain *domain, uint16_t remote)
{
	int number = port_new(domain);

	if (number < 0)
		return number;
	domain->ports[number].state = SIM_UNBOUND;
	domain->ports[number].remote = remote == DOMID_SELF ? domain->id : remote;
	return number;
}

static int bind_interdomain(struct sim_domain *domain, uint16_t remote, uint32_t remote_number)
{
	struct sim_domain *peer =
		remote == DOMID_SELF ? domain : sim_domain_find(domain->sim, remote);
	struct sim_port *far, *near;
	int number;

	if (!peer)
		return -XEN_ESRCH;
	number = port_new(domain);
	if (number < 0)
		return number;
	far = port_of(peer, remote_number);
	if (!far || far->state != SIM_UNBOUND || far->remote != domain->id)
		return -XEN_EINVAL;
	near = &domain->ports[number];
	near->state = SIM_INTERDOMAIN;
	near->remote = peer->id;
	near->remote_port = remote_number;
	far->state = SIM_INTERDOMAIN;
	far->remote = domain->id;
	far->remote_port = (uint32_t)number;
	sim_event_pend(domain, (uint32_t)number);
	return number;
}

static int port_close(struct sim_domain *domain, uint32_t number)
{
	struct sim_port *port = port_of(domain, number);
	struct sim_domain *peer;

	if (!port || port->state == SIM_FREE)
		return -XEN_EINVAL;
	if (port->state == SIM_INTERDOMAIN) {
		peer = sim_domain_find(domain->sim, port->remote);
		if (peer) {
			struct sim_port *far = &peer->ports[port->remote_port];

			far->state = SIM_UNBOUND;
			far->remote = domain->id;
			far->remote_port = 0;
		}
	}
	*port = (struct sim_port){ 0 };
	if (domain->fifo)
		sim_fifo_clear(domain, number);
	else if (!domain->config.control)
		sim_set_port_bit(domain, number, false, false);
	return 0;
}

static int port_send(struct sim_domain *domain, uint32_t number)
{
	struct sim_port *port = port_of(domain, number);
	struct sim_domain *peer;

	if (!port)
		return -XEN_EINVAL;
	switch (port->state) {
	case SIM_INTERDOMAIN:
		peer = sim_domain_find(domain->sim, port->remote);
		if (peer)
			sim_event_pend(peer, port->remote_port);
		return 0;
	case SIM_IPI:
		sim_event_pend(domain, number);
		return 0;
	case SIM_UNBOUND: /* silently lost */
		return 0;
	default:
		return -XEN_EINVAL;
	}
}

static bool virq_is_per_vcpu(uint32_t virq)
{
	return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF;
}

static int bind_virq(struct sim_domain *domain, uint32_t virq, uint32_t vcpu)
{
	int number;

	if (virq >= SIM_VIRQS || (vcpu != 0 && !virq_is_per_vcpu(virq)))
		return -XEN_EINVAL;
	if (vcpu >= domain->vcpu_count)
		return -XEN_ENOENT;
	for (uint32_t i = 1; i < SIM_MAX_PORTS; i++)
		if (domain->ports[i].state == SIM_VIRQ && domain->ports[i].remote_port == virq &&
			(!virq_is_per_vcpu(virq) || domain->ports[i].vcpu == vcpu))
			return -XEN_EEXIST;
	number = port_new(domain);
	if (number < 0)
		return number;
	domain->ports[number].state = SIM_VIRQ;
	domain->ports[number].remote_port = virq;
	domain->ports[number].vcpu = vcpu;
	return number;
}

static int bind_ipi(struct sim_domain *domain, uint32_t vcpu)
{
	int number;

	if (vcpu >= domain->vcpu_count)
		return -XEN_ENOENT;
	number = port_new(domain);
	if (number < 0)
		return number;
	domain->ports[number].state = SIM_IPI;
	domain->ports[number].vcpu = vcpu;
	return number;
}

static int bind_vcpu(struct sim_domain *domain, uint32_t number, uint32_t vcpu)
{
	struct sim_port *port = port_of(domain, number);

	if (vcpu >= domain->vcpu_count)
		return -XEN_ENOENT;
	if (!port)
		return -XEN_EINVAL;
	if (port->state != SIM_UNBOUND && port->state != SIM_INTERDOMAIN &&
		!(port->state == SIM_VIRQ && !virq_is_per_vcpu(port->remote_port)))
		return -XEN_EINVAL;
	port->vcpu = vcpu;
	return 0;
}

static long op_status(struct sim_domain *caller, void *argument)
{
	struct evtchn_status op;
	struct sim_domain *domain;
	struct sim_port *port;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	domain = sim_domain_of(caller, op.dom);
	if (!domain)
		return sim_domain_find(caller->sim, op.dom) ? -XEN_EPERM : -XEN_ESRCH;
	port = port_of(domain, op.port);
	if (!port)
		return -XEN_EINVAL;
	switch (port->state) {
	case SIM_FREE:
		op.status = EVTCHNSTAT_closed;
		break;
	case SIM_UNBOUND:
		op.status = EVTCHNSTAT_unbound;
		op.u.unbound.dom = port->remote;
		break;
	case SIM_INTERDOMAIN:
		op.status = EVTCHNSTAT_interdomain;
		op.u.interdomain.dom = port->remote;
		op.u.interdomain.port = port->remote_port;
		break;
	case SIM_VIRQ:
		op.status = EVTCHNSTAT_virq;
		op.u.virq = port->remote_port;
		break;
	case SIM_IPI:
		op.status = EVTCHNSTAT_ipi;
		break;
	}
	op.vcpu = port->vcpu;
	return sim_copy_out(argument, &op, sizeof(op)) ? 0 : -XEN_EFAULT;
}

static long op_reset(struct sim_domain *caller, void *argument)
{
	struct evtchn_reset op;
	struct sim_domain *domain;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	domain = sim_domain_of(caller, op.dom);
	if (!domain)
		return sim_domain_find(caller->sim, op.dom) ? -XEN_EPERM : -XEN_ESRCH;
	sim_event_forget(domain);
	return 0;
}

/* Each of the operations that give a port writes it back in its own structure. */
static long op_new_port(struct sim_domain *domain, uint32_t op, void *argument)
{
	union {
		struct evtchn_alloc_unbound unbound;
		struct evtchn_bind_interdomain bind;
		struct evtchn_bind_virq virq;
		struct evtchn_bind_ipi ipi;
	} u = { .unbound = { 0 } };
	struct sim_domain *target;
	uint32_t *port;
	size_t size;
	int rc;

	switch (op) {
	case EVTCHNOP_alloc_unbound:
		size = sizeof(u.unbound);
		break;
	case EVTCHNOP_bind_interdomain:
		size = sizeof(u.bind);
		break;
	case EVTCHNOP_bind_virq:
		size = sizeof(u.virq);
		break;
	default:
		size = sizeof(u.ipi);
		break;
	}
	if (!sim_copy_in(&u, argument, size))
		return -XEN_EFAULT;
	switch (op) {
	case EVTCHNOP_alloc_unbound:
		target = sim_domain_of(domain, u.unbound.dom);
		if (!target)
			return sim_domain_find(domain->sim, u.unbound.dom) ? -XEN_EPERM
									   : -XEN_ESRCH;
		rc = alloc_unbound(target, u.unbound.remote_dom);
		port = &u.unbound.port;
		break;
	case EVTCHNOP_bind_interdomain:
		rc = bind_interdomain(domain, u.bind.remote_dom, u.bind.remote_port);
		port = &u.bind.local_port;
		break;
	case EVTCHNOP_bind_virq:
		rc = bind_virq(domain, u.virq.virq, u.virq.vcpu);
		port = &u.virq.port;
		break;
	default:
		rc = bind_ipi(domain, u.ipi.vcpu);
		port = &u.ipi.port;
		break;
	}
	if (rc < 0)
		return rc;
	*port = (uint32_t)rc;
	return sim_copy_out(argument, &u, size) ? 0 : -XEN_EFAULT;
}

long sim_event_op(struct sim_vcpu *vcpu, uint32_t op, void *argument)
{
	struct sim_domain *domain = vcpu->domain;
	struct evtchn_bind_vcpu bind;
	evtchn_port_t port;

	switch (op) {
	case EVTCHNOP_alloc_unbound:
	case EVTCHNOP_bind_interdomain:
	case EVTCHNOP_bind_virq:
	case EVTCHNOP_bind_ipi:
		return op_new_port(domain, op, argument);
	case EVTCHNOP_status:
		return op_status(domain, argument);
	case EVTCHNOP_reset:
		return op_reset(domain, argument);
	case EVTCHNOP_bind_vcpu:
		if (!sim_copy_in(&bind, argument, sizeof(bind)))
			return -XEN_EFAULT;
		return bind_vcpu(domain, bind.port, bind.vcpu);
	case EVTCHNOP_bind_pirq:
		return -XEN_EINVAL;
	case EVTCHNOP_init_control:
	case EVTCHNOP_expand_array:
	case EVTCHNOP_set_priority:
		return sim_fifo_op(domain, op, argument);
	case EVTCHNOP_close:
	case EVTCHNOP_send:
	case EVTCHNOP_unmask:
		if (!sim_copy_in(&port, argument, sizeof(port)))
			return -XEN_EFAULT;
		if (op == EVTCHNOP_close)
			return port_close(domain, port);
		return op == EVTCHNOP_send ? port_send(domain, port) : port_unmask(domain, port);
	default:
		return -XEN_ENOSYS;
	}
}

void sim_event_forget(struct sim_domain *domain)
{
	for (uint32_t i = 1; i < SIM_MAX_PORTS; i++)
		if (domain->ports[i].state != SIM_FREE)
			port_close(domain, i);
	sim_fifo_forget(domain);
}

int sim_toolstack_port(struct sim_domain *domain, uint16_t remote)
{
	int number = alloc_unbound(domain, remote);

	if (number < 0)
		sim_abort("no port for the toolstack");
	domain->ports[number].toolstack = true;
	return number;
}

int sim_port_alloc(struct sim_domain *domain, uint16_t remote, struct sim_task *kicked)
{
	int number = alloc_unbound(domain, remote);

	if (number > 0)
		domain->ports[number].kicked = kicked;
	return number;
}

int sim_port_bind(
	struct sim_domain *domain, uint16_t remote, uint32_t port, struct sim_task *kicked)
{
	int number = bind_interdomain(domain, remote, port);

	if (number > 0) {
		domain->ports[number].kicked = kicked;
		if (kicked)
			sim_kick(kicked);
	}
	return number;
}

int sim_port_close(struct sim_domain *domain, uint32_t port)
{
	return port_close(domain, port);
}

int sim_port_send(struct sim_domain *domain, uint32_t port)
{
	return port_send(domain, port);
}

bool sim_port_pending(struct sim_domain *domain, uint32_t number)
{
	struct sim_port *port = port_of(domain, number);
	bool pending = port && port->pending;

	if (pending)
		port->pending = false;
	return pending;
}

void sim_raise_virq(struct sim_domain *domain, uint32_t virq, uint32_t vcpu)
{
	for (uint32_t i = 1; i < SIM_MAX_PORTS; i++) {
		struct sim_port *port = &domain->ports[i];

		if (port->state == SIM_VIRQ && port->remote_port == virq &&
			(!virq_is_per_vcpu(virq) || port->vcpu == vcpu))
			sim_event_pend(domain, i);
	}
}
