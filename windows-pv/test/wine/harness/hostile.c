/* SPDX-License-Identifier: BSD-2-Clause */
/* A store in a bad mood, one that attacks, one that is full of nonsense; a table of one frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

static void still_well(const char *after)
{
	char name[96];

	snprintf(name, sizeof(name), "after %s the store answers the child", after);
	/* The one that was attacked may fail; the connection is made anew for the next. */
	is(await("3:yes", "child read data/here"), "3:yes", name);
}

static void names(void)
{
	is(ask("sim write " HOME "device/%0250d/0/x 1", 7), "0", "a class of 250 digits");
	ask("sim write " HOME "device/@%%s/0/x 1");
	ask("sim write " HOME "device/vif@/0/x 1");
	ask("sim write " HOME "device/VIF/0/x 1");
	is(ask("sim many 10000 " HOME "device/c /x"), "0", "10,000 classes");
	Sleep(500);
	is(ask("child state"), "there starts 1 removes 0", "the child has not noticed");
	still_well("that");
	clean("nonsense below device/");
	for (int i = 0; i < 10000; i += 2500)
		note("%s", ask("sim rm " HOME "device/c%d", i));
}

static void moods(void)
{
	is(ask("sim temper 300 100 2000 200 200 100"), "ok", "the store dribbles and dawdles");
	store();
	ask("sim temper 0 0 0 0 0 0");
	clean("a slow store");
}

static void attacks(bool all)
{
	static const struct {
		const char *name;
		bool slow; /* a request has to run into its limit of ten seconds */
	} list[] = {
		{ "unknown-id", false },
		{ "twice", false },
		{ "wrong-type", false },
		{ "no-such-type", false },
		{ "long", false },
		{ "huge", false },
		{ "unterminated", false },
		{ "empty", false },
		{ "names", false },
		{ "unknown-error", false },
		{ "producer-ahead", false },
		{ "producer-back", false },
		{ "consumer-ahead", false },
		{ "watch-unknown", false },
		{ "watch-malformed", false },
		{ "watch-flood", false },
		{ "silence", true },
		{ "only-unknown-id", true },
		{ "error-field", true },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i].slow && !all)
			continue;
		is(ask("sim attack %s 0", list[i].name), "ok", list[i].name);
		note("answered: %s", ask("child dir data"));
		still_well(list[i].name);
	}
	clean("attacks");
}

void suite_hostile(const char *variant, const char *what)
{
	bool all = !strcmp(what, "all");

	bus_up(variant, "4.17 1");
	child_up();
	names();
	moods();
	attacks(all);
	child_down();
	bus_down();
}

void suite_frames(const char *variant, const char *profile)
{
	char world[32];

	snprintf(world, sizeof(world), "%s 1 1", profile);
	bus_up(variant, world);
	child_up();
	exhaust(256, 504);
	clean("a table of one frame");
	child_down();
	bus_down();
}

/* An old XEN.SYS that is still in memory: no start, a restart asked for, and nothing touched. */
void suite_old(void)
{
	bus_up("old", "4.17 1");
	is(ask("bus irp 0 1b 0 0 0 0 0"), "c00002d2", "the start asks for a restart");
	ask("sim write " HOME "device/vif/0/backend x");
	Sleep(500);
	like(ask("child state"), "nobody", "there are no children");
	is(ask("sim unplugged"), "0", "the emulated devices are all there");
	is(ask("sim left"), "", "nothing of Xen's was touched");
	bus_down();
}

void suite_newer(void)
{
	bus_up("newer", "4.17 1");
	child_up();
	is(ask("child read data/here"), "3:yes", "an older XENBUS works with a newer XEN.SYS");
	child_down();
	bus_down();
}

/* Waits for the n-th allocation, which fails, or for the child, if there are not so many. */
static bool settled(int n)
{
	for (int i = 0; i < 100; i++) {
		if (atoi(ask("shim allocations")) >= n)
			return true;
		Sleep(20);
	}
	return false;
}

void suite_failing(const char *variant, int first, int step)
{
	int all, bad = 0, n;
	const char *left;

	bus_up(variant, "4.17 1");
	child_up();
	bus_down();
	ask("shim fail-allocation 0");
	ask("bus plug");
	like(await("there", "child state"), "there", "device and child are back");
	Sleep(200);
	all = atoi(ask("shim allocations"));
	ok(all > 20, "from there to the child it takes %d allocations", all);
	bus_down();
	for (n = first; n <= all; n += step) {
		ask("shim fail-allocation %d", n);
		ask("bus plug");
		settled(n);
		Sleep(50);
		ask("bus unplug");
		await("removed 1", "bus state");
		ask("shim fail-allocation 0");
		for (int i = 0; i < 100 && (*ask("shim left") || *ask("sim left")); i++)
			Sleep(30);
		left = ask("shim left");
		if (!*left && !*(left = ask("sim left")) && !*(left = ask("shim report")) &&
			!*(left = ask("sim failure")))
			continue;
		bad++;
		note("allocation %d: %s", n, left);
	}
	ok(!bad, "each of them fails in turn, and nothing is left or broken");
	ask("bus plug");
	like(await("there", "child state"), "there", "after all that it works");
	bus_down();
}
