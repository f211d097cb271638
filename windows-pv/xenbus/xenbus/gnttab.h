/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grants. The frames of the table lie in the device's memory behind shared info, and behind them
 * are the pages at which other domains' grants are mapped.
 */
#ifndef XENBUS_GNTTAB_H
#define XENBUS_GNTTAB_H

#include "fdo.h"
#include "gnttab_interface.h"
#include "pv_gnttab.h"
#include "pv_rangeset.h"

/* One for each reference, so that granting allocates nothing. */
struct _DK_GNTTAB_ENTRY {
	ULONG Reference;
	BOOLEAN ReadOnly;
	PFN_NUMBER Pfn;
	DK_GNTTAB_PAGE_FREE Free;
	PVOID Page;
};

#define GNTTAB_WINDOW_RANGES 64

struct _GNTTAB {
	PFDO Fdo;
	NT_LOCK Lock;
	struct pv_gnttab Book NT_UNDER(Lock);
	struct pv_grant *Grants;
	PDK_GNTTAB_ENTRY Entries; /* Book.max of them */
	struct grant_entry_v1 *Shared;
	ULONG Frames; /* at most */
	ULONGLONG FirstPfn;
	volatile LONG Stopping; /* the timer is not set any more */
	KDPC CollectDpc;
	KTIMER CollectTimer;

	/* gnttab_map.c */
	NT_MUTEX MapLock;
	LIST_ENTRY Maps NT_UNDER(MapLock);
	struct pv_rangeset Window NT_UNDER(MapLock); /* page numbers that are free */
	struct pv_range WindowRanges[GNTTAB_WINDOW_RANGES];
	ULONG Epoch; /* of mappings: in a new domain there are none */
};

NTSTATUS GnttabStart(PFDO Fdo) NT_PASSIVE;
VOID GnttabStop(PFDO Fdo) NT_PASSIVE;
/* In a new domain, with all other processors held and interrupts off: nothing is granted or mapped.
 */
VOID GnttabResume(PFDO Fdo);
/* Looks through the quarantine. */
VOID GnttabCollectSoon(PGNTTAB Gnttab);

/* gnttab_map.c */
VOID GnttabMapStart(PGNTTAB Gnttab, ULONGLONG FirstPfn, ULONG Pages) NT_PASSIVE;
VOID GnttabMapStop(PGNTTAB Gnttab) NT_PASSIVE;
NTSTATUS NTAPI GnttabMapForeignPages(PINTERFACE Interface, USHORT Domid, ULONG Count,
	const ULONG *References, BOOLEAN ReadOnly, PHYSICAL_ADDRESS *Address) NT_PASSIVE;
NTSTATUS NTAPI GnttabUnmapForeignPages(PINTERFACE Interface, PHYSICAL_ADDRESS Address) NT_PASSIVE;

#endif
