/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events, mutexes, semaphores and waiting. Wine has these, but loses a signal: an automatic event
 * that is set while a waiter is on its way out of the wait for the one before is cleared by it. So
 * a thread of a driver could sleep for ever that Windows would wake.
 *
 * Wine itself sets the event of an IRP, in the object and past this file: waiters look now and
 * then.
 */
#include "internal.h"

#define LOOK 2 /* milliseconds */
#define MOST 64

enum { NOTIFICATION, SYNCHRONIZATION, MUTANT, SEMAPHORE = 5, TIMER_NOTIFICATION = 8, TIMER_AUTO };

struct waiter {
	struct waiter *Next;
	PVOID *Objects;
	ULONG Count;
	HANDLE Wake;
};

static USER_LOCK Lock;
static struct waiter *Waiters;

VOID ShimWaitSetup(VOID)
{
	InitializeCriticalSection(&Lock);
}

static BOOLEAN Ours(PVOID Object)
{
	UCHAR Type = ((DISPATCHER_HEADER *)Object)->Type;

	return Type <= MUTANT || Type == SEMAPHORE;
}

/* With the lock. What is taken stays taken; Put undoes it. */
static BOOLEAN Take(PVOID Object, PSHIM_THREAD Thread)
{
	DISPATCHER_HEADER *Header = Object;
	PKMUTEX Mutex = Object;

	switch (Header->Type) {
	case NOTIFICATION:
		return Header->SignalState != 0;
	case SYNCHRONIZATION:
		return InterlockedExchange(&Header->SignalState, 0) != 0;
	case MUTANT:
		if (Header->SignalState <= 0 && Mutex->OwnerThread != (PVOID)Thread)
			return FALSE;
		Header->SignalState--;
		Mutex->OwnerThread = (PVOID)Thread;
		return TRUE;
	default:
		if (Header->SignalState <= 0)
			return FALSE;
		Header->SignalState--;
		return TRUE;
	}
}

static VOID Wake(PVOID Object)
{
	for (struct waiter *w = Waiters; w; w = w->Next)
		for (ULONG i = 0; i < w->Count; i++)
			if (w->Objects[i] == Object)
				SetEvent(w->Wake);
}

/* Any of them; a driver that wants all of several at once has not been seen yet. */
static NTSTATUS WaitAnyOf(PVOID *Objects, ULONG Count, PLARGE_INTEGER Timeout)
{
	PSHIM_THREAD Thread = ShimThread();
	struct waiter Self = { NULL, Objects, Count, NULL };
	ULONGLONG End = ~0ull;
	struct waiter **Place;

	if (!Thread->Wake)
		Thread->Wake = CreateEventW(NULL, FALSE, FALSE, NULL);
	Self.Wake = Thread->Wake;
	if (Timeout)
		End = ShimClock() + (Timeout->QuadPart < 0 ? (ULONGLONG)-Timeout->QuadPart : 0);
	EnterCriticalSection(&Lock);
	Self.Next = Waiters;
	Waiters = &Self;
	for (;;) {
		NTSTATUS Status = STATUS_TIMEOUT;

		for (ULONG i = 0; i < Count && Status == STATUS_TIMEOUT; i++)
			if (Take(Objects[i], Thread))
				Status = (NTSTATUS)i;
		if (Status != STATUS_TIMEOUT || ShimClock() >= End) {
			for (Place = &Waiters; *Place != &Self; Place = &(*Place)->Next)
				;
			*Place = Self.Next;
			LeaveCriticalSection(&Lock);
			return Status;
		}
		LeaveCriticalSection(&Lock);
		WaitForSingleObject(Self.Wake, LOOK);
		EnterCriticalSection(&Lock);
	}
}

static VOID MayWait(PCSTR Name, PLARGE_INTEGER Timeout, PVOID Caller)
{
	PSHIM_THREAD Thread = ShimThread();

	if (Timeout && Timeout->QuadPart > 0)
		ShimFail(Caller, "the shim knows no absolute times");
	if (Thread->Irql <= APC_LEVEL)
		return;
	if (Thread->Irql == DISPATCH_LEVEL && Timeout && !Timeout->QuadPart)
		return;
	ShimFail(Caller, "%s waits at IRQL %u", Name, Thread->Irql);
}

