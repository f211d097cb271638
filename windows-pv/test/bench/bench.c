/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench MILLISECONDS: event channels, 2-level against FIFO, over the simulated Xen; the object
 * cache with a lock against one with a magazine for each processor. One and two processors, which
 * are threads. Absolute numbers are of this machine and of a simulator; compare those of one run.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/internal.h"
#include "pv_cache.h"
#include "pv_evtchn.h"

#include <xen/event_channel.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>

#define CPUS	  2
#define PORTS	  128 /* of each CPU, with as many unused ones between them */
#define BURST	  8   /* events before a CPU gets to look */
#define PAGES	  4
#define ALL_PORTS (PAGES * PV_EVTCHN_PAGE_PORTS)

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *why)
{
	fprintf(stderr, "bench: %s\n", why);
	exit(1);
}

struct result {
	double rate;	/* a second, all CPUs together */
	double latency; /* nanoseconds, the mean */
};

/* --- events ---------------------------------------------------------------------------------- */

struct machine {
	struct sim *sim;
	struct sim_domain *dom0, *guest;
	struct sim_task *task;
	struct pv_evtchn ev;
	struct pv_evtchn_port ports[ALL_PORTS];
	struct pv_evtchn_cpu cpu[CPUS];
	uint32_t *pages[PAGES];
	uint32_t far[CPUS][PORTS]; /* dom0's ends */
};

struct worker {
	struct machine *m;
	uint32_t cpu;
	uint64_t until, events, waited;
	uint64_t sent[ALL_PORTS];
};

static long op(struct machine *m, uint32_t number, void *argument)
{
	return sim_hypercall(
		m->task, __HYPERVISOR_event_channel_op, number, (uintptr_t)argument, 0);
}

static uint8_t *place_shared_info(struct machine *m)
{
	struct xen_hvm_param param = { .domid = DOMID_SELF,
		.index = HVM_PARAM_CALLBACK_IRQ,
		.value = (uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | 0x40 };
	struct xen_add_to_physmap map = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info };

	map.gpfn = sim_mmio_alloc(m->guest, 1);
	sim_hypercall(m->task, __HYPERVISOR_hvm_op, HVMOP_set_param, (uintptr_t)&param, 0);
	if (sim_hypercall(
		    m->task, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, (uintptr_t)&map, 0))
		die("no shared info");
	return sim_frame(m->guest, map.gpfn);
}

static void choose_abi(struct machine *m, bool fifo, uint8_t *info)
{
	pv_word_t *words = (pv_word_t *)(void *)(info + 2048);
	uint64_t gfn;
	uint8_t *block;

	if (!fifo) {
		if (pv_evtchn_init(&m->ev, words, words + PV_WORD_BITS, m->ports, ALL_PORTS,
			    UINT32_MAX, PV_TIME_SECOND))
			die("the 2-level ABI");
		for (uint32_t i = 0; i < CPUS; i++)
			pv_evtchn_cpu_init(&m->cpu[i], i,
				(pv_word_t *)(void *)(info + i * 64 + sizeof(pv_word_t)),
				info + i * 64);
		return;
	}
	for (uint32_t i = 0; i < CPUS; i++) {
		struct evtchn_init_control control = { .vcpu = i };

		block = sim_ram_alloc(m->guest, &control.control_gfn);
		memset(block, 0, SIM_PAGE_SIZE);
		if (op(m, EVTCHNOP_init_control, &control))
			die("the FIFO ABI");
		pv_evtchn_cpu_init_fifo(&m->cpu[i], i, (uint32_t *)(void *)block,
			((struct evtchn_fifo_control_block *)(void *)block)->head, info + i * 64);
	}
	pv_evtchn_init_fifo(&m->ev, m->pages, m->ports, ALL_PORTS, UINT32_MAX, PV_TIME_SECOND);
	for (uint32_t i = 0; i < PAGES; i++) {
		struct evtchn_expand_array expand;
		uint32_t *page = sim_ram_alloc(m->guest, &gfn);

		pv_evtchn_prepare_page(page);
		expand.array_gfn = gfn;
		if (op(m, EVTCHNOP_expand_array, &expand) || pv_evtchn_add_page(&m->ev, page))
			die("a page of event words");
	}
}

