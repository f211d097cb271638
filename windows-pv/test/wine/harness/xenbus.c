/* SPDX-License-Identifier: BSD-2-Clause */
/* XENBUS.SYS from its INF to nothing left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

void suite_xenbus(const char *variant, const char *profile)
{
	char inf[64];

	snprintf(inf, sizeof(inf), "C:\\dktest\\%s\\xenbus.inf", variant);
	stage(inf);
	stage("C:\\dktest\\child\\child.inf");
	install_root("Root\\DKTESTBUS", "C:\\dktest\\bus\\bus.inf");
	ok(alive(), "the test bus installs from its INF and is started");
	is(ask("sim new %s 1", profile), "ok", "a simulated Xen");
	is(ask("bus plug"), "ok", "the platform device appears");
	like(await("started 1", "bus state"), "started 1", "XENBUS is bound to it");
	note("%s", await("IFACE", "sim said"));
	ask("sim write /local/domain/7/device/vif/0/backend x");
	like(await("there", "child state"), "there", "a child appears with device/vif");
	ask("bus unplug");
	like(await("removed 1", "bus state"), "removed 1", "the platform device goes");
	empty("nothing is left");
}
