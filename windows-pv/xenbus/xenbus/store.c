/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#include <xen/hvm/params.h>

static KDEFERRED_ROUTINE Work;

/* At the interrupt's IRQL. */
static BOOLEAN NTAPI Fired(PVOID Argument)
{
	PSTORE Store = Argument;

	InterlockedExchange(&Store->Event, 1);
	KeInsertQueueDpc(&Store->Dpc, NULL, NULL);
	return TRUE;
}

static VOID WakeCallers(PSTORE Store) NT_HOLDS(Store->Lock);
static VOID WakeCallers(PSTORE Store)
{
	struct pv_xs_req *Request;
	struct pv_xs_watch *Watch;
	PLIST_ENTRY Entry;

	while ((Request = pv_xs_next_done(&Store->Xs)) != NULL)
		KeSetEvent(&CONTAINING_RECORD(Request, STORE_CALL, Request)->Done, IO_NO_INCREMENT,
			FALSE);
	while ((Watch = pv_xs_next_event(&Store->Xs)) != NULL)
		KeSetEvent(CONTAINING_RECORD(Watch, DK_STORE_WATCH, Watch)->Event, IO_NO_INCREMENT,
			FALSE);
	for (Entry = Store->Changing.Flink; Entry != &Store->Changing;) {
		PDK_STORE_WATCH Changing = CONTAINING_RECORD(Entry, DK_STORE_WATCH, Link);

		Entry = Entry->Flink;
		if (Changing->Watch.state == PV_XS_WATCH_ADDING ||
			Changing->Watch.state == PV_XS_WATCH_REMOVING)
			continue;
		/* With the event its memory is the waiter's again. */
		RemoveEntryList(&Changing->Link);
		Changing->Waited = FALSE;
		KeSetEvent(&Changing->Changed, IO_NO_INCREMENT, FALSE);
	}
}

VOID StorePump(PSTORE Store)
{
	ULONGLONG Deadline;
	unsigned int What = pv_xs_pump(&Store->Xs, Now());

	/* Before callers are woken: without a way to reconnect this ends all that they wait for. */
	if (What & PV_XS_FAILED) {
		LogWarning("store: the connection broke (%d)", Store->Xs.error);
		if (pv_xs_reconnect(&Store->Xs, Now()) == 0)
			What |= PV_XS_MORE;
		else
			LogError("store: it cannot be reconnected");
	}
	WakeCallers(Store);
	if (What & PV_XS_NOTIFY)
		(VOID) XenEventChannelSend(Store->Channel->Ref.port);
	if (ReadLong(&Store->Stopping) != 0)
		return;
	if (What & PV_XS_MORE)
		KeInsertQueueDpc(&Store->Dpc, NULL, NULL);
	Deadline = pv_xs_deadline(&Store->Xs);
	if (Deadline != PV_TIME_FOREVER) {
		ULONGLONG Time = Now();

		KeSetTimer(
			&Store->Timer, FromNow(Deadline > Time ? Deadline - Time : 1), &Store->Dpc);
	}
}

static VOID NTAPI Work(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PSTORE Store = Context;
	BOOLEAN Event = InterlockedExchange(&Store->Event, 0) != 0;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	/* The channel may be about to go. */
	if (ReadLong(&Store->Stopping) != 0)
		return;
	NtAcquireLockRaised(&Store->Lock);
	StorePump(Store);
	NtReleaseLockRaised(&Store->Lock);
	/* Last, so that a store that never stops costs no more than its share of a window. */
	if (Event)
		EvtchnUnmask(Store->Fdo->Evtchn, Store->Channel);
}

/* Watches of firmware, or of a driver before us, that nobody would take away otherwise. */
static int ResetWatches(PSTORE Store) NT_PASSIVE;
static int ResetWatches(PSTORE Store)
{
	PSTORE_CALL Call = PoolAllocate(sizeof(*Call));
	int Error;

	if (Call == NULL)
		return PV_ENOMEM;
	Error = pv_xs_req_reset_watches(&Call->Request);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, NULL);
	PoolFree(Call);
	/* An old store does not know how; a store that does not answer is another matter. */
	return Error == PV_ETIMEDOUT || Error == PV_EDEAD ? Error : 0;
}

