/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs. In the deterministic mode exactly one thread is outside its gate at any time; it is
 * the one that decides who is next, so the draw from the seed needs no lock.
 */
#include "internal.h"

#define SWITCHING_DEFAULT 96
#define ENTRY_LIMIT	  20000000ull
#define TIME_LIMIT	  (3600 * SIM_SECOND)
#define TIME_LIMIT_FREE	  (60 * SIM_SECOND)
#define STUCK_LIMIT	  20000

struct sim *sim_new(const struct sim_config *config)
{
	struct sim *sim = sim_alloc(sizeof(*sim));

	sim->config = *config;
	if (!sim->config.switching)
		sim->config.switching = SWITCHING_DEFAULT;
	if (!sim->config.entry_limit)
		sim->config.entry_limit = ENTRY_LIMIT;
	if (!sim->config.time_limit)
		sim->config.time_limit = config->free ? TIME_LIMIT_FREE : TIME_LIMIT;
	sim->random = sim_mix(config->seed);
	sim->now = SIM_SECOND; /* so that nobody takes 0 for a time */
	sim->trace = 0xcbf29ce484222325ull;
	sim->finished = sim_gate_new();
	sim->lock = sim_mutex_new();
	sim->log_lock = sim_mutex_new();
	sim->clock_start = sim_clock();
	return sim;
}

void sim_enter(struct sim *sim)
{
	if (sim->config.free)
		sim_mutex_take(sim->lock);
}

void sim_leave(struct sim *sim)
{
	if (sim->config.free)
		sim_mutex_give(sim->lock);
}

static struct sim_task *task_new(struct sim *sim, const char *name)
{
	struct sim_task *task;

	if (sim->task_count == SIM_MAX_TASKS)
		sim_abort("too many tasks");
	task = sim_alloc(sizeof(*task));
	task->sim = sim;
	task->name = name;
	task->index = sim->task_count;
	task->until = SIM_NEVER;
	task->gate = sim_gate_new();
	sim->tasks[sim->task_count++] = task;
	return task;
}

static bool interruptible(const struct sim_task *task)
{
	struct sim_vcpu *vcpu = task->vcpu;

	return vcpu && vcpu->isr && !vcpu->owner && sim_irq_asserted(vcpu);
}

/* Contexts of one CPU exclude each other while one of them holds interrupts off. */
static bool ready(struct sim *sim, const struct sim_task *task)
{
	if (task->done || (task->vcpu && task->vcpu->owner && task->vcpu->owner != task))
		return false;
	if (!task->waiting)
		return true;
	return task->kicked || task->until <= sim->now || interruptible(task);
}

static bool any_context(const struct sim *sim)
{
	for (uint32_t i = 0; i < sim->task_count; i++)
		if (!sim->tasks[i]->step && !sim->tasks[i]->done)
			return true;
	return false;
}

/* NULL: nobody can ever run again, or the run has failed or is over. */
static struct sim_task *pick(struct sim *sim)
{
	struct sim_task *candidates[SIM_MAX_TASKS];
	uint32_t count;

	while (!sim_has_failed(sim) && any_context(sim)) {
		uint64_t first = SIM_NEVER;

		count = 0;
		for (uint32_t i = 0; i < sim->task_count; i++) {
			struct sim_task *task = sim->tasks[i];

			if (ready(sim, task))
				candidates[count++] = task;
			else if (!task->done && task->waiting && task->until < first)
				first = task->until;
		}
		if (count)
			return candidates[sim_random(sim, count)];
		if (first == SIM_NEVER) {
			sim_fail(sim, "deadlock: nobody can run and no time is awaited");
			return NULL;
		}
		sim->now = first;
		if (sim->now > sim->config.time_limit)
			sim_fail(sim, "the run takes longer than its limit of virtual time");
	}
	return NULL;
}

static void run_step(struct sim_task *task)
{
	struct sim *sim = task->sim;

	task->waiting = false;
	SIM_STORE(&task->kicked, 0);
	sim->in_step = true;
	task->until = task->step(task->argument);
	sim->in_step = false;
	task->waiting = task->until != 0;
	sim->now += 1 + sim_random(sim, 8);
}

/* Hands the only turn on. Returns when it is self's again, or at once for one that is done. */
static void dispatch(struct sim *sim, struct sim_task *self)
{
	for (;;) {
		struct sim_task *next = pick(sim);

		if (!next) {
			if (self && !self->done) /* failed: it leaves by itself */
				return;
			sim_gate_open(sim->finished);
			return;
		}
		sim_note(sim, (sim->now << 8) ^ next->index);
		if (next->step) {
			run_step(next);
			continue;
		}
		if (next == self)
			return;
		sim_gate_open(next->gate);
		if (self && !self->done)
			sim_gate_pass(self->gate);
		return;
	}
}

