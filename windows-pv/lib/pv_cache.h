/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_CACHE_H
#define PV_CACHE_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Objects of one size out of slabs of memory. Kind: externally locked.
 * The caller allocates and frees slabs when told; each slab is slab_size bytes, a power of two,
 * and aligned to its size. An object is zeroed each time it is handed out, so nothing of its last
 * use can reach a page that is granted to a peer.
 */
#define PV_CACHE_SLAB_OBJECTS 256

struct pv_slab {
	struct pv_slab *next, *prev;
	struct pv_cache *owner;
	uint32_t used;
	uint32_t taken[PV_CACHE_SLAB_OBJECTS / 32];
};

struct pv_cache {
	struct pv_slab *partial, *full, *empty; /* lists */
	uint32_t slab_size, object_size, first, per_slab;
	uint32_t slabs, empties, objects; /* objects: those handed out */
	uint32_t max_objects;		  /* 0: no limit */
	uint32_t keep;			  /* empty slabs to keep */
};

/* size is rounded up to align, a power of two of at least pointer size. PV_EINVAL if none fits. */
int pv_cache_init(struct pv_cache *c, uint32_t slab_size, uint32_t size, uint32_t align,
	uint32_t max_objects, uint32_t keep);

int pv_cache_add_slab(struct pv_cache *c, void *memory);

/* PV_ENOMEM: add a slab and come again. PV_ENOSPC: the limit is reached. */
int pv_cache_get(struct pv_cache *c, void **object);

/* PV_EINVAL for what is not an object of this cache, or not handed out. */
int pv_cache_put(struct pv_cache *c, void *object);

/* Whether it is an object of this cache that is handed out. */
bool pv_cache_holds(const struct pv_cache *c, const void *object);

/* A slab that the caller must free, or NULL: one more than keep are empty. all: keep none. */
void *pv_cache_reclaim(struct pv_cache *c, bool all);

/* The objects of a slab in turn, for a constructor or destructor; NULL after the last. */
void *pv_cache_slab_object(const struct pv_cache *c, void *slab, uint32_t i);

/*
 * A few objects kept aside for one processor. Kind: per-CPU (caller at DISPATCH, or otherwise sure
 * to stay on that processor). What lies in it counts as handed out; whoever takes from it zeroes.
 */
#define PV_MAGAZINE_SLOTS 6

struct pv_magazine {
	void *slot[PV_MAGAZINE_SLOTS];
	uint32_t count;
};

/* What is pushed is an object that pv_cache_holds, and not in it yet. False: full. */
bool pv_magazine_has(const struct pv_magazine *m, const void *object);
bool pv_magazine_push(struct pv_magazine *m, void *object);
void *pv_magazine_pop(struct pv_magazine *m, const struct pv_cache *c);
/* Pops without zeroing, to give the object back to its cache. */
void *pv_magazine_drain(struct pv_magazine *m);

#endif
