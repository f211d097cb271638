/* SPDX-License-Identifier: BSD-2-Clause */
/* The balloon: targets of every kind, and everything failing on the way there and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define OK	   "00000000"
#define PARAMETERS "SYSTEM\\CurrentControlSet\\Services\\XENBUS\\Parameters"

/* In KiB, as the store has it. The guest keeps the floor, whatever it is asked for. */
#define MIB   1024
#define FLOOR (256 * MIB)
#define SPARE (24 * MIB)
#define VIDEO (8 * MIB)
#define ALL   (FLOOR + SPARE)

static void target(int kib)
{
	ask("sim write " HOME "memory/target %d", kib);
}

static const char *pages(int kib)
{
	static char text[32];

	snprintf(text, sizeof(text), "pages %d,", kib / 4);
	return text;
}

static void given(int kib, const char *name)
{
	like(await(pages(kib), "sim balloon"), pages(kib), name);
}

/* Once what is at work has come to rest. */
static void held(const char *what, const char *name)
{
	for (int i = 0; i < 40 && strcmp(ask("sim left"), what); i++)
		Sleep(50);
	is(ask("sim left"), what, name);
}

static void sleeps(const char *name)
{
	is(ask("bus irp 0 16 2 0 1 4 0"), OK, name);
}

static void wakes(const char *name)
{
	is(ask("bus irp 0 16 2 0 1 1 0"), OK, name);
}

static void switched(DWORD on)
{
	RegSetKeyValueA(HKEY_LOCAL_MACHINE, PARAMETERS, "Balloon", REG_DWORD, &on, sizeof(on));
}

static void unasked(void)
{
	like(await("memory stays", "sim heard balloon: "), "c0000034; memory stays",
		"a toolstack that says nothing of memory has no balloon");
	is(ask("sim read " HOME "control/feature-balloon"), "", "... and is not told of one");
	held(BUS_WATCHES, "... and nobody watches");
	ask("sim write " HOME "memory/static-max %d", ALL + VIDEO);
	ask("sim write " HOME "memory/videoram %d", VIDEO);
	target(ALL);
	switched(0);
	sleeps("XENBUS goes to D3");
	wakes("... and comes back, with the balloon switched off");
	target(FLOOR);
	Sleep(300);
	given(0, "... and gives nothing");
	held(BUS_WATCHES, "... and does not watch");
	target(ALL);
	switched(1);
	sleeps("once more");
	wakes("... with the balloon switched on");
	is(await("1", "sim read " HOME "control/feature-balloon"), "1",
		"... the toolstack is told");
	held("3 watches\n", "... and its target is watched");
	clean("a balloon that nobody wants");
}

static void up_and_down(void)
{
	given(0, "nothing is given as long as nothing is wished for");
	target(ALL - 16 * MIB);
	given(16 * MIB, "16 MiB less are wished for, and given");
	is(await("0", "sim read " HOME "control/balloon-active"), "0", "... and that was all");
	ask("child debug");
	like(counted("balloon: "), "Xen has 4096 of 4096 pages", "... and counted");
	target(ALL - 16 * MIB - 4);
	given(16 * MIB + 4, "one page more");
	target(ALL - 5 * MIB - 12);
	given(5 * MIB + 12, "some come back");
	target(0);
	given(SPARE, "all that the guest can spare, if nothing is to be left");
	target(1 << 30);
	given(0, "all come back when more is offered than there is");
	like(await("limits", "sim heard balloon: memory"), "262144 to 286720 KiB",
		"... both beyond its limits, which it tells");
	for (int i = 0; i < 60; i++)
		target(ALL - (i & 1 ? i * 100 : SPARE - i * 64));
	target(ALL - 3 * MIB);
	given(3 * MIB, "a target that turns all the time is followed to its last word");
	like(ask("sim balloon"), "not wiped 0", "nothing of the guest's was in any page");
	clean("up and down");
}

static void nonsense(void)
{
	static const char *const texts[] = { "", "-1", "12x", "0x1000", " 1", "nonsense",
		"99999999999999999999999999" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ask("sim write " HOME "memory/target %s", texts[i]);
		Sleep(60);
	}
	like(await("stays as it was", "sim heard balloon: memory"), "stays as it was",
		"a target that is no number is told");
	is(ask("sim rm " HOME "memory/target"), "0", "... and one that goes");
	Sleep(60);
	given(3 * MIB, "... and nothing is done about them");
	target(ALL);
	given(0, "... and the next that is one is followed");
	clean("targets that are none");
}

static void short_of_memory(void)
{
	ask("shim low-memory 1");
	target(ALL - 4 * MIB);
	Sleep(1500);
	given(0, "while Windows is short of memory it gives none");
	ask("shim low-memory 0");
	given(4 * MIB, "... and afterwards it does");
	ask("shim low-memory 1");
	target(ALL);
	given(0, "what comes back is welcome at any time");
	ask("shim low-memory 0");
	ask("shim most-pages 100");
	target(ALL - 4 * MIB);
	given(4 * MIB, "pages that Windows has only few of at once");
	target(ALL - 1 * MIB);
	given(1 * MIB, "... some of them back");
	ask("shim most-pages 0");
	target(ALL - 2 * MIB);
	given(2 * MIB, "... and others");
	target(ALL);
	given(0, "... and all back");
	clean("pressure");
}

static void refused(void)
{
	ask("sim refuse 1500 1500");
	target(FLOOR);
	given(SPARE, "Xen refuses every 1500th page, and gets all");
	target(ALL);
	given(0, "... and gives back all");
	ask("sim refuse 1 0");
	target(FLOOR);
	Sleep(300);
	given(0, "Xen wants none");
	ask("child debug");
	like(counted("balloon: "), "Xen has 0 of 6144 pages", "... which is counted");
	ask("sim refuse 0 0");
	given(SPARE, "... and later it does");
	ask("sim refuse 0 1");
	target(ALL);
	Sleep(300);
	given(SPARE, "Xen has none to give back");
	ask("sim refuse 0 0");
	given(0, "... and later it has");
	clean("refusals");
}

