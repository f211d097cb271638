/* SPDX-License-Identifier: BSD-2-Clause */
#include "corral.h"
#include "pv_corral.h"

typedef struct _CORRAL {
	struct pv_corral Book;
	NT_LOCK Lock; /* keeps the one that suspends on its processor */
	ULONG Count;
	KDPC Dpcs[]; /* by processor */
} CORRAL, *PCORRAL;

static KDEFERRED_ROUTINE Hold;

/* Not the interrupt time, which may stand still while all have their interrupts off. */
static ULONGLONG Clock(PULONGLONG Second)
{
	LARGE_INTEGER Frequency;
	LARGE_INTEGER Count = KeQueryPerformanceCounter(&Frequency);

	if (Second != NULL)
		*Second = (ULONGLONG)Frequency.QuadPart;
	return (ULONGLONG)Count.QuadPart;
}

static enum pv_corral_answer Gathered(PCORRAL Corral)
{
	enum pv_corral_answer Answer = pv_corral_enter(&Corral->Book);

	while (Answer == PV_CORRAL_WAIT) {
		YieldProcessor();
		Answer = pv_corral_ask(&Corral->Book, Clock(NULL), false);
	}
	return Answer;
}

static VOID NTAPI Hold(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PCORRAL Corral = Context;
	enum pv_corral_answer Answer = Gathered(Corral);

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	if (Answer == PV_CORRAL_SHUT) {
		XenInterruptsOff();
		Answer = pv_corral_shut(&Corral->Book);
		while (Answer == PV_CORRAL_WAIT || Answer == PV_CORRAL_HELD) {
			YieldProcessor();
			Answer = pv_corral_ask(&Corral->Book, Clock(NULL), true);
		}
		XenInterruptsOn();
	}
	(VOID) pv_corral_leave(&Corral->Book);
}

static NTSTATUS Lead(PCORRAL Corral, CORRAL_WORK *Alone, CORRAL_WORK *Together, PVOID Context)
{
	ULONG Self = KeGetCurrentProcessorNumberEx(NULL);
	enum pv_corral_answer Answer;
	ULONGLONG Second;
	ULONGLONG Time = Clock(&Second);

	/* One that was added since we counted is not among them. */
	if (Self >= Corral->Count || pv_corral_begin(&Corral->Book, Corral->Count, Time, Second))
		return STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; i < Corral->Count; i++)
		if (i != Self)
			KeInsertQueueDpc(&Corral->Dpcs[i], NULL, NULL);
	Answer = Gathered(Corral);
	if (Answer == PV_CORRAL_SHUT) {
		XenInterruptsOff();
		Answer = pv_corral_shut(&Corral->Book);
		while (Answer == PV_CORRAL_WAIT) {
			YieldProcessor();
			Answer = pv_corral_ask(&Corral->Book, Clock(NULL), true);
		}
		if (Answer == PV_CORRAL_HELD)
			Alone(Context);
		XenInterruptsOn();
	}
	if (Answer == PV_CORRAL_HELD) {
		Together(Context);
		pv_corral_release(&Corral->Book);
	}
	(VOID) pv_corral_leave(&Corral->Book);
	return Answer == PV_CORRAL_HELD ? STATUS_SUCCESS : STATUS_IO_TIMEOUT;
}

static NTSTATUS Prepare(PCORRAL Corral)
{
	NtInitializeLock(&Corral->Lock);
	for (ULONG i = 0; i < Corral->Count; i++) {
		PROCESSOR_NUMBER Number;
		NTSTATUS Status = KeGetProcessorNumberFromIndex(i, &Number);

		if (!NT_SUCCESS(Status))
			return Status;
		KeInitializeDpc(&Corral->Dpcs[i], Hold, Corral);
		KeSetImportanceDpc(&Corral->Dpcs[i], HighImportance);
		Status = KeSetTargetProcessorDpcEx(&Corral->Dpcs[i], &Number);
		if (!NT_SUCCESS(Status))
			return Status;
	}
	return STATUS_SUCCESS;
}

NTSTATUS CorralRun(CORRAL_WORK *Alone, CORRAL_WORK *Together, PVOID Context)
{
	ULONG Count = KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS);
	PCORRAL Corral = PoolAllocate(sizeof(*Corral) + (SIZE_T)Count * sizeof(Corral->Dpcs[0]));
	NTSTATUS Status;

	if (Corral == NULL)
		return STATUS_NO_MEMORY;
	Corral->Count = Count;
	Status = Prepare(Corral);
	if (NT_SUCCESS(Status)) {
		NtAcquireLock(&Corral->Lock);
		Status = Lead(Corral, Alone, Together, Context);
		NtReleaseLock(&Corral->Lock);
		/* Who came late has yet to leave. */
		KeFlushQueuedDpcs();
	}
	PoolFree(Corral);
	return Status;
}
