/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shared info page in its two layouts. Which one Xen uses is latched from the mode of the
 * virtual CPU that sets the callback; until then it is the other one than the guest's, as after
 * firmware of another width: a guest that looks before it has set the callback sees nonsense.
 */
#include "internal.h"

#define VCPU_INFO_SIZE 64u
#define LEGACY_VCPUS   XEN_LEGACY_MAX_VCPUS
#define PENDING_OFFSET (LEGACY_VCPUS * VCPU_INFO_SIZE)

_Static_assert(sizeof(struct vcpu_info) == VCPU_INFO_SIZE, "vcpu_info");
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(offsetof(struct shared_info, evtchn_pending) == PENDING_OFFSET, "pending");
_Static_assert(offsetof(struct shared_info, evtchn_mask) == PENDING_OFFSET + 64 * 8, "mask");
_Static_assert(offsetof(struct shared_info, wc_version) == PENDING_OFFSET + 2 * 64 * 8, "clock");
_Static_assert(offsetof(struct vcpu_info, evtchn_pending_sel) == 8, "selector");
#endif

static uint32_t word_bits(const struct sim_domain *domain)
{
	return domain->wide_layout ? 64 : 32;
}

/* That have bits in the page, whether they are used or not. */
static uint32_t ports_of_layout(const struct sim_domain *domain)
{
	return word_bits(domain) * word_bits(domain);
}

uint32_t sim_port_limit(const struct sim_domain *domain)
{
	return domain->fifo ? SIM_MAX_PORTS : ports_of_layout(domain);
}

size_t sim_vcpu_info_offset(uint32_t vcpu)
{
	return (size_t)vcpu * VCPU_INFO_SIZE;
}

/* A bit of an array of the layout's words, changed as a whole word as the guest does; the old one.
 */
static bool change_bit(bool wide, uint8_t *array, uint32_t number, bool value)
{
	if (wide) {
		uint64_t *word = (uint64_t *)(void *)array + number / 64;
		uint64_t bit = 1ull << number % 64;

		return ((value ? SIM_FETCH_OR(word, bit) : SIM_FETCH_AND(word, ~bit)) & bit) != 0;
	} else {
		uint32_t *word = (uint32_t *)(void *)array + number / 32;
		uint32_t bit = 1u << number % 32;

		return ((value ? SIM_FETCH_OR(word, bit) : SIM_FETCH_AND(word, ~bit)) & bit) != 0;
	}
}

static uint8_t *port_array(struct sim_domain *domain, bool mask)
{
	return domain->shared_info + PENDING_OFFSET + (mask ? ports_of_layout(domain) / 8 : 0);
}

bool sim_set_port_bit(struct sim_domain *domain, uint32_t port, bool mask, bool value)
{
	return change_bit(domain->wide_layout, port_array(domain, mask), port, value);
}

bool sim_get_port_bit(struct sim_domain *domain, uint32_t port, bool mask)
{
	uint8_t *array = port_array(domain, mask);

	if (domain->wide_layout)
		return (SIM_LOAD((uint64_t *)(void *)array + port / 64) >> port % 64) & 1;
	return (SIM_LOAD((uint32_t *)(void *)array + port / 32) >> port % 32) & 1;
}

static uint8_t *vcpu_info(struct sim_vcpu *vcpu)
{
	if (vcpu->info)
		return vcpu->info;
	if (vcpu->index >= LEGACY_VCPUS)
		return NULL;
	return vcpu->domain->shared_info + sim_vcpu_info_offset(vcpu->index);
}

bool sim_select(struct sim_vcpu *vcpu, uint32_t port)
{
	bool wide = vcpu->domain->wide_layout;
	uint8_t *info = vcpu_info(vcpu);

	if (!info)
		return false;
	return !change_bit(wide, info + (wide ? 8 : 4), port / word_bits(vcpu->domain), true);
}

bool sim_upcall_pending(struct sim_vcpu *vcpu)
{
	uint8_t *info = vcpu_info(vcpu);

	return info && SIM_LOAD(info);
}

bool sim_upcall_masked(struct sim_vcpu *vcpu)
{
	uint8_t *info = vcpu_info(vcpu);

	return !info || SIM_LOAD(info + 1);
}

bool sim_upcall_set(struct sim_vcpu *vcpu)
{
	uint8_t *info = vcpu_info(vcpu);

	return info && !SIM_SWAP(info, 1);
}

void sim_wall_clock(struct sim_domain *domain)
{
	uint32_t *clock = (uint32_t *)(void *)(domain->shared_info + PENDING_OFFSET +
					       ports_of_layout(domain) / 4);
	uint32_t version = SIM_LOAD(clock);

	SIM_STORE(clock, version | 1);
	SIM_STORE(clock + 1, 1700000000u);
	SIM_STORE(clock + 2, 0u);
	SIM_STORE(clock, (version | 1) + 1);
}

/* What was set in the old layout is not converted; real Xen does not either. */
void sim_latch(struct sim_vcpu *vcpu)
{
	struct sim_domain *domain = vcpu->domain;

	if (domain->wide_layout == domain->config.wide)
		return;
	domain->wide_layout = domain->config.wide;
	sim_wall_clock(domain);
}
