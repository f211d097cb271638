/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IRQL, processors and spin locks. A thread at DISPATCH_LEVEL or above owns one of the pretended
 * processors, so two such threads never share one, as on a real machine. An interrupt waits for its
 * processor instead of interrupting what runs there: code at DISPATCH_LEVEL on the other one runs
 * beside it.
 */
#include "internal.h"

#define PATIENCE 20000 /* milliseconds before a lock counts as never to be had */

static ULONG Slot;
static USER_LOCK Cpus[SHIM_CPUS];
static volatile LONG Threads;

VOID ShimIrqlSetup(VOID)
{
	Slot = TlsAlloc();
	for (ULONG i = 0; i < SHIM_CPUS; i++)
		InitializeCriticalSection(&Cpus[i]);
}

PSHIM_THREAD ShimThread(VOID)
{
	PSHIM_THREAD Thread = TlsGetValue(Slot);

	if (Thread)
		return Thread;
	Thread = HeapAlloc(GetProcessHeap(), USER_HEAP_ZERO, sizeof(*Thread));
	Thread->Number = (ULONG)InterlockedIncrement(&Threads);
	TlsSetValue(Slot, Thread);
	return Thread;
}

ULONG ShimCpu(VOID)
{
	PSHIM_THREAD Thread = ShimThread();

	return Thread->Irql >= DISPATCH_LEVEL ? Thread->Cpu : 0;
}

KIRQL ShimRaise(KIRQL To, ULONG Cpu, PVOID Caller)
{
	PSHIM_THREAD Thread = ShimThread();
	KIRQL Old = Thread->Irql;

	if (To < Old)
		ShimFail(Caller, "raises the IRQL from %u to %u", Old, To);
	if (Old < DISPATCH_LEVEL && To >= DISPATCH_LEVEL) {
		Thread->Cpu = Cpu == SHIM_ANY_CPU ? Thread->Number % SHIM_CPUS : Cpu;
		EnterCriticalSection(&Cpus[Thread->Cpu]);
	}
	Thread->Irql = To;
	return Old;
}

VOID ShimLower(KIRQL To, PVOID Caller)
{
	PSHIM_THREAD Thread = ShimThread();
	KIRQL Old = Thread->Irql;

	if (To > Old)
		ShimFail(Caller, "lowers the IRQL from %u to %u", Old, To);
	Thread->Irql = To;
	if (Old < DISPATCH_LEVEL || To >= DISPATCH_LEVEL)
		return;
	if (Thread->Locks) {
		ShimFail(Caller, "lowers the IRQL to %u with %lu spin locks held", To,
			(unsigned long)Thread->Locks);
		Thread->Locks = 0;
	}
	LeaveCriticalSection(&Cpus[Thread->Cpu]);
	ShimDpcKick(Thread->Cpu);
}

VOID ShimInterrupts(BOOLEAN On)
{
	PSHIM_THREAD Thread = ShimThread();

	if (Thread->Irql != (On ? HIGH_LEVEL : DISPATCH_LEVEL))
		ShimFail(SHIM_CALLER, "turns interrupts %s at IRQL %u", On ? "on" : "off",
			Thread->Irql);
	Thread->Irql = On ? DISPATCH_LEVEL : HIGH_LEVEL;
}

VOID ShimLock(PKSPIN_LOCK Lock, PVOID Caller)
{
	PSHIM_THREAD Thread = ShimThread();
	ULONG Waited = 0;

	Thread->Locks++;
	if (*(volatile KSPIN_LOCK *)Lock == (KSPIN_LOCK)Thread) {
		ShimFail(Caller, "takes a spin lock that it has");
		return;
	}
	for (ULONG Tries = 0;
		InterlockedCompareExchangePointer((PVOID volatile *)Lock, Thread, NULL) != NULL;
		Tries++) {
		if (Tries < 100) {
			SwitchToThread();
			continue;
		}
		Sleep(1);
		if (++Waited == PATIENCE) {
			ShimFail(Caller, "a spin lock was not to be had within %u ms", PATIENCE);
			return;
		}
	}
}

VOID ShimUnlock(PKSPIN_LOCK Lock, PVOID Caller)
{
	PSHIM_THREAD Thread = ShimThread();

	if (!Thread->Locks)
		ShimFail(Caller, "gives back a spin lock and has none");
	else
		Thread->Locks--;
	if (InterlockedCompareExchangePointer((PVOID volatile *)Lock, NULL, Thread) != Thread)
		ShimFail(Caller, "gives back a spin lock that is another's");
}