NTSTATUS Shim_KeWaitForSingleObject(PVOID Object, KWAIT_REASON Reason, KPROCESSOR_MODE Mode,
	BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
	UCHAR Type = ((DISPATCHER_HEADER *)Object)->Type;

	MayWait("KeWaitForSingleObject", Timeout, SHIM_CALLER);
	if (Type == TIMER_NOTIFICATION || Type == TIMER_AUTO)
		ShimFail(SHIM_CALLER, "waits for a timer, which the shim does not know");
	if (Ours(Object))
		return WaitAnyOf(&Object, 1, Timeout);
	/* A thread: an object of Wine's. */
	return KeWaitForSingleObject(Object, Reason, Mode, Alertable, Timeout);
}

NTSTATUS Shim_KeWaitForMultipleObjects(ULONG Count, PVOID Objects[], WAIT_TYPE Type,
	KWAIT_REASON Reason, KPROCESSOR_MODE Mode, BOOLEAN Alertable, PLARGE_INTEGER Timeout,
	PKWAIT_BLOCK Blocks)
{
	BOOLEAN All = TRUE;

	UNREFERENCED_PARAMETER(Reason);
	UNREFERENCED_PARAMETER(Mode);
	UNREFERENCED_PARAMETER(Alertable);
	MayWait("KeWaitForMultipleObjects", Timeout, SHIM_CALLER);
	if (Count > 3 && !Blocks)
		ShimFail(SHIM_CALLER, "waits for %lu objects without wait blocks",
			(unsigned long)Count);
	for (ULONG i = 0; i < Count; i++)
		All &= Ours(Objects[i]);
	if (!All || Type != WaitAny || Count > MOST) {
		ShimFail(SHIM_CALLER, "waits for several objects in a way the shim does not know");
		return STATUS_NOT_SUPPORTED;
	}
	return WaitAnyOf(Objects, Count, Timeout);
}

static VOID Init(DISPATCHER_HEADER *Header, UCHAR Type, LONG State)
{
	RtlZeroMemory(Header, sizeof(*Header));
	Header->Type = Type;
	Header->SignalState = State;
}

VOID Shim_KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	Init(&Event->Header, (UCHAR)Type, State);
}

LONG Shim_KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	LONG Was;

	UNREFERENCED_PARAMETER(Increment);
	if (Wait)
		ShimFail(SHIM_CALLER, "KeSetEvent with Wait");
	EnterCriticalSection(&Lock);
	Was = InterlockedExchange(&Event->Header.SignalState, 1);
	Wake(Event);
	LeaveCriticalSection(&Lock);
	return Was;
}

LONG Shim_KeResetEvent(PRKEVENT Event)
{
	return InterlockedExchange(&Event->Header.SignalState, 0);
}

VOID Shim_KeClearEvent(PRKEVENT Event)
{
	InterlockedExchange(&Event->Header.SignalState, 0);
}

LONG Shim_KeReadStateEvent(PRKEVENT Event)
{
	return Event->Header.SignalState;
}

VOID Shim_KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
	UNREFERENCED_PARAMETER(Level);
	RtlZeroMemory(Mutex, sizeof(*Mutex));
	Init(&Mutex->Header, MUTANT, 1);
}

LONG Shim_KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
	LONG Was;

	if (Wait)
		ShimFail(SHIM_CALLER, "KeReleaseMutex with Wait");
	EnterCriticalSection(&Lock);
	Was = Mutex->Header.SignalState;
	if (Mutex->OwnerThread != (PVOID)ShimThread()) {
		ShimFail(SHIM_CALLER, "gives back a mutex that it does not have");
	} else if (++Mutex->Header.SignalState == 1) {
		Mutex->OwnerThread = NULL;
		Wake(Mutex);
	}
	LeaveCriticalSection(&Lock);
	return Was;
}

VOID Shim_ExAcquireFastMutex(PFAST_MUTEX Mutex)
{
	PSHIM_THREAD Thread = ShimThread();
	KIRQL Old = Thread->Irql;

	if (Mutex->Owner == (PVOID)Thread)
		ShimFail(SHIM_CALLER, "takes a fast mutex that it has");
	while (InterlockedCompareExchangePointer((PVOID volatile *)&Mutex->Owner, Thread, NULL))
		Sleep(1);
	Thread->Irql = APC_LEVEL;
	Mutex->OldIrql = Old;
}

VOID Shim_ExReleaseFastMutex(PFAST_MUTEX Mutex)
{
	PSHIM_THREAD Thread = ShimThread();
	KIRQL Old = (KIRQL)Mutex->OldIrql;

	if (InterlockedCompareExchangePointer((PVOID volatile *)&Mutex->Owner, NULL, Thread) !=
		(PVOID)Thread)
		ShimFail(SHIM_CALLER, "gives back a fast mutex that it does not have");
	Thread->Irql = Old;
}
