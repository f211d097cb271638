/* SPDX-License-Identifier: BSD-2-Clause */
/* Grants: what a peer may map, what Xen says about it, and which mistakes of a guest are caught. */
#include "sim_test.h"

#include "core/internal.h"

#include <xen/grant_table.h>
#include <xen/memory.h>

static const struct sim_domain_config usual = { .wide = true };

static struct grant_entry_v1 *table(struct one *o, uint32_t frames)
{
	struct xen_add_to_physmap op = { .domid = DOMID_SELF, .space = XENMAPSPACE_grant_table };
	uint64_t gfn = sim_mmio_alloc(o->guest, frames);

	for (op.idx = 0; op.idx < frames; op.idx++) {
		op.gpfn = gfn + op.idx;
		assert_int_equal(call(o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op), 0);
	}
	return sim_frame(o->guest, gfn);
}

static void grant(struct grant_entry_v1 *e, uint16_t to, uint64_t gfn, uint16_t flags)
{
	e->domid = to;
	e->frame = (uint32_t)gfn;
	__atomic_store_n(&e->flags, (uint16_t)(GTF_permit_access | flags), __ATOMIC_RELEASE);
}

static void test_in_use(void **state)
{
	struct one o = one_new(1, usual, false);
	struct grant_entry_v1 *t = table(&o, 1);
	uint32_t handle[4];
	uint64_t gfn;
	uint8_t *page = sim_ram_alloc(o.guest, &gfn);
	void *seen;

	(void)state;
	grant(&t[20], 0, gfn, 0);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, true, &handle[0], &seen), 0);
	assert_ptr_equal(seen, page);
	assert_int_equal(t[20].flags, GTF_permit_access | GTF_reading);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, false, &handle[1], &seen), 0);
	assert_int_equal(t[20].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, true, &handle[2], &seen), 0);
	assert_int_equal(sim_grant_unmap(o.dom0, handle[1]), 0);
	assert_int_equal(t[20].flags, GTF_permit_access | GTF_reading);
	assert_int_equal(sim_grant_unmap(o.dom0, handle[0]), 0);
	assert_int_equal(t[20].flags, GTF_permit_access | GTF_reading);
	assert_int_equal(sim_grant_unmap(o.dom0, handle[2]), 0);
	assert_int_equal(t[20].flags, GTF_permit_access);
	assert_int_equal(sim_grant_unmap(o.dom0, handle[2]), GNTST_bad_handle);
	assert_int_equal(sim_grant_unmap(o.dom0, 99999), GNTST_bad_handle);
	t[20].flags = 0;
	sim_ram_free(o.guest, gfn);
	assert_null(sim_failure(o.sim));
	one_free(&o);
}

static void test_refused(void **state)
{
	struct sim_domain_config third = { .id = 8, .profile = &sim_xen_4_17 };
	struct one o = one_new(1, usual, false);
	struct grant_entry_v1 *t = table(&o, 1);
	struct sim_domain *other = sim_domain_new(o.sim, &third);
	uint32_t handle;
	uint64_t gfn;
	void *seen;

	(void)state;
	sim_ram_alloc(o.guest, &gfn);
	assert_int_equal(sim_grant_map(o.dom0, 99, 20, true, &handle, &seen), GNTST_bad_domain);
	assert_int_equal(sim_grant_map(o.dom0, 7, 512, true, &handle, &seen), GNTST_bad_gntref);
	assert_int_equal(sim_grant_map(o.dom0, 7, ~0u, true, &handle, &seen), GNTST_bad_gntref);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, true, &handle, &seen), GNTST_general_error);
	grant(&t[20], 0, gfn, GTF_readonly);
	assert_int_equal(sim_grant_map(other, 7, 20, true, &handle, &seen), GNTST_general_error);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, false, &handle, &seen), GNTST_general_error);
	assert_int_equal(t[20].flags, GTF_permit_access | GTF_readonly);
	assert_int_equal(sim_grant_map(o.dom0, 7, 20, true, &handle, &seen), 0);
	/* Read-only stays read-only beside a mapping. */
	assert_int_equal(
		sim_grant_map(o.dom0, 7, 20, false, &(uint32_t){ 0 }, &seen), GNTST_general_error);
	sim_grant_unmap(o.dom0, handle);
	grant(&t[21], 0, 0x123456, 0); /* there is no such page */
	assert_int_equal(sim_grant_map(o.dom0, 7, 21, true, &handle, &seen), GNTST_bad_page);
	assert_int_equal(t[21].flags, GTF_permit_access);
	t[22].flags = GTF_accept_transfer;
	assert_int_equal(sim_grant_map(o.dom0, 7, 22, true, &handle, &seen), GNTST_general_error);
	/* The store's grant is the toolstack's. */
	assert_int_equal(t[GNTTAB_RESERVED_XENSTORE].flags, GTF_permit_access);
	assert_int_equal(t[GNTTAB_RESERVED_XENSTORE].domid, 0);
	one_free(&o);
}

