/* SPDX-License-Identifier: BSD-2-Clause */
#include "suspend.h"
#include "interface.h"

NTSTATUS SuspendStart(PFDO Fdo)
{
	PSUSPEND Suspend = PoolAllocate(sizeof(*Suspend));

	if (Suspend == NULL)
		return STATUS_NO_MEMORY;
	NtInitializeLock(&Suspend->Lock);
	NtAcquireLock(&Suspend->Lock);
	InitializeListHead(&Suspend->List);
	NtReleaseLock(&Suspend->Lock);
	Fdo->Suspend = Suspend;
	return STATUS_SUCCESS;
}

VOID SuspendStop(PFDO Fdo)
{
	PSUSPEND Suspend = Fdo->Suspend;
	BOOLEAN Left;

	if (Suspend == NULL)
		return;
	Fdo->Suspend = NULL;
	NtAcquireLock(&Suspend->Lock);
	Left = !IsListEmpty(&Suspend->List);
	NtReleaseLock(&Suspend->Lock);
	if (Left)
		LogError("suspend: a callback is still registered");
	PoolFree(Suspend);
}

VOID SuspendCall(PSUSPEND Suspend, DK_SUSPEND_PHASE Phase)
{
	for (PLIST_ENTRY Entry = Suspend->List.Flink; Entry != &Suspend->List;
		Entry = Entry->Flink) {
		PDK_SUSPEND_CALLBACK Callback = CONTAINING_RECORD(Entry, DK_SUSPEND_CALLBACK, Link);

		if (Callback->Phase == Phase)
			Callback->Function(Callback->Argument);
	}
}

INTERFACE_REFERENCES(Suspend, DK_XENBUS_ROW_SUSPEND)

static NTSTATUS NTAPI Register(PINTERFACE Interface, DK_SUSPEND_PHASE Phase,
	DK_SUSPEND_FUNCTION Function, PVOID Argument, PDK_SUSPEND_CALLBACK *Result) NT_PASSIVE;
static NTSTATUS NTAPI Register(PINTERFACE Interface, DK_SUSPEND_PHASE Phase,
	DK_SUSPEND_FUNCTION Function, PVOID Argument, PDK_SUSPEND_CALLBACK *Result)
{
	PSUSPEND Suspend = InterfaceFdo(Interface)->Suspend;
	PDK_SUSPEND_CALLBACK Callback;

	if (Function == NULL || (Phase != DK_SUSPEND_EARLY && Phase != DK_SUSPEND_LATE))
		return STATUS_INVALID_PARAMETER;
	Callback = PoolAllocate(sizeof(*Callback));
	if (Callback == NULL)
		return STATUS_NO_MEMORY;
	Callback->Phase = Phase;
	Callback->Function = Function;
	Callback->Argument = Argument;
	NtAcquireLock(&Suspend->Lock);
	InsertTailList(&Suspend->List, &Callback->Link);
	NtReleaseLock(&Suspend->Lock);
	*Result = Callback;
	return STATUS_SUCCESS;
}

static VOID NTAPI Deregister(PINTERFACE Interface, PDK_SUSPEND_CALLBACK Callback) NT_PASSIVE;
static VOID NTAPI Deregister(PINTERFACE Interface, PDK_SUSPEND_CALLBACK Callback)
{
	PSUSPEND Suspend = InterfaceFdo(Interface)->Suspend;

	NtAcquireLock(&Suspend->Lock);
	RemoveEntryList(&Callback->Link);
	NtReleaseLock(&Suspend->Lock);
	PoolFree(Callback);
}

static ULONG NTAPI GetCount(PINTERFACE Interface)
{
	return (ULONG)ReadLong(&InterfaceFdo(Interface)->Suspend->Count);
}

const DK_SUSPEND_INTERFACE_V1 SuspendInterfaceV1 = { .Acquire = SuspendAcquire,
	.Release = SuspendRelease,
	.Register = Register,
	.Deregister = Deregister,
	.GetCount = GetCount };
