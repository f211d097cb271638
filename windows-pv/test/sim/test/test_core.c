/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling, replay, CPUID, parameters, ports, suspend: what real Xen answers. */
#include "sim_test.h"

#include <xen/arch-x86/cpuid.h>
#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

static const struct sim_domain_config wide = { .wide = true, .vcpus = 2 };
static const struct sim_domain_config old = { .wide = true, .profile = &sim_xen_3_4 };

static long param(struct one *o, bool set, uint32_t index, uint64_t *value)
{
	struct xen_hvm_param p = { .domid = DOMID_SELF, .index = index, .value = *value };
	long rc = call(o, __HYPERVISOR_hvm_op, set ? HVMOP_set_param : HVMOP_get_param, &p);

	*value = p.value;
	return rc;
}

/* --- scheduling ------------------------------------------------------------------------------ */

struct pair {
	struct sim *sim;
	struct sim_task *other;
	uint32_t counter, rounds;
	uint64_t order;
};

static void count(struct sim_task *task, void *argument)
{
	struct pair *p = argument;

	for (uint32_t i = 0; i < p->rounds; i++) {
		uint32_t seen = __atomic_load_n(&p->counter, __ATOMIC_RELAXED);

		sim_point(task);
		/* Lost updates are what a switch between load and store makes. */
		__atomic_store_n(&p->counter, seen + 1, __ATOMIC_RELAXED);
	}
}

static uint32_t run_pair(uint64_t seed, uint64_t *trace, bool free)
{
	struct sim_config config = { .seed = seed, .free = free };
	struct pair p = { .rounds = 200 };

	p.sim = sim_new(&config);
	for (int i = 0; i < 3; i++)
		sim_context(p.sim, "counter", NULL, count, &p);
	assert_int_equal(sim_run(p.sim), 0);
	*trace = sim_trace(p.sim);
	sim_free(p.sim);
	return p.counter;
}

static void test_replay(void **state)
{
	uint64_t first, second, seen[16];
	uint32_t different = 0, counters = 0, last = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 16; seed++) {
		uint32_t a = run_pair(seed, &first, false), b = run_pair(seed, &second, false);

		assert_int_equal(first, second);
		assert_int_equal(a, b);
		assert_true(a >= 200 && a < 600); /* some updates are lost, in each run */
		counters += a != last;
		last = a;
		seen[seed - 1] = first;
		for (uint64_t i = 0; i + 1 < seed; i++)
			different += seen[i] != first;
	}
	assert_int_equal(different, 120); /* no two seeds give the same run */
	assert_true(counters > 8);
}

static void test_free_mode(void **state)
{
	uint64_t trace;

	(void)state;
	assert_true(run_pair(1, &trace, true) <= 600);
}

static void wait_for_ever(struct sim_task *task, void *argument)
{
	(void)argument;
	sim_wait(task, SIM_NEVER);
}

static void spin(struct sim_task *task, void *argument)
{
	(void)argument;
	for (;;)
		sim_point(task);
}

static void wait_long(struct sim_task *task, void *argument)
{
	(void)argument;
	for (;;)
		sim_sleep(task, 60 * SIM_SECOND);
}

static void wait_twice(struct sim_task *task, void *argument)
{
	struct pair *p = argument;
	uint64_t start = sim_now(sim_of(task));

	p->other = task;
	if (sim_wait(task, start + SIM_SECOND) || sim_now(sim_of(task)) < start + SIM_SECOND)
		sim_fail(sim_of(task), "the time was not waited for");
	sim_kick(task);
	if (!sim_wait(task, SIM_NEVER))
		sim_fail(sim_of(task), "a kick before the wait was lost");
}

