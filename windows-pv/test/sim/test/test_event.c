/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels, their bits in both layouts of shared info, and the upcall. */
#include "sim_test.h"

#include <xen/event_channel.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/vcpu.h>

/* Written from the text of the header, not from the simulator's code. */
struct view {
	uint8_t *page;
	bool wide;
};

static bool bit(const struct view *v, uint32_t base, uint32_t n)
{
	return (v->page[base + n / 8] >> n % 8) & 1;
}

static uint32_t pending_at(const struct view *v)
{
	(void)v;
	return 2048;
}

static uint32_t mask_at(const struct view *v)
{
	return v->wide ? 2048 + 512 : 2048 + 128;
}

static bool pending(const struct view *v, uint32_t port)
{
	return bit(v, pending_at(v), port);
}

static bool selected(const struct view *v, uint32_t vcpu, uint32_t port)
{
	return bit(v, vcpu * 64 + (v->wide ? 8 : 4), port / (v->wide ? 64 : 32));
}

static void set_mask(struct view *v, uint32_t port, bool on)
{
	uint8_t *byte = &v->page[mask_at(v) + port / 8];

	*byte = (uint8_t)(on ? *byte | 1u << port % 8 : *byte & ~(1u << port % 8));
}

static void clear_all(struct view *v)
{
	memset(v->page + pending_at(v), 0, v->wide ? 512 : 128);
	for (uint32_t i = 0; i < 32; i++) {
		v->page[i * 64] = 0;
		memset(v->page + i * 64 + (v->wide ? 8 : 4), 0, v->wide ? 8 : 4);
	}
}

static long event(struct one *o, uint32_t op, void *argument)
{
	return call(o, __HYPERVISOR_event_channel_op, op, argument);
}

static long on_port(struct one *o, uint32_t op, uint32_t port)
{
	return event(o, op, &port);
}

static void set_callback(struct one *o, uint64_t via)
{
	struct xen_hvm_param p = {
		.domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = via
	};

	assert_int_equal(call(o, __HYPERVISOR_hvm_op, HVMOP_set_param, &p), 0);
}

static struct view place(struct one *o)
{
	struct xen_add_to_physmap op = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info };
	struct view v;

	op.gpfn = sim_mmio_alloc(o->guest, 1);
	assert_int_equal(call(o, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op), 0);
	v.page = sim_frame(o->guest, op.gpfn);
	return v;
}

static uint32_t unbound(struct one *o, uint16_t remote)
{
	struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = remote };

	assert_int_equal(event(o, EVTCHNOP_alloc_unbound, &op), 0);
	return op.port;
}

static struct one start(struct view *v, bool wide, uint32_t vcpus)
{
	struct sim_domain_config config = { .wide = wide, .vcpus = vcpus };
	struct one o = one_new(1, config, false);

	*v = place(&o);
	v->wide = wide;
	set_callback(&o, 1ull << 56 | 0x1800);
	clear_all(v);
	return o;
}

static void test_bits(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct view v;
		struct one o = start(&v, wide, 2);
		uint32_t port = unbound(&o, 0), other = unbound(&o, 0);
		int far = sim_port_bind(o.dom0, 7, port, NULL);

		assert_true(far > 0);
		assert_true(sim_port_pending(o.dom0, (uint32_t)far)); /* a bind pends the binder */
		assert_int_equal(sim_port_send(o.dom0, (uint32_t)far), 0);
		assert_true(pending(&v, port));
		assert_false(pending(&v, other));
		assert_true(selected(&v, 0, port));
		assert_int_equal(v.page[0], 1);
		/* Pending already: nothing new happens, even if the guest has not looked. */
		v.page[0] = 0;
		sim_port_send(o.dom0, (uint32_t)far);
		assert_int_equal(v.page[0], 0);
		/* Masked: pending, and no more. */
		clear_all(&v);
		set_mask(&v, port, true);
		sim_port_send(o.dom0, (uint32_t)far);
		assert_true(pending(&v, port));
		assert_false(selected(&v, 0, port));
		assert_int_equal(v.page[0], 0);
		assert_int_equal(on_port(&o, EVTCHNOP_unmask, port), 0);
		assert_true(selected(&v, 0, port));
		assert_int_equal(v.page[0], 1);
		/* Not masked: unmasking is nothing. */
		clear_all(&v);
		v.page[pending_at(&v) + port / 8] |= (uint8_t)(1u << port % 8);
		assert_int_equal(on_port(&o, EVTCHNOP_unmask, port), 0);
		assert_int_equal(v.page[0], 0);
		/* Bound to the other CPU. */
		clear_all(&v);
		assert_int_equal(event(&o, EVTCHNOP_bind_vcpu,
					 &(struct evtchn_bind_vcpu){ .port = port, .vcpu = 1 }),
			0);
		sim_port_send(o.dom0, (uint32_t)far);
		assert_int_equal(v.page[0], 0);
		assert_int_equal(v.page[64], 1);
		assert_true(selected(&v, 1, port));
		/* Closing takes the pending bit with it. */
		assert_int_equal(on_port(&o, EVTCHNOP_close, port), 0);
		assert_false(pending(&v, port));
		assert_int_equal(sim_port_send(o.dom0, (uint32_t)far), 0); /* unbound now: lost */
		assert_false(pending(&v, port));
		one_free(&o);
	}
}

