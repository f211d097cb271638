/* SPDX-License-Identifier: BSD-2-Clause */
/* The seed, the clock, the log and what a failure says. */
#include "internal.h"

uint64_t sim_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

uint32_t sim_random(struct sim *sim, uint32_t below)
{
	sim->random += 0x9e3779b97f4a7c15ull;
	return below ? (uint32_t)((sim_mix(sim->random) >> 32) % below) : 0;
}

bool sim_chance(struct sim *sim, uint32_t permille)
{
	return permille && sim_random(sim, 1000) < permille;
}

uint64_t sim_now(struct sim *sim)
{
	if (sim->config.free)
		return SIM_SECOND + sim_clock() - sim->clock_start;
	return sim->now;
}

void sim_note(struct sim *sim, uint64_t value)
{
	if (!sim->config.free)
		sim->trace = sim_mix(sim->trace ^ value);
}

uint64_t sim_trace(const struct sim *sim)
{
	return sim->trace;
}

uint64_t sim_seed(const struct sim *sim)
{
	return sim->config.seed;
}

struct sim *sim_of(const struct sim_task *task)
{
	return task->sim;
}

struct sim_vcpu *sim_task_vcpu(const struct sim_task *task)
{
	return task->vcpu;
}

bool sim_has_failed(const struct sim *sim)
{
	return SIM_LOAD(&sim->failed) != 0;
}

const char *sim_failure(const struct sim *sim)
{
	return sim_has_failed(sim) ? sim->failure : NULL;
}

static void format(char *line, size_t size, const char *text, ...)
	__attribute__((format(printf, 3, 4)));
static void format(char *line, size_t size, const char *text, ...)
{
	va_list arguments;

	va_start(arguments, text);
	sim_vformat(line, size, text, arguments);
	va_end(arguments);
}

void sim_log(struct sim *sim, const char *text, ...)
{
	char *line;
	uint64_t now = sim_now(sim);
	va_list arguments;
	int used;

	sim_mutex_take(sim->log_lock);
	line = sim->log[sim->logged++ % SIM_LOG_LINES];
	format(line, SIM_LOG_WIDTH, "%6llu.%07llu ", (unsigned long long)(now / SIM_SECOND),
		(unsigned long long)(now % SIM_SECOND));
	used = (int)sim_strlen(line);
	va_start(arguments, text);
	sim_vformat(line + used, (size_t)(SIM_LOG_WIDTH - used), text, arguments);
	va_end(arguments);
	for (const char *p = line + used; *p; p++)
		sim_note(sim, (unsigned char)*p);
	if (sim->config.verbose)
		sim_print(line);
	sim_mutex_give(sim->log_lock);
}

static void print_failure(struct sim *sim)
{
	char line[SIM_LOG_WIDTH + 64];
	uint32_t first = sim->logged > SIM_LOG_LINES ? sim->logged - SIM_LOG_LINES : 0;

	format(line, sizeof(line), "sim: seed %llu: %s", (unsigned long long)sim->config.seed,
		sim->failure);
	sim_print(line);
	format(line, sizeof(line), "sim: %s after %llu entries; trace %016llx; the last lines:",
		sim->config.free ? "free mode, does not repeat," : "repeats with this seed,",
		(unsigned long long)sim->entries, (unsigned long long)sim->trace);
	sim_print(line);
	for (uint32_t i = first; i < sim->logged; i++)
		sim_print(sim->log[i % SIM_LOG_LINES]);
}

void sim_fail(struct sim *sim, const char *text, ...)
{
	va_list arguments;

	sim_mutex_take(sim->log_lock);
	if (!sim_has_failed(sim)) {
		va_start(arguments, text);
		sim_vformat(sim->failure, sizeof(sim->failure), text, arguments);
		va_end(arguments);
		SIM_STORE(&sim->failed, 1);
		if (!sim->config.quiet)
			print_failure(sim);
	}
	sim_mutex_give(sim->log_lock);
}
