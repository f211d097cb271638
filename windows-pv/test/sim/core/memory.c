/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's physical memory. A frame keeps its host address while the guest may look at it, as a
 * driver's mapping does; so when Xen puts a page of its own somewhere, it is Xen that moves: the
 * contents are copied there and Xen goes on there.
 */
#include "internal.h"

#include <xen/memory.h>

#define FIRST_RAM  0x1000ull
#define FIRST_MMIO 0xf0000ull
#define LAST_GFN   ((1ull << 36) - 1)

/* Where memory that was never mapped would fault: what a driver passes is never there. */
#define LOWEST_POINTER 0x10000

bool sim_copy_in(void *to, const void *guest, size_t size)
{
	if ((uintptr_t)guest < LOWEST_POINTER)
		return false;
	sim_memcpy(to, guest, size);
	return true;
}

bool sim_copy_out(void *guest, const void *from, size_t size)
{
	if ((uintptr_t)guest < LOWEST_POINTER)
		return false;
	sim_memcpy(guest, from, size);
	return true;
}

struct sim_slot *sim_slot(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot = domain->slots[gfn % SIM_BUCKETS];

	while (slot && slot->gfn != gfn)
		slot = slot->next;
	return slot;
}

struct sim_slot *sim_slot_make(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot = sim_slot(domain, gfn);

	if (slot)
		return slot;
	slot = sim_alloc(sizeof(*slot));
	slot->gfn = gfn;
	slot->next = domain->slots[gfn % SIM_BUCKETS];
	domain->slots[gfn % SIM_BUCKETS] = slot;
	return slot;
}

static struct sim_page *page_new(void)
{
	struct sim_page *page = sim_alloc(sizeof(*page));

	page->data = sim_pages_alloc(1);
	page->ours = true;
	return page;
}

static void page_free(struct sim_page *page)
{
	if (page && page->ours)
		sim_pages_release(page->data);
	sim_release(page);
}

void sim_page_pin(struct sim_page *page)
{
	page->pins++;
}

void sim_page_unpin(struct sim_page *page)
{
	page->pins--;
}

/* False: the run has failed, and the page stays. */
static bool may_go(struct sim_domain *domain, struct sim_slot *slot)
{
	if (slot->page->pins)
		sim_fail(domain->sim, "d%u: frame %llx is given back while a peer has it mapped",
			domain->id, (unsigned long long)slot->gfn);
	else if (sim_frame_is_granted(domain, slot->gfn))
		sim_fail(domain->sim, "d%u: frame %llx is given back while it is granted",
			domain->id, (unsigned long long)slot->gfn);
	else
		return true;
	return false;
}

/* The page goes; if a peer has it mapped the memory stays until the domain's end. */
static void drop_page(struct sim_domain *domain, struct sim_slot *slot)
{
	struct sim_page *page = slot->page;

	slot->page = NULL;
	slot->kind = SIM_EMPTY;
	page->free = true;
	if (!page->pins)
		page_free(page);
	else if (domain->orphan_count < SIM_ARRAY_SIZE(domain->orphans))
		domain->orphans[domain->orphan_count++] = page;
	else
		sim_abort("too many pages given back while mapped");
}

void *sim_ram_alloc(struct sim_domain *domain, uint64_t *gfn)
{
	struct sim_slot *slot;
	void *data;

	sim_enter(domain->sim);
	if (!domain->next_ram)
		domain->next_ram = FIRST_RAM;
	while ((slot = sim_slot(domain, domain->next_ram)) && slot->page)
		domain->next_ram++;
	slot = sim_slot_make(domain, domain->next_ram++);
	slot->kind = SIM_RAM;
	slot->page = page_new();
	sim_memset(slot->page->data, SIM_SECRET, SIM_PAGE_SIZE);
	domain->ram++;
	*gfn = slot->gfn;
	data = slot->page->data;
	sim_leave(domain->sim);
	return data;
}

/* Of a frame where nothing is any more: a guest may use very many, one after the other. */
static void forget_slot(struct sim_domain *domain, struct sim_slot *slot)
{
	struct sim_slot **place = &domain->slots[slot->gfn % SIM_BUCKETS];

	while (*place != slot)
		place = &(*place)->next;
	*place = slot->next;
	sim_release(slot);
}

