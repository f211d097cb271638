/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grant table, version 1 (xen/grant_table.h). Xen marks an entry as in use while a peer has it
 * mapped, and goes on with the page that it found at the first mapping, whatever the guest writes
 * into the entry meanwhile. A guest that does so has a bug that real Xen does not report; here the
 * run fails.
 */
#include "internal.h"

#define PER_FRAME (SIM_PAGE_SIZE / sizeof(struct grant_entry_v1))
#define IN_USE	  (GTF_reading | GTF_writing)

/* Flags and domain are one word to Xen, so that they are taken together. */
union head {
	uint32_t word;
	struct {
		uint16_t flags;
		uint16_t domid;
	} s;
};

int sim_grant_init(struct sim_domain *domain, uint32_t max_frames)
{
	domain->max_frames = max_frames;
	domain->frame = sim_alloc(max_frames * sizeof(*domain->frame));
	domain->own_frame = sim_alloc(max_frames * sizeof(*domain->own_frame));
	domain->active = sim_alloc(max_frames * PER_FRAME * sizeof(*domain->active));
	domain->mappings = sim_alloc(domain->config.map_limit * sizeof(*domain->mappings));
	sim_grant_grow(domain, 1);
	return 0;
}

bool sim_grant_grow(struct sim_domain *domain, uint32_t frames)
{
	if (frames > domain->max_frames)
		return false;
	while (domain->frames < frames) {
		domain->own_frame[domain->frames] = sim_pages_alloc(1);
		domain->frame[domain->frames] = domain->own_frame[domain->frames];
		domain->frames++;
	}
	return true;
}

void sim_grant_free(struct sim_domain *domain)
{
	for (uint32_t i = 0; i < domain->frames; i++)
		sim_pages_release(domain->own_frame[i]);
	sim_release(domain->frame);
	sim_release(domain->own_frame);
	sim_release(domain->active);
	sim_release(domain->mappings);
}

struct grant_entry_v1 *sim_grant_entry(struct sim_domain *domain, uint32_t ref)
{
	if (ref / PER_FRAME >= domain->frames)
		return NULL;
	return (struct grant_entry_v1 *)(void *)domain->frame[ref / PER_FRAME] + ref % PER_FRAME;
}

bool sim_frame_is_granted(struct sim_domain *domain, uint64_t gfn)
{
	for (uint32_t ref = 0; ref < domain->frames * PER_FRAME; ref++) {
		struct grant_entry_v1 *entry = sim_grant_entry(domain, ref);

		if ((SIM_LOAD(&entry->flags) & GTF_type_mask) == GTF_permit_access &&
			SIM_LOAD(&entry->frame) == gfn)
			return true;
	}
	return false;
}

static uint32_t *head_of(struct grant_entry_v1 *entry)
{
	return (uint32_t *)(void *)entry;
}

/* Permission for one use, and the in-use bits in the same step. */
static int set_status(struct grant_entry_v1 *entry, uint16_t user, bool readonly, bool mark)
{
	union head old, new;

	old.word = SIM_LOAD(head_of(entry));
	for (;;) {
		if ((old.s.flags & GTF_type_mask) != GTF_permit_access || old.s.domid != user ||
			(old.s.flags & GTF_sub_page))
			return GNTST_general_error;
		if (!readonly && (old.s.flags & GTF_readonly))
			return GNTST_general_error;
		new = old;
		new.s.flags |= GTF_reading | (readonly ? 0 : GTF_writing);
		if (!mark || SIM_CAS(head_of(entry), &old.word, new.word))
			return GNTST_okay;
	}
}

static void clear_status(struct grant_entry_v1 *entry, uint16_t bits)
{
	SIM_FETCH_AND(&entry->flags, (uint16_t)~bits);
}

static void check_untouched(struct sim_domain *owner, uint32_t ref, struct grant_entry_v1 *entry,
	const struct sim_active *active)
{
	union head head = { .word = SIM_LOAD(head_of(entry)) };
	uint16_t want = (uint16_t)(GTF_reading | (active->writers ? GTF_writing : 0));
	struct sim_slot *slot = sim_slot(owner, SIM_LOAD(&entry->frame));

	if ((head.s.flags & want) == want && head.s.domid == active->domid && slot &&
		slot->page == active->page)
		return;
	sim_fail(owner->sim, "d%u: grant %u was changed while d%u had it in use", owner->id, ref,
		active->domid);
}

