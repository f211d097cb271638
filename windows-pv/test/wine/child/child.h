/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child of XENBUS's in a package of its own: bound by PnP, knows the bus by its interfaces only,
 * and does on command what a driver does with them.
 */
#ifndef DK_WINE_CHILD_H
#define DK_WINE_CHILD_H

#include "../shim/shim.h"

#include "cache_interface.h"
#include "debug_interface.h"
#include "emulated_interface.h"
#include "evtchn_interface.h"
#include "gnttab_interface.h"
#include "range_set_interface.h"
#include "shared_info_interface.h"
#include "store_interface.h"
#include "suspend_interface.h"
#include "test_interface.h"
#include "unplug_interface.h"

#define TAG	 0x646c6843u /* "Chld" */
#define WATCHES	 8
#define CHANNELS 8
#define GRANTS	 64

struct front;

struct channel {
	PDK_EVTCHN_CHANNEL Handle;
	LONG Events;
	LONG Linger; /* rounds that the callback stays; looked at in each */
	LONG Inside;
	LONG Cpu;   /* on which it ran last */
	LONG Eager; /* the callback finds nothing to do and unmasks at once */
	struct child *Child;
};

struct child {
	PDEVICE_OBJECT Self, Below, Pdo;
	BOOLEAN Acquired;
	ULONG AcquiredMask;
	DK_STORE_INTERFACE_V1 Store;
	DK_EVTCHN_INTERFACE_V1 Evtchn;
	DK_GNTTAB_INTERFACE_V1 Gnttab;
	DK_RANGE_SET_INTERFACE_V1 RangeSet;
	DK_SHARED_INFO_INTERFACE_V1 SharedInfo;
	DK_DEBUG_INTERFACE_V1 Debug;
	DK_CACHE_INTERFACE_V1 Cache;
	DK_SUSPEND_INTERFACE_V1 Suspend;
	DK_UNPLUG_INTERFACE_V1 Unplug;
	struct {
		PDK_STORE_WATCH Handle;
		KEVENT Event;
	} Watches[WATCHES];
	struct channel Channels[CHANNELS];
	struct {
		PDK_GNTTAB_ENTRY Entry;
		PVOID Page;
	} Grants[GRANTS];
	PDK_SUSPEND_CALLBACK SuspendCallback;
	PDK_DEBUG_CALLBACK DebugCallback;
	LONG DebugCalls;
	struct front *Front;
	/* The busy thread. */
	KEVENT Stop, Stopped;
	BOOLEAN Busy;
	LONG Rounds, Failed;
};

/* There is one at a time. */
extern struct child *Child;
extern LONG ChildStarts, ChildRemoves, PagesFreed;

/* interfaces.c */
NTSTATUS ChildQuery(struct child *Child, const GUID *Guid, USHORT Version, USHORT Size, PVOID To);
NTSTATUS ChildAcquire(struct child *Child);
VOID ChildRelease(struct child *Child);

/* A command: what it says to Answer, or a status; STATUS_NOT_FOUND: no such word. */
struct words {
	PCHAR Rest;
	PCHAR Answer;
	ULONG Size;
};
PCHAR Next(struct words *Words);
ULONG NextNumber(struct words *Words);
VOID Say(struct words *Words, PCSTR Format, ...) __attribute__((format(printf, 2, 3)));

NTSTATUS StoreCommand(struct child *Child, PCSTR Verb, struct words *Words);
VOID StoreForget(struct child *Child);
NTSTATUS ChannelCommand(struct child *Child, PCSTR Verb, struct words *Words);
VOID ChannelForget(struct child *Child);
NTSTATUS GrantCommand(struct child *Child, PCSTR Verb, struct words *Words);
VOID GrantForget(struct child *Child);
NTSTATUS MiscCommand(struct child *Child, PCSTR Verb, struct words *Words);
VOID MiscForget(struct child *Child);
NTSTATUS FrontCommand(struct child *Child, PCSTR Verb, struct words *Words);
VOID FrontForget(struct child *Child);
NTSTATUS BusyStart(struct child *Child);
VOID BusyStop(struct child *Child);

#endif