static void give_back(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot;

	sim_enter(domain->sim);
	slot = sim_slot(domain, gfn);
	if (!slot || slot->kind != SIM_RAM) {
		sim_fail(domain->sim, "d%u: frame %llx is given back and is not memory", domain->id,
			(unsigned long long)gfn);
	} else if (may_go(domain, slot)) {
		domain->ram--;
		drop_page(domain, slot);
		if (!slot->covered)
			forget_slot(domain, slot);
	}
	sim_leave(domain->sim);
}

void sim_ram_free(struct sim_domain *domain, uint64_t gfn)
{
	give_back(domain, gfn);
}

void sim_attach(struct sim_domain *domain, uint64_t gfn, void *data)
{
	struct sim_slot *slot;

	sim_enter(domain->sim);
	slot = sim_slot_make(domain, gfn);
	if (slot->page) {
		sim_fail(domain->sim, "d%u: frame %llx is attached twice", domain->id,
			(unsigned long long)gfn);
	} else {
		slot->kind = SIM_RAM;
		slot->page = sim_alloc(sizeof(*slot->page));
		slot->page->data = data;
		domain->ram++;
	}
	sim_leave(domain->sim);
}

void sim_detach(struct sim_domain *domain, uint64_t gfn)
{
	give_back(domain, gfn);
}

uint64_t sim_mmio_alloc(struct sim_domain *domain, uint32_t count)
{
	struct sim_block *block;
	uint64_t first;

	sim_enter(domain->sim);
	if (!domain->next_mmio)
		domain->next_mmio = FIRST_MMIO;
	first = domain->next_mmio;
	domain->next_mmio += count;
	/* One piece: a driver maps the device's memory as a whole. */
	block = sim_alloc(sizeof(*block));
	block->pages = sim_pages_alloc(count);
	block->next = domain->blocks;
	domain->blocks = block;
	sim_memset(block->pages, 0xff, (size_t)count * SIM_PAGE_SIZE);
	for (uint32_t i = 0; i < count; i++) {
		struct sim_slot *slot = sim_slot_make(domain, first + i);

		slot->page = sim_alloc(sizeof(*slot->page));
		slot->page->data = (uint8_t *)block->pages + (size_t)i * SIM_PAGE_SIZE;
	}
	sim_leave(domain->sim);
	return first;
}

void *sim_frame(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot;
	void *data;

	sim_enter(domain->sim);
	slot = sim_slot(domain, gfn);
	data = slot && slot->page ? slot->page->data : NULL;
	sim_leave(domain->sim);
	return data;
}

uint32_t sim_secrets(const void *page, uint32_t size)
{
	const uint8_t *p = page;
	uint32_t count = 0;

	for (uint32_t i = 0; i < size; i++)
		count += SIM_LOAD(p + i) == SIM_SECRET;
	return count;
}

/* Xen's page at this frame moves back to memory that the guest does not see. */
static void unplace(struct sim_domain *domain, struct sim_slot *slot)
{
	void *own;

	if (slot->kind == SIM_SHARED_INFO)
		own = domain->own_shared_info;
	else if (slot->kind == SIM_GRANT_FRAME)
		own = domain->own_frame[slot->index];
	else
		return;
	sim_memcpy(own, slot->page->data, SIM_PAGE_SIZE);
	sim_memset(slot->page->data, 0xff, SIM_PAGE_SIZE);
	if (slot->kind == SIM_SHARED_INFO) {
		domain->shared_info = own;
		domain->shared_info_gfn = 0;
	} else {
		domain->frame[slot->index] = own;
	}
	slot->kind = SIM_EMPTY;
}

static void unplace_index(struct sim_domain *domain, enum sim_frame_kind kind, uint32_t index)
{
	for (uint32_t i = 0; i < SIM_BUCKETS; i++)
		for (struct sim_slot *s = domain->slots[i]; s; s = s->next)
			if (s->kind == kind && s->index == index)
				unplace(domain, s);
}

