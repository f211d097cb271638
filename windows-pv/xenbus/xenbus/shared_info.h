/* SPDX-License-Identifier: BSD-2-Clause */
/* The page that Xen shares with the whole domain, in the first page of the device's memory. */
#ifndef XENBUS_SHARED_INFO_H
#define XENBUS_SHARED_INFO_H

#include "fdo.h"
#include "pv_xen.h"

struct _SHARED_INFO {
	struct shared_info *Page;
	ULONGLONG Pfn;
	BOOLEAN Local; /* the wall clock shows local time */
};

NTSTATUS SharedInfoStart(PFDO Fdo) NT_PASSIVE;
VOID SharedInfoStop(PFDO Fdo) NT_PASSIVE;
/* In a new domain, with all other processors held and interrupts off. */
VOID SharedInfoResume(PFDO Fdo);

#endif
