/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "util/fanout.h"

/* Two at least: the block before the present one has to stay. */
enum { BLOCKS = 16 };

struct worker {
	struct fanout *fanout;
	struct fanout_sink sink;
	pthread_t thread;
	bool started;
	uint64_t done; /* blocks */
};

struct fanout {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct worker workers[FANOUT_SINKS_MAX];
	size_t n;
	uint64_t passed; /* blocks */
	bool ended;
	size_t len[BLOCKS];
	unsigned char *blocks;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct fanout *f = w->fanout;

	pthread_mutex_lock(&f->lock);
	for (;;) {
		size_t at = w->done % BLOCKS;

		while (w->done == f->passed && !f->ended)
			pthread_cond_wait(&f->changed, &f->lock);
		if (w->done == f->passed)
			break;
		pthread_mutex_unlock(&f->lock);
		w->sink.add(w->sink.arg, f->blocks + at * FANOUT_BLOCK, f->len[at]);
		pthread_mutex_lock(&f->lock);
		w->done++;
		pthread_cond_broadcast(&f->changed);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

struct fanout *fanout_start(const struct fanout_sink *sinks, size_t n, bool threads)
{
	struct fanout *f = xcalloc(1, sizeof(*f));

	f->n = n < FANOUT_SINKS_MAX ? n : FANOUT_SINKS_MAX;
	f->blocks = xreallocarray(NULL, BLOCKS, FANOUT_BLOCK);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	for (size_t i = 0; i < f->n; i++) {
		struct worker *w = &f->workers[i];

		w->fanout = f;
		w->sink = sinks[i];
		w->started = threads && pthread_create(&w->thread, NULL, work, w) == 0;
	}
	return f;
}

/* Whether a worker has yet to see what lies in the block that comes next. */
static bool is_full(const struct fanout *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->workers[i].started && f->passed - f->workers[i].done >= BLOCKS)
			return true;
	}
	return false;
}

unsigned char *fanout_block(struct fanout *f)
{
	pthread_mutex_lock(&f->lock);
	while (is_full(f))
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
	return f->blocks + f->passed % BLOCKS * FANOUT_BLOCK;
}

void fanout_pass(struct fanout *f, size_t len)
{
	size_t at = f->passed % BLOCKS;

	f->len[at] = len;
	pthread_mutex_lock(&f->lock);
	f->passed++;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < f->n; i++) {
		if (!f->workers[i].started)
			f->workers[i].sink.add(
				f->workers[i].sink.arg, f->blocks + at * FANOUT_BLOCK, len);
	}
}

void fanout_finish(struct fanout *f)
{
	pthread_mutex_lock(&f->lock);
	f->ended = true;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	for (size_t i = 0; i < f->n; i++) {
		if (f->workers[i].started)
			pthread_join(f->workers[i].thread, NULL);
	}
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f->blocks);
	free(f);
}

struct reader {
	struct fanout_sink sink;
	const unsigned char *data;
	size_t len;
	pthread_t thread;
	bool started;
};

static void *read_all(void *arg)
{
	const struct reader *r = arg;

	for (size_t at = 0; at < r->len; at += FANOUT_BLOCK)
		r->sink.add(r->sink.arg, r->data + at,
			r->len - at < FANOUT_BLOCK ? r->len - at : FANOUT_BLOCK);
	return NULL;
}

void fanout_buffer(
	const struct fanout_sink *sinks, size_t n, const void *data, size_t len, bool threads)
{
	struct reader readers[FANOUT_SINKS_MAX];

	n = n < FANOUT_SINKS_MAX ? n : FANOUT_SINKS_MAX;
	for (size_t i = 0; i < n; i++) {
		struct reader *r = &readers[i];

		*r = (struct reader){ .sink = sinks[i], .data = data, .len = len };
		/* The last one is done here. */
		r->started =
			threads && i + 1 < n && pthread_create(&r->thread, NULL, read_all, r) == 0;
		if (!r->started)
			read_all(r);
	}
	for (size_t i = 0; i < n; i++) {
		if (readers[i].started)
			pthread_join(readers[i].thread, NULL);
	}
}
