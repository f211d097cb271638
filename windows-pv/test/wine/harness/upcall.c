/* SPDX-License-Identifier: BSD-2-Clause */
/* Events on the processor that a channel is bound to, and what becomes of them where it cannot be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define OK	      "00000000"
#define NOT_SUPPORTED "c00000bb"
#define CONTROL	      "SYSTEM\\CurrentControlSet\\Control"
#define PARAMETERS    "SYSTEM\\CurrentControlSet\\Services\\XENBUS\\Parameters"

static int ports[2];

/* Channel 0 or 1, the lowest that is free. */
static void open_channel(int channel)
{
	char number[4];

	snprintf(number, sizeof(number), "%d", channel);
	is(ask("child open unbound 0"), number, "a channel");
	ports[channel] = atoi(ask("sim bind %s", ask("child port %d", channel)));
	ok(ports[channel] > 0, "... which dom0 has bound");
	ask("child unmask %d", channel);
}

static void close_channel(int channel)
{
	is(ask("child close %d", channel), OK, "the channel is closed");
	ask("sim close %d", ports[channel]);
}

static void arrives(int channel, const char *cpu, const char *name)
{
	char events[32];
	int before;

	snprintf(events, sizeof(events), "child events %d", channel);
	/* What opening and binding have sent has arrived. */
	Sleep(50);
	ask("child unmask %d", channel);
	Sleep(50);
	before = atoi(ask("%s", events));
	ask("child unmask %d", channel);
	ask("sim send %d 1", ports[channel]);
	ok(atoi(await_more(before, events)) > before, "%s", name);
	is(ask("child cpu %d", channel), cpu, "... on the right processor");
	ask("child unmask %d", channel);
}

static void processors(const char *what, const char *name)
{
	like(await(what, "sim heard event channels: "), what, name);
}

static void binding(void)
{
	open_channel(0);
	arrives(0, "0", "an event arrives where all do");
	is(ask("child bind 0 1"), OK, "the channel is bound to the other processor");
	arrives(0, "1", "an event arrives there");
	is(ask("child bind 0 0"), OK, "and back");
	arrives(0, "0", "an event arrives as at first");
	is(ask("child bind 0 2"), NOT_SUPPORTED, "there is no third processor");
	clean("binding");
}

/* One processor stays in a callback; the other goes on. */
static void beside(void)
{
	open_channel(1);
	is(ask("child bind 1 1"), OK, "another one, on the other processor");
	ask("child linger 0 2000000000");
	ask("child unmask 0");
	ask("sim send %d 1", ports[0]);
	is(await("1", "child inside 0"), "1", "a callback runs, and goes on running");
	arrives(1, "1", "the other processor takes events meanwhile");
	is(ask("child inside 0"), "1", "... while the first is at it still");
	ask("child linger 0 0");
	is(await("0", "child inside 0"), "0", "... until it is done");
	close_channel(1);
	clean("two at once");
}

static void rebound(int times)
{
	int before, bound = 0;

	ask("child eager 0 1");
	ask("sim storm %d", ports[0]);
	ask("child unmask 0");
	before = atoi(ask("child events 0"));
	for (int i = 0; i < times; i++)
		bound += !strcmp(ask("child bind 0 %d", i % 2), OK);
	ok(bound == times, "bound to and fro in a storm, %d times", bound);
	ok(atoi(await_more(before, "child events 0")) > before, "... of which events come through");
	note("%s sent", ask("sim storm 0"));
	ask("child eager 0 0");
	is(ask("child bind 0 1"), OK, "it comes to rest on the other processor");
	arrives(0, "1", "... and goes on there");
	clean("binding while events fly");
}

static void suspend(const char *plan, const char *count)
{
	ask("sim plan %s", plan);
	is(ask("sim write " HOME "control/shutdown suspend"), "0", "a suspend");
	is(await(count, "child suspend"), count, "... and a resume elsewhere");
	close_channel(0);
	open_channel(0);
}

static void resumed(void)
{
	is(ask("child bind 0 1"), OK, "a bound channel");
	suspend("0 -", "1");
	is(ask("child bind 0 1"), OK, "a new one can be bound as before");
	arrives(0, "1", "... and has its events there");
	suspend("0 3.4", "2");
	is(ask("child bind 0 1"), NOT_SUPPORTED, "a Xen that knows no such interrupts");
	arrives(0, "0", "... has one for all");
	suspend("0 4.17", "3");
	is(ask("child bind 0 1"), OK, "and one that does has them again");
	arrives(0, "1", "... as before");
	clean("suspends of bound channels");
}

