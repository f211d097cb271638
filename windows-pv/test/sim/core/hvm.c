/* SPDX-License-Identifier: BSD-2-Clause */
/* HVM parameters and the other operations on an HVM guest (xen/hvm/hvm_op.h). */
#include "internal.h"

#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

static bool guest_may_read(uint32_t index)
{
	switch (index) {
	case HVM_PARAM_CALLBACK_IRQ:
	case HVM_PARAM_VM86_TSS:
	case HVM_PARAM_VM86_TSS_SIZED:
	case HVM_PARAM_ACPI_IOPORTS_LOCATION:
	case HVM_PARAM_VM_GENERATION_ID_ADDR:
	case HVM_PARAM_STORE_PFN:
	case HVM_PARAM_STORE_EVTCHN:
	case HVM_PARAM_CONSOLE_PFN:
	case HVM_PARAM_CONSOLE_EVTCHN:
	case HVM_PARAM_ALTP2M:
	case HVM_PARAM_X87_FIP_WIDTH:
		return true;
	default:
		return false;
	}
}

static bool guest_may_write(uint32_t index)
{
	switch (index) {
	case HVM_PARAM_CALLBACK_IRQ:
	case HVM_PARAM_VM86_TSS:
	case HVM_PARAM_VM86_TSS_SIZED:
	case HVM_PARAM_ACPI_IOPORTS_LOCATION:
	case HVM_PARAM_VM_GENERATION_ID_ADDR:
	case HVM_PARAM_STORE_EVTCHN:
	case HVM_PARAM_CONSOLE_EVTCHN:
	case HVM_PARAM_X87_FIP_WIDTH:
		return true;
	default:
		return false;
	}
}

static long set_param(struct sim_vcpu *vcpu, const struct xen_hvm_param *op)
{
	struct sim_domain *domain = vcpu->domain;

	if (op->index >= domain->profile->params)
		return -XEN_EINVAL;
	if (domain->profile->params_checked && !guest_may_write(op->index))
		return -XEN_EPERM;
	domain->params[op->index] = op->value;
	if (op->index == HVM_PARAM_CALLBACK_IRQ) {
		sim_latch(vcpu);
		sim_wake_vcpu(&domain->vcpus[0]);
	}
	return 0;
}

static long get_param(struct sim_domain *domain, struct xen_hvm_param *op, void *argument)
{
	if (op->index >= domain->profile->params)
		return -XEN_EINVAL;
	if (domain->profile->params_checked && !guest_may_read(op->index))
		return -XEN_EPERM;
	op->value = domain->params[op->index];
	return sim_copy_out(argument, op, sizeof(*op)) ? 0 : -XEN_EFAULT;
}

static long upcall_vector(struct sim_domain *domain, void *argument)
{
	struct xen_hvm_evtchn_upcall_vector op;

	if (!domain->profile->upcall_vector)
		return -XEN_ENOSYS;
	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	if (op.vector < 0x10)
		return -XEN_EINVAL;
	if (op.vcpu >= domain->vcpu_count)
		return -XEN_ENOENT;
	domain->vcpus[op.vcpu].vector = op.vector;
	return 0;
}

static long pagetable_dying(struct sim_domain *domain, void *argument)
{
	struct xen_hvm_pagetable_dying op;

	if (!domain->profile->pagetable_dying)
		return -XEN_ENOSYS;
	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	return op.domid == DOMID_SELF ? 0 : -XEN_EPERM;
}

long sim_hvm_op(struct sim_vcpu *vcpu, uint32_t op, void *argument)
{
	struct sim_domain *domain = vcpu->domain;
	struct xen_hvm_param param;

	switch (op) {
	case HVMOP_set_param:
	case HVMOP_get_param:
		if (!sim_copy_in(&param, argument, sizeof(param)))
			return -XEN_EFAULT;
		if (param.domid != DOMID_SELF && param.domid != domain->id)
			return sim_domain_find(domain->sim, param.domid) ? -XEN_EPERM : -XEN_ESRCH;
		return op == HVMOP_set_param ? set_param(vcpu, &param)
					     : get_param(domain, &param, argument);
	case HVMOP_set_evtchn_upcall_vector:
		return upcall_vector(domain, argument);
	case HVMOP_pagetable_dying:
		return pagetable_dying(domain, argument);
	default:
		return -XEN_ENOSYS;
	}
}
