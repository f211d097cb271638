/* SPDX-License-Identifier: BSD-2-Clause */
/* The platform of the simulated Xen on a POSIX host. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim_platform.h"

#define HUNDRED_NS_PER_SECOND 10000000ull

struct sim_gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool open;
};

struct sim_mutex {
	pthread_mutex_t lock;
};

struct sim_thread {
	pthread_t id;
	void (*entry)(void *);
	void *argument;
};

void *sim_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		sim_abort("out of memory");
	return memory;
}

void sim_release(void *memory)
{
	free(memory);
}

void *sim_pages_alloc(size_t count)
{
	void *pages = aligned_alloc(4096, count * 4096);

	if (!pages)
		sim_abort("out of memory");
	memset(pages, 0, count * 4096);
	return pages;
}

void sim_pages_release(void *pages)
{
	free(pages);
}

struct sim_gate *sim_gate_new(void)
{
	struct sim_gate *gate = sim_alloc(sizeof(*gate));
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return gate;
}

void sim_gate_free(struct sim_gate *gate)
{
	pthread_cond_destroy(&gate->changed);
	pthread_mutex_destroy(&gate->lock);
	free(gate);
}

void sim_gate_open(struct sim_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = true;
	pthread_cond_signal(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

void sim_gate_pass(struct sim_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	while (!gate->open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	gate->open = false;
	pthread_mutex_unlock(&gate->lock);
}

bool sim_gate_try(struct sim_gate *gate, uint64_t timeout)
{
	struct timespec until;
	bool passed;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(timeout / HUNDRED_NS_PER_SECOND);
	until.tv_nsec += (long)(timeout % HUNDRED_NS_PER_SECOND) * 100;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&gate->lock);
	while (!gate->open && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&gate->changed, &gate->lock, &until);
	passed = gate->open;
	gate->open = false;
	pthread_mutex_unlock(&gate->lock);
	return passed;
}

struct sim_mutex *sim_mutex_new(void)
{
	struct sim_mutex *mutex = sim_alloc(sizeof(*mutex));

	pthread_mutex_init(&mutex->lock, NULL);
	return mutex;
}

void sim_mutex_free(struct sim_mutex *mutex)
{
	pthread_mutex_destroy(&mutex->lock);
	free(mutex);
}

void sim_mutex_take(struct sim_mutex *mutex)
{
	pthread_mutex_lock(&mutex->lock);
}

void sim_mutex_give(struct sim_mutex *mutex)
{
	pthread_mutex_unlock(&mutex->lock);
}

static void *begin(void *argument)
{
	struct sim_thread *thread = argument;

	thread->entry(thread->argument);
	return NULL;
}

struct sim_thread *sim_thread_start(void (*entry)(void *), void *argument)
{
	struct sim_thread *thread = sim_alloc(sizeof(*thread));

	thread->entry = entry;
	thread->argument = argument;
	if (pthread_create(&thread->id, NULL, begin, thread))
		sim_abort("no thread");
	return thread;
}

void sim_thread_join(struct sim_thread *thread)
{
	pthread_join(thread->id, NULL);
	free(thread);
}

void sim_thread_exit(void)
{
	pthread_exit(NULL);
}

uint64_t sim_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * HUNDRED_NS_PER_SECOND + (uint64_t)now.tv_nsec / 100;
}

int sim_vformat(char *buffer, size_t size, const char *format, va_list arguments)
{
	return vsnprintf(buffer, size, format, arguments);
}

void sim_print(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

void sim_abort(const char *why)
{
	fprintf(stderr, "sim: %s\n", why);
	abort();
}
