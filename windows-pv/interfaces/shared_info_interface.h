/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_SHARED_INFO_INTERFACE_H
#define DK_SHARED_INFO_INTERFACE_H

#include "dk_interface.h"

/* Wall clock as Windows counts it, in 100 ns since 1601. Local: TRUE if it is local time. */
typedef VOID(NTAPI *DK_SHARED_INFO_GET_TIME)(
	PINTERFACE Interface, PLARGE_INTEGER Time, PBOOLEAN Local);

typedef struct _DK_SHARED_INFO_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_SHARED_INFO_GET_TIME GetTime;
} DK_SHARED_INFO_INTERFACE_V1, *PDK_SHARED_INFO_INTERFACE_V1;

#endif
