/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TEST_H
#define SIM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim.h"
#include "store/sim_store.h"
#include "backend/sim_device.h"

#include <xen/errno.h>
#include <xen/memory.h>

/* How many seeds a test tries: `usual` times SIM_SCALE; one, if SIM_SEED names it. */
static inline uint64_t first_seed(void)
{
	const char *seed = getenv("SIM_SEED");

	return seed ? strtoull(seed, NULL, 0) : 1;
}

static inline uint64_t last_seed(uint64_t usual)
{
	const char *scale = getenv("SIM_SCALE");

	if (getenv("SIM_SEED"))
		return first_seed();
	return usual * (scale ? strtoull(scale, NULL, 0) : 1);
}

#define FOR_SEEDS(seed, usual)                                                                     \
	for (uint64_t seed = first_seed(), seed##_last = last_seed(usual); seed <= seed##_last;    \
		seed++)

/* One guest whose only context is the test itself. */
struct one {
	struct sim *sim;
	struct sim_domain *dom0, *guest;
	struct sim_task *task;
	struct sim_store *store;
};

static inline struct one one_new(uint64_t seed, struct sim_domain_config config, bool quiet)
{
	struct sim_config sc = { .seed = seed, .quiet = quiet, .verbose = getenv("SIM_VERBOSE") };
	struct sim_domain_config control = { .profile = &sim_xen_4_17, .control = true };
	struct one o = { .sim = sim_new(&sc) };

	if (!config.profile)
		config.profile = &sim_xen_4_17;
	if (!config.id)
		config.id = 7;
	o.dom0 = sim_domain_new(o.sim, &control);
	o.guest = sim_domain_new(o.sim, &config);
	o.task = sim_adopt(o.sim, "guest", sim_vcpu(o.guest, 0));
	o.store = sim_store_new(o.sim, o.dom0);
	sim_store_introduce(o.store, o.guest);
	return o;
}

static inline void one_free(struct one *o)
{
	sim_store_free(o->store);
	sim_free(o->sim);
}

static inline long call(struct one *o, uint32_t op, uintptr_t sub, void *argument)
{
	return sim_hypercall(o->task, op, sub, (uintptr_t)argument, 0);
}

static inline long physmap_add(struct one *o, uint32_t space, uint64_t index, uint64_t gfn)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = space, .idx = index, .gpfn = gfn
	};

	return call(o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op);
}

static inline long grant_call(struct one *o, uint32_t sub, void *argument)
{
	return sim_hypercall(o->task, __HYPERVISOR_grant_table_op, sub, (uintptr_t)argument, 1);
}

#endif
