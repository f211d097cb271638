/* SPDX-License-Identifier: BSD-2-Clause */
/* XEN.SYS's own sources, all but the assembly object, over a made-up machine: start and hypercalls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "../internal.h"
#include "fake.h"

#include "pv_xen.h"
#include <xen/errno.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

#define PARAMETERS "Services\\XEN\\Parameters"

static int setup(void **state)
{
	(void)state;
	fake_reset();
	XenHypercallSetup(XEN_INSTRUCTION_VMCALL);
	XenLogSetup(XEN_LOG_NONE, XEN_LOG_NONE);
	return 0;
}

/* What a driver's globals remember is for ever: each case that initialises has its own process. */
static int in_child(void (*body)(void))
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		body();
		exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

#define check(x)                                                                                   \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);                    \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static void no_xen(void)
{
	ULONG resident = 0;

	check(XenInitialize(1, &resident) == STATUS_NOT_SUPPORTED);
	check(resident == XEN_API_VERSION);
	check(fake.calls == 0 && fake.log[0] == '\0' && fake.registry_calls == 0);
	check(XenEventChannelSend(1) == STATUS_DEVICE_NOT_READY);
}

static void unknown_vendor(void)
{
	ULONG resident;

	fake.vendor = "GenuineXxxxx";
	fake.xen_base = 0x40000000;
	check(XenInitialize(1, &resident) == STATUS_NOT_SUPPORTED);
	check(fake.calls == 0);
}

static void xen_without_hypercalls(void)
{
	ULONG resident;

	fake.xen_base = 0x40000000;
	fake.answer = -XEN_ENOSYS;
	check(XenInitialize(1, &resident) == STATUS_NOT_SUPPORTED);
	check(XenEventChannelSend(1) == STATUS_DEVICE_NOT_READY);
}

static void xen_on_intel(void)
{
	ULONG resident;
	unsigned int calls;

	fake.xen_base = 0x40000100;
	fake.viridian = true;
	check(XenEventChannelSend(1) == STATUS_DEVICE_NOT_READY);
	check(XenInitialize(XEN_API_VERSION, &resident) == STATUS_SUCCESS);
	check(!fake.vmmcall && fake.open_keys == 0);
	check(strstr(fake.log, "XEN|INFO: Xen 4.17-test, leaves at 40000100") != NULL);
	calls = fake.calls;
	check(XenInitialize(XEN_API_VERSION, &resident) == STATUS_SUCCESS);
	check(fake.calls == calls); /* idempotent */
	check(XenEventChannelSend(1) == STATUS_SUCCESS);
}

static void xen_on_amd(void)
{
	ULONG resident;

	fake.vendor = "AuthenticAMD";
	fake.xen_base = 0x4000ff00;
	fake.magic = 0xffff; /* no platform device: nothing may be written to its ports */
	check(XenInitialize(1, &resident) == STATUS_SUCCESS);
	check(fake.vmmcall && fake.log[0] == '\0');
}

/* A new importer over an old XEN.SYS: told so, and nothing has been touched. Then an old importer,
 * which goes on. */
static void importer_is_newer(void)
{
	ULONG resident = 0;

	fake.xen_base = 0x40000000;
	check(XenInitialize(XEN_API_VERSION + 1, &resident) == STATUS_REVISION_MISMATCH);
	check(resident == XEN_API_VERSION && fake.calls == 0);
	check(XenInitialize(0, &resident) == STATUS_REVISION_MISMATCH);
	check(XenInitialize(XEN_API_VERSION, &resident) == STATUS_SUCCESS);
}

static void registry_fails(void)
{
	ULONG resident;

	fake.xen_base = 0x40000000;
	fake_registry_set_text("Control", "SystemStartOptions", "XEN:DBG_PRINT=ON");
	/* The registry is full of wishes, none of which is needed. */
	for (unsigned int n = 1; n < 8; n++) {
		fake.fail_at = fake.registry_calls + n;
		XenStartOptionsRead();
		check(fake.open_keys == 0);
	}
	fake.fail_at = 1;
	fake.registry_calls = 0;
	check(XenInitialize(1, &resident) == STATUS_SUCCESS);
	check(fake.open_keys == 0);
}