static void test_failures(void **state)
{
	static const struct {
		void (*entry)(struct sim_task *, void *);
		const char *says;
	} cases[] = {
		{ wait_for_ever, "deadlock" },
		{ spin, "entries" },
		{ wait_long, "virtual time" },
		{ wait_twice, NULL },
	};

	(void)state;
	for (size_t i = 0; i < SIM_ARRAY_SIZE(cases); i++) {
		uint64_t first = 0;

		for (int again = 0; again < 2; again++) {
			struct sim_config config = {
				.seed = i, .quiet = true, .entry_limit = 20000
			};
			struct sim *sim = sim_new(&config);
			struct pair p = { .sim = sim, .rounds = 50 };

			sim_context(sim, "case", NULL, cases[i].entry, &p);
			sim_context(sim, "other", NULL, count, &p);
			assert_int_equal(sim_run(sim), cases[i].says ? -1 : 0);
			if (cases[i].says)
				assert_non_null(strstr(sim_failure(sim), cases[i].says));
			/* A failure repeats to the last step. */
			assert_true(!again || first == sim_trace(sim));
			first = sim_trace(sim);
			sim_free(sim);
		}
	}
}

/* --- what the guest is told ------------------------------------------------------------------ */

static void test_cpuid(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct sim_domain_config config = { .viridian = i & 1, .amd = i & 2 };
		struct one o;
		uint32_t r[4], base;

		config.profile = i & 4 ? &sim_xen_3_4 : &sim_xen_4_17;
		o = one_new(1, config, false);
		sim_cpuid(o.task, 0, 0, r);
		assert_memory_equal(&r[1], i & 2 ? "Auth" : "Genu", 4);
		sim_cpuid(o.task, 1, 0, r);
		assert_true(r[2] >> 31);
		sim_cpuid(o.task, 0x40000000, 0, r);
		assert_memory_equal(&r[1], i & 1 ? "Micr" : "XenV", 4);
		base = 0x40000000 + (i & 1) * 0x100;
		sim_cpuid(o.task, base, 0, r);
		assert_memory_equal(&r[1], "XenVMMXenVMM", 12);
		assert_int_equal(r[0], base + (i & 4 ? 2 : 5));
		sim_cpuid(o.task, base + 1, 0, r);
		assert_int_equal(r[0], i & 4 ? 0x00030004 : 0x00040011);
		sim_cpuid(o.task, base + 4, 0, r);
		if (!(i & 4)) {
			assert_true(r[0] & XEN_HVM_CPUID_VCPU_ID_PRESENT);
			assert_int_equal(r[2], 7);
		}
		sim_cpuid(o.task, base + 0x200, 0, r);
		assert_memory_not_equal(&r[1], "XenV", 4);
		one_free(&o);
	}
}

static void test_version(void **state)
{
	struct one o = one_new(1, wide, false), p = one_new(1, old, false);
	struct xen_feature_info info = { 0 };
	xen_extraversion_t extra;

	(void)state;
	assert_int_equal(call(&o, __HYPERVISOR_xen_version, XENVER_version, NULL), 0x40011);
	assert_int_equal(call(&p, __HYPERVISOR_xen_version, XENVER_version, NULL), 0x30004);
	assert_int_equal(call(&o, __HYPERVISOR_xen_version, XENVER_extraversion, extra), 0);
	assert_string_equal(extra, ".5");
	assert_int_equal(
		call(&o, __HYPERVISOR_xen_version, XENVER_extraversion, NULL), -XEN_EFAULT);
	assert_int_equal(call(&o, __HYPERVISOR_xen_version, XENVER_get_features, &info), 0);
	assert_true(info.submap >> XENFEAT_hvm_callback_vector & 1);
	assert_int_equal(call(&p, __HYPERVISOR_xen_version, XENVER_get_features, &info), 0);
	assert_false(info.submap >> XENFEAT_hvm_callback_vector & 1);
	info.submap_idx = 9;
	assert_int_equal(
		call(&o, __HYPERVISOR_xen_version, XENVER_get_features, &info), -XEN_EINVAL);
	assert_int_equal(call(&o, __HYPERVISOR_xen_version, 77, NULL), -XEN_ENOSYS);
	assert_int_equal(call(&o, 63, 0, NULL), -XEN_ENOSYS);
	one_free(&o);
	one_free(&p);
}

