/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <initguid.h>
#include "dk_guids.h"

#define EVERY(x)                                                                                   \
	x(STORE, Store) x(EVTCHN, Evtchn) x(GNTTAB, Gnttab) x(RANGE_SET, RangeSet) x(SHARED_INFO,  \
		SharedInfo) x(DEBUG, Debug) x(CACHE, Cache) x(SUSPEND, Suspend) x(UNPLUG, Unplug)

NTSTATUS ChildQuery(struct child *Self, const GUID *Guid, USHORT Version, USHORT Size, PVOID To)
{
	PDEVICE_OBJECT Top = IoGetAttachedDeviceReference(Self->Pdo);
	PIO_STACK_LOCATION Stack;
	IO_STATUS_BLOCK Result;
	NTSTATUS Status;
	KEVENT Event;
	PIRP Irp;

	KeInitializeEvent(&Event, NotificationEvent, FALSE);
	Irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, Top, NULL, 0, NULL, &Event, &Result);
	if (!Irp) {
		ObDereferenceObject(Top);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
	Stack = IoGetNextIrpStackLocation(Irp);
	Stack->MinorFunction = IRP_MN_QUERY_INTERFACE;
	Stack->Parameters.QueryInterface.InterfaceType = Guid;
	Stack->Parameters.QueryInterface.Version = Version;
	Stack->Parameters.QueryInterface.Size = Size;
	Stack->Parameters.QueryInterface.Interface = To;
	Status = IoCallDriver(Top, Irp);
	if (Status == STATUS_PENDING) {
		KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
		Status = Result.Status;
	}
	ObDereferenceObject(Top);
	return Status;
}

enum {
#define AT(NAME, Field) AT_##NAME,
	EVERY(AT)
#undef AT
};

VOID ChildRelease(struct child *Self)
{
#define RELEASE(NAME, Field)                                                                       \
	if (Self->AcquiredMask & 1u << AT_##NAME)                                                  \
		Self->Field.Release(&Self->Field.Interface);                                       \
	if (Self->Field.Interface.Context)                                                         \
		Self->Field.Interface.InterfaceDereference(Self->Field.Interface.Context);         \
	RtlZeroMemory(&Self->Field, sizeof(Self->Field));
	EVERY(RELEASE)
#undef RELEASE
	Self->AcquiredMask = 0;
	Self->Acquired = FALSE;
}

/* All or none. */
NTSTATUS ChildAcquire(struct child *Self)
{
	NTSTATUS Status = STATUS_SUCCESS;

#define ACQUIRE(NAME, Field)                                                                       \
	if (NT_SUCCESS(Status))                                                                    \
		Status = ChildQuery(Self, &DK_##NAME##_GUID, DK_##NAME##_NEWEST,                   \
			sizeof(Self->Field), &Self->Field);                                        \
	if (NT_SUCCESS(Status))                                                                    \
		Status = Self->Field.Acquire(&Self->Field.Interface);                              \
	if (NT_SUCCESS(Status))                                                                    \
		Self->AcquiredMask |= 1u << AT_##NAME;
	EVERY(ACQUIRE)
#undef ACQUIRE
	Self->Acquired = TRUE;
	if (!NT_SUCCESS(Status))
		ChildRelease(Self);
	return Status;
}