int sim_place(struct sim_domain *domain, uint64_t gfn, enum sim_frame_kind kind, uint32_t index)
{
	struct sim_slot *slot;
	uint8_t **xen;

	if (gfn > LAST_GFN)
		return -XEN_EINVAL;
	slot = sim_slot_make(domain, gfn);
	if (slot->kind == kind && slot->index == index)
		return 0;
	if (slot->covered)
		return -XEN_EBUSY;
	if (!slot->page)
		slot->page = page_new();
	if (slot->kind == SIM_RAM) { /* real Xen frees what was there */
		if (!may_go(domain, slot))
			return -XEN_EBUSY;
		domain->ram--;
	}
	unplace(domain, slot);
	unplace_index(domain, kind, index);
	xen = kind == SIM_SHARED_INFO ? &domain->shared_info : &domain->frame[index];
	sim_memcpy(slot->page->data, *xen, SIM_PAGE_SIZE);
	*xen = slot->page->data;
	slot->kind = kind;
	slot->index = index;
	if (kind == SIM_SHARED_INFO)
		domain->shared_info_gfn = gfn;
	return 0;
}

/* After a resume elsewhere: Xen's pages are not part of what was moved. */
void sim_memory_forget(struct sim_domain *domain)
{
	for (uint32_t i = 0; i < SIM_BUCKETS; i++)
		for (struct sim_slot *s = domain->slots[i]; s; s = s->next)
			unplace(domain, s);
}

void sim_memory_free(struct sim_domain *domain)
{
	for (uint32_t i = 0; i < SIM_BUCKETS; i++) {
		while (domain->slots[i]) {
			struct sim_slot *slot = domain->slots[i];

			domain->slots[i] = slot->next;
			page_free(slot->covered ? slot->covered : slot->page);
			sim_release(slot);
		}
	}
	for (uint32_t i = 0; i < domain->orphan_count; i++)
		page_free(domain->orphans[i]);
	while (domain->blocks) {
		struct sim_block *block = domain->blocks;

		domain->blocks = block->next;
		sim_pages_release(block->pages);
		sim_release(block);
	}
}

static int add_to_physmap(struct sim_domain *domain, uint32_t space, uint64_t index, uint64_t gfn)
{
	switch (space) {
	case XENMAPSPACE_shared_info:
		return index ? -XEN_EINVAL : sim_place(domain, gfn, SIM_SHARED_INFO, 0);
	case XENMAPSPACE_grant_table:
		/* A status frame has the top bit, which no table here is long enough for. */
		if (index >= domain->max_frames)
			return -XEN_EINVAL;
		if (!sim_grant_grow(domain, (uint32_t)index + 1))
			return -XEN_EINVAL;
		return sim_place(domain, gfn, SIM_GRANT_FRAME, (uint32_t)index);
	default:
		return -XEN_EINVAL;
	}
}

static int target_of(struct sim_domain *domain, uint16_t id, struct sim_domain **target)
{
	*target = sim_domain_of(domain, id);
	if (*target)
		return 0;
	return sim_domain_find(domain->sim, id) ? -XEN_EPERM : -XEN_ESRCH;
}

static long op_add(struct sim_domain *domain, void *argument)
{
	struct xen_add_to_physmap op;
	struct sim_domain *target;
	int rc;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	rc = target_of(domain, op.domid, &target);
	return rc ? rc : add_to_physmap(target, op.space, op.idx, op.gpfn);
}

static long op_add_batch(struct sim_domain *domain, void *argument)
{
	struct xen_add_to_physmap_batch op;
	struct sim_domain *target;
	int rc;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	rc = target_of(domain, op.domid, &target);
	if (rc)
		return rc;
	if (op.space == XENMAPSPACE_gmfn_range ||
		(op.space != XENMAPSPACE_gmfn_foreign && op.u.res0))
		return -XEN_EINVAL;
	for (uint32_t i = 0; i < op.size; i++) {
		xen_ulong_t index;
		xen_pfn_t gfn;

		if (!sim_copy_in(&index, op.idxs.p + i, sizeof(index)) ||
			!sim_copy_in(&gfn, op.gpfns.p + i, sizeof(gfn)))
			return -XEN_EFAULT;
		rc = add_to_physmap(target, op.space, index, gfn);
		if (!sim_copy_out(op.errs.p + i, &rc, sizeof(rc)))
			return -XEN_EFAULT;
	}
	return 0;
}

