/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#define SERVICE_PATH L"Services\\XEN"
#define KEY_PATH     SERVICE_PATH L"\\ActiveDevice"

_Static_assert(sizeof(XEN_ACTIVE_DEVICE) == 1200, "part of the published interface");

NTSTATUS NTAPI XenActiveDeviceQuery(PXEN_ACTIVE_DEVICE Device)
{
	HANDLE Key;
	NTSTATUS Status = XenRegistryOpen(KEY_PATH, &Key);

	if (!NT_SUCCESS(Status))
		return Status;
	memset(Device, 0, sizeof(*Device));
	Status = XenRegistryQueryText(Key, L"DeviceID", Device->DeviceId, XEN_DEVICE_ID_LENGTH);
	if (NT_SUCCESS(Status))
		Status = XenRegistryQueryText(
			Key, L"InstanceID", Device->InstanceId, XEN_DEVICE_ID_LENGTH);
	if (NT_SUCCESS(Status))
		Status = XenRegistryQueryText(Key, L"LocationInformation",
			Device->LocationInformation, XEN_DEVICE_ID_LENGTH);
	ZwClose(Key);
	return Status;
}

static bool Terminated(const WCHAR *Text)
{
	for (ULONG i = 0; i < XEN_DEVICE_ID_LENGTH; i++)
		if (Text[i] == L'\0')
			return true;
	return false;
}

/* An export driver has no service, so nobody has made its key; and keys are made one at a time. */
static NTSTATUS Create(HANDLE *Key) NT_PASSIVE;
static NTSTATUS Create(HANDLE *Key)
{
	NTSTATUS Status = XenRegistryCreate(SERVICE_PATH, Key);

	if (!NT_SUCCESS(Status))
		return Status;
	ZwClose(*Key);
	return XenRegistryCreate(KEY_PATH, Key);
}

/* DeviceID goes first and comes last: a record without it does not exist, so a machine that stops
 * in the middle keeps either the new record or none. */
NTSTATUS NTAPI XenActiveDeviceSet(const XEN_ACTIVE_DEVICE *Device)
{
	HANDLE Key;
	NTSTATUS Status;

	if (!Terminated(Device->DeviceId) || !Terminated(Device->InstanceId) ||
		!Terminated(Device->LocationInformation) || Device->DeviceId[0] == L'\0')
		return STATUS_INVALID_PARAMETER;
	Status = Create(&Key);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = XenRegistryDelete(Key, L"DeviceID");
	if (NT_SUCCESS(Status))
		Status = XenRegistrySetText(Key, L"InstanceID", Device->InstanceId);
	if (NT_SUCCESS(Status))
		Status = XenRegistrySetText(
			Key, L"LocationInformation", Device->LocationInformation);
	if (NT_SUCCESS(Status))
		Status = XenRegistrySetText(Key, L"DeviceID", Device->DeviceId);
	ZwClose(Key);
	return Status;
}

NTSTATUS NTAPI XenActiveDeviceClear(VOID)
{
	HANDLE Key;
	NTSTATUS Status = Create(&Key);

	if (!NT_SUCCESS(Status))
		return Status;
	Status = XenRegistryDelete(Key, L"DeviceID");
	if (NT_SUCCESS(Status))
		Status = XenRegistryDelete(Key, L"InstanceID");
	if (NT_SUCCESS(Status))
		Status = XenRegistryDelete(Key, L"LocationInformation");
	ZwClose(Key);
	return Status;
}