/* PnP stops the children of what it stops: the bus is alone meanwhile. */
static void restart(const char *messages, bool left_on)
{
	ask("sim rm " HOME "device/vif");
	like(await("away", "child state"), "away", "the child goes");
	ask("bus messages %s", messages);
	is(ask("bus irp 0 1b 5 0 0 0 0"), OK, "the bus is stopped");
	is(ask("bus irp 0 1b 4 0 0 0 0"), OK, "... which it lets happen");
	is(ask("sim left"), "", "... and has nothing of Xen's");
	if (left_on)
		is(ask("sim left-on"), "0", "somebody leaves the FIFO ABI on");
	is(ask("bus irp 0 1b 0 0 0 0 0"), OK, "it is started with other interrupts");
	child_up();
	open_channel(0);
}

static void without(void)
{
	DWORD off = 0;

	restart("1", false);
	is(ask("bus asked"), "1 messages of 1, 4 ways", "a message is asked for");
	processors("FIFO, 1 of 2 processors", "... and not given");
	is(ask("child bind 0 1"), NOT_SUPPORTED, "nothing is bound to that processor");
	arrives(0, "0", "one interrupt serves all");
	close_channel(0);
	RegSetKeyValueA(HKEY_LOCAL_MACHINE, PARAMETERS, "Upcall", REG_DWORD, &off, sizeof(off));
	restart("3", false);
	is(ask("bus asked"), "0 messages of 0, 2 ways",
		"switched off in the registry, none is asked for");
	processors("FIFO, 1 of 2 processors", "... nor used");
	arrives(0, "0", "... and one interrupt serves all");
	close_channel(0);
	RegDeleteKeyValueA(HKEY_LOCAL_MACHINE, PARAMETERS, "Upcall");
	restart("3 lie", false);
	is(ask("bus asked"), "0 messages of 0, 2 ways", "requirements that lie are left alone");
	close_channel(0);
	restart("3", true);
	processors("FIFO, 2 of 2 processors", "switched on again, it is there");
	is(ask("child bind 0 1"), OK, "... and a channel is bound");
	arrives(0, "1", "... and has its events there");
	clean("with and without");
}

static void pulled_out(void)
{
	ask("child eager 0 1");
	ask("sim storm %d", ports[0]);
	ask("child unmask 0");
	Sleep(100);
	bus_down();
	ask("sim storm 0");
	ask("sim close %d", ports[0]);
	is(ask("sim errors"), "", "XENBUS found nothing wrong");
}

static void switched_off(const char *variant)
{
	static const char options[] = " NOEXECUTE=OPTIN XEN:UPCALL=off";

	RegSetKeyValueA(HKEY_LOCAL_MACHINE, CONTROL, "SystemStartOptions", REG_SZ, options,
		sizeof(options));
	bus_up(variant, "4.17 1");
	is(ask("bus asked"), "0 messages of 0, 2 ways", "no message is asked for");
	processors("FIFO, 1 of 2 processors", "... and one processor has an interrupt");
	child_up();
	open_channel(0);
	is(ask("child bind 0 1"), NOT_SUPPORTED, "nothing is bound to the other");
	arrives(0, "0", "one interrupt serves all");
	close_channel(0);
	child_down();
	bus_down();
}

/* A Xen that tells each processor, by the older ABI. */
static void two_level(const char *variant)
{
	bus_up(variant, "4.17-2l 1");
	processors("2-level, 2 of 2 processors", "both processors have an interrupt");
	child_up();
	binding();
	beside();
	rebound(200);
	close_channel(0);
	child_down();
	bus_down();
}

void suite_upcall(const char *variant, const char *how)
{
	if (!strcmp(how, "off")) {
		switched_off(variant);
		return;
	}
	if (!strcmp(how, "2-level")) {
		two_level(variant);
		return;
	}
	bus_up(variant, "4.17 1");
	is(ask("bus asked"), "1 messages of 1, 4 ways",
		"a message is asked for, and that it can be done without");
	processors("FIFO, 2 of 2 processors", "both processors have an interrupt");
	is(ask("sim keep device/vif/0/backend x"), "ok", "device/vif is there after each resume");
	like(await("there", "child state"), "there", "... and now, with its child");
	binding();
	beside();
	rebound(200);
	resumed();
	close_channel(0);
	without();
	pulled_out();
}
