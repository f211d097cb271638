/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_H
#define SIM_H

#include "sim_platform.h"

#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif
#include <xen/xen.h>

/*
 * A simulated Xen: what a guest sees through hypercalls, CPUID, ports, shared pages and xenstore,
 * and back-ends on the other side. README.md tells how to use it.
 *
 * Two modes. Deterministic: one task runs at a time, another one only where a task enters the
 * simulator, which one is drawn from the seed, time is virtual; the same seed gives the same run.
 * Free: every task is a thread, time is real; for the thread sanitizer; no run repeats.
 */
struct sim;
struct sim_task;
struct sim_domain;
struct sim_vcpu;

#define SIM_US	   10ull /* time is in 100 ns */
#define SIM_MS	   10000ull
#define SIM_SECOND 10000000ull
#define SIM_NEVER  UINT64_MAX

#define SIM_PAGE_SIZE  4096u
#define SIM_PAGE_SHIFT 12

struct sim_config {
	uint64_t seed;
	bool free;	      /* the free mode */
	bool quiet;	      /* a failure is recorded and not printed: it is expected */
	bool verbose;	      /* every line of the log is printed */
	uint32_t switching;   /* of 256 entries, how many may switch tasks; 0: 96 */
	uint64_t time_limit;  /* 0: one virtual hour, or 60 real seconds; then the run fails */
	uint64_t entry_limit; /* 0: 20 million entries into the simulator; then the run fails */
};

struct sim *sim_new(const struct sim_config *config);
void sim_free(struct sim *sim);

/* Runs until every context has returned: 0; or until something fails: -1. */
int sim_run(struct sim *sim);

