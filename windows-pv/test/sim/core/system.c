/* SPDX-License-Identifier: BSD-2-Clause */
/* Version, CPUID, scheduling and virtual CPUs, and the way into every hypercall. */
#include "internal.h"

#include <xen/arch-x86/cpuid.h>
#include <xen/hvm/params.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#define LEAVES 0x40000000u
#define STEP   0x100u

long sim_version_op(struct sim_vcpu *vcpu, uint32_t op, void *argument)
{
	const struct sim_profile *profile = vcpu->domain->profile;
	xen_extraversion_t extra = { 0 };
	struct xen_feature_info info;

	switch (op) {
	case XENVER_version:
		return (long)profile->major << 16 | profile->minor;
	case XENVER_extraversion:
		sim_memcpy(extra, profile->extraversion, sim_strlen(profile->extraversion) + 1);
		return sim_copy_out(argument, extra, sizeof(extra)) ? 0 : -XEN_EFAULT;
	case XENVER_get_features:
		if (!sim_copy_in(&info, argument, sizeof(info)))
			return -XEN_EFAULT;
		if (info.submap_idx > 1)
			return -XEN_EINVAL;
		info.submap = info.submap_idx ? 0 : profile->features;
		return sim_copy_out(argument, &info, sizeof(info)) ? 0 : -XEN_EFAULT;
	case XENVER_pagesize:
		return SIM_PAGE_SIZE;
	default:
		return -XEN_ENOSYS;
	}
}

static void put(uint32_t r[4], uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	r[0] = a;
	r[1] = b;
	r[2] = c;
	r[3] = d;
}

static void xen_leaf(
	struct sim_vcpu *vcpu, uint32_t base, uint32_t leaf, uint32_t sub, uint32_t r[4])
{
	const struct sim_profile *profile = vcpu->domain->profile;

	switch (leaf) {
	case 0:
		put(r, base + profile->leaves, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
			XEN_CPUID_SIGNATURE_EDX);
		break;
	case 1:
		put(r, (uint32_t)profile->major << 16 | profile->minor, 0, 0, 0);
		break;
	case 2:
		put(r, 1, LEAVES, 0, 0);
		break;
	case 4:
		if (sub == 0)
			put(r, profile->hvm_features, vcpu->index, vcpu->domain->id, 0);
		break;
	default:
		break;
	}
}

void sim_cpuid(struct sim_task *caller, uint32_t leaf, uint32_t subleaf, uint32_t r[4])
{
	struct sim_vcpu *vcpu = caller->vcpu;
	const struct sim_domain_config *config = &vcpu->domain->config;
	uint32_t base = config->viridian ? LEAVES + STEP : LEAVES;

	sim_point(caller);
	put(r, 0, 0, 0, 0);
	if (leaf == 0) {
		if (config->amd)
			put(r, 0xd, 0x68747541, 0x444d4163, 0x69746e65);
		else
			put(r, 0xd, 0x756e6547, 0x6c65746e, 0x49656e69);
	} else if (leaf == 1) {
		/* APIC ids are even: the other of each pair would be a hyperthread's. */
		put(r, 0x306c3, 0x800 | vcpu->index << 25, 1u << 31, 0x1fcbfbff);
	} else if (leaf >= base && leaf <= base + vcpu->domain->profile->leaves) {
		xen_leaf(vcpu, base, leaf - base, subleaf, r);
	} else if (config->viridian && leaf == LEAVES) {
		put(r, LEAVES + 6, 0x7263694d, 0x666f736f, 0x76482074);
	} else if (config->viridian && leaf == LEAVES + 1) {
		put(r, 0x31237648, 0, 0, 0);
	} else if (leaf > LEAVES && !config->amd) {
		/* Such a processor answers a leaf that it lacks with its last basic one. */
		put(r, 7, 0x340, 0x340, 0);
	}
}

static long shut_down(struct sim_task *caller, uint32_t reason)
{
	struct sim_domain *domain = caller->vcpu->domain;

	if (reason > SHUTDOWN_MAX)
		return -XEN_EINVAL;
	sim_log(domain->sim, "d%u: shutdown %u", domain->id, reason);
	if (reason != SHUTDOWN_suspend) {
		domain->shutdown = (int)reason;
		return 0;
	}
	if (domain->plan.cancel)
		return 1;
	sim_domain_resume(domain);
	return 0;
}