static void test_latch(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		struct sim_domain_config config = { .wide = wide };
		struct one o = one_new(1, config, false);
		struct view v = place(&o);
		uint32_t port = 0;
		int far;

		while (port < 70)
			port = unbound(&o, 0);
		far = sim_port_bind(o.dom0, 7, port, NULL);
		/* Not latched yet: Xen writes what this guest does not read. */
		clear_all(&v);
		v.wide = !wide;
		clear_all(&v);
		sim_port_send(o.dom0, (uint32_t)far);
		assert_true(selected(&v, 0, port));
		v.wide = wide;
		assert_false(selected(&v, 0, port));
		set_callback(&o, 5);
		clear_all(&v);
		sim_port_send(o.dom0, (uint32_t)far);
		assert_true(selected(&v, 0, port));
		/* Ports as many as the layout has bits. */
		for (struct evtchn_alloc_unbound op = { .dom = DOMID_SELF };;) {
			long rc = event(&o, EVTCHNOP_alloc_unbound, &op);

			if (rc) {
				assert_int_equal(rc, -XEN_ENOSPC);
				break;
			}
			port = op.port;
		}
		assert_int_equal(port, wide ? 4095 : 1023);
		one_free(&o);
	}
}

static void test_errors(void **state)
{
	struct sim_domain_config third = { .id = 8, .profile = &sim_xen_4_17 };
	struct view v;
	struct one o = start(&v, true, 2);
	struct evtchn_alloc_unbound alloc = { .dom = 8 };
	struct evtchn_bind_interdomain bind = { .remote_dom = 0 };
	struct evtchn_bind_virq virq = { .virq = VIRQ_TIMER };
	struct evtchn_bind_ipi ipi = { .vcpu = 2 };
	struct evtchn_bind_vcpu cpu = { .vcpu = 1 };
	struct evtchn_reset reset = { .dom = 8 };
	struct evtchn_status status = { .dom = 8 };
	uint32_t port = unbound(&o, 8);
	int far;

	(void)state;
	sim_domain_new(o.sim, &third);
	assert_int_equal(event(&o, EVTCHNOP_alloc_unbound, &alloc), -XEN_EPERM);
	alloc.dom = 99;
	assert_int_equal(event(&o, EVTCHNOP_alloc_unbound, &alloc), -XEN_ESRCH);
	assert_int_equal(event(&o, EVTCHNOP_alloc_unbound, NULL), -XEN_EFAULT);
	bind.remote_port = 0;
	assert_int_equal(event(&o, EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	far = sim_port_alloc(o.dom0, 8, NULL);
	bind.remote_port = (uint32_t)far;
	assert_int_equal(event(&o, EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	bind.remote_dom = 99;
	assert_int_equal(event(&o, EVTCHNOP_bind_interdomain, &bind), -XEN_ESRCH);
	/* One that is meant for us; a second bind finds it taken. */
	far = sim_port_alloc(o.dom0, 7, NULL);
	bind.remote_dom = 0;
	bind.remote_port = (uint32_t)far;
	assert_int_equal(event(&o, EVTCHNOP_bind_interdomain, &bind), 0);
	assert_true(pending(&v, bind.local_port));
	status.dom = DOMID_SELF;
	status.port = bind.local_port;
	assert_int_equal(event(&o, EVTCHNOP_status, &status), 0);
	assert_int_equal(status.status, EVTCHNSTAT_interdomain);
	assert_int_equal(status.u.interdomain.port, far);
	assert_int_equal(event(&o, EVTCHNOP_bind_interdomain, &bind), -XEN_EINVAL);
	/* A peer for whom the port is not cannot have it. */
	assert_int_equal(sim_port_bind(o.dom0, 7, port, NULL), -XEN_EINVAL);
	status.port = port;
	assert_int_equal(event(&o, EVTCHNOP_status, &status), 0);
	assert_int_equal(status.status, EVTCHNSTAT_unbound);
	assert_int_equal(status.u.unbound.dom, 8);
	status.dom = 8;
	assert_int_equal(event(&o, EVTCHNOP_status, &status), -XEN_EPERM);
	assert_int_equal(event(&o, EVTCHNOP_reset, &reset), -XEN_EPERM);
	/* Not ports. */
	assert_int_equal(on_port(&o, EVTCHNOP_send, 0), -XEN_EINVAL);
	assert_int_equal(on_port(&o, EVTCHNOP_send, 5000), -XEN_EINVAL);
	assert_int_equal(on_port(&o, EVTCHNOP_send, 4000), -XEN_EINVAL);
	assert_int_equal(on_port(&o, EVTCHNOP_close, 4000), -XEN_EINVAL);
	assert_int_equal(on_port(&o, EVTCHNOP_unmask, 4096), -XEN_EINVAL);
	assert_int_equal(on_port(&o, EVTCHNOP_send, port), 0); /* unbound: lost */
	/* VIRQs and IPIs. */
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), 0);
	assert_int_equal(on_port(&o, EVTCHNOP_send, virq.port), -XEN_EINVAL);
	cpu.port = virq.port;
	assert_int_equal(event(&o, EVTCHNOP_bind_vcpu, &cpu), -XEN_EINVAL);
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), -XEN_EEXIST);
	virq.vcpu = 1;
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), 0);
	virq.vcpu = 2;
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), -XEN_ENOENT);
	virq.virq = 24;
	virq.vcpu = 0;
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), -XEN_EINVAL);
	virq.virq = VIRQ_CONSOLE;
	virq.vcpu = 1;
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), -XEN_EINVAL);
	assert_int_equal(event(&o, EVTCHNOP_bind_ipi, &ipi), -XEN_ENOENT);
	ipi.vcpu = 1;
	assert_int_equal(event(&o, EVTCHNOP_bind_ipi, &ipi), 0);
	assert_int_equal(on_port(&o, EVTCHNOP_send, ipi.port), 0);
	assert_true(pending(&v, ipi.port));
	assert_int_equal(v.page[64], 1);
	cpu.port = port;
	cpu.vcpu = 2;
	assert_int_equal(event(&o, EVTCHNOP_bind_vcpu, &cpu), -XEN_ENOENT);
	/* The FIFO ABI before it is chosen, and what does not exist. */
	assert_int_equal(event(&o, EVTCHNOP_init_control, NULL), -XEN_EFAULT);
	assert_int_equal(event(&o, EVTCHNOP_expand_array, NULL), -XEN_ENOSYS);
	assert_int_equal(event(&o, 99, NULL), -XEN_ENOSYS);
	reset.dom = DOMID_SELF;
	assert_int_equal(event(&o, EVTCHNOP_reset, &reset), 0);
	assert_int_equal(on_port(&o, EVTCHNOP_close, port), -XEN_EINVAL);
	one_free(&o);
}

