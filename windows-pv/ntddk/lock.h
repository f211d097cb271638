/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin locks whose use the compiler follows. The caller says from where it comes:
 *   NtAcquireLock         from code that may wait; raises to DISPATCH_LEVEL, takes NtMayWait away
 *   NtAcquireLockRaised   from DISPATCH_LEVEL (a DPC, or under another lock); IRQL stays
 *   NtAcquireLockAny      from either; the caller says nothing about waiting, so it may not wait
 * A mutex is for code that may wait, and goes on doing so.
 * A field that a lock protects is declared NT_GUARDED_BY(Lock).
 */
#ifndef DK_NTDDK_LOCK_H
#define DK_NTDDK_LOCK_H

#include "irql.h"

#define NT_GUARDED_BY(x) NT_TSA(guarded_by(x))
/* Of a member of a structure, for readers only: in C clang follows this for variables. */
#define NT_UNDER(x)
#define NT_HOLDS(x) NT_TSA(requires_capability(x))

typedef struct NT_TSA(capability("spin lock")) _NT_LOCK {
	KSPIN_LOCK Lock;
	KIRQL OldIrql; /* written and read only by the owner */
} NT_LOCK, *PNT_LOCK;

static inline VOID NtInitializeLock(PNT_LOCK Lock)
{
	KeInitializeSpinLock(&Lock->Lock);
	Lock->OldIrql = PASSIVE_LEVEL;
}

static inline VOID NtAcquireLock(PNT_LOCK Lock) NT_TSA(release_capability(NtMayWait))
	NT_TSA(acquire_capability(*Lock)) NT_TSA(no_thread_safety_analysis);
static inline VOID NtReleaseLock(PNT_LOCK Lock) NT_TSA(release_capability(*Lock))
	NT_TSA(acquire_capability(NtMayWait)) NT_TSA(no_thread_safety_analysis);
static inline VOID NtAcquireLockRaised(PNT_LOCK Lock) NT_RAISED NT_TSA(acquire_capability(*Lock))
	NT_TSA(no_thread_safety_analysis);
static inline VOID NtReleaseLockRaised(PNT_LOCK Lock) NT_RAISED NT_TSA(release_capability(*Lock))
	NT_TSA(no_thread_safety_analysis);

static inline VOID NtAcquireLockAny(PNT_LOCK Lock) NT_RAISED NT_TSA(acquire_capability(*Lock))
	NT_TSA(no_thread_safety_analysis);
static inline VOID NtReleaseLockAny(PNT_LOCK Lock) NT_RAISED NT_TSA(release_capability(*Lock))
	NT_TSA(no_thread_safety_analysis);

static inline VOID NtAcquireLock(PNT_LOCK Lock)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Lock->Lock, &Irql);
	Lock->OldIrql = Irql;
}

static inline VOID NtReleaseLock(PNT_LOCK Lock)
{
	KeReleaseSpinLock(&Lock->Lock, Lock->OldIrql);
}

static inline VOID NtAcquireLockAny(PNT_LOCK Lock)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Lock->Lock, &Irql);
	Lock->OldIrql = Irql;
}

static inline VOID NtReleaseLockAny(PNT_LOCK Lock)
{
	KeReleaseSpinLock(&Lock->Lock, Lock->OldIrql);
}

static inline VOID NtAcquireLockRaised(PNT_LOCK Lock)
{
	KeAcquireSpinLockAtDpcLevel(&Lock->Lock);
}

static inline VOID NtReleaseLockRaised(PNT_LOCK Lock)
{
	KeReleaseSpinLockFromDpcLevel(&Lock->Lock);
}

typedef struct NT_TSA(capability("mutex")) _NT_MUTEX {
	KMUTEX Mutex;
} NT_MUTEX, *PNT_MUTEX;

static inline VOID NtInitializeMutex(PNT_MUTEX Mutex)
{
	KeInitializeMutex(&Mutex->Mutex, 0);
}

static inline VOID NtAcquireMutex(PNT_MUTEX Mutex) NT_PASSIVE NT_TSA(acquire_capability(*Mutex))
	NT_TSA(no_thread_safety_analysis);
static inline VOID NtReleaseMutex(PNT_MUTEX Mutex) NT_PASSIVE NT_TSA(release_capability(*Mutex))
	NT_TSA(no_thread_safety_analysis);

static inline VOID NtAcquireMutex(PNT_MUTEX Mutex)
{
	(VOID) KeWaitForSingleObject(&Mutex->Mutex, Executive, KernelMode, FALSE, NULL);
}

static inline VOID NtReleaseMutex(PNT_MUTEX Mutex)
{
	KeReleaseMutex(&Mutex->Mutex, FALSE);
}

#endif
