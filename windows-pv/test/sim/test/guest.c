/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest.h"

#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

static _Thread_local struct sim_task *current;

void sim_guest_point(void)
{
	if (current)
		sim_point(current);
}

void guest_enter(struct guest *g, struct sim_task *task)
{
	current = task;
	guest_lock(g, task);
	g->tasks[g->task_count] = task;
	__atomic_store_n(&g->task_count, g->task_count + 1, __ATOMIC_RELEASE);
	guest_unlock(g, task);
}

/* A spin lock at DISPATCH: nothing else runs on this CPU meanwhile. */
void guest_lock(struct guest *g, struct sim_task *task)
{
	sim_irq_off(task);
	while (__atomic_exchange_n(&g->lock, 1, __ATOMIC_ACQUIRE))
		sim_sleep(task, SIM_US);
}

void guest_unlock(struct guest *g, struct sim_task *task)
{
	__atomic_store_n(&g->lock, 0, __ATOMIC_RELEASE);
	sim_irq_on(task);
}

long guest_event(struct sim_task *task, uint32_t op, void *argument)
{
	return sim_hypercall(task, __HYPERVISOR_event_channel_op, op, (uintptr_t)argument, 0);
}

static uint64_t get_param(struct sim_task *task, uint32_t index)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index };

	sim_hypercall(task, __HYPERVISOR_hvm_op, HVMOP_get_param, (uintptr_t)&p, 0);
	return p.value;
}

static void set_callback(struct sim_task *task)
{
	struct xen_hvm_param p = {
		.domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = 1ull << 56 | 0x1800
	};

	sim_hypercall(task, __HYPERVISOR_hvm_op, HVMOP_set_param, (uintptr_t)&p, 0);
}

static void kick_all(struct guest *g)
{
	uint32_t count = __atomic_load_n(&g->task_count, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < count; i++)
		sim_kick(g->tasks[i]);
}

/* True: this CPU must scan again. */
static bool after(struct guest *g, struct sim_task *task, struct pv_evtchn_cpu *c,
	struct guest_handler *h, int what, uint64_t until)
{
	switch (what) {
	case PV_EVTCHN_RESCAN:
		return true;
	case PV_EVTCHN_HYPERCALL:
		guest_event(task, EVTCHNOP_unmask, &h->ref.port);
		return false;
	case PV_EVTCHN_LATER:
		__atomic_store_n(&h->later, until, __ATOMIC_RELEASE);
		return false;
	default:
		(void)g;
		(void)c;
		return false;
	}
}

static void isr(struct sim_task *task, void *argument)
{
	struct guest *g = argument;
	struct sim_task *before = current;
	struct pv_evtchn_cpu *c = &g->cpu[0];
	struct pv_evtchn_ref ref;
	bool again = true;

	current = task;
	while (again) {
		pv_evtchn_scan_begin(c, 64);
		again = false;
		while (pv_evtchn_scan_next(&g->ev, c, sim_now(g->sim), &ref) == 1) {
			struct guest_handler *h = &g->handlers[ref.port];
			uint64_t until = 0;
			int what;

			__atomic_fetch_add(&h->calls, 1, __ATOMIC_RELAXED);
			if (!__atomic_load_n(&h->used, __ATOMIC_ACQUIRE))
				__atomic_fetch_add(&g->stray_callbacks, 1, __ATOMIC_RELAXED);
			else if (h->kicked)
				sim_kick(h->kicked);
			else
				kick_all(g);
			what = pv_evtchn_eoi(&g->ev, c, ref, sim_now(g->sim), true, &until);
			again |= after(g, task, c, h, what, until);
			what = pv_evtchn_delivered(&g->ev, ref);
			if (what == PV_EVTCHN_UNMASK) {
				what = pv_evtchn_unmask(&g->ev, c, ref, sim_now(g->sim), &until);
				again |= after(g, task, c, h, what, until);
			}
			again |= what == PV_EVTCHN_RESCAN;
			if (what == PV_EVTCHN_CLOSE)
				__atomic_store_n(&h->closed, 1, __ATOMIC_RELEASE);
		}
	}
	current = before;
}

