/* SPDX-License-Identifier: BSD-2-Clause */
/* The store's connection around a suspend: what is asked of it is asked again, or told to have
 * failed. */
#include "store.h"

#include <xen/hvm/params.h>

/* What is unanswered after this is asked again in the new domain, or ends there. */
#define DRAIN_MS 1000

VOID StoreQuiesce(PSTORE Store)
{
	LARGE_INTEGER Moment = FromNow(PV_TIME_MS);
	int Error = PV_EAGAIN;

	for (ULONG i = 0; i < DRAIN_MS && Error == PV_EAGAIN; i++) {
		NtAcquireLock(&Store->Lock);
		Error = pv_xs_suspend(&Store->Xs);
		if (Error == PV_EAGAIN)
			StorePump(Store);
		NtReleaseLock(&Store->Lock);
		if (Error == PV_EAGAIN)
			KeDelayExecutionThread(KernelMode, FALSE, &Moment);
	}
}

VOID StoreContinue(PSTORE Store)
{
	NtAcquireLock(&Store->Lock);
	pv_xs_resume(&Store->Xs, Store->Ring, false, Now());
	StorePump(Store);
	NtReleaseLock(&Store->Lock);
}

/* Where it was, as a rule. */
static VOID FindRing(PSTORE Store)
{
	PHYSICAL_ADDRESS Address;
	ULONGLONG Pfn;
	PVOID Ring;

	if (!NT_SUCCESS(XenHvmGetParam(HVM_PARAM_STORE_PFN, &Pfn)) || Pfn == Store->Pfn)
		return;
	Address.QuadPart = (LONGLONG)(Pfn * PAGE_SIZE);
	Ring = Pfn == 0 || Pfn > MAXLONGLONG / PAGE_SIZE
		       ? NULL
		       : MmMapIoSpace(Address, PAGE_SIZE, MmCached);
	if (Ring == NULL) {
		LogError("store: its ring has moved and cannot be mapped");
		return;
	}
	MmUnmapIoSpace(Store->Ring, PAGE_SIZE);
	Store->Ring = Ring;
	Store->Pfn = Pfn;
}

VOID StoreResume(PSTORE Store)
{
	ULONGLONG Port = UINT32_MAX;
	NTSTATUS Status;

	FindRing(Store);
	NtAcquireLockRaised(&Store->Lock);
	pv_xs_resume(&Store->Xs, Store->Ring, true, Now());
	NtReleaseLockRaised(&Store->Lock);
	Status = XenHvmGetParam(HVM_PARAM_STORE_EVTCHN, &Port);
	if (NT_SUCCESS(Status))
		Status = EvtchnReopen(Store->Fdo->Evtchn, Store->Channel,
			Port > UINT32_MAX ? UINT32_MAX : (ULONG)Port);
	if (!NT_SUCCESS(Status))
		LogError("store: its event channel after a resume: %08x", (unsigned)Status);
	else
		EvtchnUnmask(Store->Fdo->Evtchn, Store->Channel);
	KeInsertQueueDpc(&Store->Dpc, NULL, NULL);
}