static NTSTATUS Attach(PSTORE Store) NT_PASSIVE;
static NTSTATUS Attach(PSTORE Store)
{
	ULONGLONG Port;
	int Error;
	NTSTATUS Status = XenHvmGetParam(HVM_PARAM_STORE_EVTCHN, &Port);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Port > UINT32_MAX)
		return STATUS_IO_DEVICE_ERROR;
	NtAcquireLock(&Store->Lock);
	Error = pv_xs_init(&Store->Xs, Store->Ring, Store->Slots, STORE_SLOTS, Store->WatchSlots,
		STORE_WATCHES);
	NtReleaseLock(&Store->Lock);
	if (Error != 0)
		return StatusOf(Error);
	return EvtchnOpenFixed(Store->Fdo->Evtchn, (ULONG)Port, Fired, Store, &Store->Channel);
}

static NTSTATUS MapRing(PSTORE Store) NT_PASSIVE;
static NTSTATUS MapRing(PSTORE Store)
{
	PHYSICAL_ADDRESS Address;
	NTSTATUS Status = XenHvmGetParam(HVM_PARAM_STORE_PFN, &Store->Pfn);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Store->Pfn == 0 || Store->Pfn > MAXLONGLONG / PAGE_SIZE)
		return STATUS_IO_DEVICE_ERROR;
	Address.QuadPart = (LONGLONG)(Store->Pfn * PAGE_SIZE);
	Store->Ring = MmMapIoSpace(Address, PAGE_SIZE, MmCached);
	return Store->Ring == NULL ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

static VOID Detach(PSTORE Store) NT_PASSIVE;
static VOID Detach(PSTORE Store)
{
	InterlockedExchange(&Store->Stopping, 1);
	/* First who may be about to set the timer or unmask the channel, then those two. */
	KeFlushQueuedDpcs();
	KeCancelTimer(&Store->Timer);
	if (Store->Channel != NULL)
		EvtchnClose(Store->Fdo->Evtchn, Store->Channel);
	KeFlushQueuedDpcs();
	if (Store->Ring != NULL)
		MmUnmapIoSpace(Store->Ring, PAGE_SIZE);
	PoolFree(Store);
}

NTSTATUS StoreStart(PFDO Fdo)
{
	PSTORE Store = PoolAllocate(sizeof(*Store));
	NTSTATUS Status;

	if (Store == NULL)
		return STATUS_NO_MEMORY;
	Store->Fdo = Fdo;
	NtInitializeLock(&Store->Lock);
	NtAcquireLock(&Store->Lock);
	InitializeListHead(&Store->Changing);
	NtReleaseLock(&Store->Lock);
	KeInitializeDpc(&Store->Dpc, Work, Store);
	KeInitializeTimer(&Store->Timer);
	Status = MapRing(Store);
	if (NT_SUCCESS(Status))
		Status = Attach(Store);
	if (NT_SUCCESS(Status)) {
		EvtchnUnmask(Fdo->Evtchn, Store->Channel);
		Status = StatusOf(ResetWatches(Store));
	}
	if (!NT_SUCCESS(Status)) {
		LogError("store: %08x", (unsigned)Status);
		Detach(Store);
		return Status;
	}
	Fdo->Store = Store;
	return STATUS_SUCCESS;
}

VOID StoreStop(PFDO Fdo)
{
	PSTORE Store = Fdo->Store;
	ULONG Transactions;
	ULONG Watches;

	if (Store == NULL)
		return;
	Fdo->Store = NULL;
	NtAcquireLock(&Store->Lock);
	Watches = Store->Watches;
	Transactions = Store->Transactions;
	NtReleaseLock(&Store->Lock);
	if (Watches != 0 || Transactions != 0)
		LogError("store: %u watches and %u transactions are left", (unsigned)Watches,
			(unsigned)Transactions);
	Detach(Store);
}