/* Ports whose time in the dark is over. */
static uint64_t open_later(struct guest *g, struct sim_task *task)
{
	uint64_t next = SIM_NEVER, now = sim_now(g->sim);

	for (uint32_t i = 0; i < 64; i++) {
		struct guest_handler *h = &g->handlers[i];
		uint64_t later = __atomic_load_n(&h->later, __ATOMIC_ACQUIRE);

		if (!later || !__atomic_load_n(&h->used, __ATOMIC_ACQUIRE))
			continue;
		if (later > now) {
			next = later < next ? later : next;
			continue;
		}
		__atomic_store_n(&h->later, 0, __ATOMIC_RELEASE);
		guest_event(task, EVTCHNOP_unmask, &i);
	}
	return next;
}

struct guest_handler *guest_open(struct guest *g, struct sim_task *task, uint32_t port)
{
	struct guest_handler *h = &g->handlers[port];

	guest_lock(g, task);
	GUEST_CHECK(g, pv_evtchn_open(&g->ev, port, 0, &h->ref) == 0);
	__atomic_store_n(&h->later, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&h->closed, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&h->used, 1, __ATOMIC_RELEASE);
	guest_unlock(g, task);
	guest_event(task, EVTCHNOP_unmask, &port);
	return h;
}

void guest_close(struct guest *g, struct sim_task *task, struct guest_handler *h)
{
	uint32_t port = h->ref.port;
	bool busy;

	guest_lock(g, task);
	busy = pv_evtchn_close_begin(&g->ev, h->ref) == PV_EBUSY;
	guest_event(task, EVTCHNOP_close, &port);
	while (busy && !__atomic_load_n(&h->closed, __ATOMIC_ACQUIRE) && !sim_failure(g->sim))
		sim_sleep(task, SIM_US);
	pv_evtchn_close_end(&g->ev, h->ref);
	/* From here on a callback is one too many. */
	__atomic_store_n(&h->used, 0, __ATOMIC_RELEASE);
	h->kicked = NULL;
	guest_unlock(g, task);
}

static void place_shared_info(struct guest *g, struct sim_task *task)
{
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = g->mmio
	};

	set_callback(task);
	GUEST_CHECK(g, sim_hypercall(task, __HYPERVISOR_memory_op, XENMEM_add_to_physmap,
			       (uintptr_t)&op, 0) == 0);
}

static void place_grants(struct guest *g, struct sim_task *task)
{
	struct xen_add_to_physmap op = { .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table };
	struct gnttab_query_size size = { .dom = DOMID_SELF };

	sim_hypercall(task, __HYPERVISOR_grant_table_op, GNTTABOP_query_size, (uintptr_t)&size, 1);
	g->frames = size.max_nr_frames < GUEST_FRAMES ? size.max_nr_frames : GUEST_FRAMES;
	for (op.idx = 0; op.idx < g->frames; op.idx++) {
		op.gpfn = g->mmio + 1 + op.idx;
		GUEST_CHECK(g, sim_hypercall(task, __HYPERVISOR_memory_op, XENMEM_add_to_physmap,
				       (uintptr_t)&op, 0) == 0);
	}
}

static void find_store(struct guest *g, struct sim_task *task)
{
	g->store_port = (uint32_t)get_param(task, HVM_PARAM_STORE_EVTCHN);
	guest_open(g, task, g->store_port);
}