static long watchdog(struct sim_domain *domain, void *argument)
{
	struct sched_watchdog op;
	uint64_t until;

	if (!domain->profile->watchdog)
		return -XEN_ENOSYS;
	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	until = op.timeout ? sim_now(domain->sim) + op.timeout * SIM_SECOND : 0;
	if (op.id == 0) {
		if (!op.timeout)
			return -XEN_EINVAL;
		while (op.id < SIM_ARRAY_SIZE(domain->watchdog_until) &&
			domain->watchdog_until[op.id])
			op.id++;
		if (op.id == SIM_ARRAY_SIZE(domain->watchdog_until))
			return -XEN_ENOSPC;
		domain->watchdog_until[op.id++] = until;
		sim_kick(domain->sim->ticker);
		return (long)op.id;
	}
	if (op.id > SIM_ARRAY_SIZE(domain->watchdog_until))
		return -XEN_EINVAL;
	if (!domain->watchdog_until[op.id - 1])
		return -XEN_EINVAL;
	domain->watchdog_until[op.id - 1] = until;
	sim_kick(domain->sim->ticker);
	return 0;
}

/* Sleeps outside the lock: the caller has left it. */
static long block(struct sim_task *caller)
{
	while (!sim_has_failed(caller->sim)) {
		bool pending;

		sim_enter(caller->sim);
		pending = sim_upcall_pending(caller->vcpu);
		sim_leave(caller->sim);
		if (pending || sim_wait(caller, sim_now(caller->sim) + SIM_MS))
			return 0;
	}
	return 0;
}

long sim_sched_op(struct sim_task *caller, uint32_t op, void *argument)
{
	struct sched_shutdown shutdown;

	switch (op) {
	case SCHEDOP_yield:
		return 0;
	case SCHEDOP_shutdown:
	case SCHEDOP_shutdown_code:
		if (!sim_copy_in(&shutdown, argument, sizeof(shutdown)))
			return -XEN_EFAULT;
		if (op == SCHEDOP_shutdown)
			return shut_down(caller, shutdown.reason);
		if (shutdown.reason > SHUTDOWN_MAX)
			return -XEN_EINVAL;
		sim_log(caller->sim, "d%u: shutdown code %u", caller->vcpu->domain->id,
			shutdown.reason);
		caller->vcpu->domain->shutdown_code = (int)shutdown.reason;
		return 0;
	case SCHEDOP_watchdog:
		return watchdog(caller->vcpu->domain, argument);
	default:
		return -XEN_ENOSYS;
	}
}

static long register_vcpu_info(struct sim_domain *domain, struct sim_vcpu *target, void *argument)
{
	struct vcpu_register_vcpu_info op;
	struct sim_slot *slot;
	uint8_t *place;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	if (target->info || op.offset > SIM_PAGE_SIZE - sizeof(struct vcpu_info) || op.offset % 8)
		return -XEN_EINVAL;
	slot = sim_slot(domain, op.mfn);
	if (!slot || slot->kind != SIM_RAM)
		return -XEN_EINVAL;
	place = (uint8_t *)slot->page->data + op.offset;
	if (target->index < XEN_LEGACY_MAX_VCPUS)
		sim_memcpy(place, domain->shared_info + sim_vcpu_info_offset(target->index),
			sizeof(struct vcpu_info));
	else
		sim_memset(place, 0, sizeof(struct vcpu_info));
	target->info = place;
	/* Xen marks everything, so that nothing is lost between the two places. */
	sim_memset(place + (domain->wide_layout ? 8 : 4), 0xff, domain->wide_layout ? 8 : 4);
	if (sim_upcall_set(target)) {
		target->edge = true;
		sim_wake_vcpu(target);
	}
	return 0;
}