static int pin(struct sim_domain *owner, uint32_t ref, uint16_t user, bool readonly,
	struct sim_page **page)
{
	struct grant_entry_v1 *entry = sim_grant_entry(owner, ref);
	struct sim_active *active = &owner->active[ref];
	struct sim_slot *slot;
	int rc;

	if (!entry)
		return GNTST_bad_gntref;
	if (active->readers + active->writers) {
		if (active->domid != user)
			return GNTST_general_error;
		check_untouched(owner, ref, entry, active);
	}
	if (!(active->readers + active->writers) || (!readonly && !active->writers)) {
		rc = set_status(entry, user, readonly, true);
		if (rc)
			return rc;
	}
	if (!(active->readers + active->writers)) {
		slot = sim_slot(owner, SIM_LOAD(&entry->frame));
		if (!slot || slot->kind != SIM_RAM) {
			clear_status(entry, IN_USE);
			return GNTST_bad_page;
		}
		active->page = slot->page;
		active->domid = user;
	}
	if (readonly)
		active->readers++;
	else
		active->writers++;
	sim_page_pin(active->page);
	*page = active->page;
	return GNTST_okay;
}

static void unpin(struct sim_domain *owner, uint32_t ref, bool readonly)
{
	struct grant_entry_v1 *entry = sim_grant_entry(owner, ref);
	struct sim_active *active = &owner->active[ref];

	check_untouched(owner, ref, entry, active);
	sim_page_unpin(active->page);
	if (readonly)
		active->readers--;
	else
		active->writers--;
	if (!active->writers)
		clear_status(entry, GTF_writing);
	if (!active->writers && !active->readers) {
		clear_status(entry, GTF_reading);
		active->page = NULL;
	}
}

static int map(struct sim_domain *user, uint16_t remote, uint32_t ref, bool readonly, uint64_t gfn,
	uint32_t *handle)
{
	struct sim_domain *owner = sim_domain_find(user->sim, remote);
	struct sim_slot *slot = NULL;
	struct sim_mapping *m;
	uint32_t free;
	int rc;

	if (!owner || owner == user)
		return GNTST_bad_domain;
	for (free = 0; free < user->config.map_limit && user->mappings[free].used; free++)
		;
	if (free == user->config.map_limit)
		return GNTST_no_space;
	if (gfn != ~0ull) {
		slot = sim_slot_make(user, gfn);
		if (slot->covered || slot->kind == SIM_SHARED_INFO || slot->kind == SIM_GRANT_FRAME)
			return GNTST_general_error;
	}
	m = &user->mappings[free];
	rc = pin(owner, ref, user->id, readonly, &m->page);
	if (rc)
		return rc;
	m->used = true;
	m->readonly = readonly;
	m->remote = remote;
	m->ref = ref;
	m->epoch = owner->epoch;
	m->gfn = gfn;
	if (slot) {
		slot->covered = slot->page ? slot->page : sim_alloc(sizeof(*slot->page));
		slot->page = m->page;
	}
	*handle = free;
	return GNTST_okay;
}

static int unmap(struct sim_domain *user, uint32_t handle)
{
	struct sim_domain *owner;
	struct sim_mapping *m;

	if (handle >= user->config.map_limit || !user->mappings[handle].used)
		return GNTST_bad_handle;
	m = &user->mappings[handle];
	owner = sim_domain_find(user->sim, m->remote);
	if (m->gfn != ~0ull) {
		struct sim_slot *slot = sim_slot(user, m->gfn);

		slot->page = slot->covered;
		slot->covered = NULL;
		if (!slot->page->data) {
			sim_release(slot->page);
			slot->page = NULL;
		}
	}
	if (owner && owner->epoch == m->epoch)
		unpin(owner, m->ref, m->readonly);
	*m = (struct sim_mapping){ 0 };
	return GNTST_okay;
}

/*
 * After a resume elsewhere nobody maps anything of this domain. Back-ends have let go before, or
 * hold pointers that they must not use any more.
 */
void sim_grant_forget(struct sim_domain *domain)
{
	for (uint32_t ref = 0; ref < domain->frames * PER_FRAME; ref++) {
		struct sim_active *active = &domain->active[ref];

		if (active->page)
			active->page->pins -= active->readers + active->writers;
		*active = (struct sim_active){ 0 };
	}
	domain->epoch++;
	for (uint32_t i = 0; i < domain->config.map_limit; i++)
		if (domain->mappings[i].used)
			unmap(domain, i);
	for (uint32_t i = 0; i < domain->frames; i++)
		sim_memset(domain->frame[i], 0, SIM_PAGE_SIZE);
	while (domain->frames > 1)
		sim_pages_release(domain->own_frame[--domain->frames]);
}

