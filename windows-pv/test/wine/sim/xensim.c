/* SPDX-License-Identifier: BSD-2-Clause */
/* See xensim.h: entries of the drivers, the pages of the machine, time, and the interrupt. */
#include "internal.h"

#define PUMP_MS		   1
#define INTERRUPTS_AT_ONCE 64

struct xensim xensim;

static void enter(void)
{
	EnterCriticalSection(&xensim.lock);
	if (xensim.task)
		xensim.task->vcpu = sim_vcpu(xensim.guest, ShimCpu());
}

static void leave(void)
{
	LeaveCriticalSection(&xensim.lock);
}

void xensim_wake(void)
{
	for (uint32_t i = 0; i < SHIM_CPUS; i++)
		SetEvent(xensim.wake[i]);
}

static void storm(void)
{
	if (!xensim.storm)
		return;
	sim_port_send(xensim.control, xensim.storm);
	xensim.storm_sent++;
}

void xensim_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4])
{
	enter();
	if (xensim.task)
		sim_cpuid(xensim.task, leaf, subleaf, registers);
	else
		sim_memset(registers, 0, 4 * sizeof(*registers));
	leave();
}

intptr_t xensim_hypercall(uintptr_t op, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
	long rc = -XEN_ENOSYS;

	enter();
	if (xensim.task)
		rc = sim_hypercall(xensim.task, (uint32_t)op, a1, a2, a3);
	storm();
	leave();
	xensim_wake();
	return rc;
}

uint32_t xensim_in(uint16_t port, uint32_t size)
{
	uint32_t value = 0xffffffff;

	enter();
	if (xensim.task)
		value = sim_port_in(xensim.task, port, size);
	leave();
	return value;
}

void xensim_out(uint16_t port, uint32_t size, uint32_t value)
{
	enter();
	if (xensim.task)
		sim_port_out(xensim.task, port, size, value);
	leave();
}

void xensim_interrupts(int on)
{
	ShimInterrupts(on != 0);
}

uint64_t xensim_device_memory(void)
{
	return xensim.memory;
}

static VOID NTAPI page_appears(ULONGLONG pfn, PVOID page)
{
	enter();
	sim_attach(xensim.guest, pfn, page);
	leave();
}

static VOID NTAPI page_goes(ULONGLONG pfn, PVOID page)
{
	UNREFERENCED_PARAMETER(page);
	enter();
	sim_detach(xensim.guest, pfn);
	leave();
}

static PVOID NTAPI frame(ULONGLONG pfn)
{
	void *page;

	enter();
	page = sim_frame(xensim.guest, pfn);
	leave();
	return page;
}

/* The vector of a virtual CPU's interrupt, if Xen asserts it; 0: it does not. */
static uint8_t asserted(struct sim_vcpu *vcpu)
{
	if (!sim_irq_asserted(vcpu))
		return 0;
	if (!vcpu->vector)
		return XENSIM_VECTOR;
	sim_irq_taken(vcpu);
	return vcpu->vector;
}

static void interrupts(uint32_t cpu)
{
	for (int i = 0; i < INTERRUPTS_AT_ONCE; i++) {
		uint8_t vector;

		enter();
		if (i != 0)
			storm();
		vector = asserted(sim_vcpu(xensim.guest, cpu));
		leave();
		if (!vector || !ShimInterrupt(vector))
			return;
	}
}

/* Virtual time follows the real one, whether drivers call or not; services run meanwhile. */
static ULONG NTAPI pump(PVOID argument)
{
	uint64_t last = sim_clock();

	UNREFERENCED_PARAMETER(argument);
	for (;;) {
		uint64_t now = sim_clock();

		enter();
		if (!sim_has_failed(xensim.sim)) {
			xensim.task->kicked = 0;
			sim_sleep(xensim.task, now - last);
		}
		storm();
		leave();
		last = now;
		interrupts(0);
		WaitForSingleObject(xensim.wake[0], PUMP_MS);
	}
}

/* The other processors take their interrupts beside the first. */
static ULONG NTAPI another(PVOID argument)
{
	uint32_t cpu = (uint32_t)(uintptr_t)argument;

	for (;;) {
		interrupts(cpu);
		WaitForSingleObject(xensim.wake[cpu], PUMP_MS);
	}
}

void xensim_new(const struct sim_profile *profile, uint64_t seed, uint32_t grant_frames)
{
	struct sim_config config = { .seed = seed,
		.verbose = true,
		.time_limit = SIM_NEVER - 1,
		.entry_limit = UINT64_MAX };
	struct sim_domain_config control = { .profile = profile, .control = true };
	struct sim_domain_config driver = { .id = 5, .profile = profile, .control = true };
	struct sim_domain_config guest = { .id = XENSIM_DOMAIN,
		.profile = profile,
		.wide = true,
		.vcpus = SHIM_CPUS,
		.grant_frames = grant_frames,
		.viridian = seed & 1,
		.amd = seed >> 1 & 1 };
	const SHIM_MACHINE machine = { page_appears, page_goes, frame };

	EnterCriticalSection(&xensim.lock);
	xensim.sim = sim_new(&config);
	xensim.control = sim_domain_new(xensim.sim, &control);
	xensim.driver = sim_domain_new(xensim.sim, &driver);
	xensim.guest = sim_domain_new(xensim.sim, &guest);
	xensim.store = sim_store_new(xensim.sim, xensim.control);
	sim_store_introduce(xensim.store, xensim.guest);
	xensim.task = sim_adopt(xensim.sim, "windows", sim_vcpu(xensim.guest, 0));
	xensim.client = sim_client_new(xensim.store, xensim.task);
	sim_store_furnish(xensim.store, xensim.guest, xensim_furnish, NULL);
	xensim.memory = sim_mmio_alloc(xensim.guest, XENSIM_FRAMES);
	LeaveCriticalSection(&xensim.lock);
	ShimSetMachine(&machine);
	CloseHandle(CreateThread(NULL, 0, pump, NULL, 0, NULL));
	for (uintptr_t i = 1; i < SHIM_CPUS; i++)
		CloseHandle(CreateThread(NULL, 0, another, (PVOID)i, 0, NULL));
}

LONG NTAPI DllMain(PVOID module, ULONG reason, PVOID reserved);
LONG NTAPI DllMain(PVOID module, ULONG reason, PVOID reserved)
{
	UNREFERENCED_PARAMETER(module);
	UNREFERENCED_PARAMETER(reserved);
	if (reason != 1) /* DLL_PROCESS_ATTACH */
		return TRUE;
	InitializeCriticalSection(&xensim.lock);
	for (uint32_t i = 0; i < SHIM_CPUS; i++)
		xensim.wake[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
	ShimRegister("sim", xensim_command, NULL);
	return TRUE;
}
