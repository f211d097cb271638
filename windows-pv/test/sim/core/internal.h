/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_INTERNAL_H
#define SIM_INTERNAL_H

#include "sim.h"

#include <xen/errno.h>
#include <xen/grant_table.h>

#define SIM_MAX_TASKS	64
#define SIM_MAX_DOMAINS 16
#define SIM_MAX_VCPUS	64
#define SIM_MAX_PORTS	4096
#define SIM_VIRQS	24
#define SIM_PARAMS	64
#define SIM_LOG_LINES	48
#define SIM_LOG_WIDTH	160
#define SIM_BUCKETS	256
#define SIM_HOOKS	16

struct sim_task {
	struct sim *sim;
	const char *name;
	uint32_t index;
	struct sim_vcpu *vcpu;
	struct sim_thread *thread;
	struct sim_gate *gate;
	void (*entry)(struct sim_task *, void *);
	uint64_t (*step)(void *);
	void *argument;
	bool adopted, done, waiting;
	uint32_t kicked; /* atomic */
	uint64_t until;
};

struct sim {
	struct sim_config config;
	uint64_t random, now, trace, entries, clock_start;
	struct sim_task *tasks[SIM_MAX_TASKS];
	uint32_t task_count;
	struct sim_gate *finished; /* the deterministic mode's way back to sim_run */
	struct sim_mutex *lock;	   /* all of Xen's state, in the free mode */
	struct sim_mutex *log_lock;
	bool in_step, running;
	uint32_t stopping, failed; /* atomic */
	char failure[SIM_LOG_WIDTH];
	char log[SIM_LOG_LINES][SIM_LOG_WIDTH];
	uint32_t logged;
	struct sim_domain *domains[SIM_MAX_DOMAINS];
	struct sim_task *ticker; /* periodic timers and watchdogs */
};

enum sim_frame_kind { SIM_EMPTY, SIM_RAM, SIM_SHARED_INFO, SIM_GRANT_FRAME };

/* A page of the machine. It outlives its place in a guest while a grant of it is mapped. */
struct sim_page {
	void *data;
	uint32_t pins;
	bool ours, free;
};

struct sim_slot {
	struct sim_slot *next;
	uint64_t gfn;
	enum sim_frame_kind kind;
	uint32_t index; /* of a grant frame */
	struct sim_page *page;
	struct sim_page *covered; /* what was here before a foreign grant was mapped over it */
};

struct sim_block { /* of a device's memory */
	struct sim_block *next;
	void *pages;
};

enum sim_port_state { SIM_FREE, SIM_UNBOUND, SIM_INTERDOMAIN, SIM_VIRQ, SIM_IPI };

struct sim_port {
	enum sim_port_state state;
	uint16_t remote;
	uint32_t remote_port; /* or the VIRQ */
	uint32_t vcpu;
	bool toolstack;
	bool pending; /* only in the control domain, which has no shared info here */
	struct sim_task *kicked;
};

struct sim_vcpu {
	struct sim_domain *domain;
	uint32_t index;
	uint8_t vector; /* HVMOP_set_evtchn_upcall_vector */
	bool edge;	/* an edge-triggered upcall that was not taken yet */
	void *info;	/* VCPUOP_register_vcpu_info */
	void (*isr)(struct sim_task *, void *);
	void *isr_argument;
	struct sim_task *owner; /* holds interrupts off */
	uint32_t off, stuck;
	uint64_t period, last_tick; /* of the periodic timer, in 100 ns; 0: stopped */
};

/* The book that Xen keeps of one grant entry. */
struct sim_active {
	struct sim_page *page;
	uint16_t domid;
	uint32_t readers, writers;
};

struct sim_mapping {
	bool used, readonly;
	uint16_t remote;
	uint32_t ref;
	uint32_t epoch; /* of the remote domain: a mapping dies with it */
	struct sim_page *page;
	uint64_t gfn; /* where the mapping domain has it; ~0: nowhere, it is a back-end */
};

struct sim_domain {
	struct sim *sim;
	struct sim_domain_config config;
	const struct sim_profile *profile;
	uint16_t id;
	uint32_t epoch;
	uint32_t vcpu_count;
	struct sim_vcpu vcpus[SIM_MAX_VCPUS];

	struct sim_slot *slots[SIM_BUCKETS];
	uint64_t next_ram, next_mmio;
	uint32_t ram, limit, unwiped;
	struct {
		uint32_t nth, count; /* of pages; 0: none is refused */
	} decrease, populate;
	struct sim_page *orphans[64]; /* given back while pinned */
	uint32_t orphan_count;
	struct sim_block *blocks;

	bool wide_layout; /* how Xen reads and writes shared info */
	uint8_t *shared_info;
	uint8_t *own_shared_info; /* where it is while the guest has it nowhere */
	uint64_t params[SIM_PARAMS];
	uint64_t shared_info_gfn;

	struct sim_port ports[SIM_MAX_PORTS];
	struct sim_fifo *fifo; /* NULL: the 2-level ABI */

	uint32_t frames, max_frames;
	uint8_t **frame; /* the guest's view of each grant frame, as Xen has it */
	uint8_t **own_frame;
	struct sim_active *active;
	struct sim_mapping *mappings;

	int shutdown;
	int shutdown_code; /* set beforehand; -1: none */
	struct sim_resume plan;
	struct sim_unplugged unplug;
	char line[128];
	uint32_t line_length;
	uint64_t log_window;
	uint32_t log_bytes;
	struct {
		void (*call)(struct sim_domain *, void *);
		void *argument;
	} hooks[SIM_HOOKS];
	uint32_t hook_count;
	uint64_t store_gfn;
	uint64_t watchdog_until[2];
};

