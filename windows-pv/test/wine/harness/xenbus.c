/* SPDX-License-Identifier: BSD-2-Clause */
/* XENBUS.SYS from its INF to nothing left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <tlhelp32.h>

#include "harness.h"
#include "xenbus.h"

#define PATH_SIZE 96

int domain_id = 7;

const char *path(const char *key)
{
	static char paths[4][PATH_SIZE];
	static unsigned int turn;
	char *p = paths[turn++ % 4];

	snprintf(p, PATH_SIZE, "/local/domain/%d/%s", domain_id, key);
	return p;
}

void bus_up(const char *variant, const char *world)
{
	char inf[64];

	snprintf(inf, sizeof(inf), "C:\\dktest\\%s\\xenbus.inf", variant);
	stage(inf);
	stage("C:\\dktest\\child\\child.inf");
	install_root("Root\\DKTESTBUS", "C:\\dktest\\bus\\bus.inf");
	ok(alive(), "the test bus installs from its INF and is started");
	is(ask("sim new %s", world), "ok", "a simulated Xen");
	is(ask("bus plug"), "ok", "the platform device appears");
	like(await("started 1", "bus state"), "started 1", "XENBUS is bound to it by its own INF");
}

void child_up(void)
{
	is(ask("sim write " HOME "device/vif/0/backend x"), "0", "device/vif appears in the store");
	like(await("there", "child state"), "there", "... and a child, bound by PnP");
	ask("sim write " HOME "data/here yes");
}

void child_down(void)
{
	is(ask("sim rm " HOME "device/vif"), "0", "device/vif goes");
	like(await("away", "child state"), "away", "... and so does the child");
}

void bus_down(void)
{
	is(ask("bus unplug"), "ok", "the platform device is pulled out");
	like(await("removed 1", "bus state"), "surprised 1 removed 1", "... which XENBUS is told");
	empty("nothing is left of the drivers'");
}

/* How many processes have this module; *instances: of them with a driver loaded at all. */
static int loaded(const char *module)
{
	PROCESSENTRY32 process = { .dwSize = sizeof(process) };
	HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	int count = 0;

	for (BOOL more = Process32First(all, &process); more; more = Process32Next(all, &process)) {
		MODULEENTRY32 entry = { .dwSize = sizeof(entry) };
		HANDLE one = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, process.th32ProcessID);

		if (one == INVALID_HANDLE_VALUE)
			continue;
		for (BOOL next = Module32First(one, &entry); next; next = Module32Next(one, &entry))
			count += !_stricmp(entry.szModule, module);
		CloseHandle(one);
	}
	CloseHandle(all);
	return count;
}

static void instances(void)
{
	ok(loaded("dktestnt.sys") == 1, "one driver process (%d)", loaded("dktestnt.sys"));
	ok(loaded("xenbus.sys") == 1, "one XENBUS.SYS (%d)", loaded("xenbus.sys"));
	ok(loaded("xen.sys") == 1, "one XEN.SYS (%d)", loaded("xen.sys"));
	ok(loaded("dkchild.sys") == 1, "the child is with them (%d)", loaded("dkchild.sys"));
}

/* In the order in which children are to be seen: they come, go, and come again. */
static void comings_and_goings(void)
{
	child_up();
	is(ask("child state"), "there starts 1 removes 0", "it has been started once");
	instances();
	child_down();
	is(ask("child state"), "away starts 1 removes 1", "it has been removed once");
	ask("sim write " HOME "device/vbd/0/backend x");
	ask("sim write " HOME "device/nonsense/0/backend x");
	child_up();
	is(ask("child state"), "there starts 2 removes 1", "it is started again");
	clean("so far so good");
}

/* While its thread reads, writes, watches, opens and grants. */
static void removed_while_busy(int times)
{
	for (int i = 0; i < times; i++) {
		is(ask("child busy"), "00000000", "the child is busy");
		ok(atoi(await_more(2, "child rounds")) > 2, "... for some rounds");
		child_down();
		child_up();
	}
	clean("removal of a busy child");
}

static void removed_inside_its_callback(void)
{
	int port;

	is(ask("child open unbound 0"), "0", "a channel");
	port = atoi(ask("sim bind %s", ask("child port 0")));
	ok(port > 0, "bound by dom0");
	ask("child linger 0 600000000");
	ask("child unmask 0");
	ask("sim send %d 1", port);
	is(await("1", "child inside 0"), "1", "its callback runs, and goes on running");
	ask("sim rm " HOME "device/vif");
	like(await("away", "child state"), "away", "the child goes meanwhile");
	ask("sim close %d", port);
	clean("removal inside a callback");
	child_up();
}

