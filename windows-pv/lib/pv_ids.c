/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_ids.h"

#define END   UINT32_MAX
#define TAKEN (UINT32_MAX - 1)

int pv_ids_init(struct pv_ids *ids, uint32_t *next, uint32_t n)
{
	if (!next || !n || n >= TAKEN)
		return PV_EINVAL;
	ids->next = next;
	ids->n = n;
	ids->free = 0;
	ids->taken = 0;
	for (uint32_t i = 0; i < n; i++)
		next[i] = i + 1 < n ? i + 1 : END;
	return 0;
}

int pv_ids_get(struct pv_ids *ids, uint32_t *id)
{
	if (ids->free == END)
		return PV_ENOSPC;
	*id = ids->free;
	ids->free = ids->next[*id];
	ids->next[*id] = TAKEN;
	ids->taken++;
	return 0;
}

bool pv_ids_is_taken(const struct pv_ids *ids, uint64_t id)
{
	return id < ids->n && ids->next[id] == TAKEN;
}

int pv_ids_put(struct pv_ids *ids, uint64_t id)
{
	if (!pv_ids_is_taken(ids, id))
		return PV_EPROTO;
	ids->next[id] = ids->free;
	ids->free = (uint32_t)id;
	ids->taken--;
	return 0;
}
