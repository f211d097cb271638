/* SPDX-License-Identifier: BSD-2-Clause */
/* Saved, migrated, called off: what the bus makes again, what its child is told, who comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define OK	"00000000"
#define INVALID "c000000d"
#define ECHO	"write feature-echo 1;" CONNECT "serve;" CLOSE
#define PLAIN	CONNECT "serve;" CLOSE

static void front_is(const char *how, const char *name)
{
	like(await(how, "child front"), how, name);
}

/* The toolstack's word, and that it is taken. */
static void ask_for_it(int next)
{
	is(ask("sim write %s suspend", path("control/shutdown")), "0", "a suspend is asked for");
	domain_id = next;
}

static void count_is(int count, const char *name)
{
	char want[16];

	snprintf(want, sizeof(want), "%d", count);
	is(await(want, "child suspend"), want, name);
}

static void called_off(void)
{
	ask("sim plan cancel");
	ask_for_it(7);
	like(await("called off", "sim heard XENBUS|INFO: suspend: called"), "called off",
		"... and called off");
	is(await("", "sim read %s", path("control/shutdown")), "", "... the word was taken");
	count_is(0, "... it counts as none");
	ask("child front-ask 5");
	front_is("up, 10 of 10 answered, 0 lies, 1 connections", "... and all goes on as before");
	is(ask("child read data/here"), "3:yes", "... the store too");
	clean("a suspend that was called off");
}

/* What the child holds at the suspend: each is lost in its own way. */
static void held(void)
{
	int ref, port, grants;

	is(ask("child open unbound 0"), "0", "a channel");
	port = atoi(ask("sim bind %s", ask("child port 0")));
	ok(port > 0, "... which dom0 has bound");
	is(ask("child grant 0 0 0"), "0", "a grant");
	ref = atoi(ask("child reference 0"));
	ok(atoi(ask("sim map %d 1", ref)) >= 0, "... which dom0 has mapped");
	is(ask("child watch data/w"), "0", "a watch");
	is(ask("child fired 0 9000"), "yes", "... that has fired");
	ask("sim plan 0 -");
	ask_for_it(7);
	count_is(1, "... and the domain is resumed elsewhere");
	is(ask("child fired 0 9000"), "yes", "the watch is there again, and fires");
	ask("sim write %s 1", path("data/w/x"));
	is(ask("child fired 0 9000"), "yes", "... also at a change");
	is(ask("child send 0"), INVALID, "the channel is not: nothing is sent");
	is(ask("child close 0"), OK, "... and it can be closed");
	grants = atoi(ask("child pages-freed"));
	is(ask("child revoke 0"), "freed", "the grant is not either, and its page is free");
	ok(atoi(ask("child pages-freed")) == grants + 1, "... at once");
	is(ask("child unwatch 0"), OK, "the watch goes");
	ask("sim close %d", port);
	front_is("1 early 1 late", "both callbacks were called");
	ask("child front-ask 10");
	front_is("up, 20 of 20 answered, 0 lies, 2 connections, domain 0, feature 1",
		"the front-end has found its back-end again");
	is(await("1", "sim read %s", path("control/feature-suspend")), "1",
		"... and the toolstack is told once more that it may ask");
	like(ask("child state"), "there starts 1 removes 0", "the child was not removed");
	clean("a resume");
}

static void others_come_back(void)
{
	is(ask("sim move 0 5 " PLAIN), "ok", "a back-end in another domain, with fewer features");
	ask("sim plan 0 -");
	ask_for_it(7);
	count_is(2, "... is what there is after the next resume");
	ask("child front-ask 10");
	front_is("up, 30 of 30 answered, 0 lies, 3 connections, domain 5, feature 0",
		"... and the front-end goes on with it");
	is(ask("sim move 0 -"), "ok", "no back-end at all");
	ask_for_it(7);
	count_is(3, "... after one more");
	front_is("down, 30 of 30 answered, 0 lies, 3 connections", "... and the front-end waits");
	is(ask("sim move 0 0 " ECHO), "ok", "one again");
	ask("sim plan 9 3.4");
	ask_for_it(9);
	count_is(4, "... in a domain with another id, on an older Xen");
	ask("child front-ask 10");
	front_is("up, 40 of 40 answered, 0 lies, 4 connections, domain 0, feature 1",
		"... and it is found");
	clean("other back-ends");
}

/* While the child's thread reads, writes, watches, opens and grants. */
static void in_the_middle(int times)
{
	int first = atoi(ask("child suspend"));

	is(ask("child busy"), OK, "the child is busy");
	ask("sim plan 0 4.17");
	for (int i = 1; i <= times; i++) {
		int rounds = atoi(ask("child rounds"));

		ok(atoi(await_more(rounds, "child rounds")) > rounds, "... it goes on");
		ask_for_it(domain_id);
		count_is(first + i, "... and is suspended and resumed");
	}
	note("%s", ask("child rounds"));
	is(ask("child idle"), OK, "it comes to rest");
	is(ask("child read data/none"), "c0000034", "... and the store answers it");
	clean("a suspend in the middle of everything");
}

static void not_ours(void)
{
	ask("sim write %s poweroff", path("control/shutdown"));
	Sleep(300);
	is(ask("sim read %s", path("control/shutdown")), "poweroff",
		"another word is left for an agent");
	ask("sim write %s ", path("control/shutdown"));
}

void suite_suspend(const char *variant, const char *profile, int times)
{
	char world[32];

	snprintf(world, sizeof(world), "%s 1", profile);
	bus_up(variant, world);
	is(ask("sim keep device/vif/0/backend x"), "ok", "device/vif is there after each resume");
	like(await("there", "child state"), "there", "... and now, with its child");
	ask("sim write %s yes", path("data/here"));
	is(await("1", "sim read %s", path("control/feature-suspend")), "1",
		"the toolstack is told that it may ask for a suspend");
	is(ask("sim device test 0 ring " ECHO), "0", "a device");
	is(ask("child front-up device/test/0"), OK, "... and its front-end");
	ask("child front-ask 5");
	front_is(
		"up, 5 of 5 answered, 0 lies, 1 connections, domain 0, feature 1", "... connected");
	not_ours();
	called_off();
	held();
	others_come_back();
	in_the_middle(times);
	is(ask("child front-down"), OK, "the front-end ends");
	bus_down();
}