/* 16 is IRP_MJ_POWER, 2 IRP_MN_SET_POWER; then system or device, and the state. */
static void power(void)
{
	is(ask("child irp 0 16 2 0 1 4 0"), "00000000", "the child goes to D3");
	is(ask("bus irp 0 16 2 0 1 4 0"), "00000000", "XENBUS goes to D3");
	is(ask("sim left"), "", "... and holds nothing of Xen's");
	clean("sleep");
	is(ask("bus irp 0 16 2 0 1 1 0"), "00000000", "XENBUS comes back to D0");
	is(ask("child irp 0 16 2 0 1 1 0"), "00000000", "and the child");
	is(ask("child read data/here"), "3:yes", "... and the store answers");
	is(ask("child irp 0 16 2 0 1 4 0"), "00000000", "the child sleeps again");
	is(ask("bus irp 0 16 2 0 0 4 0"), "00000000", "the system goes to S3");
	is(ask("sim left"), "", "... and XENBUS with it");
	is(ask("bus irp 0 16 2 0 0 1 0"), "00000000", "the system works again");
	is(ask("child irp 0 16 2 0 1 1 0"), "00000000", "and the child");
	is(ask("child read data/here"), "3:yes", "... over the store");
	is(ask("bus irp 0 16 3 0 1 4 0"), "00000000", "a query for power is let through");
	clean("power");
}

/* From a user-mode program, and from the kernel for its sake: XSA-468. */
static void refused(void)
{
	static const struct {
		unsigned int major;
		const char *name;
	} irps[] = {
		{ 0x0, "CREATE" },
		{ 0x3, "READ" },
		{ 0x4, "WRITE" },
		{ 0xd, "FILE_SYSTEM_CONTROL" },
		{ 0xe, "DEVICE_CONTROL" },
		{ 0xf, "INTERNAL_DEVICE_CONTROL" },
		{ 0x14, "QUERY_SECURITY" },
		{ 0x15, "SET_SECURITY" },
	};
	char name[64];

	for (size_t i = 0; i < sizeof(irps) / sizeof(irps[0]); i++) {
		snprintf(name, sizeof(name), "IRP_MJ_%s is refused by the bus", irps[i].name);
		is(ask("bus irp 1 %x 0 0 0 0 0", irps[i].major), "c0000022", name);
		snprintf(name, sizeof(name), "IRP_MJ_%s is refused by its child's device",
			irps[i].name);
		is(ask("child irp-pdo 1 %x 0 0 0 0 0", irps[i].major), "c0000022", name);
	}
	clean("refusals");
}

/* One report in the life of a bus; three lives, as systems differ in what they tell. */
static void crashes(void)
{
	static const struct {
		const char *command, *said;
	} systems[] = {
		{ "shim crash", "XENBUS|CRITICAL: bug check" },
		{ "shim crash dump", "XENBUS|CRITICAL: bug check 000000d1" },
		{ "shim crash triage dump",
			"XENBUS|CRITICAL: bug check 000000d1 (0000000000001000, "
			"0000000000001001, 0000000000001002, "
			"0000000000001003)" },
	};

	is(ask("sim shutdown-means"), "-1", "Xen has been told nothing of a crash");
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		is(ask("%s", systems[i].command), "ok", systems[i].command);
		like(ask("sim heard bug check"), systems[i].said, "... is in the emulator's log");
		/* SHUTDOWN_crash */
		is(ask("sim shutdown-means"), "3", "... and Xen knows that it was one");
		clean("... at HIGH_LEVEL");
		is(ask("bus irp 0 16 2 0 1 4 0"), "00000000", "once more: XENBUS goes to D3");
		is(ask("bus irp 0 16 2 0 1 1 0"), "00000000", "... and comes back");
	}
	ask("sim errors");
}

void suite_xenbus(const char *variant, const char *profile)
{
	char world[32];

	snprintf(world, sizeof(world), "%s 1", profile);
	bus_up(variant, world);
	like(await("IFACE", "sim heard bus: IFACE"), "XENBUS|INFO: bus: IFACE",
		"the synthetic class is shown");
	like(ask("sim heard event channels: "),
		strcmp(profile, "3.4") ? "FIFO, 2 of 2 processors" : "2-level, 1 of 2 processors",
		"event channels by the newest ABI, on the processors, that this Xen has");
	like(ask("sim heard is vCPU"), "processor 1 is vCPU 1",
		"... which are known, by CPUID or by the firmware's table");
	comings_and_goings();
	interfaces(!strcmp(variant, "checked"), strcmp(profile, "3.4") != 0);
	refused();
	pnp_irps();
	removed_while_busy(2);
	removed_inside_its_callback();
	power();
	is(ask("sim unplugged"), "0", "nothing was unplugged");
	child_down();
	crashes();
	child_up();
	bus_down();
	is(ask("sim errors"), "",
		"XENBUS found nothing wrong: no interface, channel or callback was kept");
	note("once more, from the start");
	ask("bus plug");
	like(await("there", "child state"), "there", "the platform device is back, and the child");
	bus_down();
}

void suite_busy(const char *variant, const char *times)
{
	bus_up(variant, "4.17 1");
	child_up();
	removed_while_busy(atoi(times));
	bus_down();
}
