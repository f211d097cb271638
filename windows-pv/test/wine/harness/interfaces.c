/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces, through the child. Status codes as Microsoft's [MS-ERREF] has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define NOT_SUPPORTED "c00000bb"
#define TOO_SMALL     "c0000023"
#define DENIED	      "c0000022"
#define NOT_FOUND     "c0000034"
#define COLLISION     "c0000035"
#define INVALID	      "c000000d"
#define QUOTA	      "c0000044"
#define OK	      "00000000"
#define NO_RESOURCES  "c000009a"

static void versions(bool test)
{
	static const char *const names[] = { "STORE", "EVTCHN", "GNTTAB", "RANGE_SET",
		"SHARED_INFO", "DEBUG", "CACHE", "SUSPEND", "UNPLUG" };
	char name[96];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s version 1", names[i]);
		is(ask("child query %s 1 0", names[i]), OK, name);
		snprintf(name, sizeof(name), "%s version 0 is too old", names[i]);
		is(ask("child query %s 0 0", names[i]), NOT_SUPPORTED, name);
		snprintf(name, sizeof(name), "%s version 2 is too new", names[i]);
		is(ask("child query %s 2 0", names[i]), NOT_SUPPORTED, name);
		snprintf(name, sizeof(name), "%s does not fit into a byte less", names[i]);
		is(ask("child query %s 1 1", names[i]), TOO_SMALL, name);
	}
	if (!test) {
		is(ask("child query TEST 1 0"), NOT_SUPPORTED, "a product has no TEST interface");
		return;
	}
	is(ask("child test 1"), "21", "TEST version 1");
	is(ask("child test 2"), "21", "TEST version 2 beside it");
	is(ask("child test 3"), "21", "TEST version 3 beside them");
	is(ask("child query TEST 0 0"), NOT_SUPPORTED, "TEST version 0 is too old");
	is(ask("child query TEST 4 0"), NOT_SUPPORTED, "TEST version 4 is too new");
	is(ask("child query TEST 2 1"), TOO_SMALL, "TEST version 2 does not fit into a byte less");
	is(ask("child query TEST 3 8"), TOO_SMALL, "nor version 3 into version 1's structure");
}

void store(void)
{
	is(ask("child write data/a one"), OK, "the store: write");
	is(ask("child read data/a"), "3:one", "... read");
	is(ask("sim read " HOME "data/a"), "one", "... which dom0 sees");
	is(ask("child read data/none"), NOT_FOUND, "... no such node");
	is(ask("child write /local/domain/0/x 1"), DENIED, "... another's node");
	is(ask("child write-long data/l 2000"), OK, "... 2000 bytes");
	like(ask("child read data/l"), "2000:vvvv", "... come back");
	is(ask("child write-long data/l 4000"), QUOTA, "... 4000 are more than the store takes");
	is(ask("child write-long data/l 5000"), INVALID,
		"... 5000 more than a message has room for");
	is(ask("child rm data/l"), OK, "... remove");
	is(ask("child read data/l"), NOT_FOUND, "... removed");
	is(ask("child write data/d/x 1"), OK, "... a directory");
	is(ask("child write data/d/y 1"), OK, "... of two");
	is(ask("child dir data/d"), "x y (2)", "... listed");
	is(ask("child perms data/d/x 7 0"), OK, "... permissions");
	is(ask("child write data/n 5"), OK, "... a number");
	is(ask("child add data/n"), OK, "... counted up in a transaction");
	is(ask("child read data/n"), "1:6", "... to the next");
	is(ask("child watch data/w"), "0", "a watch");
	is(ask("child fired 0 9000"), "yes", "... fires once by itself");
	ask("sim write " HOME "data/w/below 1");
	is(ask("child fired 0 9000"), "yes", "... and at a change below it");
	is(ask("child unwatch 0"), OK, "... until it is removed");
	is(ask("child rm data/d"), OK, "a tree goes");
}

