/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests only: how versions live beside one another. No product build provides it. */
#ifndef DK_TEST_INTERFACE_H
#define DK_TEST_INTERFACE_H

#include "dk_interface.h"

typedef ULONG(NTAPI *DK_TEST_ECHO)(PINTERFACE Interface, ULONG Value);
typedef ULONG(NTAPI *DK_TEST_COUNT)(PINTERFACE Interface);
/* What version 3 changes: a failure can be told. */
typedef NTSTATUS(NTAPI *DK_TEST_ECHO_V3)(PINTERFACE Interface, ULONG Value, PULONG Answer);

typedef struct _DK_TEST_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_TEST_ECHO Echo;
} DK_TEST_INTERFACE_V1, *PDK_TEST_INTERFACE_V1;

typedef struct _DK_TEST_INTERFACE_V2 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_TEST_ECHO Echo;
	DK_TEST_COUNT Count;
} DK_TEST_INTERFACE_V2, *PDK_TEST_INTERFACE_V2;

typedef struct _DK_TEST_INTERFACE_V3 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_TEST_ECHO_V3 Echo;
	DK_TEST_COUNT Count;
} DK_TEST_INTERFACE_V3, *PDK_TEST_INTERFACE_V3;

#endif
