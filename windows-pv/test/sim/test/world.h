/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TEST_WORLD_H
#define SIM_TEST_WORLD_H

/* A simulated Xen with one guest that runs lib/. */
#include "guest.h"

#ifdef PV_WORD32
#define WIDE false
#else
#define WIDE true
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FREE_MODE true
#endif
#endif
#ifndef FREE_MODE
#define FREE_MODE false
#endif

struct world {
	struct sim *sim;
	struct sim_domain *dom0;
	struct sim_store *store;
	struct guest *g;
	struct sim_device *device;
	enum sim_attack attack;
	uint32_t attack_skip;
	uint32_t answered;
	uint32_t done; /* atomic: of contexts */
	uint32_t requests, received, bad, kept, calls;
	uint32_t suspend_after;
	bool down, suspend, resumed;
};

static inline struct world *world_with(
	uint64_t seed, const struct sim_profile *profile, uint32_t grant_frames)
{
	struct sim_config sc = {
		.seed = seed, .free = FREE_MODE, .verbose = getenv("SIM_VERBOSE")
	};
	struct sim_domain_config control = { .profile = profile, .control = true };
	struct sim_domain_config config = { .id = 7,
		.profile = profile,
		.wide = WIDE,
		.vcpus = 2,
		.viridian = seed & 1,
		.grant_frames = grant_frames };
	struct world *w = calloc(1, sizeof(*w));

	w->sim = sim_new(&sc);
	w->dom0 = sim_domain_new(w->sim, &control);
	w->g = calloc(1, sizeof(*w->g));
	w->g->sim = w->sim;
	/* Both ABIs of event channels, where the host has both. */
	w->g->two_level = seed >> 1 & 1;
	w->g->domain = sim_domain_new(w->sim, &config);
	w->store = sim_store_new(w->sim, w->dom0);
	w->g->store = w->store;
	sim_store_introduce(w->store, w->g->domain);
	return w;
}

static inline struct world *world_new(uint64_t seed, const struct sim_profile *profile)
{
	return world_with(seed, profile, 0);
}

static inline void world_free(struct world *w)
{
	if (w->device)
		sim_device_free(w->device);
	sim_store_free(w->store);
	sim_free(w->sim);
	free(w->g);
	free(w);
}

static inline void run(struct world *w)
{
	if (sim_run(w->sim))
		fail_msg(
			"seed %llu: %s", (unsigned long long)sim_seed(w->sim), sim_failure(w->sim));
}

static const struct sim_profile *const profiles[] = { &sim_xen_3_4, &sim_xen_4_17 };

#endif