VOID ShimSameIrql(KIRQL Before, ULONG Locks, PCSTR What, PVOID Function)
{
	PSHIM_THREAD Thread = ShimThread();

	if (Thread->Irql == Before && Thread->Locks == Locks)
		return;
	ShimFail(Function, "%s returned at IRQL %u with %lu locks, called at %u with %lu", What,
		Thread->Irql, (unsigned long)Thread->Locks, Before, (unsigned long)Locks);
	/* Mended, so that the rest of the run means something. */
	if (Thread->Irql >= DISPATCH_LEVEL && Before < DISPATCH_LEVEL)
		LeaveCriticalSection(&Cpus[Thread->Cpu]);
	else if (Thread->Irql < DISPATCH_LEVEL && Before >= DISPATCH_LEVEL)
		EnterCriticalSection(&Cpus[Thread->Cpu]);
	Thread->Irql = Before;
	Thread->Locks = Locks;
}

/* What the entries of functions.tbl with a limit call first. */
VOID ShimCheckIrql(PCSTR Name, KIRQL Limit, PVOID Caller);
VOID ShimCheckIrql(PCSTR Name, KIRQL Limit, PVOID Caller)
{
	KIRQL Now = ShimThread()->Irql;

	if (Now > Limit)
		ShimFail(Caller, "%s at IRQL %u, allowed up to %u", Name, Now, Limit);
}

VOID Shim_KeInitializeSpinLock(PKSPIN_LOCK Lock)
{
	*Lock = 0;
}

KIRQL Shim_KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK Lock)
{
	KIRQL Old = ShimRaise(DISPATCH_LEVEL, SHIM_ANY_CPU, SHIM_CALLER);

	ShimLock(Lock, SHIM_CALLER);
	return Old;
}

VOID Shim_KeReleaseSpinLock(PKSPIN_LOCK Lock, KIRQL To)
{
	ShimUnlock(Lock, SHIM_CALLER);
	ShimLower(To, SHIM_CALLER);
}

static VOID AtLeastDispatch(PVOID Caller)
{
	if (ShimThread()->Irql < DISPATCH_LEVEL)
		ShimFail(Caller, "a spin lock's AtDpcLevel function below DISPATCH_LEVEL");
}

VOID Shim_KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK Lock)
{
	AtLeastDispatch(SHIM_CALLER);
	ShimLock(Lock, SHIM_CALLER);
}

VOID Shim_KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK Lock)
{
	AtLeastDispatch(SHIM_CALLER);
	ShimUnlock(Lock, SHIM_CALLER);
}

VOID Shim_KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
	Handle->LockQueue.Lock = Lock;
	Handle->OldIrql = ShimRaise(DISPATCH_LEVEL, SHIM_ANY_CPU, SHIM_CALLER);
	ShimLock(Lock, SHIM_CALLER);
}

VOID Shim_KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE Handle)
{
	ShimUnlock((PKSPIN_LOCK)Handle->LockQueue.Lock, SHIM_CALLER);
	ShimLower(Handle->OldIrql, SHIM_CALLER);
}

VOID Shim_KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK Lock, PKLOCK_QUEUE_HANDLE Handle)
{
	AtLeastDispatch(SHIM_CALLER);
	Handle->LockQueue.Lock = Lock;
	ShimLock(Lock, SHIM_CALLER);
}

VOID Shim_KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE Handle)
{
	AtLeastDispatch(SHIM_CALLER);
	ShimUnlock((PKSPIN_LOCK)Handle->LockQueue.Lock, SHIM_CALLER);
}

ULONG Shim_KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER Number)
{
	ULONG Cpu = ShimCpu();

	if (Number) {
		Number->Group = 0;
		Number->Number = (UCHAR)Cpu;
		Number->Reserved = 0;
	}
	return Cpu;
}

NTSTATUS Shim_KeGetProcessorNumberFromIndex(ULONG Index, PPROCESSOR_NUMBER Number)
{
	if (Index >= SHIM_CPUS)
		return STATUS_INVALID_PARAMETER;
	Number->Group = 0;
	Number->Number = (UCHAR)Index;
	Number->Reserved = 0;
	return STATUS_SUCCESS;
}

ULONG Shim_KeQueryActiveProcessorCount(PKAFFINITY Active)
{
	if (Active)
		*Active = (1u << SHIM_CPUS) - 1;
	return SHIM_CPUS;
}

ULONG Shim_KeQueryActiveProcessorCountEx(USHORT Group)
{
	return Group == 0 || Group == 0xffff ? SHIM_CPUS : 0;
}

ULONG Shim_KeQueryMaximumProcessorCount(VOID)
{
	return SHIM_CPUS;
}

ULONG Shim_KeQueryMaximumProcessorCountEx(USHORT Group)
{
	return Shim_KeQueryActiveProcessorCountEx(Group);
}