/* upcalls: processors have interrupts of their own. */
static void channels(bool upcalls)
{
	int port, given;

	is(ask("child open unbound 0"), "0", "an unbound channel");
	port = atoi(ask("sim bind %s", ask("child port 0")));
	ok(port > 0, "... bound by dom0");
	ask("child unmask 0");
	given = atoi(ask("child events 0"));
	ask("sim send %d 1", port);
	ok(atoi(await_more(given, "child events 0")) == given + 1, "an event arrives");
	ask("sim send %d 1", port);
	Sleep(100);
	ok(atoi(ask("child events 0")) == given + 1, "another one waits, because it is masked");
	ask("child unmask 0");
	ok(atoi(await_more(given + 1, "child events 0")) == given + 2, "... until it is not");
	is(ask("child count 0"), ask("child events 0"), "GetCount agrees");
	ask("sim pending %d", port);
	is(ask("child send 0"), OK, "the child sends one");
	is(ask("sim pending %d", port), "1", "... which dom0 gets");
	ask("child unmask 0");
	ask("child trigger 0");
	ok(atoi(await_more(given + 2, "child events 0")) == given + 3, "a trigger is an event");
	is(ask("child bind 0 1"), upcalls ? OK : NOT_SUPPORTED,
		"it can be bound to a processor that has an interrupt");
	is(ask("sim close %d", port), "0", "dom0 closes its end");
	is(ask("child close 0"), OK, "and the child its");
	given = atoi(ask("sim port"));
	is(ask("child open inter 0 %d", given), "0", "dom0's port is bound");
	ask("sim pending %d", given);
	is(ask("child send 0"), OK, "... and sent to");
	is(ask("sim pending %d", given), "1", "... which arrives");
	is(ask("child open inter 0 3999"), INVALID, "a port that is not there is not bound");
	is(ask("child open virq 0"), "1", "a virtual interrupt");
	is(ask("child open virq 0"), COLLISION, "... once only");
	ask("child close 0");
	ask("child close 1");
	ask("sim close %d", given);
	is(ask("sim left"), BUS_WATCHES, "no port is left");
}

const char *counted(const char *word)
{
	const char *line = ask("sim heard XENBUS|INFO: %s", word);
	const char *found = strstr(line, word);

	return found ? found + strlen(word) : line;
}

static void grants(void)
{
	int handle, ref, freed;

	is(ask("child grant 0 1 0"), "0", "a page is granted, read-only");
	ref = atoi(ask("child reference 0"));
	is(ask("child query-reference %d", ref), "ro", "... and known as that");
	is(ask("sim secrets %d", ref), "0", "... and shows what it should and no more");
	like(ask("sim scribble %d", ref), "error", "... and cannot be written");
	is(ask("child revoke 0"), "freed", "... and revoked at once");
	like(ask("sim secrets %d", ref), "error", "... after which dom0 cannot look");
	is(ask("child grant 0 0 0"), "0", "a page is granted for writing");
	ref = atoi(ask("child reference 0"));
	is(ask("sim scribble %d", ref), "0", "... and written");
	handle = atoi(ask("sim map %d 1", ref));
	freed = atoi(ask("child pages-freed"));
	is(ask("child revoke 0"), "kept", "revoked while it is mapped, the page is kept");
	Sleep(1500);
	ok(atoi(ask("child pages-freed")) == freed, "... and not freed");
	is(ask("sim unmap %d", handle), "0", "dom0 unmaps it");
	ok(atoi(await_more(freed, "child pages-freed")) == freed + 1, "... and then it is");
	is(ask("sim left"), BUS_WATCHES, "no grant is left");
}

/* For a small table: each grant has memory of its own. */
void exhaust(int least, int most)
{
	const char *all = ask("child exhaust");

	ok(atoi(all) >= least && atoi(all) <= most && strstr(all, "then " NO_RESOURCES),
		"references run out: %s", all);
	is(ask("child grant 0 0 0"), "0", "... and are there again");
	is(ask("child revoke 0"), "freed", "... as before");
	is(ask("sim left"), BUS_WATCHES, "no grant is left");
}

/* What the bus says of itself when it is asked, and that it counts. */
static void counters(void)
{
	int grants = atoi(counted("grants: ")), open = atoi(counted("event channels: ")),
	    watches = atoi(counted("store: "));

	like(ask("sim heard references: GNTTAB"), "GNTTAB 1", "... and the bus its references");
	like(counted("store: "), "0 transactions", "... and its watches and transactions");
	like(counted("event channels: "), "open, held back 0 times", "... its channels");
	is(counted("grants: "), "0 active, 0 in quarantine, 512 references", "... and its grants");
	is(ask("child grant 0 1 0"), "0", "a grant");
	is(ask("child open unbound 0"), "0", "a channel");
	is(ask("child watch data/w"), "0", "a watch");
	ask("child debug");
	ok(atoi(counted("grants: ")) == grants + 1, "the grant is counted");
	ok(atoi(counted("event channels: ")) == open + 1, "the channel is counted");
	ok(atoi(counted("store: ")) == watches + 1, "the watch is counted");
	ask("child unwatch 0");
	ask("child close 0");
	is(ask("child revoke 0"), "freed", "all are given back");
	ask("child debug");
	ok(atoi(counted("grants: ")) == grants && atoi(counted("event channels: ")) == open &&
			atoi(counted("store: ")) == watches,
		"... and counted no more");
}