/* --- the upcall ------------------------------------------------------------------------------- */

struct handler {
	struct view *v;
	uint32_t calls, vcpu;
	bool leave;
};

static void isr(struct sim_task *task, void *argument)
{
	struct handler *h = argument;

	h->calls++;
	sim_point(task); /* an interrupt is not interrupted */
	if (!h->leave)
		h->v->page[h->vcpu * 64] = 0;
}

static void test_line(void **state)
{
	struct view v;
	struct one o = start(&v, true, 2);
	struct handler h = { .v = &v };
	uint32_t port = unbound(&o, 0);
	int far = sim_port_bind(o.dom0, 7, port, NULL);

	(void)state;
	sim_set_isr(sim_vcpu(o.guest, 0), isr, &h);
	sim_irq_off(o.task);
	sim_port_send(o.dom0, (uint32_t)far);
	sim_point(o.task);
	assert_int_equal(h.calls, 0);
	sim_irq_on(o.task);
	sim_point(o.task);
	assert_int_equal(h.calls, 1);
	sim_point(o.task);
	assert_int_equal(h.calls, 1);
	/* A line that is not cleared comes again and again. */
	clear_all(&v);
	h.leave = true;
	sim_port_send(o.dom0, (uint32_t)far);
	sim_point(o.task);
	sim_point(o.task);
	assert_true(h.calls > 4);
	h.leave = false;
	sim_point(o.task);
	/* Without a callback there is none. */
	set_callback(&o, 0);
	clear_all(&v);
	h.calls = 0;
	sim_port_send(o.dom0, (uint32_t)far);
	sim_point(o.task);
	assert_int_equal(v.page[0], 1);
	assert_int_equal(h.calls, 0);
	one_free(&o);
}

