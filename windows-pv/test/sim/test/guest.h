/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TEST_GUEST_H
#define SIM_TEST_GUEST_H

#include "sim_test.h"

#include "backend/echo.h"
#include "pv_evtchn.h"
#include "pv_fe.h"
#include "pv_gnttab.h"
#include "pv_ring.h"
#include "pv_text.h"
#include "pv_xs.h"

/*
 * The least kernel that lib/ needs: one spin lock, the upcall, a store client and a front-end for
 * the echo device. What a driver would do with locks, waits and pages is done here with the
 * simulator's.
 */
#define GUEST_PORTS   1024
#define GUEST_FRAMES  2
#define GUEST_SLOTS   4
#define GUEST_WATCHES 4
#define GUEST_TASKS   4

struct guest_handler {
	struct pv_evtchn_ref ref;
	struct sim_task *kicked; /* NULL: everybody who waits for the store */
	uint32_t used, closed;	 /* atomic */
	uint32_t calls;		 /* atomic */
	uint64_t later;		 /* masked until then; atomic */
};

struct guest {
	struct sim *sim;
	struct sim_domain *domain;
	struct sim_store *store;
	uint32_t lock; /* atomic */
	uint64_t mmio;
	uint8_t *shared_info;
	struct pv_evtchn ev;
	struct pv_evtchn_port ports[GUEST_PORTS];
	struct pv_evtchn_cpu cpu[2];
	/* Of the FIFO ABI, where the host has it: control blocks, and one page of words. */
	bool two_level; /* not even then */
	uint64_t control_gfn, words_gfn;
	uint8_t *control;
	uint32_t *words, *pages[1];
	uint32_t own_pages; /* of RAM, to the end */
	struct guest_handler handlers[GUEST_PORTS];
	struct pv_gnttab gnt;
	uint32_t frames; /* that the host lets us have */
	struct pv_grant grants[GUEST_FRAMES * PV_GNTTAB_PER_FRAME];
	struct pv_xs xs;
	struct pv_xs_slot slots[GUEST_SLOTS];
	struct pv_xs_watch_slot watches[GUEST_WATCHES];
	uint32_t store_port;
	struct sim_task *tasks[GUEST_TASKS];
	uint32_t task_count; /* atomic */
	uint32_t booted;     /* atomic */
	uint32_t reconnects, stray_callbacks;
};

struct guest_waiter {
	struct sim_task *task;
	uint32_t done; /* atomic */
};

/* A context must say who it is before it uses lib/, which cannot be told. */
void guest_enter(struct guest *g, struct sim_task *task);
void guest_boot(struct guest *g, struct sim_task *task);
/* Waits until another context has booted. */
void guest_await_boot(struct guest *g, struct sim_task *task);
void guest_lock(struct guest *g, struct sim_task *task);
void guest_unlock(struct guest *g, struct sim_task *task);
/* Looks at the store, opens what was held back, and sleeps until something happens. */
bool guest_wait(struct guest *g, struct sim_task *task, uint64_t until);
void guest_pump(struct guest *g, struct sim_task *task);
/* After SCHEDOP_shutdown(suspend); all other contexts hold still. True: in a new domain. */
bool guest_suspend(struct guest *g, struct sim_task *task);

long guest_event(struct sim_task *task, uint32_t op, void *argument);
struct guest_handler *guest_open(struct guest *g, struct sim_task *task, uint32_t port);
void guest_close(struct guest *g, struct sim_task *task, struct guest_handler *handler);

/* Submits a built request and waits. The reply's length, or an error. */
int guest_ask(
	struct guest *g, struct sim_task *task, struct pv_xs_req *req, void *reply, uint32_t size);
int guest_read(struct guest *g, struct sim_task *task, const struct pv_xs_txn *tx, const char *path,
	char *value, uint32_t size);
int guest_write(struct guest *g, struct sim_task *task, const struct pv_xs_txn *tx,
	const char *path, const char *value);
int guest_begin(struct guest *g, struct sim_task *task, struct pv_xs_txn *tx);
int guest_end(struct guest *g, struct sim_task *task, struct pv_xs_txn *tx, bool commit);

/* device.c's part: one echo device. */
struct echo_front {
	struct guest *g;
	struct sim_task *task;
	struct pv_fe fe;
	char back[128];
	char state_path[144];
	uint16_t back_id;
	struct pv_xs_watch watch;
	bool watching;
	struct pv_ring ring;
	void *page;
	uint64_t page_gfn;
	uint32_t ring_ref;
	struct guest_handler *event;
	uint32_t port;
	uint32_t sent, received, bad;
	uint8_t outstanding[ECHO_ENTRIES];
	struct {
		uint32_t ref;
		uint64_t gfn;
		uint8_t *page;
	} data[ECHO_ENTRIES];
	uint32_t kept;		/* pages that went into quarantine */
	uint32_t suspend_after; /* so many steps; 0: never */
	bool resumed;
};

void echo_run(struct echo_front *f, uint32_t requests, uint64_t until);
void echo_down(struct echo_front *f, uint64_t until);
void echo_init(struct echo_front *f, struct guest *g, struct sim_task *task);
/* Gives quarantined pages back as they come free; how many are still held. */
uint32_t guest_collect(struct guest *g, struct sim_task *task);

#define GUEST_CHECK(g, condition)                                                                  \
	do {                                                                                       \
		if (!(condition))                                                                  \
			sim_fail((g)->sim, "%s:%d: %s", __FILE__, __LINE__, #condition);           \
	} while (0)

#endif
