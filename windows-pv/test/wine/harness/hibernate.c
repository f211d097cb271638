/* SPDX-License-Identifier: BSD-2-Clause */
/* S4: the memory of a system goes on in another domain, where nothing of Xen's is as it was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define OK	"00000000"
#define REFUSED "c0000001"
#define ECHO	"write feature-echo 1;" CONNECT "serve;" CLOSE

/* In KiB: what the toolstack says of memory, at each beginning of a domain. */
#define STATIC_MAX 294912
#define TARGET	   278528
#define GIVEN	   "pages 2048,"

/* 16 is IRP_MJ_POWER, 3 a query and 2 the order; 0 5 is the system's S4, 3 that it hibernates. */
void hibernate(int id, const char *profile)
{
	is(ask("child irp 0 16 3 0 0 5 3"), OK, "the child is asked about S4");
	is(ask("bus irp 0 16 3 0 0 5 3"), OK, "... and XENBUS");
	is(ask("child irp 0 16 2 0 1 4 3"), OK, "the child goes to D3");
	is(ask("bus irp 0 16 2 0 0 5 3"), OK, "... and the system, with XENBUS, to S4");
	is(ask("sim left"), "", "... which leaves nothing with Xen, no memory either");
	note("the domain ends, and goes on as d%d", id);
	is(ask("sim hibernated %d %s", id, profile), "ok", "... and is another domain");
	domain_id = id;
	clean("... in good order");
}

void wake_up(void)
{
	is(ask("bus irp 0 16 2 0 0 1 3"), OK, "the system works again, and XENBUS with it");
	is(ask("child irp 0 16 2 0 1 1 3"), OK, "... and the child");
}

static void at_work(const char *name)
{
	is(ask("child front-up device/test/0"), OK, name);
	ask("child front-ask 10");
	like(await("up, 10 of 10", "child front"),
		"up, 10 of 10 answered, 0 lies, 1 connections, domain 0, feature 1",
		"... and its front-end works");
	like(await(GIVEN, "sim balloon"), GIVEN,
		"... and so much memory is given as is wished for");
	is(await("1", "sim read %s", path("control/feature-suspend")), "1",
		"... and the toolstack is told of suspends");
	is(await("1", "sim read %s", path("control/feature-balloon")), "1",
		"... and of the balloon");
	ask("sim write %s yes", path("data/here"));
	is(ask("child read data/here"), "3:yes", "... and the store answers");
}

/* 1b is IRP_MJ_PNP, 16 a device's use: in the path or not, and 1 to 3 for what kind of file. */
static void used(int in, int kind, const char *name)
{
	is(ask("child irp-pdo 0 1b 16 %d %d 0 0", in, kind), OK, name);
}

static void stops(const char *answer, const char *name)
{
	is(ask("bus irp 0 1b 5 0 0 0 0"), answer, name);
	is(ask("bus irp 0 1b 6 0 0 0 0"), OK, "... and asked no more");
}

static void paths(void)
{
	stops(OK, "the bus can be stopped");
	used(1, 2, "the hibernation file comes to lie on the child");
	used(1, 3, "... and dumps");
	stops(REFUSED, "... and now it cannot");
	is(ask("bus irp 0 1b 14 0 0 0 0"), OK, "... nor be disabled");
	used(0, 3, "the dumps go");
	stops(REFUSED, "... and it still cannot");
}

static void no_more_paths(void)
{
	stops(REFUSED, "after all that the hibernation file is still there");
	used(0, 2, "it goes");
	stops(OK, "... and the bus can be stopped");
}

/* What cannot be made anew is told, and is there after the next sleep. */
static void fails_to_wake(void)
{
	hibernate(7, "4.17");
	ask("sim errors");
	ask("shim fail-allocation 3");
	ok(strcmp(ask("bus irp 0 16 2 0 0 1 3"), OK) != 0, "memory is short when XENBUS wakes up");
	ask("shim fail-allocation 0");
	like(ask("sim errors"), "the bus did not come up", "... which is told");
	is(ask("sim left"), "", "... and nothing is left of the attempt");
	is(ask("bus irp 0 16 2 0 1 4 0"), OK, "D3");
	wake_up();
	at_work("after the next sleep all is there");
}

void suite_hibernate(const char *variant)
{
	bus_up(variant, "4.17 1");
	is(ask("sim keep device/vif/0/backend x"), "ok", "device/vif is there in each domain");
	like(await("there", "child state"), "there", "... and here with its child");
	ask("sim keep memory/static-max %d", STATIC_MAX);
	ask("sim keep memory/videoram 8192");
	ask("sim keep memory/target %d", TARGET);
	is(ask("sim device test 0 ring " ECHO), "0", "a device");
	is(ask("child irp 0 16 2 0 1 4 0"), OK, "the child sleeps");
	is(ask("bus irp 0 16 2 0 1 4 0"), OK, "... and XENBUS, which learns of memory");
	is(ask("bus irp 0 16 2 0 1 1 0"), OK, "... when it wakes up");
	is(ask("child irp 0 16 2 0 1 1 0"), OK, "... and the child does");
	at_work("the child is at work");
	paths();
	hibernate(9, "3.4");
	wake_up();
	at_work("in another domain, on an older Xen, the child is at work");
	like(ask("child state"), "there starts 1 removes 0", "... it was never removed");
	is(ask("child suspend"), "0", "... and that was no suspend");
	clean("hibernation");
	is(ask("child busy"), OK, "the child is busy");
	ok(atoi(await_more(2, "child rounds")) > 2, "... for some rounds");
	hibernate(11, "4.17");
	wake_up();
	at_work("once more, out of the middle of everything");
	fails_to_wake();
	no_more_paths();
	bus_down();
}
