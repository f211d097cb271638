/* SPDX-License-Identifier: BSD-2-Clause */
/* On a device of a filtered bus, at the bottom of its stack, just above the bus's own. */
#include "xenfilt.h"

static PWCHAR Copy(const WCHAR *Text) NT_PASSIVE;
static PWCHAR Copy(const WCHAR *Text)
{
	ULONG Units = 0;
	PWCHAR To;

	while (Units < XEN_DEVICE_ID_LENGTH - 1 && Text[Units] != L'\0')
		Units++;
	To = PoolAllocatePaged((Units + 1) * sizeof(WCHAR));
	if (To == NULL)
		return NULL;
	memcpy(To, Text, Units * sizeof(WCHAR));
	To[Units] = L'\0';
	return To;
}

/* The recorded text for this question; NULL: none, the bus's own answer stands. */
static PWCHAR Recorded(PFILTER Filter, const WCHAR *Text) NT_PASSIVE;
static PWCHAR Recorded(PFILTER Filter, const WCHAR *Text)
{
	PWCHAR Answer = NULL;

	NtAcquireMutex(&Driver.Lock);
	if (Filter->Moved && Text[0] != L'\0')
		Answer = Copy(Text);
	NtReleaseMutex(&Driver.Lock);
	return Answer;
}

static NTSTATUS Replace(PFILTER Filter, PIRP Irp, const WCHAR *Text) NT_PASSIVE;
static NTSTATUS Replace(PFILTER Filter, PIRP Irp, const WCHAR *Text)
{
	NTSTATUS Status = FilterForwardWait(Filter, Irp);
	PWCHAR Answer = NULL;

	if (NT_SUCCESS(Status) && Irp->IoStatus.Information != 0)
		Answer = Recorded(Filter, Text);
	if (Answer != NULL) {
		ExFreePool((PVOID)Irp->IoStatus.Information);
		Irp->IoStatus.Information = (ULONG_PTR)Answer;
	}
	return FilterComplete(Filter, Irp, Status);
}

static NTSTATUS QueryInterface(PFILTER Filter, PIRP Irp)
{
	NTSTATUS Status = EmulatedQuery(Filter, IoGetCurrentIrpStackLocation(Irp));

	if (Status == STATUS_NOT_FOUND)
		return FilterForward(Filter, Irp);
	return FilterComplete(Filter, Irp, Status);
}

/* A device that is still there only loses its driver; this filter stays until it has gone. */
static NTSTATUS RemoveDevice(PFILTER Filter, PIRP Irp) NT_PASSIVE;
static NTSTATUS RemoveDevice(PFILTER Filter, PIRP Irp)
{
	BOOLEAN Gone;

	NtAcquireMutex(&Driver.Lock);
	Gone = !Filter->Reported;
	if (Gone)
		RemoveEntryList(&Filter->Link);
	NtReleaseMutex(&Driver.Lock);
	if (!Gone)
		return FilterForward(Filter, Irp);
	IoReleaseRemoveLockAndWait(&Filter->RemoveLock, Irp);
	return FilterRemove(Filter, Irp);
}

NTSTATUS ChildPnp(PFILTER Filter, PIRP Irp)
{
	const IO_STACK_LOCATION *Stack = IoGetCurrentIrpStackLocation(Irp);

	switch (Stack->MinorFunction) {
	case IRP_MN_QUERY_ID:
		if (Stack->Parameters.QueryId.IdType == BusQueryInstanceID)
			return Replace(Filter, Irp, Driver.Record.InstanceId);
		return FilterForward(Filter, Irp);
	case IRP_MN_QUERY_DEVICE_TEXT:
		if (Stack->Parameters.QueryDeviceText.DeviceTextType ==
			DeviceTextLocationInformation)
			return Replace(Filter, Irp, Driver.Record.LocationInformation);
		return FilterForward(Filter, Irp);
	case IRP_MN_QUERY_INTERFACE:
		return QueryInterface(Filter, Irp);
	case IRP_MN_DEVICE_USAGE_NOTIFICATION:
		return FilterUsageNotification(Filter, Irp);
	case IRP_MN_REMOVE_DEVICE:
		return RemoveDevice(Filter, Irp);
	default:
		return FilterForward(Filter, Irp);
	}
}
