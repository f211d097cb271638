/* SPDX-License-Identifier: BSD-2-Clause */
/* The ground itself: XEN.SYS over the simulated Xen, and everything that the shim must notice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void ground(void)
{
	stage("C:\\dktest\\probe\\probe.inf");
	install_root("Root\\DKTESTBUS", "C:\\dktest\\bus\\bus.inf");
	ok(alive(), "the test bus installs from its INF and is started");
	is(ask("sim new 4.17 1"), "ok", "a simulated Xen");
	is(ask("bus plug"), "ok", "the platform device appears");
	is(await("started 1", "bus state"), "started 1 surprised 0 removed 0",
		"the probe is bound to it by its INF and started");
}

static void wrong(const char *word, const char *report)
{
	char name[128];

	ask("shim report");
	ask("probe %s", word);
	snprintf(name, sizeof(name), "the shim notices: %s", word);
	like(ask("shim report"), report, name);
}

static void wrong_irp(const char *name, unsigned int code, const char *report)
{
	ask("shim report");
	ask("bus irp 0 e 0 0 0 %x 0", code);
	like(ask("shim report"), report, name);
}

static void interrupts(void)
{
	int port, before;
	char want[16];

	is(ask("probe interrupt-on"), "ok", "shared info, interrupt and port");
	port = atoi(ask("sim bind %s", ask("probe port")));
	ok(port > 0, "dom0 binds the guest's port");
	for (int i = 0; i < 3; i++) {
		before = atoi(ask("probe interrupts"));
		snprintf(want, sizeof(want), "%d", before + 1);
		is(ask("sim send %d 1", port), "0", "dom0 sends an event");
		is(await(want, "probe interrupts"), want, "... which is an interrupt");
	}
}

void suite_probe(void)
{
	const char *left;

	ground();
	is(ask("probe xen"), "ok", "XEN.SYS initialises over the simulated Xen");
	like(ask("sim said"), "Xen 4.17", "XEN.SYS's log comes out of the emulator's port");
	is(ask("probe dpcs"), "ok", "DPCs");
	is(ask("probe timers"), "ok", "timers");
	is(ask("probe rundown"), "ok", "rundown protection");
	is(ask("probe memory"), "ok", "MDLs and frames");
	interrupts();
	ask("shim fail-allocation 1");
	is(ask("probe allocation-fails"), "ok", "an allocation fails on command");
	is(ask("probe allocation-fails"), "it did not fail", "... and only that one");
	clean("nothing wrong so far");
	wrong("wait-at-dispatch", "KeWaitForSingleObject waits at IRQL 2");
	wrong("paged-at-dispatch", "allocates paged pool at IRQL 2");
	wrong("registry-at-dispatch", "ZwOpenKey at IRQL 2, allowed up to 0");
	wrong("lock-twice", "takes a spin lock that it has");
	wrong("unlock-free", "gives back a spin lock and has none");
	wrong("free-twice", "which is no block, or not any more");
	wrong("wrong-tag", "frees a block of tag");
	wrong("free-running-timer", "with a running timer or DPC");
	wrong("free-pages-twice", "frees the pages of an MDL that has none");
	wrong("physical-of-stack", "which is not of the pool");
	wrong("not-given", "connects to an interrupt that it was not given");
	wrong_irp("the shim notices: an IRP completed twice", 1, "does not have: twice");
	wrong_irp(
		"the shim notices: a dispatch routine that stays raised", 2, "returned at IRQL 2");
	wrong("leak", "");
	like(ask("shim left"), "pool Prob 100 bytes from probe.sys", "the shim notices: a leak");
	is(ask("bus unplug"), "ok", "the platform device goes");
	is(await("removed 1", "bus state"), "started 1 surprised 1 removed 1", "by surprise");
	left = strchr(ask("shim left"), '\n');
	ok(left && !left[1], "the leak is all that is left");
}

/* Each of these is the last thing that a driver process sees. */
void suite_crash(const char *how)
{
	ground();
	if (!strcmp(how, "free-granted")) {
		is(ask("probe xen"), "ok", "XEN.SYS initialises");
		is(ask("probe interrupt-on"), "ok", "memory is mapped");
		ask("probe %s", how);
		like(ask("sim failure"), "while it is granted", "a granted page is freed");
		return;
	}
	if (!strcmp(how, "free-given")) {
		is(ask("probe xen"), "ok", "XEN.SYS initialises");
		ask("probe %s", how);
		like(ask("sim failure"), "is not memory", "a page that Xen has is freed");
		return;
	}
	may_die = true;
	ask("probe %s", how);
	ok(!alive(), "the driver process ends: %s", how);
}