static long op_map(struct sim_domain *user, void *argument, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct gnttab_map_grant_ref *guest = (struct gnttab_map_grant_ref *)argument + i;
		struct gnttab_map_grant_ref op;

		if (!sim_copy_in(&op, guest, sizeof(op)))
			return -XEN_EFAULT;
		if (!(op.flags & GNTMAP_host_map) || (op.flags & GNTMAP_contains_pte) ||
			op.host_addr % SIM_PAGE_SIZE)
			op.status = GNTST_general_error;
		else
			op.status = (int16_t)map(user, op.dom, op.ref, op.flags & GNTMAP_readonly,
				op.host_addr >> SIM_PAGE_SHIFT, &op.handle);
		if (!sim_copy_out(guest, &op, sizeof(op)))
			return -XEN_EFAULT;
	}
	return 0;
}

static long op_unmap(struct sim_domain *user, void *argument, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct gnttab_unmap_grant_ref *guest =
			(struct gnttab_unmap_grant_ref *)argument + i;
		struct gnttab_unmap_grant_ref op;

		if (!sim_copy_in(&op, guest, sizeof(op)))
			return -XEN_EFAULT;
		if (op.handle < user->config.map_limit && user->mappings[op.handle].used &&
			op.host_addr &&
			op.host_addr >> SIM_PAGE_SHIFT != user->mappings[op.handle].gfn)
			op.status = GNTST_general_error;
		else
			op.status = (int16_t)unmap(user, op.handle);
		if (!sim_copy_out(guest, &op, sizeof(op)))
			return -XEN_EFAULT;
	}
	return 0;
}

static long op_setup(struct sim_domain *caller, void *argument)
{
	struct gnttab_setup_table op;
	struct sim_domain *domain;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	domain = sim_domain_of(caller, op.dom);
	op.status = GNTST_okay;
	if (!domain)
		op.status = GNTST_permission_denied;
	else if (!sim_grant_grow(domain, op.nr_frames))
		op.status = GNTST_general_error;
	for (uint32_t i = 0; op.status == GNTST_okay && i < op.nr_frames; i++) {
		xen_pfn_t gfn = ~(xen_pfn_t)0;

		for (uint32_t b = 0; b < SIM_BUCKETS; b++)
			for (struct sim_slot *s = domain->slots[b]; s; s = s->next)
				if (s->kind == SIM_GRANT_FRAME && s->index == i)
					gfn = s->gfn;
		if (!sim_copy_out(op.frame_list.p + i, &gfn, sizeof(gfn)))
			op.status = GNTST_bad_virt_addr;
	}
	return sim_copy_out(argument, &op, sizeof(op)) ? 0 : -XEN_EFAULT;
}

static long op_query(struct sim_domain *caller, void *argument)
{
	struct gnttab_query_size op;
	struct sim_domain *domain;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	domain = sim_domain_of(caller, op.dom);
	if (domain) {
		op.nr_frames = domain->frames;
		op.max_nr_frames = domain->max_frames;
		op.status = GNTST_okay;
	} else {
		op.status = GNTST_permission_denied;
	}
	return sim_copy_out(argument, &op, sizeof(op)) ? 0 : -XEN_EFAULT;
}

/* One side of a copy: where its bytes are. A grant is only looked at: nothing runs in between. */
static int copy_side(struct sim_domain *caller, const struct gnttab_copy_ptr *side, bool by_ref,
	bool write, uint32_t length, uint8_t **data)
{
	struct sim_domain *owner = caller;
	struct sim_slot *slot;
	uint64_t gfn = side->u.gmfn;

	if ((uint32_t)side->offset + length > SIM_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	if (by_ref) {
		struct grant_entry_v1 *entry;
		struct sim_active *active;
		int rc;

		owner = side->domid == DOMID_SELF ? caller
						  : sim_domain_find(caller->sim, side->domid);
		if (!owner)
			return GNTST_bad_domain;
		entry = sim_grant_entry(owner, side->u.ref);
		if (!entry)
			return GNTST_bad_gntref;
		rc = set_status(entry, caller->id, !write, false);
		if (rc)
			return rc;
		active = &owner->active[side->u.ref];
		if (active->page) {
			*data = (uint8_t *)active->page->data + side->offset;
			return GNTST_okay;
		}
		gfn = SIM_LOAD(&entry->frame);
	} else if (side->domid != DOMID_SELF && side->domid != caller->id) {
		return GNTST_permission_denied;
	}
	slot = sim_slot(owner, gfn);
	if (!slot || slot->kind != SIM_RAM)
		return GNTST_bad_page;
	*data = (uint8_t *)slot->page->data + side->offset;
	return GNTST_okay;
}

static long op_copy(struct sim_domain *caller, void *argument, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct gnttab_copy *guest = (struct gnttab_copy *)argument + i;
		struct gnttab_copy op;
		uint8_t *from, *to;
		int rc;

		if (!sim_copy_in(&op, guest, sizeof(op)))
			return -XEN_EFAULT;
		rc = copy_side(
			caller, &op.source, op.flags & GNTCOPY_source_gref, false, op.len, &from);
		if (!rc)
			rc = copy_side(
				caller, &op.dest, op.flags & GNTCOPY_dest_gref, true, op.len, &to);
		if (!rc)
			sim_memmove(to, from, op.len);
		op.status = (int16_t)rc;
		if (!sim_copy_out(guest, &op, sizeof(op)))
			return -XEN_EFAULT;
	}
	return 0;
}