void interfaces(bool test, bool upcalls)
{
	versions(test);
	store();
	channels(upcalls);
	grants();
	is(ask("child range"), "14", "RANGE_SET");
	is(ask("child cache"), "5 of 6, 0 left", "CACHE");
	/* The registry of a new prefix does not say RealTimeIsUniversal. */
	like(ask("child time"), " local", "SHARED_INFO");
	is(ask("child debug"), "2", "DEBUG");
	like(await("CHILD", "sim said"), "the child is well", "... prints to the log");
	counters();
	is(ask("child suspend"), "0", "SUSPEND");
	clean("the interfaces");
}

/*
 * 1b is IRP_MJ_PNP. To the bus's stack, then to the child's device beneath its driver; what is
 * below the bus knows ids and nothing else. START_DEVICE, SURPRISE_REMOVAL, REMOVE_DEVICE,
 * QUERY_INTERFACE and STOP_DEVICE have cases of their own.
 */
void pnp_irps(void)
{
	static const struct {
		unsigned int minor, first;
		const char *name, *bus, *child;
	} irps[] = {
		{ 0x01, 0, "QUERY_REMOVE_DEVICE", OK, OK },
		{ 0x03, 0, "CANCEL_REMOVE_DEVICE", OK, OK },
		{ 0x05, 0, "QUERY_STOP_DEVICE", OK, OK },
		{ 0x06, 0, "CANCEL_STOP_DEVICE", OK, OK },
		{ 0x07, 0, "QUERY_DEVICE_RELATIONS, of the bus,", OK, NOT_SUPPORTED },
		{ 0x07, 4, "QUERY_DEVICE_RELATIONS, of the target,", NOT_SUPPORTED, OK },
		{ 0x09, 0, "QUERY_CAPABILITIES", OK, OK },
		{ 0x0a, 0, "QUERY_RESOURCES", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x0b, 0, "QUERY_RESOURCE_REQUIREMENTS", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x0c, 0, "QUERY_DEVICE_TEXT", NOT_SUPPORTED, OK },
		{ 0x0d, 0, "FILTER_RESOURCE_REQUIREMENTS", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x0f, 0, "READ_CONFIG", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x10, 0, "WRITE_CONFIG", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x11, 0, "EJECT", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x12, 0, "SET_LOCK", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x13, 0, "QUERY_ID, of the device,", OK, OK },
		{ 0x13, 1, "QUERY_ID, of the hardware,", OK, OK },
		{ 0x13, 2, "QUERY_ID, compatible,", OK, OK },
		{ 0x13, 3, "QUERY_ID, of the instance,", OK, OK },
		{ 0x13, 9, "QUERY_ID, of no kind,", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x14, 0, "QUERY_PNP_DEVICE_STATE", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x15, 0, "QUERY_BUS_INFORMATION", NOT_SUPPORTED, OK },
		{ 0x16, 0, "DEVICE_USAGE_NOTIFICATION", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x19, 0, "DEVICE_ENUMERATED", NOT_SUPPORTED, NOT_SUPPORTED },
		{ 0x99, 0, "one that there is not", NOT_SUPPORTED, NOT_SUPPORTED },
	};
	char name[96];

	for (size_t i = 0; i < sizeof(irps) / sizeof(irps[0]); i++) {
		snprintf(name, sizeof(name), "%s to the bus", irps[i].name);
		is(ask("bus irp 0 1b %x %x 0 0 0", irps[i].minor, irps[i].first), irps[i].bus,
			name);
		snprintf(name, sizeof(name), "%s to the child's device", irps[i].name);
		is(ask("child irp-pdo 0 1b %x %x 0 0 0", irps[i].minor, irps[i].first),
			irps[i].child, name);
	}
	is(ask("child read data/here"), "3:yes", "the child is none the worse");
	/* PnP stops the children of what it stops: the bus is alone here. */
	child_down();
	is(ask("bus irp 0 1b 5 0 0 0 0"), OK, "the bus is asked whether it can stop");
	is(ask("bus irp 0 1b 4 0 0 0 0"), OK, "it is stopped");
	is(ask("sim left"), "", "... and has nothing of Xen's");
	is(ask("bus irp 0 1b 0 0 0 0 0"), OK, "it is started again");
	child_up();
	clean("PnP");
}
