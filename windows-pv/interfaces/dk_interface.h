/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all interfaces between the drivers share. An interface is a structure that
 * IRP_MN_QUERY_INTERFACE fills: WDM's INTERFACE head, Acquire and Release, then the methods.
 *
 * The reference that the query takes keeps the provider in memory, nothing more. The methods may be
 * called between a successful Acquire and its Release, which a driver does on its way to and from
 * D0: over a sleep nothing is held. INTERFACES.md says for each method at which IRQL it runs, who
 * owns what, and what may fail; a method that lists no failure returns nothing.
 *
 * A published version never changes (frozen/); a change is a new version beside it.
 */
#ifndef DK_INTERFACE_H
#define DK_INTERFACE_H

#include <ntddk.h>

typedef NTSTATUS(NTAPI *DK_ACQUIRE)(PINTERFACE Interface);
typedef VOID(NTAPI *DK_RELEASE)(PINTERFACE Interface);

#endif