static void test_params(void **state)
{
	struct one o = one_new(1, wide, false), p = one_new(1, old, false);
	struct xen_hvm_param other = { .domid = 0, .index = HVM_PARAM_STORE_PFN };
	struct xen_hvm_evtchn_upcall_vector vector = { .vcpu = 1, .vector = 0x40 };
	uint64_t value = 0;

	(void)state;
	assert_int_equal(param(&o, false, HVM_PARAM_STORE_PFN, &value), 0);
	assert_non_null(sim_frame(o.guest, value));
	assert_int_equal(param(&o, false, HVM_PARAM_STORE_EVTCHN, &value), 0);
	assert_true(value > 0 && value < 4096);
	assert_int_equal(param(&o, false, HVM_PARAM_IDENT_PT, &value), -XEN_EPERM);
	assert_int_equal(param(&p, false, HVM_PARAM_IDENT_PT, &value), 0);
	assert_int_equal(param(&o, true, HVM_PARAM_STORE_PFN, &value), -XEN_EPERM);
	assert_int_equal(param(&o, false, 1000, &value), -XEN_EINVAL);
	assert_int_equal(param(&p, false, HVM_PARAM_CONSOLE_EVTCHN, &value), -XEN_EINVAL);
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_get_param, &other), -XEN_EPERM);
	other.domid = 99;
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_get_param, &other), -XEN_ESRCH);
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_get_param, NULL), -XEN_EFAULT);
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vector), 0);
	assert_int_equal(call(&p, __HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vector),
		-XEN_ENOSYS);
	vector.vector = 3;
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vector),
		-XEN_EINVAL);
	vector.vector = 0x40;
	vector.vcpu = 2;
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vector),
		-XEN_ENOENT);
	one_free(&o);
	one_free(&p);
}

/* --- ports, timers, suspend ------------------------------------------------------------------ */

static void test_unplug(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct sim_domain_config config = { .blacklisted = i & 1 };
		struct sim_unplugged u;
		struct sim_emulated e;
		struct one o;

		config.profile = i & 2 ? &sim_xen_3_4 : &sim_xen_4_17;
		o = one_new(1, config, false);
		assert_int_equal(sim_port_in(o.task, 0x10, 2), i == 3 ? 0xd249 : 0x49d2);
		assert_int_equal(sim_port_in(o.task, 0x10, 1), 0xff);
		assert_int_equal(sim_port_in(o.task, 0x12, 1), i & 2 ? 0 : 1);
		sim_port_out(o.task, 0x12, 2, 0xffff);
		sim_port_out(o.task, 0x10, 4, 77);
		assert_int_equal(sim_port_in(o.task, 0x10, 2), i & 1 ? 0xd249 : 0x49d2);
		sim_port_out(o.task, 0x10, 2, 3);
		for (const char *s = "hello\n"; *s; s++)
			sim_port_out(o.task, 0x12, 1, (uint8_t)*s);
		sim_unplug_state(o.guest, &u);
		assert_int_equal(u.mask, i & 1 ? 0 : 3);
		sim_emulated(o.guest, &e);
		assert_int_equal(e.boot_disk, i & 1);
		assert_int_equal(e.disks, i & 1);
		assert_int_equal(e.nics, i & 1);
		assert_true(e.nvme);
		assert_int_equal(u.product, 0xffff);
		assert_int_equal(u.build, 77);
		assert_int_equal(u.lines, 1);
		assert_string_equal(u.last_line, "hello");
		one_free(&o);
	}
}

static void test_unplug_some(void **state)
{
	struct one o = one_new(1, wide, false);
	struct sim_emulated e;

	(void)state;
	sim_emulated(o.guest, &e);
	assert_true(e.boot_disk && e.disks && e.nics && e.nvme);
	sim_port_out(o.task, 0x10, 1, 0xff);
	sim_port_out(o.task, 0x12, 4, 0xff);
	sim_emulated(o.guest, &e);
	assert_true(e.boot_disk && e.disks && e.nics && e.nvme);
	sim_port_out(o.task, 0x10, 2, 4);
	sim_emulated(o.guest, &e);
	assert_true(e.boot_disk && !e.disks && e.nics && e.nvme);
	sim_port_out(o.task, 0x10, 2, 8);
	sim_emulated(o.guest, &e);
	assert_true(e.boot_disk && !e.disks && e.nics && !e.nvme);
	one_free(&o);
}