struct sim_profile {
	const char *name;
	uint16_t major, minor;
	const char *extraversion;
	uint32_t leaves;       /* highest, counted from Xen's base */
	uint32_t hvm_features; /* leaf 4 */
	uint32_t features;     /* XENVER_get_features, submap 0 */
	uint32_t grant_frames;
	uint32_t params;	 /* HVM parameters that exist */
	uint32_t store_features; /* XENSTORE_SERVER_FEATURE_ */
	bool batch_physmap, remove_from_physmap;
	bool grant_versions; /* GNTTABOP_{set,get}_version, of which only 1 is to be had */
	bool fifo;
	bool upcall_vector, callback_vector, vcpu_ops, watchdog, pagetable_dying;
	bool params_checked; /* a guest may not read or write every parameter */
	bool store_reset_watches, store_directory_part;
	bool store_node_conflicts;  /* only a node that was used makes a transaction conflict */
	bool store_merges_events;   /* an event that waits already is not queued again */
	bool store_special_checked; /* @introduceDomain and @releaseDomain want permission */
	uint8_t emulator_protocol;  /* of the unplug ports; 0: no product number */
};

/* sched.c, report.c */
uint64_t sim_mix(uint64_t x);
void sim_enter(struct sim *sim); /* the lock of the free mode; nothing in the other */
void sim_leave(struct sim *sim);
void sim_note(struct sim *sim, uint64_t value); /* into the trace */
bool sim_has_failed(const struct sim *sim);
void sim_wake_vcpu(struct sim_vcpu *vcpu);

/* memory.c */
struct sim_slot *sim_slot(struct sim_domain *domain, uint64_t gfn);
struct sim_slot *sim_slot_make(struct sim_domain *domain, uint64_t gfn);
void sim_page_pin(struct sim_page *page);
void sim_page_unpin(struct sim_page *page);
/* Xen's own page, at *where, moves to the frame; what was there goes. */
int sim_place(struct sim_domain *domain, uint64_t gfn, enum sim_frame_kind kind, uint32_t index);
void sim_memory_free(struct sim_domain *domain);
void sim_memory_forget(struct sim_domain *domain);
long sim_memory_op(struct sim_vcpu *vcpu, uint32_t op, void *argument);
bool sim_copy_in(void *to, const void *guest, size_t size);
bool sim_copy_out(void *guest, const void *from, size_t size);

/* shared_info.c */
bool sim_set_port_bit(struct sim_domain *domain, uint32_t port, bool mask, bool value);
bool sim_get_port_bit(struct sim_domain *domain, uint32_t port, bool mask);
bool sim_select(struct sim_vcpu *vcpu, uint32_t port); /* false: it was selected */
bool sim_upcall_pending(struct sim_vcpu *vcpu);
bool sim_upcall_masked(struct sim_vcpu *vcpu);
bool sim_upcall_set(struct sim_vcpu *vcpu); /* false: it was set */
void sim_latch(struct sim_vcpu *vcpu);
void sim_wall_clock(struct sim_domain *domain);
uint32_t sim_port_limit(const struct sim_domain *domain);
size_t sim_vcpu_info_offset(uint32_t vcpu);

/* event.c */
long sim_event_op(struct sim_vcpu *vcpu, uint32_t op, void *argument);
void sim_event_pend(struct sim_domain *domain, uint32_t port);
void sim_event_forget(struct sim_domain *domain);
bool sim_irq_asserted(struct sim_vcpu *vcpu);
void sim_irq_taken(struct sim_vcpu *vcpu);
int sim_toolstack_port(struct sim_domain *domain, uint16_t remote);

/* fifo.c. The first three only when the guest has chosen that ABI; true: the CPU is to be told. */
bool sim_fifo_pend(struct sim_vcpu *vcpu, uint32_t port);
bool sim_fifo_unmask(struct sim_vcpu *vcpu, uint32_t port);
void sim_fifo_clear(struct sim_domain *domain, uint32_t port);
long sim_fifo_op(struct sim_domain *domain, uint32_t op, void *argument);
void sim_fifo_forget(struct sim_domain *domain);

/* grant.c */
int sim_grant_init(struct sim_domain *domain, uint32_t max_frames);
void sim_grant_free(struct sim_domain *domain);
void sim_grant_forget(struct sim_domain *domain);
bool sim_grant_grow(struct sim_domain *domain, uint32_t frames);
long sim_grant_op(struct sim_vcpu *vcpu, uint32_t op, void *argument, uint32_t count);
struct grant_entry_v1 *sim_grant_entry(struct sim_domain *domain, uint32_t ref);
bool sim_frame_is_granted(struct sim_domain *domain, uint64_t gfn);

/* hvm.c, system.c, port.c, domain.c */
long sim_hvm_op(struct sim_vcpu *vcpu, uint32_t op, void *argument);
long sim_version_op(struct sim_vcpu *vcpu, uint32_t op, void *argument);
long sim_sched_op(struct sim_task *caller, uint32_t op, void *argument);
long sim_vcpu_op(struct sim_vcpu *vcpu, uint32_t op, uint32_t index, void *argument);
void sim_domain_free(struct sim_domain *domain);
void sim_domain_resume(struct sim_domain *domain);
/* NULL: there is none, or the caller may not touch it. */
struct sim_domain *sim_domain_of(struct sim_domain *caller, uint16_t id);
uint64_t sim_tick(void *sim);
/* Called at a resume elsewhere, before anything is forgotten; id is the old one. */
void sim_resume_hook(
	struct sim_domain *domain, void (*call)(struct sim_domain *, void *), void *argument);

#endif