static void test_stuck(void **state)
{
	struct sim_domain_config config = { .wide = true };
	struct one o = one_new(1, config, true);
	struct view v = place(&o);
	struct handler h = { .v = &v, .leave = true };
	uint32_t port = unbound(&o, 0);
	int far;

	(void)state;
	v.wide = true;
	set_callback(&o, 5);
	sim_set_isr(sim_vcpu(o.guest, 0), isr, &h);
	far = sim_port_bind(o.dom0, 7, port, NULL);
	clear_all(&v);
	sim_port_send(o.dom0, (uint32_t)far);
	for (int i = 0; i < 30000 && !sim_failure(o.sim); i++)
		sim_point(o.task);
	assert_non_null(strstr(sim_failure(o.sim), "never cleared"));
	one_free(&o);
}

static void test_vectors(void **state)
{
	struct view v;
	struct one o = start(&v, true, 1);
	struct handler h = { .v = &v };
	struct xen_hvm_evtchn_upcall_vector vector = { .vcpu = 0, .vector = 0x50 };
	uint32_t port = unbound(&o, 0);
	int far = sim_port_bind(o.dom0, 7, port, NULL);

	(void)state;
	set_callback(&o, 2ull << 56 | 0x31);
	sim_set_isr(sim_vcpu(o.guest, 0), isr, &h);
	v.page[1] = 1; /* the upcall mask holds a vector back */
	sim_port_send(o.dom0, (uint32_t)far);
	sim_point(o.task);
	assert_int_equal(h.calls, 0);
	v.page[1] = 0;
	sim_point(o.task);
	assert_int_equal(h.calls, 1);
	/* A CPU's own vector is an edge: once, whatever the handler leaves. */
	assert_int_equal(call(&o, __HYPERVISOR_hvm_op, HVMOP_set_evtchn_upcall_vector, &vector), 0);
	clear_all(&v);
	h.leave = true;
	sim_port_send(o.dom0, (uint32_t)far);
	sim_point(o.task);
	sim_point(o.task);
	assert_int_equal(h.calls, 2);
	one_free(&o);
}

static void test_vcpu_info(void **state)
{
	struct view v;
	struct one o = start(&v, true, 40);
	struct vcpu_register_vcpu_info op = { .offset = 128 };
	uint64_t gfn;
	uint8_t *page = sim_ram_alloc(o.guest, &gfn);
	uint32_t port = unbound(&o, 0);
	int far = sim_port_bind(o.dom0, 7, port, NULL);
	struct evtchn_bind_vcpu bind = { .port = port, .vcpu = 39 };

	(void)state;
	op.mfn = gfn;
	assert_int_equal(event(&o, EVTCHNOP_bind_vcpu, &bind), 0);
	sim_port_send(o.dom0, (uint32_t)far); /* it has no place yet: only the pending bit */
	assert_true(pending(&v, port));
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 39,
				 (uintptr_t)&op),
		0);
	assert_int_equal(page[128], 1); /* all is marked, so that nothing is lost */
	assert_int_equal(page[128 + 8], 0xff);
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 39,
				 (uintptr_t)&op),
		-XEN_EINVAL);
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 40,
				 (uintptr_t)&op),
		-XEN_ENOENT);
	op.offset = 4090;
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, 1,
				 (uintptr_t)&op),
		-XEN_EINVAL);
	clear_all(&v);
	memset(page + 128, 0, 64);
	sim_port_send(o.dom0, (uint32_t)far);
	assert_int_equal(page[128], 1);
	one_free(&o);
}

static void test_timer(void **state)
{
	struct view v;
	struct one o = start(&v, true, 1);
	struct handler h = { .v = &v };
	struct evtchn_bind_virq virq = { .virq = VIRQ_TIMER };
	struct vcpu_set_periodic_timer timer = { .period_ns = 10000000 };
	uint32_t ticks = 0;

	(void)state;
	assert_int_equal(event(&o, EVTCHNOP_bind_virq, &virq), 0);
	sim_set_isr(sim_vcpu(o.guest, 0), isr, &h);
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0,
				 (uintptr_t)&timer),
		0);
	for (int i = 0; i < 100; i++) {
		sim_sleep(o.task, 10 * SIM_MS);
		ticks += pending(&v, virq.port);
		clear_all(&v);
	}
	assert_true(ticks > 80 && ticks <= 100);
	timer.period_ns = 10;
	assert_int_equal(sim_hypercall(o.task, __HYPERVISOR_vcpu_op, VCPUOP_set_periodic_timer, 0,
				 (uintptr_t)&timer),
		-XEN_EINVAL);
	one_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_latch),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_vcpu_info),
		cmocka_unit_test(test_timer),
	};

	return cmocka_run_group_tests_name("simulated Xen: events", tests, NULL, NULL);
}
