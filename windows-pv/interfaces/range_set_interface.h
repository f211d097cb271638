/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_RANGE_SET_INTERFACE_H
#define DK_RANGE_SET_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_RANGE_SET DK_RANGE_SET, *PDK_RANGE_SET;

/* A set of numbers, kept as ranges. Name shows in debug output and is copied. */
typedef NTSTATUS(NTAPI *DK_RANGE_SET_CREATE)(
	PINTERFACE Interface, PCSTR Name, PDK_RANGE_SET *RangeSet);
/* Of what is not in the set yet. */
typedef NTSTATUS(NTAPI *DK_RANGE_SET_PUT)(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, LONGLONG Start, ULONGLONG Count);
/* Takes the lowest Count consecutive numbers out. */
typedef NTSTATUS(NTAPI *DK_RANGE_SET_POP)(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, ULONGLONG Count, PLONGLONG Start);
/* Takes these out; all of them or none. */
typedef NTSTATUS(NTAPI *DK_RANGE_SET_GET)(
	PINTERFACE Interface, PDK_RANGE_SET RangeSet, LONGLONG Start, ULONGLONG Count);
typedef VOID(NTAPI *DK_RANGE_SET_DESTROY)(PINTERFACE Interface, PDK_RANGE_SET RangeSet);

typedef struct _DK_RANGE_SET_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_RANGE_SET_CREATE Create;
	DK_RANGE_SET_PUT Put;
	DK_RANGE_SET_POP Pop;
	DK_RANGE_SET_GET Get;
	DK_RANGE_SET_DESTROY Destroy;
} DK_RANGE_SET_INTERFACE_V1, *PDK_RANGE_SET_INTERFACE_V1;

#endif
