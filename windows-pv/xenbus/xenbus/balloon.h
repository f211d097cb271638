/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that Windows gives back to Xen and takes again. lib/pv_balloon decides how much and when;
 * balloon.c has the thread and the store, balloon_pages.c the pages.
 */
#ifndef XENBUS_BALLOON_H
#define XENBUS_BALLOON_H

#include "fdo.h"
#include "pv_balloon.h"
#include "thread.h"

struct _BALLOON {
	PFDO Fdo;
	THREAD Thread;
	BOOLEAN Running;       /* the thread; without it the balloon is whoever's stops it */
	volatile LONG Resumed; /* since the thread looked last */
	struct pv_balloon Book;
	NTSTATUS Target; /* of reading it last */
	BOOLEAN Active;	 /* as the toolstack was told */
	BOOLEAN Unheard; /* it does not want to be */

	/* balloon_pages.c */
	LIST_ENTRY Chunks; /* only the first may have room */
	/* Read by anybody. */
	ULONGLONG Held;	    /* pages that are Xen's */
	ULONGLONG Refused;  /* orders that Xen cut short, either way, so far */
	ULONGLONG Unserved; /* orders that Windows had no pages for */
	/* Of one call of Xen. */
	PFN_NUMBER Pfns[PV_BALLOON_CHUNK];
	USHORT Places[PV_BALLOON_CHUNK];
};

/* A balloon that Xen did not give back whole stays with the FDO, and goes on at the next start. */
NTSTATUS BalloonStart(PFDO Fdo) NT_PASSIVE;
VOID BalloonStop(PFDO Fdo) NT_PASSIVE;
/* The end of the FDO: what is still Xen's is lost to Windows until it starts anew. */
VOID BalloonDelete(PFDO Fdo) NT_PASSIVE;
/* After a suspend, by a thread that is stopped before the balloon is. */
VOID BalloonResume(PFDO Fdo);

/* Up to Count pages to Xen, or from it; returns how many went. */
ULONG BalloonGive(PBALLOON Balloon, ULONG Count) NT_PASSIVE;
ULONG BalloonTake(PBALLOON Balloon, ULONG Count) NT_PASSIVE;
/* All, with some patience. What is Xen's afterwards is in Held. */
VOID BalloonTakeAll(PBALLOON Balloon) NT_PASSIVE;
/* Forgets what is Xen's, without freeing it. */
VOID BalloonAbandon(PBALLOON Balloon) NT_PASSIVE;

#endif