/* NULL, or the first failure. A failed simulation answers nothing sensible any more. */
const char *sim_failure(const struct sim *sim);
void sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sim_log(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A hash over all that happened: equal for equal seeds. */
uint64_t sim_trace(const struct sim *sim);
uint64_t sim_seed(const struct sim *sim);
uint64_t sim_now(struct sim *sim);
uint32_t sim_random(struct sim *sim, uint32_t below);
/* True in permille cases of 1000. */
bool sim_chance(struct sim *sim, uint32_t permille);

/*
 * A context has a stack of its own and belongs to a virtual CPU, or to none. sim_adopt makes the
 * calling thread one; it then needs no sim_run.
 */
struct sim_task *sim_context(struct sim *sim, const char *name, struct sim_vcpu *vcpu,
	void (*entry)(struct sim_task *, void *), void *argument);
struct sim_task *sim_adopt(struct sim *sim, const char *name, struct sim_vcpu *vcpu);

/*
 * A service is called again and again and never blocks. It returns when it wants to be called
 * next: 0 for soon, SIM_NEVER for only when kicked.
 */
struct sim_task *sim_service(
	struct sim *sim, const char *name, uint64_t (*step)(void *), void *argument);

/* Makes a waiting task run; one that does not wait will not wait the next time. */
void sim_kick(struct sim_task *task);

/* Where a context lets others run and takes interrupts; each hypercall and port access is one. */
void sim_point(struct sim_task *task);
/* True: kicked. False: until has come, or the run has failed. */
bool sim_wait(struct sim_task *task, uint64_t until);
void sim_sleep(struct sim_task *task, uint64_t delay);
struct sim *sim_of(const struct sim_task *task);
struct sim_vcpu *sim_task_vcpu(const struct sim_task *task);

/*
 * The interrupt of a virtual CPU: called at entries of its contexts, and while they wait, as long
 * as Xen asserts it and no context of this CPU holds interrupts off.
 */
void sim_set_isr(struct sim_vcpu *vcpu, void (*isr)(struct sim_task *, void *), void *argument);
void sim_irq_off(struct sim_task *task);
void sim_irq_on(struct sim_task *task);

/* What a Xen version has; the two that the tests use are in core/profile.c. */
struct sim_profile;
extern const struct sim_profile sim_xen_3_4;
extern const struct sim_profile sim_xen_4_17;
const char *sim_profile_name(const struct sim_profile *profile);

struct sim_domain_config {
	uint16_t id;
	const struct sim_profile *profile;
	bool control;	       /* dom0: may do everything; has no memory of its own here */
	bool wide;	       /* a 64-bit guest: the layout that it will latch */
	bool amd;	       /* the processor's vendor */
	bool viridian;	       /* Hyper-V's CPUID leaves come first */
	bool blacklisted;      /* the emulator refuses unplug */
	uint32_t vcpus;	       /* 0: 1 */
	uint32_t grant_frames; /* 0: what the profile has */
	uint32_t map_limit;    /* grants of others that it may map; 0: 1024 */
	uint32_t memory_limit; /* pages beyond those at start that it may populate */
};

struct sim_domain *sim_domain_new(struct sim *sim, const struct sim_domain_config *config);
struct sim_domain *sim_domain_find(struct sim *sim, uint16_t id);
struct sim_vcpu *sim_vcpu(struct sim_domain *domain, uint32_t index);
uint16_t sim_domain_id(const struct sim_domain *domain);
struct sim *sim_domain_sim(const struct sim_domain *domain);

/*
 * Guest memory. A page is allocated filled with SIM_SECRET, as memory that was used before: what
 * of it reaches a peer is a leak. Giving back a page that is granted, or that a peer has mapped, is
 * a failure of the run. sim_attach is for a guest whose memory the simulator did not make.
 */
#define SIM_SECRET 0xd5
void *sim_ram_alloc(struct sim_domain *domain, uint64_t *gfn);
void sim_ram_free(struct sim_domain *domain, uint64_t gfn);
void sim_attach(struct sim_domain *domain, uint64_t gfn, void *page);
void sim_detach(struct sim_domain *domain, uint64_t gfn);
/* Where the guest sees a frame; NULL: there is nothing. It stays where it is, except when a
 * grant of another domain is mapped over it. */
void *sim_frame(struct sim_domain *domain, uint64_t gfn);
/* First of count frames that hold nothing, as the platform device's memory: Xen's own pages may
 * be put there. */
uint64_t sim_mmio_alloc(struct sim_domain *domain, uint32_t count);
/*
 * Of the balloon: every n-th page that the guest gives back, or asks for, is refused, which ends
 * that call; 0: none is.
 */
void sim_reservation_refuse(struct sim_domain *domain, uint32_t decrease, uint32_t populate);
/* How many bytes of a granted page look as if they had not been overwritten. */
uint32_t sim_secrets(const void *page, uint32_t size);

/* The five-argument convention of a hypercall: a negative Xen error number or a result. */
long sim_hypercall(struct sim_task *caller, uint32_t op, uintptr_t a1, uintptr_t a2, uintptr_t a3);
void sim_cpuid(struct sim_task *caller, uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
uint32_t sim_port_in(struct sim_task *caller, uint16_t port, uint32_t size);
void sim_port_out(struct sim_task *caller, uint16_t port, uint32_t size, uint32_t value);

struct sim_unplugged {
	uint16_t mask;
	uint16_t product;
	uint32_t build;
	uint32_t lines; /* of the emulator's log */
	char last_line[128];
};
void sim_unplug_state(const struct sim_domain *domain, struct sim_unplugged *state);

/* What the emulator shows of disks and network cards, less what the guest has unplugged. */
struct sim_emulated {
	bool boot_disk; /* the primary master */
	bool disks;	/* other IDE and SCSI disks */
	bool nvme;
	bool nics;
};
void sim_emulated(const struct sim_domain *domain, struct sim_emulated *emulated);

/*
 * SHUTDOWN_suspend. What the toolstack does is decided before: continue where it was, or come up
 * again elsewhere with everything of Xen's forgotten, under a new id, perhaps on another Xen.
 */
struct sim_resume {
	bool cancel;
	uint16_t id;			   /* 0: the same */
	const struct sim_profile *profile; /* NULL: the same */
};
void sim_plan_resume(struct sim_domain *domain, const struct sim_resume *plan);
/*
 * The guest has written its memory to its disk, and the domain is gone; another is made, with an
 * emulator that has everything, and goes on from there. The plan cannot be to cancel. A failure of
 * the run: some of the memory was Xen's.
 */
void sim_hibernated(struct sim_domain *domain, const struct sim_resume *plan);
/* -1: it runs; else the SHUTDOWN_ code. */
int sim_shutdown_code(const struct sim_domain *domain);
/* What the guest has said that its next shutdown means; -1: nothing. */
int sim_shutdown_meaning(const struct sim_domain *domain);

/* The same operations for back-ends, which are services and live in the control domain. */
int sim_port_alloc(struct sim_domain *domain, uint16_t remote, struct sim_task *kicked);
int sim_port_bind(
	struct sim_domain *domain, uint16_t remote, uint32_t port, struct sim_task *kicked);
int sim_port_close(struct sim_domain *domain, uint32_t port);
int sim_port_send(struct sim_domain *domain, uint32_t port);
/* Reads and clears. */
bool sim_port_pending(struct sim_domain *domain, uint32_t port);
/* 0 or a negative GNTST_ status. */
int sim_grant_map(struct sim_domain *domain, uint16_t remote, uint32_t ref, bool readonly,
	uint32_t *handle, void **page);
int sim_grant_unmap(struct sim_domain *domain, uint32_t handle);
int sim_grant_copy_in(struct sim_domain *domain, uint16_t remote, uint32_t ref, uint32_t offset,
	void *to, uint32_t size);
int sim_grant_copy_out(struct sim_domain *domain, uint16_t remote, uint32_t ref, uint32_t offset,
	const void *from, uint32_t size);
void sim_raise_virq(struct sim_domain *domain, uint32_t virq, uint32_t vcpu);

/* What is left when all should be gone. */
struct sim_leftovers {
	uint32_t ports;	  /* without those that the toolstack made */
	uint32_t grants;  /* entries that grant something */
	uint32_t mapped;  /* of its pages, by others */
	uint32_t ram;	  /* pages */
	uint32_t given;	  /* pages that Xen has of it, and would let it have again */
	uint32_t unwiped; /* of all that it ever gave, those that were full of something */
};
void sim_leftovers(struct sim_domain *domain, struct sim_leftovers *left);

#endif
