/* SPDX-License-Identifier: BSD-2-Clause */
/* Rundown protection, work items, threads, and what is counted. */
#include "internal.h"

/* Rundown protection: twice the references, and 1 once it runs down. */
#define RUNDOWN 1u

VOID Shim_ExInitializeRundownProtection(PEX_RUNDOWN_REF Ref)
{
	Ref->Count = 0;
}

VOID Shim_ExReInitializeRundownProtection(PEX_RUNDOWN_REF Ref)
{
	if (Ref->Count != RUNDOWN)
		ShimFail(SHIM_CALLER, "takes up a rundown protection that has not run down");
	Ref->Count = 0;
}

BOOLEAN Shim_ExAcquireRundownProtection(PEX_RUNDOWN_REF Ref)
{
	for (;;) {
		ULONG_PTR Seen = *(volatile ULONG_PTR *)&Ref->Count;

		if (Seen & RUNDOWN)
			return FALSE;
		if (InterlockedCompareExchangePointer((PVOID volatile *)&Ref->Ptr,
			    (PVOID)(Seen + 2), (PVOID)Seen) == (PVOID)Seen)
			return TRUE;
	}
}

VOID Shim_ExReleaseRundownProtection(PEX_RUNDOWN_REF Ref)
{
	if (InterlockedExchangeAdd64((volatile LONG64 *)&Ref->Count, -2) < 2)
		ShimFail(SHIM_CALLER, "gives back a rundown protection that it does not have");
}

VOID Shim_ExWaitForRundownProtectionRelease(PEX_RUNDOWN_REF Ref)
{
	InterlockedOr64((volatile LONG64 *)&Ref->Count, RUNDOWN);
	while (*(volatile ULONG_PTR *)&Ref->Count != RUNDOWN)
		Sleep(1);
}

VOID Shim_ExRundownCompleted(PEX_RUNDOWN_REF Ref)
{
	Ref->Count = RUNDOWN;
}

PIO_WORKITEM Shim_IoAllocateWorkItem(PDEVICE_OBJECT Device)
{
	PIO_WORKITEM Item;

	if (ShimShallFail("IoAllocateWorkItem", SHIM_CALLER))
		return NULL;
	Item = IoAllocateWorkItem(Device);
	if (Item)
		ShimCount(SHIM_WORK, 1);
	return Item;
}

VOID Shim_IoFreeWorkItem(PIO_WORKITEM Item)
{
	ShimCount(SHIM_WORK, -1);
	IoFreeWorkItem(Item);
}

static ULONG NTAPI Worker(PVOID Argument)
{
	PWORK_QUEUE_ITEM Item = Argument;
	PWORKER_THREAD_ROUTINE Routine = Item->WorkerRoutine;

	Routine(Item->Parameter);
	ShimSameIrql(PASSIVE_LEVEL, 0, "a work item", (PVOID)Routine);
	return 0;
}

VOID Shim_ExQueueWorkItem(PWORK_QUEUE_ITEM Item, WORK_QUEUE_TYPE Type)
{
	UNREFERENCED_PARAMETER(Type);
	CloseHandle(CreateThread(NULL, 0, Worker, Item, 0, NULL));
}

struct start {
	PKSTART_ROUTINE Routine;
	PVOID Context;
};

static VOID NTAPI ThreadMain(PVOID Argument)
{
	struct start Start = *(struct start *)Argument;

	HeapFree(GetProcessHeap(), 0, Argument);
	Start.Routine(Start.Context);
	ShimSameIrql(PASSIVE_LEVEL, 0, "a thread", (PVOID)Start.Routine);
	ShimCount(SHIM_THREADS, -1);
}

