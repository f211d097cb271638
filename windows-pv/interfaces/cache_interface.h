/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_CACHE_INTERFACE_H
#define DK_CACHE_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_CACHE DK_CACHE, *PDK_CACHE;

/* Run at the IRQL of Get and Put, with nothing locked, perhaps on several processors at once. */
typedef NTSTATUS(NTAPI *DK_CACHE_CONSTRUCT)(PVOID Argument, PVOID Object);
typedef VOID(NTAPI *DK_CACHE_DESTRUCT)(PVOID Argument, PVOID Object);

/* Objects of Size bytes, of less than a page. Each Get zeroes one and runs Construct, each Put runs
 * Destruct. Memory for Reservation of them is there from the start, and never more than Cap are
 * out. Name shows in debug output and is copied. */
typedef NTSTATUS(NTAPI *DK_CACHE_CREATE)(PINTERFACE Interface, PCSTR Name, ULONG Size,
	ULONG Reservation, ULONG Cap, DK_CACHE_CONSTRUCT Construct, DK_CACHE_DESTRUCT Destruct,
	PVOID Argument, PDK_CACHE *Cache);
/* NULL when there is none. */
typedef PVOID(NTAPI *DK_CACHE_GET)(PINTERFACE Interface, PDK_CACHE Cache);
typedef VOID(NTAPI *DK_CACHE_PUT)(PINTERFACE Interface, PDK_CACHE Cache, PVOID Object);
/* With every object back. */
typedef VOID(NTAPI *DK_CACHE_DESTROY)(PINTERFACE Interface, PDK_CACHE Cache);

typedef struct _DK_CACHE_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_CACHE_CREATE Create;
	DK_CACHE_GET Get;
	DK_CACHE_PUT Put;
	DK_CACHE_DESTROY Destroy;
} DK_CACHE_INTERFACE_V1, *PDK_CACHE_INTERFACE_V1;

#endif