static void test_limits(void **state)
{
	struct sim_domain_config small = { .grant_frames = 1 };
	struct one o = one_new(1, small, false);
	struct grant_entry_v1 *t = table(&o, 1);
	struct xen_add_to_physmap op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .idx = 1
	};
	struct gnttab_query_size size = { .dom = DOMID_SELF };
	struct gnttab_set_version version = { .version = 2 };
	uint32_t handle;
	uint64_t gfn;
	void *seen;
	uint32_t i;

	(void)state;
	op.gpfn = sim_mmio_alloc(o.guest, 1);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op), -XEN_EINVAL);
	assert_int_equal(grant_call(&o, GNTTABOP_query_size, &size), 0);
	assert_int_equal(size.status, 0);
	assert_int_equal(size.nr_frames, 1);
	assert_int_equal(size.max_nr_frames, 1);
	size.dom = 0;
	assert_int_equal(grant_call(&o, GNTTABOP_query_size, &size), 0);
	assert_int_equal(size.status, GNTST_permission_denied);
	assert_int_equal(grant_call(&o, GNTTABOP_set_version, &version), -XEN_ENOSYS);
	version.version = 3;
	assert_int_equal(grant_call(&o, GNTTABOP_set_version, &version), -XEN_EINVAL);
	version.version = 1;
	assert_int_equal(grant_call(&o, GNTTABOP_set_version, &version), 0);
	assert_int_equal(grant_call(&o, GNTTABOP_cache_flush, NULL), -XEN_ENOSYS);
	/* The peer's table of mappings is finite too. */
	sim_ram_alloc(o.guest, &gfn);
	grant(&t[9], 0, gfn, 0);
	for (i = 0; sim_grant_map(o.dom0, 7, 9, true, &handle, &seen) == 0; i++)
		;
	assert_int_equal(i, 1024);
	assert_int_equal(sim_grant_map(o.dom0, 7, 9, true, &handle, &seen), GNTST_no_space);
	one_free(&o);
}

static void test_old(void **state)
{
	struct sim_domain_config old = { .profile = &sim_xen_3_4 };
	struct one o = one_new(1, old, false);
	struct gnttab_get_version version = { .dom = DOMID_SELF };
	struct gnttab_query_size size = { .dom = DOMID_SELF };

	(void)state;
	assert_int_equal(grant_call(&o, GNTTABOP_get_version, &version), -XEN_ENOSYS);
	assert_int_equal(grant_call(&o, GNTTABOP_query_size, &size), 0);
	assert_int_equal(size.max_nr_frames, 32);
	one_free(&o);
}

static void test_setup(void **state)
{
	struct one o = one_new(1, usual, false);
	struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 2 };
	xen_pfn_t list[2];

	(void)state;
	table(&o, 1);
	set_xen_guest_handle(op.frame_list, list);
	assert_int_equal(grant_call(&o, GNTTABOP_setup_table, &op), 0);
	assert_int_equal(op.status, 0);
	assert_non_null(sim_frame(o.guest, list[0]));
	assert_true(list[1] == ~(xen_pfn_t)0); /* nowhere in the guest yet */
	op.nr_frames = 65;
	assert_int_equal(grant_call(&o, GNTTABOP_setup_table, &op), 0);
	assert_int_equal(op.status, GNTST_general_error);
	one_free(&o);
}

static void test_copy(void **state)
{
	struct one o = one_new(1, usual, false);
	struct grant_entry_v1 *t = table(&o, 1);
	uint64_t gfn, mine;
	uint8_t *page = sim_ram_alloc(o.guest, &gfn), text[8] = "abcdefg";
	struct gnttab_copy op = { .len = 8 };

	(void)state;
	grant(&t[30], 0, gfn, 0);
	assert_int_equal(sim_grant_copy_out(o.dom0, 7, 30, 100, text, 8), 0);
	assert_memory_equal(page + 100, "abcdefg", 8);
	assert_int_equal(t[30].flags, GTF_permit_access); /* not in use afterwards */
	assert_int_equal(sim_grant_copy_in(o.dom0, 7, 30, 4090, text, 8), GNTST_bad_copy_arg);
	t[30].flags |= GTF_readonly;
	assert_int_equal(sim_grant_copy_out(o.dom0, 7, 30, 0, text, 8), GNTST_general_error);
	assert_int_equal(sim_grant_copy_in(o.dom0, 7, 30, 100, text, 8), 0);
	/* Within the guest, by frame; and of another domain's frame never. */
	((uint8_t *)sim_ram_alloc(o.guest, &mine))[0] = 1;
	op.source.u.gmfn = gfn;
	op.source.domid = DOMID_SELF;
	op.source.offset = 100;
	op.dest.u.gmfn = mine;
	op.dest.domid = DOMID_SELF;
	assert_int_equal(grant_call(&o, GNTTABOP_copy, &op), 0);
	assert_int_equal(op.status, 0);
	assert_memory_equal(sim_frame(o.guest, mine), "abcdefg", 8);
	op.dest.domid = 0;
	assert_int_equal(grant_call(&o, GNTTABOP_copy, &op), 0);
	assert_int_equal(op.status, GNTST_permission_denied);
	one_free(&o);
}

