/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A front-end for the simulator's echo device: lib/ decides, the bus's interfaces do. One thread
 * does all of it; events, watches and a resume only wake it.
 */
#include "child.h"

#include "pv_fe.h"
#include "pv_ring.h"
#include "pv_text.h"
#include "pv_xen.h"

#include "backend/echo.h"
#include <xen/io/xenbus.h>

#define PATH 128
#define LOOK (20 * PV_TIME_MS)

struct front {
	struct child *Child;
	struct pv_fe Fe;
	KEVENT News; /* of its watch too */
	PVOID Thread;
	KDPC Dpc;
	CHAR Path[PATH], Back[PATH];
	ULONG Domid, Feature;
	PDK_STORE_WATCH Watch;
	PDK_GNTTAB_ENTRY Entry;
	PDK_EVTCHN_CHANNEL Channel;
	PDK_SUSPEND_CALLBACK Early, Late;
	struct pv_ring Ring;
	PVOID Page;
	UCHAR Asked[ECHO_ENTRIES];
	/* Told by others. */
	volatile LONG Wanted, Goal, Resumed;
	/* Told to others. */
	volatile LONG Sent, Answered, Lies, Ups, EarlyCalls, LateCalls;
};

static const struct pv_fe_config Config = {
	.connect_time = 2 * PV_TIME_SECOND,
	.close_time = PV_TIME_SECOND,
	.backoff = 10 * PV_TIME_MS,
	.max_flaps = 5,
	.flap_time = 10 * PV_TIME_SECOND,
};

static NTSTATUS ReadFront(struct front *F, PCSTR Prefix, PCSTR Key, PCHAR Text, ULONG Size)
{
	PINTERFACE Store = &F->Child->Store.Interface;
	ULONG Length;
	PCHAR Value;
	NTSTATUS Status = F->Child->Store.Read(Store, NULL, Prefix, Key, &Value, &Length);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Length >= Size)
		Status = STATUS_INVALID_PARAMETER;
	else
		RtlCopyMemory(Text, Value, Length + 1);
	F->Child->Store.Free(Store, Value);
	return Status;
}

static VOID LookAtBack(struct front *F)
{
	unsigned int State = XenbusStateUnknown;
	CHAR Value[16];

	if (NT_SUCCESS(ReadFront(F, F->Back, "state", Value, sizeof(Value))))
		(VOID) pv_parse_xenbus_state(Value, strlen(Value), &State);
	pv_fe_backend(&F->Fe, State);
}

/* One that is not there, or is no number, is a feature that it does not have. */
static VOID ReadFeatures(struct front *F)
{
	uint32_t Number = 0;
	CHAR Value[16];

	if (NT_SUCCESS(ReadFront(F, F->Back, "feature-echo", Value, sizeof(Value))))
		(VOID) pv_parse_u32(Value, strlen(Value), &Number);
	F->Feature = Number;
}

static NTSTATUS Lookup(struct front *F)
{
	CHAR Id[16];
	uint32_t Number;
	NTSTATUS Status = ReadFront(F, F->Path, "backend-id", Id, sizeof(Id));

	if (!NT_SUCCESS(Status))
		return Status;
	if (pv_parse_u32(Id, strlen(Id), &Number) || Number > 0x7fef)
		return STATUS_INVALID_PARAMETER;
	F->Domid = Number;
	Status = ReadFront(F, F->Path, "backend", F->Back, sizeof(F->Back));
	if (NT_SUCCESS(Status))
		Status = F->Child->Store.WatchAdd(
			&F->Child->Store.Interface, F->Back, "state", &F->News, &F->Watch);
	if (!NT_SUCCESS(Status)) {
		F->Watch = NULL;
		return Status;
	}
	LookAtBack(F);
	return Status;
}

static VOID NTAPI PageFree(PVOID Page)
{
	ExFreePoolWithTag(Page, TAG);
	InterlockedIncrement(&PagesFreed);
}