/* False: this host does not have it. */
static bool start_fifo(struct guest *g, struct sim_task *task)
{
	struct evtchn_expand_array expand;

	if (!g->control) {
		g->control = sim_ram_alloc(g->domain, &g->control_gfn);
		g->words = sim_ram_alloc(g->domain, &g->words_gfn);
		g->own_pages = 2;
	}
	memset(g->control, 0, SIM_PAGE_SIZE);
	for (uint32_t i = 0; i < 2; i++) {
		struct evtchn_init_control op = {
			.control_gfn = g->control_gfn, .offset = i * 128, .vcpu = i
		};
		struct evtchn_fifo_control_block *block = (void *)(g->control + i * 128);

		if (guest_event(task, EVTCHNOP_init_control, &op))
			return false;
		pv_evtchn_cpu_init_fifo(
			&g->cpu[i], i, &block->ready, block->head, g->shared_info + i * 64);
	}
	GUEST_CHECK(g,
		pv_evtchn_init_fifo(&g->ev, g->pages, g->ports, GUEST_PORTS, 64, 10 * SIM_MS) == 0);
	pv_evtchn_prepare_page(g->words);
	expand.array_gfn = g->words_gfn;
	GUEST_CHECK(g, guest_event(task, EVTCHNOP_expand_array, &expand) == 0);
	GUEST_CHECK(g, pv_evtchn_add_page(&g->ev, g->words) == 0);
	return true;
}

/* Anew after each resume; ports of before name nothing. */
static void start_events(struct guest *g, struct sim_task *task)
{
	uint8_t *info = g->shared_info = sim_frame(g->domain, g->mmio);
	pv_word_t *words = (pv_word_t *)(void *)(info + 2048);
	uint32_t epoch = g->ev.epoch + 1;

	if (g->two_level || !start_fifo(g, task)) {
		pv_evtchn_init(&g->ev, words, words + PV_WORD_BITS, g->ports, GUEST_PORTS, 64,
			10 * SIM_MS);
		for (uint32_t i = 0; i < 2; i++)
			pv_evtchn_cpu_init(&g->cpu[i], i,
				(pv_word_t *)(void *)(info + i * 64 + sizeof(pv_word_t)),
				info + i * 64);
	}
	g->ev.epoch = epoch;
}

void guest_boot(struct guest *g, struct sim_task *task)
{
	g->mmio = sim_mmio_alloc(g->domain, 1 + GUEST_FRAMES);
	place_shared_info(g, task);
	start_events(g, task);
	sim_set_isr(sim_vcpu(g->domain, 0), isr, g);
	place_grants(g, task);
	GUEST_CHECK(g, pv_gnttab_init(&g->gnt, sim_frame(g->domain, g->mmio + 1), g->grants,
			       g->frames, 8, 32) == 0);
	for (uint32_t i = 0; i < g->frames; i++)
		GUEST_CHECK(g, pv_gnttab_add_frame(&g->gnt) == 0);
	GUEST_CHECK(
		g, pv_xs_init(&g->xs, sim_frame(g->domain, get_param(task, HVM_PARAM_STORE_PFN)),
			   g->slots, GUEST_SLOTS, g->watches, GUEST_WATCHES) == 0);
	find_store(g, task);
	__atomic_store_n(&g->booted, 1, __ATOMIC_RELEASE);
}

void guest_await_boot(struct guest *g, struct sim_task *task)
{
	while (!__atomic_load_n(&g->booted, __ATOMIC_ACQUIRE))
		sim_sleep(task, 10 * SIM_US);
}

bool guest_suspend(struct guest *g, struct sim_task *task)
{
	struct sched_shutdown op = { .reason = SHUTDOWN_suspend };
	long rc;

	guest_lock(g, task);
	pv_xs_suspend(&g->xs);
	rc = sim_hypercall(task, __HYPERVISOR_sched_op, SCHEDOP_shutdown, (uintptr_t)&op, 0);
	GUEST_CHECK(g, rc == 0 || rc == 1);
	if (rc == 0) {
		place_shared_info(g, task);
		start_events(g, task);
		for (uint32_t i = 0; i < GUEST_PORTS; i++)
			g->handlers[i].used = 0;
		place_grants(g, task);
		pv_gnttab_resumed(&g->gnt);
	}
	pv_xs_resume(&g->xs, sim_frame(g->domain, get_param(task, HVM_PARAM_STORE_PFN)), rc == 0,
		sim_now(g->sim));
	guest_unlock(g, task);
	if (rc == 0)
		find_store(g, task);
	kick_all(g);
	return rc == 0;
}

