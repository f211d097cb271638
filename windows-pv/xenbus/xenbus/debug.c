/* SPDX-License-Identifier: BSD-2-Clause */
#include "debug.h"
#include "interface.h"

static KBUGCHECK_CALLBACK_ROUTINE Crash;

/* Longer than any list; one that a crash has spoilt has an end for us all the same. */
#define CALLBACKS_MAX 256

static VOID RunAll(PDEBUG Debug, BOOLEAN Crashing)
{
	PLIST_ENTRY Entry = Debug->List.Flink;

	for (ULONG i = 0; i < CALLBACKS_MAX && Entry != &Debug->List; i++) {
		PDK_DEBUG_CALLBACK Callback = CONTAINING_RECORD(Entry, DK_DEBUG_CALLBACK, Link);

		Callback->Function(Callback->Argument, Crashing);
		Entry = Entry->Flink;
	}
}

static VOID NTAPI Crash(PVOID Buffer, ULONG Length)
{
	UNREFERENCED_PARAMETER(Length);
	RunAll(Buffer, TRUE);
}

NTSTATUS DebugStart(PFDO Fdo)
{
	PDEBUG Debug = PoolAllocate(sizeof(*Debug));
	PKBUGCHECK_CALLBACK_RECORD Record;

	if (Debug == NULL)
		return STATUS_NO_MEMORY;
	NtInitializeLock(&Debug->Lock);
	InitializeListHead(&Debug->List);
	Debug->Own.Function = CountersPrint;
	Debug->Own.Argument = Fdo;
	InsertTailList(&Debug->List, &Debug->Own.Link);
	Record = &Debug->Crash;
	KeInitializeCallbackRecord(Record);
	Debug->CrashKnown = KeRegisterBugCheckCallback(
		&Debug->Crash, Crash, Debug, sizeof(*Debug), (PUCHAR)(ULONG_PTR) "XENBUS");
	if (!Debug->CrashKnown)
		LogWarning("debug: nothing will be printed at a crash");
	Fdo->Debug = Debug;
	return STATUS_SUCCESS;
}

VOID DebugStop(PFDO Fdo)
{
	PDEBUG Debug = Fdo->Debug;

	if (Debug == NULL)
		return;
	Fdo->Debug = NULL;
	if (Debug->CrashKnown)
		(VOID) KeDeregisterBugCheckCallback(&Debug->Crash);
	RemoveEntryList(&Debug->Own.Link);
	if (!IsListEmpty(&Debug->List))
		LogError("debug: a callback is still registered");
	PoolFree(Debug);
}

INTERFACE_REFERENCES(Debug, DK_XENBUS_ROW_DEBUG)

static NTSTATUS NTAPI Register(PINTERFACE Interface, PCSTR Prefix, DK_DEBUG_FUNCTION Function,
	PVOID Argument, PDK_DEBUG_CALLBACK *Result) NT_PASSIVE;
static NTSTATUS NTAPI Register(PINTERFACE Interface, PCSTR Prefix, DK_DEBUG_FUNCTION Function,
	PVOID Argument, PDK_DEBUG_CALLBACK *Result)
{
	PDEBUG Debug = InterfaceFdo(Interface)->Debug;
	PDK_DEBUG_CALLBACK Callback = PoolAllocate(sizeof(*Callback));

	if (Callback == NULL)
		return STATUS_NO_MEMORY;
	Callback->Function = Function;
	Callback->Argument = Argument;
	for (ULONG i = 0; i < DEBUG_PREFIX - 1 && Prefix[i] != '\0'; i++)
		Callback->Prefix[i] = Prefix[i];
	NtAcquireLock(&Debug->Lock);
	InsertTailList(&Debug->List, &Callback->Link);
	NtReleaseLock(&Debug->Lock);
	*Result = Callback;
	return STATUS_SUCCESS;
}

static VOID NTAPI Print(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback, PCSTR Text)
{
	UNREFERENCED_PARAMETER(Interface);
	XenLog(XEN_LOG_INFO, Callback->Prefix, "%s", Text);
}

static VOID NTAPI Trigger(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback)
{
	PDEBUG Debug = InterfaceFdo(Interface)->Debug;

	NtAcquireLockAny(&Debug->Lock);
	if (Callback != NULL)
		Callback->Function(Callback->Argument, FALSE);
	else
		RunAll(Debug, FALSE);
	NtReleaseLockAny(&Debug->Lock);
}

static VOID NTAPI Deregister(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback) NT_PASSIVE;
static VOID NTAPI Deregister(PINTERFACE Interface, PDK_DEBUG_CALLBACK Callback)
{
	PDEBUG Debug = InterfaceFdo(Interface)->Debug;

	NtAcquireLock(&Debug->Lock);
	RemoveEntryList(&Callback->Link);
	NtReleaseLock(&Debug->Lock);
	PoolFree(Callback);
}

const DK_DEBUG_INTERFACE_V1 DebugInterfaceV1 = {
	.Acquire = DebugAcquire,
	.Release = DebugRelease,
	.Register = Register,
	.Print = Print,
	.Trigger = Trigger,
	.Deregister = Deregister,
};