static void levels_from_registry(void)
{
	ULONG resident;
	ULONG none = XEN_LOG_NONE;
	ULONG silly = 77;

	fake.xen_base = 0x40000000;
	fake_registry_set(PARAMETERS, "QemuLogLevel", REG_DWORD, &none, sizeof(none));
	fake_registry_set(PARAMETERS, "XenLogLevel", REG_DWORD, &silly, sizeof(silly));
	fake_registry_set_text(
		"Control", "SystemStartOptions", " NOEXECUTE=OPTIN xen:dbg_print=on");
	check(XenInitialize(1, &resident) == STATUS_SUCCESS);
	check(fake.log[0] == '\0');
	check(strstr(fake.debugger, "XEN|INFO: Xen 4.17") != NULL);
}

static void initialise(void **state)
{
	(void)state;
	assert_int_equal(in_child(no_xen), 0);
	assert_int_equal(in_child(unknown_vendor), 0);
	assert_int_equal(in_child(xen_without_hypercalls), 0);
	assert_int_equal(in_child(xen_on_intel), 0);
	assert_int_equal(in_child(xen_on_amd), 0);
	assert_int_equal(in_child(importer_is_newer), 0);
	assert_int_equal(in_child(registry_fails), 0);
	assert_int_equal(in_child(levels_from_registry), 0);
}

static void find_routine(void **state)
{
	(void)state;
	assert_null(XenFindRoutine(0));
	assert_ptr_equal(XenFindRoutine(XEN_ORDINAL_XenInitialize), XenInitialize);
	assert_ptr_equal(XenFindRoutine(XEN_ORDINAL_XenFilterClasses), XenFilterClasses);
	assert_null(XenFindRoutine(XEN_ORDINAL_LAST + 1));
	assert_null(XenFindRoutine(0xffffffff));
}

static void xen_get_param(void *argument)
{
	struct xen_hvm_param *p = argument;

	assert_int_equal(p->domid, DOMID_SELF);
	assert_int_equal(p->index, HVM_PARAM_STORE_PFN);
	p->value = 0x123456789abcull;
}

static void hvm_params(void **state)
{
	ULONGLONG value = 1;

	(void)state;
	fake.xen = xen_get_param;
	assert_int_equal(XenHvmGetParam(HVM_PARAM_STORE_PFN, &value), STATUS_SUCCESS);
	assert_int_equal(value, 0x123456789abcull);
	assert_int_equal(fake.ordinal, __HYPERVISOR_hvm_op);
	assert_int_equal(fake.arguments[0], HVMOP_get_param);
	fake.answer = -XEN_EINVAL;
	value = 1;
	assert_int_equal(XenHvmGetParam(HVM_PARAM_STORE_PFN, &value), STATUS_INVALID_PARAMETER);
	assert_int_equal(value, 1); /* untouched by a failure */
	fake.xen = NULL;
	fake.answer = 0;
	assert_int_equal(XenHvmSetParam(HVM_PARAM_CALLBACK_IRQ, 5), STATUS_SUCCESS);
	assert_int_equal(fake.arguments[0], HVMOP_set_param);
}

static void xen_physmap(void *argument)
{
	struct xen_add_to_physmap *p = argument;

	assert_int_equal(p->domid, DOMID_SELF);
	assert_int_equal(p->space, XENMAPSPACE_grant_table);
	assert_int_equal(p->idx, 3);
	assert_int_equal(p->gpfn, 0xfeed);
}

static void xen_reservation(void *argument)
{
	struct xen_memory_reservation *p = argument;

	assert_int_equal(p->domid, DOMID_SELF);
	assert_int_equal(p->nr_extents, 3);
	assert_int_equal(p->extent_order, 1);
	assert_int_equal(p->extent_start.p[2], 30);
}

static void memory(void **state)
{
	const PFN_NUMBER pfns[] = { 10, 20, 30 };
	ULONG done = 9;

	(void)state;
	fake.xen = xen_physmap;
	assert_int_equal(XenMemoryAddToPhysmap(XENMAPSPACE_grant_table, 3, 0xfeed), STATUS_SUCCESS);
	assert_int_equal(fake.ordinal, __HYPERVISOR_memory_op);
	fake.xen = xen_reservation;
	fake.answer = 3;
	assert_int_equal(XenMemoryPopulatePhysmap(1, 3, pfns, &done), STATUS_SUCCESS);
	assert_int_equal(fake.arguments[0], XENMEM_populate_physmap);
	assert_int_equal(done, 3);
	fake.answer = 2;
	assert_int_equal(XenMemoryDecreaseReservation(1, 3, pfns, &done), STATUS_NO_MEMORY);
	assert_int_equal(done, 2);
	fake.answer = 4; /* more than there were */
	assert_int_equal(XenMemoryPopulatePhysmap(1, 3, pfns, &done), STATUS_IO_DEVICE_ERROR);
	assert_int_equal(done, 0);
	fake.answer = -XEN_EPERM;
	assert_int_equal(XenMemoryPopulatePhysmap(1, 3, pfns, &done), STATUS_ACCESS_DENIED);
	assert_int_equal(done, 0);
}