void guest_pump(struct guest *g, struct sim_task *task)
{
	struct pv_xs_watch *watch;
	struct pv_xs_req *req;
	unsigned int flags;
	uint32_t rounds = 0;

	do {
		guest_lock(g, task);
		flags = pv_xs_pump(&g->xs, sim_now(g->sim));
		/* First: where it cannot reconnect, this ends every request. */
		if ((flags & PV_XS_FAILED) && pv_xs_reconnect(&g->xs, sim_now(g->sim)) == 0) {
			g->reconnects++;
			flags |= PV_XS_NOTIFY;
		}
		while ((req = pv_xs_next_done(&g->xs))) {
			struct guest_waiter *w = req->context;
			struct sim_task *waiting = w->task;

			/* With done its owner, and the memory of both, may be gone. */
			__atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
			sim_kick(waiting);
		}
		while ((watch = pv_xs_next_event(&g->xs)))
			sim_kick(watch->context);
		if (flags & PV_XS_NOTIFY)
			guest_event(task, EVTCHNOP_send, &g->store_port);
		guest_unlock(g, task);
		GUEST_CHECK(g, ++rounds < 100000);
	} while ((flags & PV_XS_MORE) && !sim_failure(g->sim));
}

bool guest_wait(struct guest *g, struct sim_task *task, uint64_t until)
{
	uint64_t later = open_later(g, task), deadline;

	guest_pump(g, task);
	guest_lock(g, task);
	deadline = pv_xs_deadline(&g->xs);
	guest_unlock(g, task);
	if (deadline < until)
		until = deadline;
	return sim_wait(task, later < until ? later : until);
}

int guest_ask(
	struct guest *g, struct sim_task *task, struct pv_xs_req *req, void *reply, uint32_t size)
{
	struct guest_waiter w = { .task = task };
	int rc;

	req->context = &w;
	guest_lock(g, task);
	rc = pv_xs_submit(&g->xs, req, reply, size, sim_now(g->sim) + SIM_SECOND);
	guest_unlock(g, task);
	if (rc)
		return rc;
	guest_pump(g, task);
	while (!__atomic_load_n(&w.done, __ATOMIC_ACQUIRE) && !sim_failure(g->sim))
		guest_wait(g, task, SIM_NEVER);
	return req->rc ? req->rc : (int)req->reply_len;
}

int guest_read(struct guest *g, struct sim_task *task, const struct pv_xs_txn *tx, const char *path,
	char *value, uint32_t size)
{
	struct pv_xs_req req = { 0 };
	int rc = pv_xs_req_path(&req, XS_READ, tx, path, strlen(path));

	if (!rc)
		rc = guest_ask(g, task, &req, value, size - 1);
	value[rc > 0 ? rc : 0] = '\0';
	return rc;
}

int guest_write(struct guest *g, struct sim_task *task, const struct pv_xs_txn *tx,
	const char *path, const char *value)
{
	struct pv_xs_req req = { 0 };
	char reply[8];
	int rc = pv_xs_req_write(&req, tx, path, strlen(path), value, strlen(value));

	return rc ? rc : guest_ask(g, task, &req, reply, sizeof(reply));
}

int guest_begin(struct guest *g, struct sim_task *task, struct pv_xs_txn *tx)
{
	struct pv_xs_req req = { 0 };
	char reply[32];
	int rc = pv_xs_req_transaction_start(&req);

	if (!rc)
		rc = guest_ask(g, task, &req, reply, sizeof(reply));
	if (rc < 0)
		return rc;
	guest_lock(g, task);
	rc = pv_xs_txn_started(&g->xs, tx, &req);
	guest_unlock(g, task);
	return rc;
}

int guest_end(struct guest *g, struct sim_task *task, struct pv_xs_txn *tx, bool commit)
{
	struct pv_xs_req req = { 0 };
	char reply[8];
	int rc = pv_xs_req_transaction_end(&req, tx, commit);

	if (!rc)
		rc = guest_ask(g, task, &req, reply, sizeof(reply));
	return rc < 0 ? rc : 0;
}
