/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's physical memory: what lies where, and what it gives back or asks for. */
#include "sim_test.h"

static const struct sim_domain_config wide = { .wide = true, .vcpus = 2 };
static const struct sim_domain_config old = { .wide = true, .profile = &sim_xen_3_4 };

static void test_physmap(void **state)
{
	struct one o = one_new(1, wide, false), p = one_new(1, old, false);
	struct xen_add_to_physmap other = { .domid = 0 };
	struct xen_remove_from_physmap gone = { .domid = DOMID_SELF };
	uint64_t gfn = sim_mmio_alloc(o.guest, 4);
	uint8_t *first = sim_frame(o.guest, gfn), *second = sim_frame(o.guest, gfn + 1);

	(void)state;
	assert_ptr_equal(first + SIM_PAGE_SIZE, second);
	assert_int_equal(first[100], 0xff);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_shared_info, 0, gfn), 0);
	assert_int_equal(first[100], 0);
	first[3000] = 0x77;
	assert_int_equal(physmap_add(&o, XENMAPSPACE_shared_info, 0, gfn + 1), 0);
	assert_int_equal(first[3000], 0xff); /* it moved, and left a hole */
	assert_int_equal(second[3000], 0x77);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_shared_info, 1, gfn), -XEN_EINVAL);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_grant_table, 64, gfn), -XEN_EINVAL);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_grant_table, 0x80000000, gfn), -XEN_EINVAL);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_gmfn_foreign, 0, gfn), -XEN_EINVAL);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_grant_table, 63, gfn + 2), 0);
	assert_int_equal(physmap_add(&p, XENMAPSPACE_grant_table, 32, gfn + 2), -XEN_EINVAL);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_grant_table, 0, 1ull << 40), -XEN_EINVAL);
	assert_int_equal(
		call(&o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &other), -XEN_EPERM);
	assert_int_equal(
		call(&o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, NULL), -XEN_EFAULT);
	gone.gpfn = gfn + 1;
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &gone), 0);
	assert_int_equal(second[3000], 0xff);
	assert_int_equal(
		call(&o, __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &gone), -XEN_EINVAL);
	assert_int_equal(
		call(&p, __HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &gone), -XEN_ENOSYS);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_shared_info, 0, gfn), 0);
	assert_int_equal(first[3000], 0x77); /* and nothing was lost meanwhile */
	one_free(&o);
	one_free(&p);
}

static void test_batch(void **state)
{
	struct one o = one_new(1, wide, false), p = one_new(1, old, false);
	xen_ulong_t index[3] = { 0, 1, 99 };
	xen_pfn_t gfn[3];
	int error[3] = { 5, 5, 5 };
	struct xen_add_to_physmap_batch op = {
		.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table, .size = 3
	};

	(void)state;
	gfn[0] = sim_mmio_alloc(o.guest, 3);
	gfn[1] = gfn[0] + 1;
	gfn[2] = gfn[0] + 2;
	set_xen_guest_handle(op.idxs, index);
	set_xen_guest_handle(op.gpfns, gfn);
	set_xen_guest_handle(op.errs, error);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &op), 0);
	assert_int_equal(error[0], 0);
	assert_int_equal(error[1], 0);
	assert_int_equal(error[2], -XEN_EINVAL);
	assert_int_equal(
		call(&p, __HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &op), -XEN_ENOSYS);
	one_free(&o);
	one_free(&p);
}

static void test_balloon(void **state)
{
	struct sim_domain_config config = { .memory_limit = 2 };
	struct one o = one_new(1, config, false);
	xen_pfn_t gfn[4];
	uint64_t g;
	struct xen_memory_reservation op = { .domid = DOMID_SELF, .nr_extents = 3 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		uint8_t *page = sim_ram_alloc(o.guest, &g);

		gfn[i] = g;
		assert_int_equal(page[17], SIM_SECRET);
	}
	set_xen_guest_handle(op.extent_start, gfn);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op), 3);
	assert_null(sim_frame(o.guest, gfn[0]));
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op), 0);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), 3);
	assert_int_equal(((uint8_t *)sim_frame(o.guest, gfn[2]))[17], 0);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), 0);
	for (int i = 0; i < 3; i++)
		gfn[i] += 0x100;
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), 2);
	op.domid = 0;
	assert_int_equal(
		call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), -XEN_EPERM);
	one_free(&o);
}

static void test_balloon_refused(void **state)
{
	struct sim_domain_config config = { .profile = &sim_xen_4_17 };
	struct one o = one_new(1, config, false);
	struct xen_memory_reservation op = { .domid = DOMID_SELF, .nr_extents = 5 };
	struct sim_leftovers left;
	xen_pfn_t gfn[5];
	uint64_t g;

	(void)state;
	for (int i = 0; i < 5; i++) {
		void *page = sim_ram_alloc(o.guest, &g);

		gfn[i] = g;
		if (i == 0)
			memset(page, 0, SIM_PAGE_SIZE);
	}
	set_xen_guest_handle(op.extent_start, gfn);
	sim_reservation_refuse(o.guest, 4, 1);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op), 3);
	sim_leftovers(o.guest, &left);
	assert_int_equal(left.given, 3);
	assert_int_equal(left.unwiped, 2);
	assert_non_null(sim_frame(o.guest, gfn[3]));
	set_xen_guest_handle(op.extent_start, gfn + 3);
	op.nr_extents = 2;
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op), 2);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), 0);
	sim_reservation_refuse(o.guest, 0, 2);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_populate_physmap, &op), 1);
	sim_leftovers(o.guest, &left);
	assert_int_equal(left.given, 4);
	/* A page that is Xen's is nobody's to free. */
	sim_ram_free(o.guest, gfn[4]);
	assert_non_null(strstr(sim_failure(o.sim), "is not memory"));
	one_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_physmap),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_balloon),
		cmocka_unit_test(test_balloon_refused),
	};

	return cmocka_run_group_tests_name("simulated Xen: memory", tests, NULL, NULL);
}