static BOOLEAN NTAPI Event(PVOID Argument)
{
	struct front *F = Argument;

	KeInsertQueueDpc(&F->Dpc, NULL, NULL);
	return TRUE;
}

static VOID NTAPI Wake(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	struct front *F = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	KeSetEvent(&F->News, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS MakeRings(struct front *F)
{
	struct child *Child = F->Child;
	NTSTATUS Status;

	F->Page = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, TAG);
	if (!F->Page)
		return STATUS_NO_MEMORY;
	pv_ring_init(&F->Ring, F->Page, PAGE_SIZE, sizeof(struct echo_request), 0);
	Status = Child->Gnttab.PermitForeignAccess(&Child->Gnttab.Interface, (USHORT)F->Domid,
		(PFN_NUMBER)(MmGetPhysicalAddress(F->Page).QuadPart >> PAGE_SHIFT), FALSE, PageFree,
		F->Page, &F->Entry);
	if (!NT_SUCCESS(Status)) {
		ExFreePoolWithTag(F->Page, TAG);
		return Status;
	}
	Status = Child->Evtchn.OpenUnbound(
		&Child->Evtchn.Interface, (USHORT)F->Domid, Event, F, &F->Channel);
	if (!NT_SUCCESS(Status)) {
		Child->Gnttab.RevokeForeignAccess(&Child->Gnttab.Interface, F->Entry);
		return Status;
	}
	Child->Evtchn.Unmask(&Child->Evtchn.Interface, F->Channel);
	RtlZeroMemory(F->Asked, sizeof(F->Asked));
	return STATUS_SUCCESS;
}

static VOID FreeRings(struct front *F)
{
	struct child *Child = F->Child;

	Child->Evtchn.Close(&Child->Evtchn.Interface, F->Channel);
	F->Channel = NULL;
	Child->Gnttab.RevokeForeignAccess(&Child->Gnttab.Interface, F->Entry);
	/* What was asked and not answered is asked again. */
	InterlockedExchange(&F->Sent, F->Answered);
}

static NTSTATUS WriteNumber(
	struct front *F, PDK_STORE_TRANSACTION Transaction, PCSTR Key, ULONG Number)
{
	CHAR Text[16];

	_snprintf(Text, sizeof(Text), "%lu", (unsigned long)Number);
	return F->Child->Store.Write(
		&F->Child->Store.Interface, Transaction, F->Path, Key, Text, (ULONG)strlen(Text));
}

static NTSTATUS Publish(struct front *F)
{
	struct child *Child = F->Child;
	PINTERFACE Store = &Child->Store.Interface;
	NTSTATUS Status = STATUS_RETRY;

	for (ULONG i = 0; i < 20 && Status == STATUS_RETRY; i++) {
		PDK_STORE_TRANSACTION Transaction;

		Status = Child->Store.TransactionStart(Store, &Transaction);
		if (!NT_SUCCESS(Status))
			continue;
		Status = WriteNumber(F, Transaction, "ring-ref",
			Child->Gnttab.GetReference(&Child->Gnttab.Interface, F->Entry));
		if (NT_SUCCESS(Status))
			Status = WriteNumber(F, Transaction, "event-channel",
				Child->Evtchn.GetPort(&Child->Evtchn.Interface, F->Channel));
		if (NT_SUCCESS(Status))
			Status = WriteNumber(F, Transaction, "state", F->Fe.write_state);
		if (NT_SUCCESS(Status))
			Status = Child->Store.TransactionEnd(Store, Transaction, TRUE);
		else
			(VOID) Child->Store.TransactionEnd(Store, Transaction, FALSE);
	}
	return Status;
}

static int DoStep(struct front *F, enum pv_fe_step Step)
{
	NTSTATUS Status = STATUS_SUCCESS;

	switch (Step) {
	case PV_FE_LOOKUP:
		Status = Lookup(F);
		break;
	case PV_FE_WRITE_STATE:
		Status = WriteNumber(F, NULL, "state", F->Fe.write_state);
		break;
	case PV_FE_MAKE_RINGS:
		Status = MakeRings(F);
		break;
	case PV_FE_PUBLISH:
		Status = Publish(F);
		break;
	case PV_FE_READ_FEATURES:
		ReadFeatures(F);
		break;
	case PV_FE_ENABLE:
		InterlockedIncrement(&F->Ups);
		break;
	case PV_FE_FREE_RINGS:
		FreeRings(F);
		break;
	case PV_FE_FORGET:
		(VOID) F->Child->Store.WatchRemove(&F->Child->Store.Interface, F->Watch);
		F->Watch = NULL;
		break;
	case PV_FE_WAIT:
	case PV_FE_DISABLE:
		break;
	}
	return NT_SUCCESS(Status) ? 0 : PV_EIO;
}

static VOID Ask(struct front *F)
{
	BOOLEAN Any = FALSE;

	for (ULONG Slot = 0; Slot < ECHO_ENTRIES && F->Sent < F->Goal; Slot++) {
		struct echo_request Request = { .id = Slot, .argument = Slot };

		if (F->Asked[Slot] || pv_ring_put(&F->Ring, &Request, sizeof(Request)))
			continue;
		F->Asked[Slot] = 1;
		InterlockedIncrement(&F->Sent);
		Any = TRUE;
	}
	if (Any && pv_ring_push(&F->Ring) == 1)
		(VOID) F->Child->Evtchn.Send(&F->Child->Evtchn.Interface, F->Channel);
}

static VOID Lied(struct front *F)
{
	InterlockedIncrement(&F->Lies);
	pv_fe_want(&F->Fe, false);
}

static VOID Take(struct front *F)
{
	struct echo_response Response;
	int Any;

	F->Child->Evtchn.Unmask(&F->Child->Evtchn.Interface, F->Channel);
	do {
		while ((Any = pv_ring_take(&F->Ring, &Response, sizeof(Response))) == 1) {
			if (Response.id >= ECHO_ENTRIES || !F->Asked[Response.id]) {
				Lied(F);
				return;
			}
			F->Asked[Response.id] = 0;
			InterlockedIncrement(&F->Answered);
		}
		if (Any == 0)
			Any = pv_ring_final_check(&F->Ring);
	} while (Any == 1);
	if (Any < 0)
		Lied(F);
}

static VOID NTAPI Main(PVOID Argument)
{
	struct front *F = Argument;
	LONG Wanted = 0;

	do {
		enum pv_fe_step Step;
		LARGE_INTEGER Look = { .QuadPart = -(LONGLONG)LOOK };

		if (F->Wanted != Wanted)
			pv_fe_want(&F->Fe, (Wanted = F->Wanted) != 0);
		for (;;) {
			if (InterlockedExchange(&F->Resumed, 0))
				pv_fe_resumed(&F->Fe);
			Step = pv_fe_next(&F->Fe, ShimClock());
			if (Step == PV_FE_WAIT)
				break;
			(VOID) pv_fe_done(&F->Fe, Step, DoStep(F, Step), ShimClock());
		}
		if (pv_fe_is_up(&F->Fe)) {
			Take(F);
			Ask(F);
		}
		KeWaitForSingleObject(&F->News, Executive, KernelMode, FALSE, &Look);
		if (F->Watch)
			LookAtBack(F);
	} while (F->Wanted || Wanted || !pv_fe_is_down(&F->Fe));
	PsTerminateSystemThread(STATUS_SUCCESS);
}

/* The first is called with everything off: it only counts. */
static VOID NTAPI ResumedEarly(PVOID Argument)
{
	struct front *F = Argument;

	InterlockedIncrement(&F->EarlyCalls);
}

static VOID NTAPI ResumedLate(PVOID Argument)
{
	struct front *F = Argument;

	InterlockedIncrement(&F->LateCalls);
	InterlockedExchange(&F->Resumed, 1);
	KeSetEvent(&F->News, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS Register(struct front *F)
{
	DK_SUSPEND_INTERFACE_V1 *Suspend = &F->Child->Suspend;
	NTSTATUS Status = Suspend->Register(
		&Suspend->Interface, DK_SUSPEND_EARLY, ResumedEarly, F, &F->Early);

	if (!NT_SUCCESS(Status))
		return Status;
	Status = Suspend->Register(&Suspend->Interface, DK_SUSPEND_LATE, ResumedLate, F, &F->Late);
	if (!NT_SUCCESS(Status))
		Suspend->Deregister(&Suspend->Interface, F->Early);
	return Status;
}

static VOID Deregister(struct front *F)
{
	F->Child->Suspend.Deregister(&F->Child->Suspend.Interface, F->Late);
	F->Child->Suspend.Deregister(&F->Child->Suspend.Interface, F->Early);
}

static NTSTATUS Start(struct child *Self, PCSTR Path)
{
	struct front *F = ExAllocatePoolWithTag(NonPagedPool, sizeof(*F), TAG);
	NTSTATUS Status;
	HANDLE Thread;

	if (!F)
		return STATUS_NO_MEMORY;
	RtlZeroMemory(F, sizeof(*F));
	F->Child = Self;
	F->Wanted = 1;
	strncpy(F->Path, Path, sizeof(F->Path) - 1);
	pv_fe_init(&F->Fe, &Config);
	KeInitializeEvent(&F->News, SynchronizationEvent, FALSE);
	KeInitializeDpc(&F->Dpc, Wake, F);
	Status = Register(F);
	if (!NT_SUCCESS(Status))
		goto fail;
	Status = PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, Main, F);
	if (!NT_SUCCESS(Status))
		goto fail_registered;
	Status = ObReferenceObjectByHandle(
		Thread, THREAD_ALL_ACCESS, NULL, KernelMode, &F->Thread, NULL);
	ZwClose(Thread);
	if (!NT_SUCCESS(Status)) {
		ShimFail(SHIM_CALLER, "no reference to a thread");
		return Status;
	}
	Self->Front = F;
	return STATUS_SUCCESS;

fail_registered:
	Deregister(F);
fail:
	ExFreePoolWithTag(F, TAG);
	return Status;
}

/* Down, whatever the back-end does: each wait of pv_fe has an end. */
VOID FrontForget(struct child *Self)
{
	struct front *F = Self->Front;

	if (!F)
		return;
	Self->Front = NULL;
	InterlockedExchange(&F->Wanted, 0);
	KeSetEvent(&F->News, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(F->Thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(F->Thread);
	Deregister(F);
	KeFlushQueuedDpcs();
	ExFreePoolWithTag(F, TAG);
}

/*
 * front-up PATH: begins, and goes on until front-down. front-ask N: N requests more. front: how far
 * it is.
 */
NTSTATUS FrontCommand(struct child *Self, PCSTR Verb, struct words *Words)
{
	struct front *F = Self->Front;

	if (!strcmp(Verb, "front-up"))
		return F ? STATUS_DEVICE_BUSY : Start(Self, Next(Words));
	if (strcmp(Verb, "front-down") && strcmp(Verb, "front-ask") && strcmp(Verb, "front"))
		return STATUS_NOT_FOUND;
	if (!F)
		return STATUS_INVALID_PARAMETER;
	if (!strcmp(Verb, "front-down")) {
		FrontForget(Self);
	} else if (!strcmp(Verb, "front-ask")) {
		InterlockedAdd(&F->Goal, (LONG)NextNumber(Words));
		KeSetEvent(&F->News, IO_NO_INCREMENT, FALSE);
	} else {
		Say(Words,
			"%s, %ld of %ld answered, %ld lies, %ld connections, domain %lu, feature "
			"%lu, resumed %ld early %ld late",
			pv_fe_is_up(&F->Fe)	    ? "up"
			: pv_fe_is_given_up(&F->Fe) ? "given up"
						    : "down",
			(long)F->Answered, (long)F->Goal, (long)F->Lies, (long)F->Ups,
			(unsigned long)F->Domid, (unsigned long)F->Feature, (long)F->EarlyCalls,
			(long)F->LateCalls);
	}
	return STATUS_SUCCESS;
}
