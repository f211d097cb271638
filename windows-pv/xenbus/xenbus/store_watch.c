/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

#define LIMIT (10 * PV_TIME_SECOND)
#define LOOK  PV_TIME_SECOND

/* Until its adding or removing is over, which it is at the latest after LIMIT. */
static VOID Await(PSTORE Store, PDK_STORE_WATCH Watch) NT_PASSIVE;
static VOID Await(PSTORE Store, PDK_STORE_WATCH Watch)
{
	LARGE_INTEGER Look = FromNow(LOOK);

	while (KeWaitForSingleObject(&Watch->Changed, Executive, KernelMode, FALSE, &Look) !=
		STATUS_SUCCESS) {
		NtAcquireLock(&Store->Lock);
		StorePump(Store);
		NtReleaseLock(&Store->Lock);
	}
}

static VOID BeginWait(PSTORE Store, PDK_STORE_WATCH Watch) NT_HOLDS(Store->Lock);
static VOID BeginWait(PSTORE Store, PDK_STORE_WATCH Watch)
{
	KeClearEvent(&Watch->Changed);
	Watch->Waited = TRUE;
	InsertTailList(&Store->Changing, &Watch->Link);
	StorePump(Store);
}

NTSTATUS StoreWatchRemove(PSTORE Store, PDK_STORE_WATCH Watch)
{
	int Error;

	NtAcquireLock(&Store->Lock);
	Error = pv_xs_watch_remove(&Store->Xs, &Watch->Watch, Now());
	if (Error == PV_EAGAIN)
		BeginWait(Store, Watch);
	Store->Watches--;
	NtReleaseLock(&Store->Lock);
	if (Error == PV_EAGAIN)
		Await(Store, Watch);
	PoolFree(Watch);
	return STATUS_SUCCESS;
}

static PDK_STORE_WATCH Create(PCSTR Prefix, PCSTR Node, PKEVENT Event, NTSTATUS *Status) NT_PASSIVE;
static PDK_STORE_WATCH Create(PCSTR Prefix, PCSTR Node, PKEVENT Event, NTSTATUS *Status)
{
	PDK_STORE_WATCH Watch = PoolAllocate(sizeof(*Watch) + STORE_PATH_MAX + 1);

	*Status = STATUS_NO_MEMORY;
	if (Watch == NULL)
		return NULL;
	Watch->Event = Event;
	KeInitializeEvent(&Watch->Changed, NotificationEvent, FALSE);
	*Status = StorePath(Prefix, Node, Watch->Path, &Watch->Length);
	if (NT_SUCCESS(*Status))
		return Watch;
	PoolFree(Watch);
	return NULL;
}

NTSTATUS StoreWatchAdd(
	PSTORE Store, PCSTR Prefix, PCSTR Node, PKEVENT Event, PDK_STORE_WATCH *Result)
{
	NTSTATUS Status;
	PDK_STORE_WATCH Watch = Create(Prefix, Node, Event, &Status);
	int Error;

	if (Watch == NULL)
		return Status;
	NtAcquireLock(&Store->Lock);
	Error = pv_xs_watch_add(
		&Store->Xs, &Watch->Watch, Watch->Path, Watch->Length, LIMIT, Now());
	if (Error == 0) {
		Store->Watches++;
		BeginWait(Store, Watch);
	}
	NtReleaseLock(&Store->Lock);
	if (Error != 0) {
		PoolFree(Watch);
		return StatusOf(Error);
	}
	Await(Store, Watch);
	NtAcquireLock(&Store->Lock);
	Error = Watch->Watch.state == PV_XS_WATCH_FAILED ? Watch->Watch.rc : 0;
	NtReleaseLock(&Store->Lock);
	if (Error != 0) {
		(VOID) StoreWatchRemove(Store, Watch);
		return StatusOf(Error);
	}
	*Result = Watch;
	return STATUS_SUCCESS;
}