long sim_vcpu_op(struct sim_vcpu *vcpu, uint32_t op, uint32_t index, void *argument)
{
	struct sim_domain *domain = vcpu->domain;
	struct sim_vcpu *target = sim_vcpu(domain, index);
	struct vcpu_set_periodic_timer timer;

	if (!domain->profile->vcpu_ops)
		return -XEN_ENOSYS;
	if (!target)
		return -XEN_ENOENT;
	switch (op) {
	case VCPUOP_is_up:
		return 1;
	case VCPUOP_register_vcpu_info:
		return register_vcpu_info(domain, target, argument);
	case VCPUOP_set_periodic_timer:
		if (!sim_copy_in(&timer, argument, sizeof(timer)))
			return -XEN_EFAULT;
		if (timer.period_ns < 1000000 || timer.period_ns > 86400000000000ull)
			return -XEN_EINVAL;
		target->period = timer.period_ns / 100;
		sim_kick(domain->sim->ticker);
		return 0;
	case VCPUOP_stop_periodic_timer:
		target->period = 0;
		return 0;
	default:
		return -XEN_ENOSYS;
	}
}

static uint64_t tick_domain(struct sim_domain *domain, uint64_t now)
{
	uint64_t next = SIM_NEVER;

	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(domain->watchdog_until); i++) {
		uint64_t until = domain->watchdog_until[i];

		if (until && until <= now && domain->shutdown < 0) {
			sim_log(domain->sim, "d%u: watchdog %u", domain->id, i + 1);
			domain->shutdown = SHUTDOWN_watchdog;
			domain->watchdog_until[i] = 0;
		} else if (until && until < next) {
			next = until;
		}
	}
	for (uint32_t i = 0; i < domain->vcpu_count; i++) {
		struct sim_vcpu *vcpu = &domain->vcpus[i];

		if (!vcpu->period)
			continue;
		if (now - vcpu->last_tick >= vcpu->period) {
			vcpu->last_tick = now;
			sim_raise_virq(domain, VIRQ_TIMER, i);
		}
		if (vcpu->last_tick + vcpu->period < next)
			next = vcpu->last_tick + vcpu->period;
	}
	return next;
}

uint64_t sim_tick(void *argument)
{
	struct sim *sim = argument;
	uint64_t now = sim_now(sim), next = SIM_NEVER;

	for (uint32_t i = 0; i < SIM_MAX_DOMAINS; i++) {
		uint64_t t = sim->domains[i] ? tick_domain(sim->domains[i], now) : SIM_NEVER;

		if (t < next)
			next = t;
	}
	return next;
}

long sim_hypercall(struct sim_task *caller, uint32_t op, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
	struct sim_vcpu *vcpu = caller->vcpu;
	void *second = (void *)a2;
	long rc;

	sim_point(caller);
	sim_enter(caller->sim);
	switch (op) {
	case __HYPERVISOR_memory_op:
		rc = sim_memory_op(vcpu, (uint32_t)a1, second);
		break;
	case __HYPERVISOR_event_channel_op:
		rc = sim_event_op(vcpu, (uint32_t)a1, second);
		break;
	case __HYPERVISOR_grant_table_op:
		rc = sim_grant_op(vcpu, (uint32_t)a1, second, (uint32_t)a3);
		break;
	case __HYPERVISOR_hvm_op:
		rc = sim_hvm_op(vcpu, (uint32_t)a1, second);
		break;
	case __HYPERVISOR_xen_version:
		rc = sim_version_op(vcpu, (uint32_t)a1, second);
		break;
	case __HYPERVISOR_sched_op:
		if (a1 == SCHEDOP_block) {
			sim_leave(caller->sim);
			return block(caller);
		}
		rc = sim_sched_op(caller, (uint32_t)a1, second);
		break;
	case __HYPERVISOR_vcpu_op:
		rc = sim_vcpu_op(vcpu, (uint32_t)a1, (uint32_t)a2, (void *)a3);
		break;
	default:
		rc = -XEN_ENOSYS;
		break;
	}
	sim_note(caller->sim, (uint64_t)op << 32 ^ (uint64_t)a1 << 16 ^ (uint64_t)rc);
	sim_leave(caller->sim);
	sim_point(caller);
	return rc;
}
