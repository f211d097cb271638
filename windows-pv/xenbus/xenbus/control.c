/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control/ in xenstore (docs/misc/xenstore-paths in Xen's tree): the toolstack writes a word to
 * control/shutdown, the guest takes it away and does it. Only "suspend" is for this driver; the
 * other words are for an agent that can shut Windows down.
 */
#include "balloon.h"
#include "bus.h"
#include "store.h"
#include "suspend.h"

#define SHUTDOWN "control/shutdown"
#define FEATURE	 "control/feature-suspend"
#define WORD	 "suspend"

/* A transaction that others get in the way of. */
#define ATTEMPTS 20
/* Processors that do not come: again, after a while. */
#define TRIES	 3
#define AGAIN	 PV_TIME_SECOND

struct _FDO_CONTROL {
	THREAD Thread;
};

/* Whether the word is ours; then it is gone from the store, which tells the toolstack so. */
static NTSTATUS Take(PSTORE Store, PBOOLEAN Ours) NT_PASSIVE;
static NTSTATUS Take(PSTORE Store, PBOOLEAN Ours)
{
	PDK_STORE_TRANSACTION Transaction;
	NTSTATUS Status = StoreTransactionStart(Store, &Transaction);
	NTSTATUS End;
	ULONG Length;
	PCHAR Value;

	*Ours = FALSE;
	if (!NT_SUCCESS(Status))
		return Status;
	Status = StoreRead(Store, Transaction, NULL, SHUTDOWN, &Value, &Length);
	if (NT_SUCCESS(Status)) {
		*Ours = Length == sizeof(WORD) - 1 && SameText(Value, WORD);
		PoolFree(Value);
		if (*Ours)
			Status = StoreWrite(Store, Transaction, NULL, SHUTDOWN, "", 0);
	}
	End = StoreTransactionEnd(Store, Transaction, NT_SUCCESS(Status) && *Ours);
	return NT_SUCCESS(Status) ? End : Status;
}

static BOOLEAN Asked(PSTORE Store) NT_PASSIVE;
static BOOLEAN Asked(PSTORE Store)
{
	NTSTATUS Status = STATUS_RETRY;
	BOOLEAN Ours = FALSE;

	for (ULONG i = 0; i < ATTEMPTS && Status == STATUS_RETRY; i++)
		Status = Take(Store, &Ours);
	if (NT_SUCCESS(Status))
		return Ours;
	if (Status != STATUS_OBJECT_NAME_NOT_FOUND)
		LogWarning("control: " SHUTDOWN ": %08x", (unsigned)Status);
	return FALSE;
}

/* The toolstack may ask; until it is told so it suspends in another way, or not at all. */
static VOID Announce(PSTORE Store, PCSTR Value) NT_PASSIVE;
static VOID Announce(PSTORE Store, PCSTR Value)
{
	NTSTATUS Status = StoreWrite(Store, NULL, NULL, FEATURE, Value, 1);

	if (!NT_SUCCESS(Status))
		LogWarning("control: " FEATURE ": %08x", (unsigned)Status);
}

static VOID Suspend(PFDO Fdo) NT_PASSIVE;
static VOID Suspend(PFDO Fdo)
{
	LARGE_INTEGER Again = FromNow(AGAIN);
	NTSTATUS Status = STATUS_IO_TIMEOUT;

	LogInfo("suspend: asked for");
	for (ULONG i = 0; i < TRIES && Status == STATUS_IO_TIMEOUT; i++) {
		if (i != 0)
			KeDelayExecutionThread(KernelMode, FALSE, &Again);
		Status = SuspendRun(Fdo);
	}
	if (Status == STATUS_CANCELLED)
		LogInfo("suspend: called off");
	else if (!NT_SUCCESS(Status))
		LogError("suspend: %08x", (unsigned)Status);
	else
		LogInfo("suspend: resumed for the %u. time",
			(unsigned)ReadLong(&Fdo->Suspend->Count));
	/* The toolstack may have made this part of the store anew. */
	Announce(Fdo->Store, "1");
	BusRescan(Fdo);
	BalloonResume(Fdo);
}

static VOID Run(PTHREAD Thread, PVOID Context) NT_PASSIVE;
static VOID Run(PTHREAD Thread, PVOID Context)
{
	PFDO Fdo = Context;
	PDK_STORE_WATCH Watch;
	NTSTATUS Status = StoreWatchAdd(Fdo->Store, NULL, SHUTDOWN, &Thread->Look, &Watch);

	if (!NT_SUCCESS(Status)) {
		LogError("control: watching " SHUTDOWN ": %08x; this guest cannot be suspended",
			(unsigned)Status);
		return;
	}
	Announce(Fdo->Store, "1");
	while (ThreadWait(Thread, NULL))
		if (Asked(Fdo->Store))
			Suspend(Fdo);
	Announce(Fdo->Store, "0");
	(VOID) StoreWatchRemove(Fdo->Store, Watch);
}

NTSTATUS ControlStart(PFDO Fdo)
{
	PFDO_CONTROL Control = PoolAllocate(sizeof(*Control));
	NTSTATUS Status;

	if (Control == NULL)
		return STATUS_NO_MEMORY;
	Status = ThreadStart(&Control->Thread, Run, Fdo);
	if (!NT_SUCCESS(Status)) {
		LogError("control: %08x", (unsigned)Status);
		PoolFree(Control);
		return Status;
	}
	Fdo->Control = Control;
	return STATUS_SUCCESS;
}

VOID ControlStop(PFDO Fdo)
{
	PFDO_CONTROL Control = Fdo->Control;

	if (Control == NULL)
		return;
	Fdo->Control = NULL;
	ThreadStop(&Control->Thread);
	PoolFree(Control);
}