static long op_version(struct sim_domain *domain, uint32_t op, void *argument)
{
	struct gnttab_set_version set;
	struct gnttab_get_version get;

	if (!domain->profile->grant_versions)
		return -XEN_ENOSYS;
	if (op == GNTTABOP_set_version) {
		if (!sim_copy_in(&set, argument, sizeof(set)))
			return -XEN_EFAULT;
		if (set.version != 1 && set.version != 2)
			return -XEN_EINVAL;
		return set.version == 1 ? 0 : -XEN_ENOSYS; /* a host limited to version 1 */
	}
	if (!sim_copy_in(&get, argument, sizeof(get)))
		return -XEN_EFAULT;
	if (!sim_domain_of(domain, get.dom))
		return sim_domain_find(domain->sim, get.dom) ? -XEN_EPERM : -XEN_ESRCH;
	get.version = 1;
	return sim_copy_out(argument, &get, sizeof(get)) ? 0 : -XEN_EFAULT;
}

long sim_grant_op(struct sim_vcpu *vcpu, uint32_t op, void *argument, uint32_t count)
{
	struct sim_domain *domain = vcpu->domain;

	switch (op) {
	case GNTTABOP_map_grant_ref:
		return op_map(domain, argument, count);
	case GNTTABOP_unmap_grant_ref:
		return op_unmap(domain, argument, count);
	case GNTTABOP_copy:
		return op_copy(domain, argument, count);
	case GNTTABOP_setup_table:
		return count == 1 ? op_setup(domain, argument) : -XEN_EINVAL;
	case GNTTABOP_query_size:
		return count == 1 ? op_query(domain, argument) : -XEN_EINVAL;
	case GNTTABOP_set_version:
	case GNTTABOP_get_version:
		return op_version(domain, op, argument);
	default:
		return -XEN_ENOSYS;
	}
}

int sim_grant_map(struct sim_domain *domain, uint16_t remote, uint32_t ref, bool readonly,
	uint32_t *handle, void **page)
{
	int rc = map(domain, remote, ref, readonly, ~0ull, handle);

	if (!rc)
		*page = domain->mappings[*handle].page->data;
	return rc;
}

int sim_grant_unmap(struct sim_domain *domain, uint32_t handle)
{
	return unmap(domain, handle);
}

static int service_copy(struct sim_domain *domain, uint16_t remote, uint32_t ref, uint32_t offset,
	void *local, uint32_t size, bool out)
{
	struct gnttab_copy_ptr side = { .u.ref = ref, .domid = remote, .offset = (uint16_t)offset };
	uint8_t *data;
	int rc;

	if (offset > SIM_PAGE_SIZE || size > SIM_PAGE_SIZE)
		return GNTST_bad_copy_arg;
	rc = copy_side(domain, &side, true, out, size, &data);
	if (!rc)
		sim_memcpy(out ? data : local, out ? local : data, size);
	return rc;
}

int sim_grant_copy_in(struct sim_domain *domain, uint16_t remote, uint32_t ref, uint32_t offset,
	void *to, uint32_t size)
{
	return service_copy(domain, remote, ref, offset, to, size, false);
}

int sim_grant_copy_out(struct sim_domain *domain, uint16_t remote, uint32_t ref, uint32_t offset,
	const void *from, uint32_t size)
{
	return service_copy(domain, remote, ref, offset, (void *)(uintptr_t)from, size, true);
}