/* A guest that maps what another guest granted, over a page of its own. */
static void test_guest_maps(void **state)
{
	struct sim_domain_config third = { .id = 8, .profile = &sim_xen_4_17 };
	struct one o = one_new(1, usual, false);
	struct sim_domain *other = sim_domain_new(o.sim, &third);
	struct gnttab_map_grant_ref map = { .dom = 8, .ref = 40, .flags = GNTMAP_host_map };
	struct gnttab_unmap_grant_ref unmap = { 0 };
	struct gnttab_setup_table setup = { .dom = 8, .nr_frames = 0 };
	uint64_t mine, theirs;
	uint8_t *before = sim_ram_alloc(o.guest, &mine), *page = sim_ram_alloc(other, &theirs);

	(void)state;
	grant(sim_grant_entry(other, 40), 7, theirs, 0);
	map.host_addr = mine << SIM_PAGE_SHIFT;
	assert_int_equal(grant_call(&o, GNTTABOP_map_grant_ref, &map), 0);
	assert_int_equal(map.status, 0);
	assert_ptr_equal(sim_frame(o.guest, mine), page);
	unmap.handle = map.handle;
	unmap.host_addr = (mine + 1) << SIM_PAGE_SHIFT;
	assert_int_equal(grant_call(&o, GNTTABOP_unmap_grant_ref, &unmap), 0);
	assert_int_equal(unmap.status, GNTST_general_error);
	/* A frame holds one mapping. */
	assert_int_equal(grant_call(&o, GNTTABOP_map_grant_ref, &map), 0);
	assert_int_equal(map.status, GNTST_general_error);
	unmap.host_addr = mine << SIM_PAGE_SHIFT;
	assert_int_equal(grant_call(&o, GNTTABOP_unmap_grant_ref, &unmap), 0);
	assert_int_equal(unmap.status, 0);
	assert_ptr_equal(sim_frame(o.guest, mine), before);
	map.flags = 0;
	assert_int_equal(grant_call(&o, GNTTABOP_map_grant_ref, &map), 0);
	assert_int_equal(map.status, GNTST_general_error);
	assert_int_equal(grant_call(&o, GNTTABOP_setup_table, &setup), 0);
	assert_int_equal(setup.status, GNTST_permission_denied);
	one_free(&o);
}

/* What real Xen lets pass, and nobody may do. */
static void test_caught(void **state)
{
	static const char *const says[] = { "has it mapped", "it is granted", "was changed",
		"was changed", "has it mapped", "has it mapped", NULL };

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(says); i++) {
		struct one o = one_new(1, usual, true);
		struct grant_entry_v1 *t = table(&o, 1);
		xen_pfn_t frames[1];
		struct xen_memory_reservation op = { .domid = DOMID_SELF, .nr_extents = 1 };
		uint32_t handle;
		uint64_t gfn, gfn2;
		void *seen;

		sim_ram_alloc(o.guest, &gfn);
		sim_ram_alloc(o.guest, &gfn2);
		grant(&t[50], 0, gfn, 0);
		assert_int_equal(sim_grant_map(o.dom0, 7, 50, false, &handle, &seen), 0);
		switch (i) {
		case 0: /* freed while mapped */
			sim_ram_free(o.guest, gfn);
			break;
		case 1: /* not mapped, but still granted */
			sim_grant_unmap(o.dom0, handle);
			sim_ram_free(o.guest, gfn);
			break;
		case 2: /* the entry cleared while in use */
			t[50].flags = 0;
			sim_grant_unmap(o.dom0, handle);
			break;
		case 3: /* used again for another page while in use */
			t[50].frame = (uint32_t)gfn2;
			sim_grant_unmap(o.dom0, handle);
			break;
		case 4: /* given to the balloon while mapped */
			frames[0] = gfn;
			set_xen_guest_handle(op.extent_start, frames);
			call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op);
			break;
		case 5: /* the entry cleared, as if that were enough, and the page freed */
			t[50].flags = 0;
			sim_ram_free(o.guest, gfn);
			break;
		case 6: /* and the right order, which is no failure */
			sim_grant_unmap(o.dom0, handle);
			t[50].flags = 0;
			sim_ram_free(o.guest, gfn);
			break;
		}
		if (says[i]) {
			assert_non_null(sim_failure(o.sim));
			assert_non_null(strstr(sim_failure(o.sim), says[i]));
		} else {
			assert_null(sim_failure(o.sim));
		}
		one_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_guest_maps),
		cmocka_unit_test(test_caught),
	};

	return cmocka_run_group_tests_name("simulated Xen: grants", tests, NULL, NULL);
}
