/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A suspend: saving, migrating, a checkpoint. Xen takes a domain that is resumed elsewhere for a
 * new one, so everything of Xen's is made again, lowest first, before any other processor runs;
 * what children had is theirs to make again, which the callbacks tell them.
 */
#include "corral.h"
#include "evtchn.h"
#include "gnttab.h"
#include "shared_info.h"
#include "store.h"
#include "suspend.h"

#include "pv_xen.h"
#include <xen/sched.h>

typedef struct _ATTEMPT {
	PFDO Fdo;
	NTSTATUS Status;
} ATTEMPT, *PATTEMPT;

static CORRAL_WORK Alone;
static CORRAL_WORK Together;

static VOID Alone(PVOID Context)
{
	PATTEMPT Attempt = Context;
	PFDO Fdo = Attempt->Fdo;

	Attempt->Status = XenSchedShutdown(SHUTDOWN_suspend);
	if (!NT_SUCCESS(Attempt->Status))
		return;
	SharedInfoResume(Fdo);
	EvtchnResume(Fdo);
	GnttabResume(Fdo);
	SuspendCall(Fdo->Suspend, DK_SUSPEND_EARLY);
}

static VOID Together(PVOID Context)
{
	PATTEMPT Attempt = Context;
	PFDO Fdo = Attempt->Fdo;

	if (!NT_SUCCESS(Attempt->Status))
		return;
	StoreResume(Fdo->Store);
	GnttabCollectSoon(Fdo->Gnttab);
	InterlockedIncrement(&Fdo->Suspend->Count);
	SuspendCall(Fdo->Suspend, DK_SUSPEND_LATE);
}

NTSTATUS SuspendRun(PFDO Fdo)
{
	ATTEMPT Attempt = { .Fdo = Fdo, .Status = STATUS_UNSUCCESSFUL };
	NTSTATUS Status;

	StoreQuiesce(Fdo->Store);
	/* Nobody is between a hypercall and noting what it gave. */
	NtAcquireMutex(&Fdo->Evtchn->OpenLock);
	NtAcquireMutex(&Fdo->Gnttab->MapLock);
	Status = CorralRun(Alone, Together, &Attempt);
	NtReleaseMutex(&Fdo->Gnttab->MapLock);
	NtReleaseMutex(&Fdo->Evtchn->OpenLock);
	if (NT_SUCCESS(Status))
		Status = Attempt.Status;
	if (!NT_SUCCESS(Status))
		StoreContinue(Fdo->Store);
	return Status;
}
