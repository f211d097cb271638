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

/* Windows of the budget, 10 ms; events without work in one: 1000 at the price of 8. */
#define WINDOW_MS   10
#define WINDOW_MOST (1000 / 8 + 1)

/* A peer that sends again whenever its event is taken, and never has work. */
static void storm(void)
{
	ULONGLONG start = GetTickCount64(), took;
	int port, other, reads = 0, given, events;

	is(ask("child open unbound 0"), "0", "a channel");
	port = atoi(ask("sim bind %s", ask("child port 0")));
	is(ask("child open unbound 0"), "1", "another channel");
	other = atoi(ask("sim bind %s", ask("child port 1")));
	ask("child eager 0 1");
	ask("sim storm %d", port);
	ask("child unmask 0");
	while (GetTickCount64() - start < 1000)
		reads += !strcmp(ask("child read data/here"), "3:yes");
	ask("child unmask 1");
	given = atoi(ask("child events 1"));
	ask("sim send %d 1", other);
	ok(atoi(await_more(given, "child events 1")) > given, "in a storm other events arrive");
	note("%s sent", ask("sim storm 0"));
	events = atoi(ask("child count 0"));
	took = GetTickCount64() - start;
	ok(events <= (int)(took / WINDOW_MS + 2) * WINDOW_MOST,
		"... and it gets no more than its budget: %d callbacks in %d ms", events,
		(int)took);
	ok(reads > 10, "... and the store answers: %d times", reads);
	ask("child debug");
	given = atoi(strstr(counted("event channels: "), "back ") + 5);
	ok(given > 10, "... because it was held back %d times", given);
	ask("child close 0");
	ask("child close 1");
	ask("sim close %d", port);
	ask("sim close %d", other);
	clean("a storm");
}

static void changing_header(void)
{
	int reads = 0;

	is(ask("sim flip 1000"), "1", "lengths of messages change while they are read");
	for (; atoi(ask("sim flip 0")); reads++)
		ask("child read data/here");
	note("%d reads", reads);
	still_well("that");
	clean("a header that changes");
}

/* The child is the front-end: lib/ over the bus's interfaces. */
static void back_ends(void)
{
	static const struct {
		const char *name, *script, *then, *end;
	} list[] = {
		{ "a good back-end", CONNECT "serve;" CLOSE,
			"10 of 10 answered, 0 lies, 1 connections, domain 0", "up, " },
		{ "one whose state is not a number",
			CONNECT "serve 2;state not-a-number;await 5 6 gone;let-go;"
				"state 18446744073709551620;delay 300000;" CONNECT "serve;" CLOSE,
			"10 of 10 answered, 0 lies, 2 connections, domain 0", "up, " },
		{ "one that answers what nobody asked",
			CONNECT "serve 3;model forge 99;notify;await 5 6 gone;let-go;state 6",
			"3 of 10 answered, 1 lies, 1 connections, domain 0", "down, " },
		{ "one that vanishes", CONNECT "serve 2;vanish;await 5 6 gone;let-go",
			"of 10 answered, 0 lies, 1 connections, domain 0", "down, " },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		ok(strncmp(ask("sim device test %d ring %s", (int)i, list[i].script), "error", 5) !=
				0,
			"%s", list[i].name);
		is(ask("child front-up device/test/%d", (int)i), "00000000", "... is found");
		ask("child front-ask 10");
		like(await(list[i].then, "child front"), list[i].then, "... and what comes of it");
		like(await(list[i].end, "child front"), list[i].end, "... in the end");
		is(ask("child front-down"), "00000000", "... and it ends");
		is(ask("sim left"), BUS_WATCHES, "... and nothing is left of it");
	}
	clean("back-ends");
}

void suite_hostile(const char *variant, const char *what)
{
	bool all = !strcmp(what, "all");

	bus_up(variant, "4.17 1");
	child_up();
	names();
	moods();
	attacks(all);
	storm();
	changing_header();
	back_ends();
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