/* A context of a failed run unwinds by ending its thread; an adopted one goes on in its test. */
static void leave_failed(struct sim_task *task)
{
	if (task->adopted)
		return;
	task->done = true;
	if (!task->sim->config.free)
		sim_gate_open(task->sim->finished);
	sim_thread_exit();
}

static void take_interrupts(struct sim_task *task)
{
	struct sim_vcpu *vcpu = task->vcpu;
	struct sim *sim = task->sim;

	for (uint32_t i = 0; i < 4; i++) {
		sim_enter(sim);
		if (!interruptible(task)) {
			if (vcpu && !vcpu->owner)
				vcpu->stuck = 0;
			sim_leave(sim);
			return;
		}
		if (++vcpu->stuck > STUCK_LIMIT)
			sim_fail(sim, "vcpu %u: the interrupt is never cleared", vcpu->index);
		vcpu->owner = task;
		vcpu->off++;
		sim_irq_taken(vcpu);
		sim_leave(sim);
		vcpu->isr(task, vcpu->isr_argument);
		sim_irq_on(task);
		if (sim_has_failed(sim))
			return;
	}
}

void sim_point(struct sim_task *task)
{
	struct sim *sim = task->sim;

	if (sim->config.free) {
		if (sim_has_failed(sim))
			leave_failed(task);
		if (sim_now(sim) > sim->config.time_limit)
			sim_fail(sim, "the run takes longer than its limit of real time");
		take_interrupts(task);
		return;
	}
	if (sim->in_step)
		return;
	sim->now += sim_random(sim, 4);
	if (++sim->entries > sim->config.entry_limit)
		sim_fail(sim, "the run takes longer than its limit of entries");
	if (!sim_has_failed(sim) && sim_random(sim, 256) < sim->config.switching)
		dispatch(sim, task);
	if (!sim_has_failed(sim))
		take_interrupts(task);
	if (sim_has_failed(sim))
		leave_failed(task);
}

static bool wait_free(struct sim_task *task, uint64_t until)
{
	struct sim *sim = task->sim;

	for (;;) {
		uint64_t now = sim_now(sim);

		take_interrupts(task);
		if (SIM_SWAP(&task->kicked, 0))
			return true;
		if (sim_has_failed(sim)) {
			leave_failed(task);
			return false;
		}
		if (now >= until)
			return false;
		if (now > sim->config.time_limit)
			sim_fail(sim, "the run takes longer than its limit of real time");
		/* Bounded: the interrupt may have come between the look and the gate. */
		sim_gate_try(task->gate, until - now < SIM_MS ? until - now : SIM_MS);
	}
}

bool sim_wait(struct sim_task *task, uint64_t until)
{
	struct sim *sim = task->sim;

	if (sim->config.free)
		return wait_free(task, until);
	for (;;) {
		if (!sim_has_failed(sim))
			take_interrupts(task);
		if (sim_has_failed(sim)) {
			leave_failed(task);
			return false;
		}
		if (task->kicked) {
			task->kicked = 0;
			return true;
		}
		if (sim->now >= until)
			return false;
		if (++sim->entries > sim->config.entry_limit)
			sim_fail(sim, "the run takes longer than its limit of entries");
		task->waiting = true;
		task->until = until;
		dispatch(sim, task);
		task->waiting = false;
		task->until = SIM_NEVER;
	}
}

void sim_sleep(struct sim_task *task, uint64_t delay)
{
	uint64_t until = sim_now(task->sim) + delay;
	bool kicked = false;

	while (sim_now(task->sim) < until && !sim_has_failed(task->sim))
		kicked |= sim_wait(task, until);
	if (kicked)
		sim_kick(task);
}

void sim_kick(struct sim_task *task)
{
	SIM_STORE(&task->kicked, 1);
	if (task->sim->config.free)
		sim_gate_open(task->gate);
}

void sim_wake_vcpu(struct sim_vcpu *vcpu)
{
	struct sim *sim = vcpu->domain->sim;

	if (!sim->config.free)
		return;
	for (uint32_t i = 0; i < sim->task_count; i++)
		if (sim->tasks[i]->vcpu == vcpu)
			sim_gate_open(sim->tasks[i]->gate);
}

void sim_set_isr(struct sim_vcpu *vcpu, void (*isr)(struct sim_task *, void *), void *argument)
{
	vcpu->isr = isr;
	vcpu->isr_argument = argument;
}