NTSTATUS Shim_PsCreateSystemThread(PHANDLE Handle, ULONG Access, POBJECT_ATTRIBUTES Attributes,
	HANDLE Process, PCLIENT_ID Client, PKSTART_ROUTINE Routine, PVOID Context)
{
	struct start *Start;
	NTSTATUS Status;

	if (ShimShallFail("PsCreateSystemThread", SHIM_CALLER))
		return STATUS_INSUFFICIENT_RESOURCES;
	Start = HeapAlloc(GetProcessHeap(), USER_HEAP_ZERO, sizeof(*Start));
	Start->Routine = Routine;
	Start->Context = Context;
	ShimCount(SHIM_THREADS, 1);
	Status = PsCreateSystemThread(
		Handle, Access, Attributes, Process, Client, ThreadMain, Start);
	if (NT_SUCCESS(Status))
		ShimCount(SHIM_HANDLE, 1);
	else
		ShimCount(SHIM_THREADS, -1);
	return Status;
}

NTSTATUS Shim_PsTerminateSystemThread(NTSTATUS Status)
{
	ShimSameIrql(PASSIVE_LEVEL, 0, "a thread", SHIM_CALLER);
	ShimCount(SHIM_THREADS, -1);
	return PsTerminateSystemThread(Status);
}

NTSTATUS Shim_ZwOpenKey(PHANDLE Key, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
	NTSTATUS Status;

	if (!(Attributes->Attributes & OBJ_KERNEL_HANDLE))
		ShimFail(SHIM_CALLER, "opens a key without OBJ_KERNEL_HANDLE");
	Status = ZwOpenKey(Key, Access, Attributes);
	if (NT_SUCCESS(Status))
		ShimCount(SHIM_HANDLE, 1);
	return Status;
}

NTSTATUS Shim_ZwCreateKey(PHANDLE Key, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
	ULONG Index, PUNICODE_STRING Class, ULONG Options, PULONG Disposition)
{
	NTSTATUS Status;

	if (!(Attributes->Attributes & OBJ_KERNEL_HANDLE))
		ShimFail(SHIM_CALLER, "makes a key without OBJ_KERNEL_HANDLE");
	Status = ZwCreateKey(Key, Access, Attributes, Index, Class, Options, Disposition);
	if (NT_SUCCESS(Status))
		ShimCount(SHIM_HANDLE, 1);
	return Status;
}

NTSTATUS Shim_IoOpenDeviceRegistryKey(
	PDEVICE_OBJECT Device, ULONG Type, ACCESS_MASK Access, PHANDLE Key)
{
	NTSTATUS Status = IoOpenDeviceRegistryKey(Device, Type, Access, Key);

	if (NT_SUCCESS(Status))
		ShimCount(SHIM_HANDLE, 1);
	return Status;
}

NTSTATUS Shim_ZwClose(HANDLE Handle)
{
	NTSTATUS Status = ZwClose(Handle);

	if (NT_SUCCESS(Status))
		ShimCount(SHIM_HANDLE, -1);
	else
		ShimFail(SHIM_CALLER, "closes what is no handle");
	return Status;
}

NTSTATUS Shim_ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK Access, POBJECT_TYPE Type,
	KPROCESSOR_MODE Mode, PVOID *Object, POBJECT_HANDLE_INFORMATION Information)
{
	NTSTATUS Status =
		ObReferenceObjectByHandle(Handle, Access, Type, Mode, Object, Information);

	if (NT_SUCCESS(Status))
		ShimCount(SHIM_REFERENCE, 1);
	return Status;
}

VOID Shim_ObfReferenceObject(PVOID Object)
{
	ObfReferenceObject(Object);
	ShimCount(SHIM_REFERENCE, 1);
}

VOID Shim_ObfDereferenceObject(PVOID Object)
{
	ShimCount(SHIM_REFERENCE, -1);
	ObfDereferenceObject(Object);
}

PDEVICE_OBJECT Shim_IoGetAttachedDeviceReference(PDEVICE_OBJECT Device)
{
	ShimCount(SHIM_REFERENCE, 1);
	return IoGetAttachedDeviceReference(Device);
}

VOID Shim_RtlAssert(PVOID What, PVOID File, ULONG Line, PCHAR Message)
{
	ShimFail(SHIM_CALLER, "assertion at %s:%lu: %s%s", (PCHAR)File, (unsigned long)Line,
		(PCHAR)What, Message ? Message : "");
}
