/* SPDX-License-Identifier: BSD-2-Clause */
/* DPCs, a queue and a thread for each processor; timers, which end in a DPC. */
#include "internal.h"

static USER_LOCK Lock; /* of queues and timers */
static struct {
	LIST_ENTRY Queue;
	HANDLE Wake;
	PKDPC Running;
} Cpus[SHIM_CPUS];
static LIST_ENTRY Timers; /* by due time */
static HANDLE TimerWake;

ULONGLONG ShimClock(VOID)
{
	LARGE_INTEGER Count, Frequency;

	QueryPerformanceCounter(&Count);
	QueryPerformanceFrequency(&Frequency);
	return (ULONGLONG)(Count.QuadPart / Frequency.QuadPart) * 10000000u +
	       (ULONGLONG)(Count.QuadPart % Frequency.QuadPart) * 10000000u /
		       (ULONGLONG)Frequency.QuadPart;
}

/* Answers FALSE when the queue is empty. */
static BOOLEAN RunOne(ULONG Cpu)
{
	PKDEFERRED_ROUTINE Routine;
	PVOID Context, First, Second;
	PSHIM_THREAD Thread;
	PKDPC Dpc;
	KIRQL Old;

	Old = ShimRaise(DISPATCH_LEVEL, Cpu, SHIM_CALLER);
	EnterCriticalSection(&Lock);
	if (IsListEmpty(&Cpus[Cpu].Queue)) {
		LeaveCriticalSection(&Lock);
		ShimLower(Old, SHIM_CALLER);
		return FALSE;
	}
	Dpc = CONTAINING_RECORD(RemoveHeadList(&Cpus[Cpu].Queue), KDPC, DpcListEntry);
	Routine = Dpc->DeferredRoutine;
	Context = Dpc->DeferredContext;
	First = Dpc->SystemArgument1;
	Second = Dpc->SystemArgument2;
	Dpc->DpcData = NULL;
	Cpus[Cpu].Running = Dpc;
	LeaveCriticalSection(&Lock);
	Thread = ShimThread();
	Routine(Dpc, Context, First, Second);
	ShimSameIrql(DISPATCH_LEVEL, 0, "a DPC", (PVOID)Routine);
	Thread->Irql = DISPATCH_LEVEL;
	EnterCriticalSection(&Lock);
	Cpus[Cpu].Running = NULL;
	LeaveCriticalSection(&Lock);
	ShimLower(Old, SHIM_CALLER);
	return TRUE;
}

static ULONG NTAPI DpcThread(PVOID Argument)
{
	ULONG Cpu = (ULONG)(ULONG_PTR)Argument;

	for (;;) {
		WaitForSingleObject(Cpus[Cpu].Wake, USER_INFINITE);
		while (RunOne(Cpu))
			;
	}
}

ULONGLONG Shim_KeQueryUnbiasedInterruptTime(VOID)
{
	return ShimClock();
}

VOID ShimDpcKick(ULONG Cpu)
{
	if (!IsListEmpty(&Cpus[Cpu].Queue))
		SetEvent(Cpus[Cpu].Wake);
}

VOID Shim_KeInitializeDpc(PKDPC Dpc, PKDEFERRED_ROUTINE Routine, PVOID Context)
{
	RtlZeroMemory(Dpc, sizeof(*Dpc));
	Dpc->Type = 19;
	Dpc->Importance = MediumImportance;
	Dpc->Number = 0xffff;
	Dpc->DeferredRoutine = Routine;
	Dpc->DeferredContext = Context;
}

VOID Shim_KeSetImportanceDpc(PKDPC Dpc, KDPC_IMPORTANCE Importance)
{
	Dpc->Importance = (UCHAR)Importance;
}

VOID Shim_KeSetTargetProcessorDpc(PKDPC Dpc, CCHAR Number)
{
	Dpc->Number = (USHORT)Number;
}