void sim_irq_off(struct sim_task *task)
{
	struct sim_vcpu *vcpu = task->vcpu;
	struct sim *sim = task->sim;

	for (;;) {
		sim_enter(sim);
		if (!vcpu->owner || vcpu->owner == task) {
			vcpu->owner = task;
			vcpu->off++;
			sim_leave(sim);
			return;
		}
		sim_leave(
			sim); /* only in the free mode: the other thread of this CPU has them off */
		sim_gate_try(task->gate, SIM_US);
	}
}

void sim_irq_on(struct sim_task *task)
{
	struct sim_vcpu *vcpu = task->vcpu;

	sim_enter(task->sim);
	if (vcpu->owner != task || !vcpu->off)
		sim_fail(task->sim, "%s: interrupts on that were not off", task->name);
	else if (--vcpu->off == 0)
		vcpu->owner = NULL;
	sim_leave(task->sim);
}

static void context_main(void *argument)
{
	struct sim_task *task = argument;
	struct sim *sim = task->sim;

	if (!sim->config.free)
		sim_gate_pass(task->gate);
	if (sim_has_failed(sim))
		leave_failed(task);
	task->entry(task, task->argument);
	task->done = true;
	if (!sim->config.free)
		dispatch(sim, task);
}

static void service_main(void *argument)
{
	struct sim_task *task = argument;
	struct sim *sim = task->sim;

	while (!SIM_LOAD(&sim->stopping) && !sim_has_failed(sim)) {
		uint64_t next, now;

		sim_enter(sim);
		next = task->step(task->argument);
		sim_leave(sim);
		now = sim_now(sim);
		/* Never without a pause: the lock is not fair. A kick opens the gate. */
		if (next <= now)
			next = now + SIM_US;
		sim_gate_try(task->gate, next - now < 10 * SIM_MS ? next - now : 10 * SIM_MS);
	}
}

struct sim_task *sim_context(struct sim *sim, const char *name, struct sim_vcpu *vcpu,
	void (*entry)(struct sim_task *, void *), void *argument)
{
	struct sim_task *task = task_new(sim, name);

	task->vcpu = vcpu;
	task->entry = entry;
	task->argument = argument;
	if (!sim->config.free)
		task->thread = sim_thread_start(context_main, task);
	return task;
}

struct sim_task *sim_adopt(struct sim *sim, const char *name, struct sim_vcpu *vcpu)
{
	struct sim_task *task = task_new(sim, name);

	task->vcpu = vcpu;
	task->adopted = true;
	return task;
}

struct sim_task *sim_service(
	struct sim *sim, const char *name, uint64_t (*step)(void *), void *argument)
{
	struct sim_task *task = task_new(sim, name);

	task->step = step;
	task->argument = argument;
	return task;
}

static void run_free(struct sim *sim)
{
	sim->running = true;
	for (uint32_t i = 0; i < sim->task_count; i++)
		sim->tasks[i]->thread = sim_thread_start(
			sim->tasks[i]->step ? service_main : context_main, sim->tasks[i]);
	for (uint32_t i = 0; i < sim->task_count; i++)
		if (!sim->tasks[i]->step)
			sim_thread_join(sim->tasks[i]->thread);
	SIM_STORE(&sim->stopping, 1);
	for (uint32_t i = 0; i < sim->task_count; i++)
		if (sim->tasks[i]->step) {
			sim_gate_open(sim->tasks[i]->gate);
			sim_thread_join(sim->tasks[i]->thread);
		}
	for (uint32_t i = 0; i < sim->task_count; i++)
		sim->tasks[i]->thread = NULL;
}

/* Contexts left behind in their gates are let out one by one; each ends itself. */
static void reap(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->task_count; i++) {
		struct sim_task *task = sim->tasks[i];

		if (!task->thread)
			continue;
		if (!task->done) {
			sim_gate_open(task->gate);
			sim_gate_pass(sim->finished);
		}
		sim_thread_join(task->thread);
		task->thread = NULL;
	}
}

int sim_run(struct sim *sim)
{
	if (sim->config.free) {
		run_free(sim);
		return sim_has_failed(sim) ? -1 : 0;
	}
	dispatch(sim, NULL);
	sim_gate_pass(sim->finished);
	reap(sim);
	return sim_has_failed(sim) ? -1 : 0;
}

void sim_free(struct sim *sim)
{
	SIM_STORE(&sim->failed, 1);
	reap(sim);
	for (uint32_t i = 0; i < SIM_MAX_DOMAINS; i++)
		if (sim->domains[i])
			sim_domain_free(sim->domains[i]);
	for (uint32_t i = 0; i < sim->task_count; i++) {
		sim_gate_free(sim->tasks[i]->gate);
		sim_release(sim->tasks[i]);
	}
	sim_gate_free(sim->finished);
	sim_mutex_free(sim->lock);
	sim_mutex_free(sim->log_lock);
	sim_release(sim);
}
