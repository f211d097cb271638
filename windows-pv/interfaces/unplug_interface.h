/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_UNPLUG_INTERFACE_H
#define DK_UNPLUG_INTERFACE_H

#include "dk_interface.h"

typedef enum _DK_UNPLUG_KIND {
	DK_UNPLUG_DISKS = 1,
	DK_UNPLUG_NICS,
} DK_UNPLUG_KIND;

/*
 * A driver that finds its emulated counterpart still there connects to its back-end, sees that it
 * answers, counts itself ready, and asks for a restart. One that finds it gone takes over, and then
 * counts itself ready once more: each boot uses the count up. Nobody else may count: what is
 * counted here is taken away at the next boot, the boot disk too.
 *
 * A package that replaces such a driver sets DISKS or NICS of Services\XENFILT\Unplug to 0 first.
 */
typedef NTSTATUS(NTAPI *DK_UNPLUG_REQUEST)(
	PINTERFACE Interface, DK_UNPLUG_KIND Kind, BOOLEAN Ready);
/* In this boot. FALSE also when the boot disk alone was spared. */
typedef BOOLEAN(NTAPI *DK_UNPLUG_IS_UNPLUGGED)(PINTERFACE Interface, DK_UNPLUG_KIND Kind);
/* Has the monitor service ask the user for a restart, or make it. */
typedef NTSTATUS(NTAPI *DK_UNPLUG_REBOOT)(PINTERFACE Interface, PCSTR Driver);

typedef struct _DK_UNPLUG_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_UNPLUG_REQUEST Request;
	DK_UNPLUG_IS_UNPLUGGED IsUnplugged;
	DK_UNPLUG_REBOOT Reboot;
} DK_UNPLUG_INTERFACE_V1, *PDK_UNPLUG_INTERFACE_V1;

#endif
