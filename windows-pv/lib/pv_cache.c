/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_cache.h"

static bool power_of_two(uint32_t v)
{
	return v && !(v & (v - 1));
}

int pv_cache_init(struct pv_cache *c, uint32_t slab_size, uint32_t size, uint32_t align,
	uint32_t max_objects, uint32_t keep)
{
	pv_memset(c, 0, sizeof(*c));
	if (!power_of_two(slab_size) || !power_of_two(align) || align < sizeof(void *) || !size ||
		size > slab_size || align > slab_size)
		return PV_EINVAL;
	c->slab_size = slab_size;
	c->object_size = (size + align - 1) & ~(align - 1);
	c->first = ((uint32_t)sizeof(struct pv_slab) + align - 1) & ~(align - 1);
	if (c->first >= slab_size)
		return PV_EINVAL;
	c->per_slab = (slab_size - c->first) / c->object_size;
	if (!c->per_slab)
		return PV_EINVAL;
	if (c->per_slab > PV_CACHE_SLAB_OBJECTS)
		c->per_slab = PV_CACHE_SLAB_OBJECTS;
	c->max_objects = max_objects;
	c->keep = keep;
	return 0;
}

static void link_slab(struct pv_slab **list, struct pv_slab *s)
{
	s->prev = NULL;
	s->next = *list;
	if (s->next)
		s->next->prev = s;
	*list = s;
}

static void unlink_slab(struct pv_slab **list, struct pv_slab *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		*list = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

int pv_cache_add_slab(struct pv_cache *c, void *memory)
{
	struct pv_slab *s = memory;

	if (!memory || ((uintptr_t)memory & (c->slab_size - 1)))
		return PV_EINVAL;
	pv_memset(memory, 0, c->slab_size);
	s->owner = c;
	link_slab(&c->empty, s);
	c->slabs++;
	c->empties++;
	return 0;
}

static void *object_at(const struct pv_cache *c, void *slab, uint32_t i)
{
	return (char *)slab + c->first + (size_t)i * c->object_size;
}

void *pv_cache_slab_object(const struct pv_cache *c, void *slab, uint32_t i)
{
	return i < c->per_slab ? object_at(c, slab, i) : NULL;
}

int pv_cache_get(struct pv_cache *c, void **object)
{
	struct pv_slab *s = c->partial;
	uint32_t i = 0;

	*object = NULL;
	if (c->max_objects && c->objects >= c->max_objects)
		return PV_ENOSPC;
	if (!s) {
		s = c->empty;
		if (!s)
			return PV_ENOMEM;
		unlink_slab(&c->empty, s);
		c->empties--;
		link_slab(&c->partial, s);
	}
	while (s->taken[i / 32] & 1u << i % 32)
		i++;
	s->taken[i / 32] |= 1u << i % 32;
	c->objects++;
	if (++s->used == c->per_slab) {
		unlink_slab(&c->partial, s);
		link_slab(&c->full, s);
	}
	*object = object_at(c, s, i);
	pv_memset(*object, 0, c->object_size);
	return 0;
}

static struct pv_slab *slab_of(const struct pv_cache *c, const void *object)
{
	return (struct pv_slab *)((uintptr_t)object & ~(uintptr_t)(c->slab_size - 1));
}

/* The object's place in its slab; per_slab: it is none. */
static uint32_t place_of(const struct pv_cache *c, const void *object)
{
	uint32_t offset = (uint32_t)((uintptr_t)object & (c->slab_size - 1));
	uint32_t i;

	if (!object || slab_of(c, object)->owner != c || offset < c->first ||
		(offset - c->first) % c->object_size)
		return c->per_slab;
	i = (offset - c->first) / c->object_size;
	return i < c->per_slab ? i : c->per_slab;
}

bool pv_cache_holds(const struct pv_cache *c, const void *object)
{
	uint32_t i = place_of(c, object);

	return i < c->per_slab &&
	       (PV_READ_ONCE(slab_of(c, object)->taken[i / 32]) & 1u << i % 32) != 0;
}

int pv_cache_put(struct pv_cache *c, void *object)
{
	struct pv_slab *s = slab_of(c, object);
	uint32_t i = place_of(c, object);

	if (!pv_cache_holds(c, object))
		return PV_EINVAL;
	if (s->used == c->per_slab) {
		unlink_slab(&c->full, s);
		link_slab(&c->partial, s);
	}
	s->taken[i / 32] &= ~(1u << i % 32);
	c->objects--;
	if (!--s->used) {
		unlink_slab(&c->partial, s);
		link_slab(&c->empty, s);
		c->empties++;
	}
	return 0;
}

void *pv_cache_reclaim(struct pv_cache *c, bool all)
{
	struct pv_slab *s = c->empty;

	if (!s || (!all && c->empties <= c->keep))
		return NULL;
	unlink_slab(&c->empty, s);
	s->owner = NULL;
	c->empties--;
	c->slabs--;
	return s;
}

bool pv_magazine_has(const struct pv_magazine *m, const void *object)
{
	for (uint32_t i = 0; i < m->count; i++)
		if (m->slot[i] == object)
			return true;
	return false;
}

bool pv_magazine_push(struct pv_magazine *m, void *object)
{
	if (m->count >= PV_MAGAZINE_SLOTS)
		return false;
	m->slot[m->count++] = object;
	return true;
}

void *pv_magazine_drain(struct pv_magazine *m)
{
	return m->count ? m->slot[--m->count] : NULL;
}

void *pv_magazine_pop(struct pv_magazine *m, const struct pv_cache *c)
{
	void *object = pv_magazine_drain(m);

	if (object)
		pv_memset(object, 0, c->object_size);
	return object;
}