NTSTATUS Shim_KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER Number)
{
	if (Number->Group || Number->Number >= SHIM_CPUS || Number->Reserved)
		return STATUS_INVALID_PARAMETER;
	Dpc->Number = Number->Number;
	return STATUS_SUCCESS;
}

static BOOLEAN Insert(PKDPC Dpc, PVOID First, PVOID Second)
{
	ULONG Cpu = Dpc->Number < SHIM_CPUS ? Dpc->Number : ShimCpu();
	BOOLEAN Inserted = FALSE;

	EnterCriticalSection(&Lock);
	if (!Dpc->DpcData) {
		Dpc->DpcData = &Cpus[Cpu];
		Dpc->SystemArgument1 = First;
		Dpc->SystemArgument2 = Second;
		InsertTailList(&Cpus[Cpu].Queue, &Dpc->DpcListEntry);
		Inserted = TRUE;
	}
	LeaveCriticalSection(&Lock);
	if (Inserted)
		SetEvent(Cpus[Cpu].Wake);
	return Inserted;
}

BOOLEAN Shim_KeInsertQueueDpc(PKDPC Dpc, PVOID First, PVOID Second)
{
	if (!Dpc->DeferredRoutine) {
		ShimFail(SHIM_CALLER, "queues a DPC that was never initialised");
		return FALSE;
	}
	return Insert(Dpc, First, Second);
}

BOOLEAN Shim_KeRemoveQueueDpc(PKDPC Dpc)
{
	BOOLEAN Removed = FALSE;

	EnterCriticalSection(&Lock);
	if (Dpc->DpcData) {
		RemoveEntryList(&Dpc->DpcListEntry);
		Dpc->DpcData = NULL;
		Removed = TRUE;
	}
	LeaveCriticalSection(&Lock);
	return Removed;
}

VOID Shim_KeFlushQueuedDpcs(VOID)
{
	for (;;) {
		BOOLEAN Busy = FALSE;

		EnterCriticalSection(&Lock);
		for (ULONG i = 0; i < SHIM_CPUS; i++)
			Busy |= Cpus[i].Running || !IsListEmpty(&Cpus[i].Queue);
		LeaveCriticalSection(&Lock);
		if (!Busy)
			return;
		Sleep(1);
	}
}

/* Timers: TimerListEntry and Header.Inserted are the shim's. One that is waited for is not known.
 */
static VOID Arm(PKTIMER Timer, ULONGLONG Due)
{
	PLIST_ENTRY Place = Timers.Flink;

	Timer->DueTime.QuadPart = Due;
	while (Place != &Timers &&
		CONTAINING_RECORD(Place, KTIMER, TimerListEntry)->DueTime.QuadPart <= Due)
		Place = Place->Flink;
	InsertTailList(Place, &Timer->TimerListEntry);
	Timer->Header.Inserted = TRUE;
}

static ULONG NTAPI TimerThread(PVOID Argument)
{
	UNREFERENCED_PARAMETER(Argument);
	for (;;) {
		ULONG Wait = USER_INFINITE;

		EnterCriticalSection(&Lock);
		while (!IsListEmpty(&Timers)) {
			PKTIMER Timer = CONTAINING_RECORD(Timers.Flink, KTIMER, TimerListEntry);
			ULONGLONG Time = ShimClock();

			if (Timer->DueTime.QuadPart > Time) {
				Wait = (ULONG)((Timer->DueTime.QuadPart - Time) / 10000) + 1;
				break;
			}
			RemoveEntryList(&Timer->TimerListEntry);
			Timer->Header.Inserted = FALSE;
			Timer->Header.SignalState = 1;
			if (Timer->Period)
				Arm(Timer, Time + Timer->Period * 10000ull);
			if (Timer->Dpc)
				Insert(Timer->Dpc, NULL, NULL);
		}
		LeaveCriticalSection(&Lock);
		WaitForSingleObject(TimerWake, Wait);
	}
}

