/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_EMULATED_INTERFACE_H
#define DK_EMULATED_INTERFACE_H

#include "dk_interface.h"

/*
 * Of the devices that the system has enumerated since it came up. DeviceId: as the bus reports it,
 * or how it begins, up to a '&'; NULL: any. InstanceId: whole, or NULL.
 */
typedef BOOLEAN(NTAPI *DK_EMULATED_IS_DEVICE_PRESENT)(
	PINTERFACE Interface, PCWSTR DeviceId, PCWSTR InstanceId);
/*
 * Index: two for each IDE channel, the primary master is 0. TRUE also when a disk may be there and
 * it cannot be told which: one beside the IDE channels, of a kind that the emulator makes.
 */
typedef BOOLEAN(NTAPI *DK_EMULATED_IS_DISK_PRESENT)(PINTERFACE Interface, ULONG Index);

typedef struct _DK_EMULATED_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_EMULATED_IS_DEVICE_PRESENT IsDevicePresent;
	DK_EMULATED_IS_DISK_PRESENT IsDiskPresent;
} DK_EMULATED_INTERFACE_V1, *PDK_EMULATED_INTERFACE_V1;

#endif
