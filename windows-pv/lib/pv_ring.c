/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_ring.h"

struct ring_header {
	uint32_t req_prod, req_event;
	uint32_t rsp_prod, rsp_event;
	uint8_t pad[48];
};

_Static_assert(sizeof(struct ring_header) == PV_RING_HEADER, "the ring's head is 64 bytes");

static struct ring_header *header(const struct pv_ring *r)
{
	return (struct ring_header *)(void *)r->shared;
}

static uint8_t *slot(const struct pv_ring *r, uint32_t index)
{
	return r->shared + PV_RING_HEADER + (size_t)(index & (r->entries - 1)) * r->entry_size;
}

int pv_ring_init(
	struct pv_ring *r, void *shared, uint32_t size, uint32_t entry_size, uint32_t index)
{
	uint32_t n;

	pv_memset(r, 0, sizeof(*r));
	if (!shared || !entry_size || ((uintptr_t)shared & 7) || size < PV_RING_HEADER ||
		size - PV_RING_HEADER < entry_size)
		return PV_EINVAL;
	n = (size - PV_RING_HEADER) / entry_size;
	while (n & (n - 1))
		n &= n - 1;
	r->shared = shared;
	r->entries = n;
	r->entry_size = entry_size;
	r->req_prod = r->req_pushed = r->rsp_cons = r->rsp_seen = index;
	pv_memset(shared, 0, size);
	PV_WRITE_ONCE(header(r)->req_prod, index);
	PV_WRITE_ONCE(header(r)->rsp_prod, index);
	PV_WRITE_ONCE(header(r)->req_event, index + 1);
	PV_WRITE_ONCE(header(r)->rsp_event, index + 1);
	return 0;
}

uint32_t pv_ring_free(const struct pv_ring *r)
{
	return r->entries - (r->req_prod - r->rsp_cons);
}

uint32_t pv_ring_outstanding(const struct pv_ring *r)
{
	return r->req_pushed - r->rsp_cons;
}

int pv_ring_put(struct pv_ring *r, const void *request, uint32_t size)
{
	uint8_t *to = slot(r, r->req_prod);

	if (r->broken)
		return PV_EPROTO;
	if (size > r->entry_size)
		return PV_EINVAL;
	if (!pv_ring_free(r))
		return PV_ENOSPC;
	pv_copy_out(to, request, size);
	pv_memset(to + size, 0, r->entry_size - size);
	r->req_prod++;
	return 0;
}

int pv_ring_push(struct pv_ring *r)
{
	uint32_t old = r->req_pushed, event;

	if (r->broken)
		return PV_EPROTO;
	PV_STORE_RELEASE(header(r)->req_prod, r->req_prod);
	r->req_pushed = r->req_prod;
	/* The back end sets req_event before it looks for the last time: we look after storing. */
	pv_barrier_full();
	event = PV_READ_ONCE(header(r)->req_event);
	return r->req_pushed - event < r->req_pushed - old;
}

int pv_ring_pending(struct pv_ring *r)
{
	uint32_t prod, n;

	if (r->broken)
		return PV_EPROTO;
	prod = PV_LOAD_ACQUIRE(header(r)->rsp_prod);
	n = prod - r->rsp_cons;
	if (n > pv_ring_outstanding(r) || n < r->rsp_seen - r->rsp_cons) {
		r->broken = true;
		return PV_EPROTO;
	}
	r->rsp_seen = prod;
	return (int)n;
}

int pv_ring_take(struct pv_ring *r, void *response, uint32_t size)
{
	if (size > r->entry_size)
		return PV_EINVAL;
	if (r->broken)
		return PV_EPROTO;
	if (r->rsp_seen == r->rsp_cons) {
		int n = pv_ring_pending(r);

		if (n <= 0)
			return n;
	}
	pv_copy_in(response, slot(r, r->rsp_cons), size);
	r->rsp_cons++;
	return 1;
}

int pv_ring_final_check(struct pv_ring *r)
{
	int n = pv_ring_pending(r);

	if (n < 0)
		return n;
	if (n)
		return 1;
	PV_WRITE_ONCE(header(r)->rsp_event, r->rsp_cons + 1);
	/* The back end stores rsp_prod and then reads rsp_event; we do it the other way round. */
	pv_barrier_full();
	n = pv_ring_pending(r);
	return n < 0 ? n : n > 0;
}
