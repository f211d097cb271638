/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains: how the toolstack makes one, and how it brings one up again after a suspend. */
#include "internal.h"

#include <xen/hvm/params.h>

#define STORE_GFN 0xfefffull

struct sim_domain *sim_domain_find(struct sim *sim, uint16_t id)
{
	for (uint32_t i = 0; i < SIM_MAX_DOMAINS; i++)
		if (sim->domains[i] && sim->domains[i]->id == id)
			return sim->domains[i];
	return NULL;
}

struct sim_domain *sim_domain_of(struct sim_domain *caller, uint16_t id)
{
	if (id == DOMID_SELF || id == caller->id)
		return caller;
	return caller->config.control ? sim_domain_find(caller->sim, id) : NULL;
}

struct sim_vcpu *sim_vcpu(struct sim_domain *domain, uint32_t index)
{
	return index < domain->vcpu_count ? &domain->vcpus[index] : NULL;
}

uint16_t sim_domain_id(const struct sim_domain *domain)
{
	return domain->id;
}

struct sim *sim_domain_sim(const struct sim_domain *domain)
{
	return domain->sim;
}

int sim_shutdown_code(const struct sim_domain *domain)
{
	return domain->shutdown;
}

int sim_shutdown_meaning(const struct sim_domain *domain)
{
	return domain->shutdown_code;
}

void sim_plan_resume(struct sim_domain *domain, const struct sim_resume *plan)
{
	domain->plan = *plan;
}

void sim_resume_hook(
	struct sim_domain *domain, void (*call)(struct sim_domain *, void *), void *argument)
{
	if (domain->hook_count == SIM_HOOKS)
		sim_abort("too many resume hooks");
	domain->hooks[domain->hook_count].call = call;
	domain->hooks[domain->hook_count++].argument = argument;
}

/* What the toolstack puts into a domain before it runs: a store ring and its event channel. */
static void furnish(struct sim_domain *domain)
{
	struct sim_slot *slot = sim_slot_make(domain, STORE_GFN);
	struct grant_entry_v1 *entry = sim_grant_entry(domain, GNTTAB_RESERVED_XENSTORE);

	if (!slot->page) {
		slot->page = sim_alloc(sizeof(*slot->page));
		slot->page->data = sim_pages_alloc(1);
		slot->page->ours = true;
	}
	slot->kind = SIM_RAM;
	sim_memset(slot->page->data, 0, SIM_PAGE_SIZE);
	domain->store_gfn = STORE_GFN;
	entry->domid = 0;
	entry->frame = (uint32_t)STORE_GFN;
	entry->flags = GTF_permit_access;
	domain->params[HVM_PARAM_STORE_PFN] = STORE_GFN;
	domain->params[HVM_PARAM_STORE_EVTCHN] = (uint64_t)sim_toolstack_port(domain, 0);
	domain->wide_layout = !domain->config.wide;
	sim_wall_clock(domain);
}

struct sim_domain *sim_domain_new(struct sim *sim, const struct sim_domain_config *config)
{
	struct sim_domain *domain = sim_alloc(sizeof(*domain));
	uint32_t place = 0;

	while (place < SIM_MAX_DOMAINS && sim->domains[place])
		place++;
	if (place == SIM_MAX_DOMAINS || sim_domain_find(sim, config->id))
		sim_abort("too many domains, or the same id twice");
	domain->sim = sim;
	domain->config = *config;
	domain->profile = config->profile;
	domain->id = config->id;
	domain->vcpu_count = config->vcpus ? config->vcpus : 1;
	domain->limit = config->memory_limit;
	domain->shutdown = -1;
	domain->shutdown_code = -1;
	if (domain->vcpu_count > SIM_MAX_VCPUS)
		sim_abort("too many virtual CPUs");
	if (!domain->config.map_limit)
		domain->config.map_limit = 1024;
	for (uint32_t i = 0; i < domain->vcpu_count; i++) {
		domain->vcpus[i].domain = domain;
		domain->vcpus[i].index = i;
	}
	domain->own_shared_info = sim_pages_alloc(1);
	domain->shared_info = domain->own_shared_info;
	sim_grant_init(domain,
		config->grant_frames ? config->grant_frames : config->profile->grant_frames);
	sim->domains[place] = domain;
	if (!config->control)
		furnish(domain);
	if (!sim->ticker)
		sim->ticker = sim_service(sim, "ticker", sim_tick, sim);
	return domain;
}

void sim_domain_free(struct sim_domain *domain)
{
	sim_fifo_forget(domain);
	sim_grant_free(domain);
	sim_memory_free(domain);
	sim_pages_release(domain->own_shared_info);
	sim_release(domain);
}

void sim_domain_resume(struct sim_domain *domain)
{
	sim_log(domain->sim, "d%u: resumed elsewhere as d%u", domain->id,
		domain->plan.id ? domain->plan.id : domain->id);
	for (uint32_t i = 0; i < domain->hook_count; i++)
		domain->hooks[i].call(domain, domain->hooks[i].argument);
	sim_event_forget(domain);
	sim_memory_forget(domain);
	sim_grant_forget(domain);
	sim_memset(domain->shared_info, 0, SIM_PAGE_SIZE);
	sim_memset(domain->params, 0, sizeof(domain->params));
	for (uint32_t i = 0; i < domain->vcpu_count; i++) {
		struct sim_vcpu *vcpu = &domain->vcpus[i];

		vcpu->vector = 0;
		vcpu->edge = false;
		vcpu->info = NULL;
		vcpu->period = 0;
	}
	sim_memset(domain->watchdog_until, 0, sizeof(domain->watchdog_until));
	if (domain->plan.id)
		domain->id = domain->plan.id;
	if (domain->plan.profile)
		domain->profile = domain->plan.profile;
	furnish(domain);
}

void sim_hibernated(struct sim_domain *domain, const struct sim_resume *plan)
{
	sim_enter(domain->sim);
	if (domain->limit > domain->config.memory_limit)
		sim_fail(domain->sim, "d%u: hibernates without %u pages of its memory", domain->id,
			domain->limit - domain->config.memory_limit);
	domain->plan = *plan;
	sim_domain_resume(domain);
	sim_memset(&domain->unplug, 0, sizeof(domain->unplug));
	domain->line_length = 0;
	sim_leave(domain->sim);
}

void sim_leftovers(struct sim_domain *domain, struct sim_leftovers *left)
{
	*left = (struct sim_leftovers){ 0 };
	sim_enter(domain->sim);
	for (uint32_t i = 1; i < SIM_MAX_PORTS; i++)
		left->ports += domain->ports[i].state != SIM_FREE && !domain->ports[i].toolstack &&
			       i != domain->params[HVM_PARAM_STORE_EVTCHN];
	for (uint32_t ref = GNTTAB_NR_RESERVED_ENTRIES; sim_grant_entry(domain, ref); ref++) {
		left->grants +=
			(SIM_LOAD(&sim_grant_entry(domain, ref)->flags) & GTF_type_mask) != 0;
		left->mapped += domain->active[ref].readers + domain->active[ref].writers;
	}
	left->ram = domain->ram;
	left->unwiped = domain->unwiped;
	if (domain->limit > domain->config.memory_limit)
		left->given = domain->limit - domain->config.memory_limit;
	sim_leave(domain->sim);
}