static void test_watchdog(void **state)
{
	struct one o = one_new(1, wide, false), p = one_new(1, old, false);
	struct sched_watchdog op = { .id = 0, .timeout = 10 };

	(void)state;
	assert_int_equal(call(&p, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), -XEN_ENOSYS);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), 1);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), 2);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), -XEN_ENOSPC);
	op.id = 3;
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), -XEN_EINVAL);
	op.id = 1;
	op.timeout = 0;
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op), 0);
	sim_sleep(o.task, 9 * SIM_SECOND);
	assert_int_equal(sim_shutdown_code(o.guest), -1);
	sim_sleep(o.task, 2 * SIM_SECOND);
	assert_int_equal(sim_shutdown_code(o.guest), SHUTDOWN_watchdog);
	one_free(&o);
	one_free(&p);
}

static void test_suspend(void **state)
{
	static const struct sim_resume cancel = { .cancel = true };
	static const struct sim_resume elsewhere = { .id = 9, .profile = &sim_xen_3_4 };
	struct one o = one_new(1, wide, false);
	struct sched_shutdown op = { .reason = SHUTDOWN_suspend };
	struct sim_leftovers left;
	uint64_t gfn = sim_mmio_alloc(o.guest, 2), value = 5;
	uint8_t *page = sim_frame(o.guest, gfn);

	(void)state;
	assert_int_equal(param(&o, true, HVM_PARAM_CALLBACK_IRQ, &value), 0);
	assert_int_equal(physmap_add(&o, XENMAPSPACE_shared_info, 0, gfn), 0);
	page[1] = 9;
	sim_plan_resume(o.guest, &cancel);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op), 1);
	assert_int_equal(page[1], 9);
	sim_plan_resume(o.guest, &elsewhere);
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op), 0);
	assert_int_equal(page[1], 0xff);
	assert_int_equal(sim_domain_id(o.guest), 9);
	assert_int_equal(call(&o, __HYPERVISOR_xen_version, XENVER_version, NULL), 0x30004);
	assert_int_equal(param(&o, false, HVM_PARAM_CALLBACK_IRQ, &value), 0);
	assert_int_equal(value, 0);
	sim_leftovers(o.guest, &left);
	assert_int_equal(left.ports, 0);
	op.reason = 99;
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op), -XEN_EINVAL);
	op.reason = SHUTDOWN_crash;
	assert_int_equal(call(&o, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op), 0);
	assert_int_equal(sim_shutdown_code(o.guest), SHUTDOWN_crash);
	one_free(&o);
}

/* From outside, while the guest does nothing; its emulator is another. */
static void test_hibernated(void **state)
{
	struct one o = one_new(1, wide, false);
	struct sim_resume plan = { .id = 9, .profile = &sim_xen_3_4 };
	struct xen_memory_reservation op = { .domid = DOMID_SELF, .nr_extents = 1 };
	struct sim_leftovers left;
	struct sim_emulated e;
	uint64_t value = 0, gfn;
	xen_pfn_t given;

	(void)state;
	sim_port_out(o.task, 0x10, 2, 3);
	assert_true(sim_port_alloc(o.guest, 0, NULL) > 0);
	sim_hibernated(o.guest, &plan);
	assert_null(sim_failure(o.sim));
	assert_int_equal(sim_domain_id(o.guest), 9);
	sim_leftovers(o.guest, &left);
	assert_int_equal(left.ports, 0);
	sim_emulated(o.guest, &e);
	assert_true(e.boot_disk && e.disks && e.nics);
	assert_int_equal(param(&o, false, HVM_PARAM_STORE_EVTCHN, &value), 0);
	sim_ram_alloc(o.guest, &gfn);
	given = gfn;
	set_xen_guest_handle(op.extent_start, &given);
	assert_int_equal(call(&o, __HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op), 1);
	sim_hibernated(o.guest, &plan);
	assert_non_null(strstr(sim_failure(o.sim), "hibernates without 1 pages"));
	one_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_free_mode),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_cpuid),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_unplug),
		cmocka_unit_test(test_unplug_some),
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_hibernated),
	};

	return cmocka_run_group_tests_name("simulated Xen: core", tests, NULL, NULL);
}