static void open_ports(struct machine *m)
{
	for (uint32_t i = 0; i < 2 * CPUS * PORTS; i++) {
		struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF };
		struct evtchn_bind_vcpu bind;
		struct pv_evtchn_ref ref;
		uint64_t until;
		int far;

		if (op(m, EVTCHNOP_alloc_unbound, &alloc))
			die("no port");
		if (i % 2)
			continue;
		bind.port = alloc.port;
		bind.vcpu = i / 2 % CPUS;
		far = sim_port_bind(m->dom0, m->guest->id, alloc.port, NULL);
		if (far < 0 || op(m, EVTCHNOP_bind_vcpu, &bind) ||
			pv_evtchn_open(&m->ev, alloc.port, bind.vcpu, &ref))
			die("a port cannot be bound");
		if (pv_evtchn_unmask(&m->ev, &m->cpu[bind.vcpu], ref, 1, &until) ==
			PV_EVTCHN_HYPERCALL)
			op(m, EVTCHNOP_unmask, &alloc.port);
		m->far[bind.vcpu][i / 2 / CPUS] = (uint32_t)far;
	}
}

static struct machine *machine_new(bool fifo)
{
	struct sim_config sc = { .seed = 1, .switching = 1, .entry_limit = UINT64_MAX };
	struct sim_domain_config control = { .profile = &sim_xen_4_17, .control = true };
	struct sim_domain_config config = {
		.id = 7, .profile = &sim_xen_4_17, .wide = true, .vcpus = CPUS
	};
	struct machine *m = calloc(1, sizeof(*m));

	m->sim = sim_new(&sc);
	m->dom0 = sim_domain_new(m->sim, &control);
	m->guest = sim_domain_new(m->sim, &config);
	m->task = sim_adopt(m->sim, "bench", sim_vcpu(m->guest, 0));
	choose_abi(m, fifo, place_shared_info(m));
	open_ports(m);
	return m;
}

/* What an upcall does; a thread only sends to ports of its own CPU, as if its peer ran there. */
static void upcall(struct worker *w)
{
	struct machine *m = w->m;
	struct pv_evtchn_cpu *c = &m->cpu[w->cpu];
	struct pv_evtchn_ref ref;
	uint64_t until;

	pv_evtchn_scan_begin(c, UINT32_MAX);
	while (pv_evtchn_scan_next(&m->ev, c, 1, &ref) == 1) {
		if (w->sent[ref.port]) {
			w->waited += now_ns() - w->sent[ref.port];
			w->sent[ref.port] = 0;
			w->events++;
		}
		pv_evtchn_eoi(&m->ev, c, ref, 1, true, &until);
		pv_evtchn_delivered(&m->ev, ref);
	}
}

static void *work_events(void *argument)
{
	struct worker *w = argument;
	uint32_t next = 0;

	upcall(w);
	while (now_ns() < w->until) {
		for (uint32_t i = 0; i < BURST; i++, next = (next + 37) % PORTS) {
			uint32_t far = w->m->far[w->cpu][next];

			w->sent[w->m->dom0->ports[far].remote_port] = now_ns();
			sim_port_send(w->m->dom0, far);
		}
		upcall(w);
	}
	return NULL;
}

static struct result events(bool fifo, uint32_t cpus, uint64_t time)
{
	struct machine *m = machine_new(fifo);
	struct worker *w = calloc(CPUS, sizeof(*w));
	struct result r = { 0 };
	uint64_t start = now_ns(), all = 0, waited = 0;
	pthread_t threads[CPUS];

	for (uint32_t i = 0; i < cpus; i++) {
		w[i].m = m;
		w[i].cpu = i;
		w[i].until = start + time;
		pthread_create(&threads[i], NULL, work_events, &w[i]);
	}
	for (uint32_t i = 0; i < cpus; i++) {
		pthread_join(threads[i], NULL);
		if (!w[i].events)
			die("no event arrived");
		all += w[i].events;
		waited += w[i].waited;
	}
	r.rate = (double)all * 1e9 / (double)(now_ns() - start);
	r.latency = (double)waited / (double)all;
	free(w);
	sim_free(m->sim);
	free(m);
	return r;
}

/* --- the cache ------------------------------------------------------------------------------- */

#define SLAB   4096
#define OBJECT 64
#define HELD   4

struct cache {
	pthread_spinlock_t lock;
	struct pv_cache book;
	struct {
		_Alignas(64) pthread_spinlock_t lock; /* nobody else's, as a rule */
		struct pv_magazine magazine;
	} cpu[CPUS];
};

struct user {
	struct cache *c;
	uint32_t cpu;
	bool magazines;
	uint64_t until, pairs;
};