static int remove_frame(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot = sim_slot(domain, gfn);

	if (!slot || slot->kind == SIM_EMPTY || slot->covered)
		return -XEN_EINVAL;
	if (slot->kind != SIM_RAM) {
		unplace(domain, slot);
		return 0;
	}
	if (!may_go(domain, slot))
		return -XEN_EBUSY;
	domain->ram--;
	domain->limit++;
	drop_page(domain, slot);
	return 0;
}

static int populate_frame(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot;

	if (!domain->limit || gfn > LAST_GFN)
		return -XEN_ENOMEM;
	slot = sim_slot_make(domain, gfn);
	if (slot->page)
		return -XEN_EINVAL;
	slot->page = page_new();
	slot->kind = SIM_RAM;
	domain->limit--;
	domain->ram++;
	return 0;
}

void sim_reservation_refuse(struct sim_domain *domain, uint32_t decrease, uint32_t populate)
{
	sim_enter(domain->sim);
	domain->decrease.nth = decrease;
	domain->decrease.count = 0;
	domain->populate.nth = populate;
	domain->populate.count = 0;
	sim_leave(domain->sim);
}

static int reserve(struct sim_domain *domain, uint32_t op, uint64_t gfn)
{
	struct sim_slot *slot;

	if (op == XENMEM_populate_physmap) {
		if (domain->populate.nth && !(++domain->populate.count % domain->populate.nth))
			return -XEN_ENOMEM;
		return populate_frame(domain, gfn);
	}
	if (domain->decrease.nth && !(++domain->decrease.count % domain->decrease.nth))
		return -XEN_EBUSY;
	slot = sim_slot(domain, gfn);
	if (slot && slot->kind == SIM_RAM)
		domain->unwiped += sim_secrets(slot->page->data, SIM_PAGE_SIZE) > 0;
	return remove_frame(domain, gfn);
}

static long op_reservation(struct sim_domain *domain, uint32_t op, void *argument)
{
	struct xen_memory_reservation r;
	uint64_t done;

	if (!sim_copy_in(&r, argument, sizeof(r)))
		return -XEN_EFAULT;
	if (r.domid != DOMID_SELF && r.domid != domain->id)
		return -XEN_EPERM;
	if (r.extent_order > 9)
		return 0;
	for (done = 0; done < r.nr_extents; done++) {
		xen_pfn_t first;
		int rc = 0;

		if (!sim_copy_in(&first, r.extent_start.p + done, sizeof(first)))
			break;
		if (first & ((1u << r.extent_order) - 1))
			break;
		for (uint32_t i = 0; i < 1u << r.extent_order && !rc; i++)
			rc = reserve(domain, op, first + i);
		if (rc)
			break;
	}
	return (long)done;
}

long sim_memory_op(struct sim_vcpu *vcpu, uint32_t op, void *argument)
{
	struct sim_domain *domain = vcpu->domain;
	struct xen_remove_from_physmap remove;

	switch (op) {
	case XENMEM_add_to_physmap:
		return op_add(domain, argument);
	case XENMEM_add_to_physmap_batch:
		return domain->profile->batch_physmap ? op_add_batch(domain, argument)
						      : -XEN_ENOSYS;
	case XENMEM_remove_from_physmap:
		if (!domain->profile->remove_from_physmap)
			return -XEN_ENOSYS;
		if (!sim_copy_in(&remove, argument, sizeof(remove)))
			return -XEN_EFAULT;
		if (remove.domid != DOMID_SELF && remove.domid != domain->id)
			return -XEN_EPERM;
		return remove_frame(domain, remove.gpfn);
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		return op_reservation(domain, op, argument);
	case XENMEM_current_reservation:
		return (long)domain->ram;
	case XENMEM_maximum_reservation:
		return (long)(domain->ram + domain->limit);
	default:
		return -XEN_ENOSYS;
	}
}