static void xen_unbound(void *argument)
{
	struct evtchn_alloc_unbound *p = argument;

	assert_int_equal(p->dom, DOMID_SELF);
	assert_int_equal(p->remote_dom, 7);
	p->port = 42;
}

static void xen_status(void *argument)
{
	struct evtchn_status *p = argument;

	p->status = EVTCHNSTAT_interdomain;
	p->vcpu = 2;
	p->u.interdomain.dom = 5;
	p->u.interdomain.port = 77;
}

static void xen_control(void *argument)
{
	struct evtchn_init_control *p = argument;

	assert_int_equal(p->control_gfn, 0x123456789ull);
	assert_int_equal(p->offset, 128);
	assert_int_equal(p->vcpu, 1);
}

static void event_channels(void **state)
{
	XEN_EVENT_CHANNEL_STATUS status;
	ULONG port = 0;

	(void)state;
	fake.xen = xen_unbound;
	assert_int_equal(XenEventChannelAllocateUnbound(7, &port), STATUS_SUCCESS);
	assert_int_equal(port, 42);
	assert_int_equal(fake.ordinal, __HYPERVISOR_event_channel_op);
	fake.answer = -XEN_ENOSPC;
	port = 0;
	assert_int_equal(XenEventChannelAllocateUnbound(7, &port), STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(port, 0);
	fake.answer = 0;
	fake.xen = xen_status;
	assert_int_equal(XenEventChannelQueryStatus(1, &status), STATUS_SUCCESS);
	assert_int_equal(status.RemoteDomid, 5);
	assert_int_equal(status.RemotePort, 77);
	fake.xen = NULL;
	XenEventChannelUnmask(1);
	assert_int_equal(fake.arguments[0], EVTCHNOP_unmask);
	XenEventChannelClose(1);
	assert_int_equal(fake.arguments[0], EVTCHNOP_close);
	XenEventChannelReset();
	assert_int_equal(fake.arguments[0], EVTCHNOP_reset);
	fake.xen = xen_control;
	assert_int_equal(XenEventChannelInitControl(0x123456789ull, 128, 1), STATUS_SUCCESS);
	assert_int_equal(fake.arguments[0], EVTCHNOP_init_control);
	fake.xen = NULL;
	fake.answer = -XEN_ENOSPC;
	assert_int_equal(XenEventChannelExpandArray(5), STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(fake.arguments[0], EVTCHNOP_expand_array);
	fake.answer = 0;
	assert_false(fake.interrupts_off);
	XenInterruptsOff();
	assert_true(fake.interrupts_off);
	XenInterruptsOn();
	assert_false(fake.interrupts_off);
}

static void make_madt(unsigned char *table, size_t size, unsigned char first)
{
	memset(table, 0, size);
	memcpy(table, "APIC", 4);
	table[4] = (unsigned char)size;
	for (size_t at = 44, n = 0; at < size; at += 8, n++) {
		table[at + 1] = 8;
		table[at + 2] = (unsigned char)n;
		table[at + 3] = (unsigned char)(first + 2 * n);
		table[at + 4] = 1;
	}
	for (size_t i = 0; i < size; i++)
		if (i != 9)
			table[9] -= table[i];
}

static void vcpu_ids(void **state)
{
	unsigned char table[44 + 3 * 8];
	ULONG id = 99;

	(void)state;
	fake.xen_base = 0x40000100;
	fake.vcpu = 5;
	XenVcpuSetup(fake.xen_base);
	assert_int_equal(XenVcpuId(&id), STATUS_SUCCESS);
	assert_int_equal(id, 5);
	fake.vcpu = 0; /* on another processor */
	assert_int_equal(XenVcpuId(&id), STATUS_SUCCESS);
	assert_int_equal(id, 0);
	/* An older Xen, and no table. */
	fake.no_vcpu_leaf = true;
	XenVcpuSetup(fake.xen_base);
	assert_int_equal(XenVcpuId(&id), STATUS_NOT_FOUND);
	make_madt(table, sizeof(table), 0);
	fake.madt = table;
	fake.madt_size = sizeof(table);
	XenVcpuSetup(fake.xen_base);
	fake.apic = 4;
	assert_int_equal(XenVcpuId(&id), STATUS_SUCCESS);
	assert_int_equal(id, 2);
	fake.topology = 2; /* counts for more than the eight bits of leaf 1 */
	assert_int_equal(XenVcpuId(&id), STATUS_SUCCESS);
	assert_int_equal(id, 1);
	fake.topology = 6;
	assert_int_equal(XenVcpuId(&id), STATUS_NOT_FOUND);
	make_madt(table, sizeof(table), 1);
	XenVcpuSetup(fake.xen_base);
	fake.topology = 3;
	id = 99;
	assert_int_equal(XenVcpuId(&id), STATUS_NOT_FOUND);
	assert_int_equal(id, 99);
	fake.madt_size = 100000;
	XenVcpuSetup(fake.xen_base);
	assert_int_equal(XenVcpuId(&id), STATUS_NOT_FOUND);
}

static int16_t grant_status;

static void xen_map(void *argument)
{
	struct gnttab_map_grant_ref *p = argument;

	assert_int_equal(p->dom, 3);
	assert_int_equal(p->ref, 99);
	assert_int_equal(p->flags, GNTMAP_host_map | GNTMAP_readonly);
	assert_int_equal(p->host_addr, 0x7000);
	p->handle = 12;
	p->status = grant_status;
}

static void grants(void **state)
{
	ULONG handle = 0;

	(void)state;
	fake.xen = xen_map;
	assert_int_equal(XenGrantTableMap(3, 99, TRUE, 0x7000, &handle), STATUS_SUCCESS);
	assert_int_equal(handle, 12);
	assert_int_equal(fake.ordinal, __HYPERVISOR_grant_table_op);
	assert_int_equal(fake.arguments[2], 1);
	handle = 0;
	grant_status = GNTST_permission_denied; /* the call works, the operation does not */
	assert_int_equal(XenGrantTableMap(3, 99, TRUE, 0x7000, &handle), STATUS_ACCESS_DENIED);
	grant_status = GNTST_no_space;
	assert_int_equal(
		XenGrantTableMap(3, 99, TRUE, 0x7000, &handle), STATUS_INSUFFICIENT_RESOURCES);
	grant_status = -99;
	assert_int_equal(XenGrantTableMap(3, 99, TRUE, 0x7000, &handle), STATUS_UNSUCCESSFUL);
	assert_int_equal(handle, 0);
}

static void sched(void **state)
{
	ULONG id = 0;

	(void)state;
	assert_int_equal(XenSchedShutdown(SHUTDOWN_suspend), STATUS_SUCCESS);
	assert_int_equal(fake.ordinal, __HYPERVISOR_sched_op);
	fake.answer = 1;
	assert_int_equal(XenSchedShutdown(SHUTDOWN_suspend), STATUS_CANCELLED);
	assert_int_equal(XenSchedWatchdog(&id, 30), STATUS_SUCCESS);
	assert_int_equal(id, 1);
	fake.answer = 0;
	assert_int_equal(XenSchedWatchdog(&id, 0), STATUS_SUCCESS);
	assert_int_equal(id, 1);
}

/* Every errno of Xen's becomes a failure, and none but -1, ESRCH … share by accident. */
static void every_errno(void **state)
{
	static const int all[] = {
#define XEN_ERRNO(name, value) value,
#include <xen/errno.h>
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_false(NT_SUCCESS(XenStatus(-(LONG_PTR)all[i])));
	assert_int_equal(XenStatus(0), STATUS_SUCCESS);
	assert_int_equal(XenStatus(12), STATUS_SUCCESS);
	assert_int_equal(XenStatus(-4095), STATUS_UNSUCCESSFUL);
	assert_int_equal(XenStatus(INTPTR_MIN), STATUS_UNSUCCESSFUL);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(initialise, NULL),
		test(find_routine),
		test(hvm_params),
		test(memory),
		test(event_channels),
		test(vcpu_ids),
		test(grants),
		test(sched),
		test(every_errno),
	};

	fake_reset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