static void asleep(void)
{
	target(ALL - 8 * MIB);
	given(8 * MIB, "8 MiB are given");
	is(ask("child irp 0 16 2 0 1 4 0"), OK, "the child goes to D3");
	sleeps("... and XENBUS");
	is(ask("sim left"), "", "... and all is back");
	wakes("it is back in D0");
	given(8 * MIB, "... and gives what is wished for");
	ask("sim errors");
	ask("sim refuse 0 1500");
	sleeps("D3 once more, over a Xen that hesitates");
	is(ask("sim left"), "", "... and all is back");
	wakes("... D0");
	given(8 * MIB, "... and given");
	ask("sim refuse 0 1");
	sleeps("and over one that has nothing left");
	like(ask("sim errors"), "Xen keeps 2048 pages", "... which is told");
	ask("sim refuse 0 0");
	wakes("... D0");
	given(8 * MIB, "... they stay where they are");
	is(ask("bus irp 0 16 2 0 0 6 0"), OK, "the system shuts down");
	given(8 * MIB, "... and nobody asks for anything back");
	is(ask("bus irp 0 16 2 0 0 1 0"), OK, "or does not, after all");
	target(ALL - 1 * MIB);
	given(1 * MIB, "... they come back when they are wished for");
	is(ask("child irp 0 16 2 0 1 1 0"), OK, "the child is back too");
	clean("sleep");
}

static void suspended(void)
{
	ask("sim keep device/vif/0/backend x");
	ask("sim keep memory/static-max %d", ALL + VIDEO);
	ask("sim keep memory/videoram %d", VIDEO);
	ask("sim keep memory/target %d", ALL - 8 * MIB);
	given(8 * MIB, "8 MiB are given");
	ask("sim plan 0 -");
	is(ask("sim write " HOME "control/shutdown suspend"), "0", "a suspend is asked for");
	is(await("1", "child suspend"), "1", "... and the domain is resumed elsewhere");
	is(await("1", "sim read " HOME "control/feature-balloon"), "1",
		"... the toolstack is told");
	given(8 * MIB, "... the balloon is as it was");
	target(ALL);
	given(0, "... and comes back from there");
	clean("a suspend");
}

static void failing(int step)
{
	int all, bad = 0;

	ask("shim fail-allocation 0");
	target(ALL - 8 * MIB);
	given(8 * MIB, "8 MiB are given");
	await("0", "sim read " HOME "control/balloon-active");
	all = atoi(ask("shim allocations"));
	ok(all > 10, "... which takes %d allocations", all);
	for (int n = 1; n <= all; n += step) {
		const char *how;

		target(ALL);
		how = await(pages(0), "sim balloon");
		ask("shim fail-allocation %d", n);
		target(ALL - 8 * MIB);
		if (strstr(how, pages(0)))
			how = await(pages(8 * MIB), "sim balloon");
		ask("shim fail-allocation 0");
		if (strstr(how, pages(8 * MIB)) && !*ask("shim report") && !*ask("sim failure"))
			continue;
		bad++;
		note("allocation %d: %s", n, how);
	}
	ok(!bad, "each of them fails in turn, and it gets there all the same");
	target(ALL);
	given(0, "... and back");
}

/* While it waits for Xen to take the next page, and Xen hesitates to give any back. */
static void removed_meanwhile(void)
{
	ask("sim refuse 1500 700");
	target(FLOOR);
	like(await("pages 1499,", "sim balloon"), "pages 1499,", "half-way to the target");
	child_down();
	ask("sim errors");
	bus_down();
	is(ask("sim errors"), "", "... and Xen gave back all");
}

/* Windows has to go on without these pages, and must not think that it has them. */
static void never_back(void)
{
	ask("sim refuse 0 1");
	ask("bus plug");
	given(SPARE, "the device is back, and gives all that it can");
	is(ask("bus unplug"), "ok", "it is pulled out");
	like(await("removed 1", "bus state"), "removed 1",
		"... and gone, and Xen gives nothing back");
	given(SPARE, "... what it has is as it was");
	like(await("starts anew", "sim errors"),
		"6144 pages are Xen's until the system starts anew", "... which is told");
	like(ask("shim left"), "pool MIpg 4194304 bytes from", "... and the pages stay allocated");
	clean("... none was freed that Xen has");
}

/* The boot option, which XEN.SYS reads once, goes before the registry's setting. */
static void booted_without(const char *variant)
{
	static const char options[] = " NOEXECUTE=OPTIN XEN:BALLOON=OFF";

	RegSetKeyValueA(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Control",
		"SystemStartOptions", REG_SZ, options, sizeof(options));
	bus_up(variant, "4.17 1");
	switched(1);
	ask("sim write " HOME "memory/static-max %d", ALL + VIDEO);
	target(FLOOR);
	sleeps("XENBUS goes to D3");
	wakes("... and comes back, where memory is wished for");
	held(BUS_WATCHES, "booted without a balloon it does not watch");
	is(ask("sim read " HOME "control/feature-balloon"), "", "... and the toolstack knows");
	given(0, "... and nothing is given");
	bus_down();
}

void suite_balloon(const char *variant, int step)
{
	if (step == 0) {
		booted_without(variant);
		return;
	}
	bus_up(variant, "4.17 1");
	unasked();
	child_up();
	up_and_down();
	nonsense();
	short_of_memory();
	refused();
	asleep();
	suspended();
	failing(step);
	removed_meanwhile();
	never_back();
}