VOID Shim_KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
	RtlZeroMemory(Timer, sizeof(*Timer));
	Timer->Header.Type = (UCHAR)(8 + Type);
}

VOID Shim_KeInitializeTimer(PKTIMER Timer)
{
	Shim_KeInitializeTimerEx(Timer, NotificationTimer);
}

BOOLEAN Shim_KeCancelTimer(PKTIMER Timer)
{
	BOOLEAN Was;

	EnterCriticalSection(&Lock);
	Was = Timer->Header.Inserted;
	if (Was)
		RemoveEntryList(&Timer->TimerListEntry);
	Timer->Header.Inserted = FALSE;
	LeaveCriticalSection(&Lock);
	return Was;
}

BOOLEAN Shim_KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER Due, LONG Period, PKDPC Dpc)
{
	ULONGLONG Delay = Due.QuadPart < 0 ? (ULONGLONG)-Due.QuadPart : 0;
	BOOLEAN Was;

	if (Due.QuadPart > 0)
		ShimFail(SHIM_CALLER, "the shim knows no absolute times");
	EnterCriticalSection(&Lock);
	Was = Shim_KeCancelTimer(Timer);
	Timer->Dpc = Dpc;
	Timer->Period = (ULONG)Period;
	Timer->Header.SignalState = 0;
	Arm(Timer, ShimClock() + Delay);
	LeaveCriticalSection(&Lock);
	SetEvent(TimerWake);
	return Was;
}

BOOLEAN Shim_KeSetTimer(PKTIMER Timer, LARGE_INTEGER Due, PKDPC Dpc)
{
	return Shim_KeSetTimerEx(Timer, Due, 0, Dpc);
}

BOOLEAN Shim_KeReadStateTimer(PKTIMER Timer)
{
	return Timer->Header.SignalState != 0;
}

static BOOLEAN Inside(PVOID Thing, PVOID Memory, SIZE_T Size)
{
	return (PUCHAR)Thing >= (PUCHAR)Memory && (PUCHAR)Thing < (PUCHAR)Memory + Size;
}

VOID ShimDpcNoneIn(PVOID Memory, SIZE_T Size, PVOID Caller)
{
	BOOLEAN Found = FALSE;
	PLIST_ENTRY Next;

	/* What is found is taken out, so that this failure is not a crash as well. */
	EnterCriticalSection(&Lock);
	for (PLIST_ENTRY e = Timers.Flink; e != &Timers; e = Next) {
		Next = e->Flink;
		if (!Inside(e, Memory, Size))
			continue;
		RemoveEntryList(e);
		Found = TRUE;
	}
	for (ULONG i = 0; i < SHIM_CPUS; i++) {
		Found |= Cpus[i].Running && Inside(Cpus[i].Running, Memory, Size) &&
			 ShimThread()->Irql < DISPATCH_LEVEL;
		for (PLIST_ENTRY e = Cpus[i].Queue.Flink; e != &Cpus[i].Queue; e = Next) {
			Next = e->Flink;
			if (!Inside(e, Memory, Size))
				continue;
			RemoveEntryList(e);
			Found = TRUE;
		}
	}
	LeaveCriticalSection(&Lock);
	if (Found)
		ShimFail(Caller, "frees memory with a running timer or DPC in it");
}

VOID ShimDpcSetup(VOID)
{
	InitializeCriticalSection(&Lock);
	InitializeListHead(&Timers);
	TimerWake = CreateEventW(NULL, FALSE, FALSE, NULL);
	for (ULONG i = 0; i < SHIM_CPUS; i++) {
		InitializeListHead(&Cpus[i].Queue);
		Cpus[i].Wake = CreateEventW(NULL, FALSE, FALSE, NULL);
		CloseHandle(CreateThread(NULL, 0, DpcThread, (PVOID)(ULONG_PTR)i, 0, NULL));
	}
	CloseHandle(CreateThread(NULL, 0, TimerThread, NULL, 0, NULL));
}
