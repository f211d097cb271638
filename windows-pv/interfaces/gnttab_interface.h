/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_GNTTAB_INTERFACE_H
#define DK_GNTTAB_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_GNTTAB_ENTRY DK_GNTTAB_ENTRY, *PDK_GNTTAB_ENTRY;

/* Called once, at DISPATCH_LEVEL or below, when the other domain can no longer reach the page. */
typedef VOID(NTAPI *DK_GNTTAB_PAGE_FREE)(PVOID Page);

/*
 * Grants one page. Page is what Free will be given; from here to that call the page belongs to the
 * grant and may not be freed or used for anything else. The whole page is visible to the other
 * domain: what is in it beyond the payload must have been zeroed.
 */
typedef NTSTATUS(NTAPI *DK_GNTTAB_PERMIT_FOREIGN_ACCESS)(PINTERFACE Interface, USHORT Domid,
	PFN_NUMBER Pfn, BOOLEAN ReadOnly, DK_GNTTAB_PAGE_FREE Free, PVOID Page,
	PDK_GNTTAB_ENTRY *Entry);
/*
 * The entry is gone afterwards. TRUE: Free has been called. FALSE: the other domain still uses the
 * page, which waits in quarantine with its reference; Free comes when Xen says that it is over, or
 * never.
 */
typedef BOOLEAN(NTAPI *DK_GNTTAB_REVOKE_FOREIGN_ACCESS)(
	PINTERFACE Interface, PDK_GNTTAB_ENTRY Entry);
typedef ULONG(NTAPI *DK_GNTTAB_GET_REFERENCE)(PINTERFACE Interface, PDK_GNTTAB_ENTRY Entry);
typedef NTSTATUS(NTAPI *DK_GNTTAB_QUERY_REFERENCE)(
	PINTERFACE Interface, ULONG Reference, PFN_NUMBER *Pfn, PBOOLEAN ReadOnly);
/* Maps Count pages of another domain at consecutive guest physical addresses. */
typedef NTSTATUS(NTAPI *DK_GNTTAB_MAP_FOREIGN_PAGES)(PINTERFACE Interface, USHORT Domid,
	ULONG Count, const ULONG *References, BOOLEAN ReadOnly, PHYSICAL_ADDRESS *Address);
typedef NTSTATUS(NTAPI *DK_GNTTAB_UNMAP_FOREIGN_PAGES)(
	PINTERFACE Interface, PHYSICAL_ADDRESS Address);

typedef struct _DK_GNTTAB_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_GNTTAB_PERMIT_FOREIGN_ACCESS PermitForeignAccess;
	DK_GNTTAB_REVOKE_FOREIGN_ACCESS RevokeForeignAccess;
	DK_GNTTAB_GET_REFERENCE GetReference;
	DK_GNTTAB_QUERY_REFERENCE QueryReference;
	DK_GNTTAB_MAP_FOREIGN_PAGES MapForeignPages;
	DK_GNTTAB_UNMAP_FOREIGN_PAGES UnmapForeignPages;
} DK_GNTTAB_INTERFACE_V1, *PDK_GNTTAB_INTERFACE_V1;

#endif