static void *cache_get(struct cache *c, uint32_t cpu, bool magazines)
{
	void *object = NULL;

	if (magazines) {
		pthread_spin_lock(&c->cpu[cpu].lock);
		object = pv_magazine_pop(&c->cpu[cpu].magazine, &c->book);
		pthread_spin_unlock(&c->cpu[cpu].lock);
		if (object)
			return object;
	}
	pthread_spin_lock(&c->lock);
	if (pv_cache_get(&c->book, &object) == PV_ENOMEM) {
		pv_cache_add_slab(&c->book, aligned_alloc(SLAB, SLAB));
		pv_cache_get(&c->book, &object);
	}
	pthread_spin_unlock(&c->lock);
	return object;
}

static void cache_put(struct cache *c, uint32_t cpu, bool magazines, void *object)
{
	if (magazines) {
		bool kept;

		pthread_spin_lock(&c->cpu[cpu].lock);
		kept = pv_magazine_push(&c->cpu[cpu].magazine, object);
		pthread_spin_unlock(&c->cpu[cpu].lock);
		if (kept)
			return;
	}
	pthread_spin_lock(&c->lock);
	if (pv_cache_put(&c->book, object))
		die("not an object of the cache");
	pthread_spin_unlock(&c->lock);
}

static void *work_cache(void *argument)
{
	struct user *u = argument;
	void *held[HELD];

	while (now_ns() < u->until)
		for (uint32_t round = 0; round < 64; round++) {
			for (uint32_t i = 0; i < HELD; i++) {
				held[i] = cache_get(u->c, u->cpu, u->magazines);
				if (!held[i])
					die("no object");
				*(volatile char *)held[i] = 1;
			}
			for (uint32_t i = 0; i < HELD; i++)
				cache_put(u->c, u->cpu, u->magazines, held[i]);
			u->pairs += HELD;
		}
	return NULL;
}

static struct result cache(bool magazines, uint32_t cpus, uint64_t time)
{
	struct cache *c = aligned_alloc(64, (sizeof(*c) + 63) & ~(size_t)63);
	struct user u[CPUS] = { 0 };
	struct result r = { 0 };
	uint64_t start = now_ns(), all = 0;
	pthread_t threads[CPUS];
	void *slab, *object;

	memset(c, 0, sizeof(*c));
	pthread_spin_init(&c->lock, PTHREAD_PROCESS_PRIVATE);
	if (pv_cache_init(&c->book, SLAB, OBJECT, 16, 0, 2))
		die("the cache");
	for (uint32_t i = 0; i < CPUS; i++)
		pthread_spin_init(&c->cpu[i].lock, PTHREAD_PROCESS_PRIVATE);
	for (uint32_t i = 0; i < cpus; i++) {
		u[i] = (struct user){
			.c = c, .cpu = i, .magazines = magazines, .until = start + time
		};
		pthread_create(&threads[i], NULL, work_cache, &u[i]);
	}
	for (uint32_t i = 0; i < cpus; i++) {
		pthread_join(threads[i], NULL);
		all += u[i].pairs;
	}
	r.rate = (double)all * 1e9 / (double)(now_ns() - start);
	r.latency = 1e9 * cpus / r.rate;
	for (uint32_t i = 0; i < CPUS; i++)
		while ((object = pv_magazine_drain(&c->cpu[i].magazine)))
			pv_cache_put(&c->book, object);
	if (c->book.objects)
		die("objects are not back");
	while ((slab = pv_cache_reclaim(&c->book, true)))
		free(slab);
	free(c);
	return r;
}

/* --- both ------------------------------------------------------------------------------------ */

static void compare(const char *what, const char *first, const char *second, const char *unit,
	struct result (*run)(bool, uint32_t, uint64_t), uint64_t time)
{
	printf("%-8s %5s %22s %22s %8s\n", what, "CPUs", first, second, "ratio");
	for (uint32_t cpus = 1; cpus <= CPUS; cpus++) {
		struct result a = run(false, cpus, time), b = run(true, cpus, time);

		printf("%-8s %5u %10.2f M/s %5.0f ns %10.2f M/s %5.0f ns %7.2fx\n", unit, cpus,
			a.rate / 1e6, a.latency, b.rate / 1e6, b.latency, b.rate / a.rate);
	}
}

int main(int argc, char **argv)
{
	uint64_t time = (argc > 1 ? strtoull(argv[1], NULL, 10) : 500) * 1000000;

	compare("events", "2-level", "FIFO", "", events, time);
	compare("cache", "one lock", "magazines", "", cache, time);
	return 0;
}
