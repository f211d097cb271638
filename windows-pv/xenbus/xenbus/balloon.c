/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory/ in xenstore: static-max and videoram say what the guest began with, target what the
 * toolstack wishes it had; all in KiB. control/feature-balloon tells that somebody listens, and
 * control/balloon-active that pages are moving, which some toolstacks wait for.
 *
 * A suspend changes nothing here: the domain that is resumed has holes where this one had them, and
 * the same static-max.
 */
#include "balloon.h"
#include "pv_text.h"
#include "registry.h"
#include "store.h"

#define STATIC_MAX "memory/static-max"
#define VIDEORAM   "memory/videoram"
#define TARGET	   "memory/target"
#define FEATURE	   "control/feature-balloon"
#define ACTIVE	   "control/balloon-active"

/* After a request that failed for a while. */
#define AGAIN PV_TIME_SECOND

static const WCHAR LowMemory[] = L"\\KernelObjects\\LowMemoryCondition";

/* Windows' own word for being short of memory; NULL: it does not say. */
typedef struct _PRESSURE {
	PKEVENT Event;
	HANDLE Handle;
} PRESSURE, *PPRESSURE;

static VOID PressureOpen(PPRESSURE Pressure) NT_PASSIVE;
static VOID PressureOpen(PPRESSURE Pressure)
{
	UNICODE_STRING Name;

	RtlInitUnicodeString(&Name, LowMemory);
	Pressure->Event = IoCreateNotificationEvent(&Name, &Pressure->Handle);
	if (Pressure->Event == NULL)
		LogWarning("balloon: Windows does not tell when it is short of memory");
}

static BOOLEAN PressureIsLow(const PRESSURE *Pressure)
{
	return Pressure->Event != NULL && KeReadStateEvent(Pressure->Event) != 0;
}

static VOID PressureClose(PPRESSURE Pressure) NT_PASSIVE;
static VOID PressureClose(PPRESSURE Pressure)
{
	if (Pressure->Event != NULL)
		ZwClose(Pressure->Handle);
}

static NTSTATUS ReadNumber(PSTORE Store, PCSTR Node, uint64_t *Number) NT_PASSIVE;
static NTSTATUS ReadNumber(PSTORE Store, PCSTR Node, uint64_t *Number)
{
	ULONG Length;
	PCHAR Value;
	NTSTATUS Status = StoreRead(Store, NULL, NULL, Node, &Value, &Length);
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_parse_u64(Value, Length, Number);
	PoolFree(Value);
	return StatusOf(Error);
}

static NTSTATUS Limits(PBALLOON Balloon) NT_PASSIVE;
static NTSTATUS Limits(PBALLOON Balloon)
{
	PSTORE Store = Balloon->Fdo->Store;
	uint64_t Maximum, VideoRam = 0;
	NTSTATUS Status = ReadNumber(Store, STATIC_MAX, &Maximum);

	if (!NT_SUCCESS(Status))
		return Status;
	Status = ReadNumber(Store, VIDEORAM, &VideoRam);
	if (!NT_SUCCESS(Status) && Status != STATUS_OBJECT_NAME_NOT_FOUND)
		return Status;
	Status = StatusOf(pv_balloon_init(&Balloon->Book, Maximum, VideoRam));
	/* What an earlier stop could not get back. */
	if (NT_SUCCESS(Status))
		Balloon->Book.held = Balloon->Held;
	return Status;
}

/* Whether it will be another answer in a while. */
static BOOLEAN Passing(NTSTATUS Status)
{
	return !NT_SUCCESS(Status) && Status != STATUS_OBJECT_NAME_NOT_FOUND &&
	       Status != STATUS_INVALID_PARAMETER;
}

/* Limits and watch; tries again until it is clear that there will be none. */
static NTSTATUS Prepare(PBALLOON Balloon, PDK_STORE_WATCH *Watch) NT_PASSIVE;
static NTSTATUS Prepare(PBALLOON Balloon, PDK_STORE_WATCH *Watch)
{
	PTHREAD Thread = &Balloon->Thread;
	LARGE_INTEGER Again = FromNow(AGAIN);
	NTSTATUS Status;

	do {
		Status = Limits(Balloon);
		if (NT_SUCCESS(Status))
			Status = StoreWatchAdd(
				Balloon->Fdo->Store, NULL, TARGET, &Thread->Look, Watch);
	} while (Passing(Status) && ThreadWait(Thread, &Again));
	return Status;
}

/* Not every toolstack lets the guest write here, and not every one needs it. */
static VOID Tell(PBALLOON Balloon, PCSTR Node, BOOLEAN Yes) NT_PASSIVE;
static VOID Tell(PBALLOON Balloon, PCSTR Node, BOOLEAN Yes)
{
	NTSTATUS Status;

	if (Balloon->Unheard)
		return;
	Status = StoreWrite(Balloon->Fdo->Store, NULL, NULL, Node, Yes ? "1" : "0", 1);
	if (NT_SUCCESS(Status))
		return;
	LogInfo("balloon: %s: %08x", Node, (unsigned)Status);
	Balloon->Unheard = Status == STATUS_ACCESS_DENIED;
}

static VOID TellActive(PBALLOON Balloon, BOOLEAN Active) NT_PASSIVE;
static VOID TellActive(PBALLOON Balloon, BOOLEAN Active)
{
	if (Balloon->Active == Active)
		return;
	Balloon->Active = Active;
	Tell(Balloon, ACTIVE, Active);
}

/* TRUE: read it again in a while. */
static BOOLEAN Target(PBALLOON Balloon) NT_PASSIVE;
static BOOLEAN Target(PBALLOON Balloon)
{
	BOOLEAN Clamped = Balloon->Book.clamped;
	ULONG Length;
	PCHAR Value;
	NTSTATUS Status = StoreRead(Balloon->Fdo->Store, NULL, NULL, TARGET, &Value, &Length);

	if (NT_SUCCESS(Status)) {
		Status = StatusOf(pv_balloon_target(&Balloon->Book, Value, Length));
		PoolFree(Value);
	}
	/* Once for each way of being wrong. */
	if (Status != Balloon->Target && !NT_SUCCESS(Status))
		LogWarning("balloon: " TARGET ": %08x; it stays as it was", (unsigned)Status);
	Balloon->Target = Status;
	if (Balloon->Book.clamped && !Clamped)
		LogWarning("balloon: " TARGET " is beyond this guest's limits, %llu to %llu KiB",
			(unsigned long long)Balloon->Book.floor * (PAGE_SIZE / 1024),
			(unsigned long long)Balloon->Book.maximum * (PAGE_SIZE / 1024));
	return Passing(Status);
}

/* One order. FALSE: there is none before the target changes; otherwise Wait says when. */
static BOOLEAN Step(PBALLOON Balloon, const PRESSURE *Pressure, PLARGE_INTEGER Wait) NT_PASSIVE;
static BOOLEAN Step(PBALLOON Balloon, const PRESSURE *Pressure, PLARGE_INTEGER Wait)
{
	uint32_t Count, Done = 0;
	uint64_t When, Time = Now();
	enum pv_balloon_order Order =
		pv_balloon_next(&Balloon->Book, PressureIsLow(Pressure), Time, &Count, &When);

	*Wait = FromNow(0);
	TellActive(Balloon, Order == PV_BALLOON_INFLATE || Order == PV_BALLOON_DEFLATE);
	switch (Order) {
	case PV_BALLOON_REST:
		return FALSE;
	case PV_BALLOON_WAIT:
		*Wait = FromNow(When - Time);
		return TRUE;
	case PV_BALLOON_INFLATE:
		Done = BalloonGive(Balloon, Count);
		break;
	case PV_BALLOON_DEFLATE:
		Done = BalloonTake(Balloon, Count);
		break;
	}
	pv_balloon_done(&Balloon->Book, Order, Count, Done, Now());
	if (Balloon->Book.held == Balloon->Book.goal)
		LogInfo("balloon: Xen has %llu pages", (unsigned long long)Balloon->Held);
	return TRUE;
}

static VOID Follow(PBALLOON Balloon, const PRESSURE *Pressure) NT_PASSIVE;
static VOID Follow(PBALLOON Balloon, const PRESSURE *Pressure)
{
	LARGE_INTEGER Wait;
	BOOLEAN More = FALSE;

	while (ThreadWait(&Balloon->Thread, More ? &Wait : NULL)) {
		BOOLEAN Again;

		if (InterlockedExchange(&Balloon->Resumed, 0) != 0) {
			pv_balloon_retry(&Balloon->Book);
			Balloon->Unheard = FALSE;
			Tell(Balloon, FEATURE, TRUE);
		}
		/* Before each order: it may have turned. */
		Again = Target(Balloon);
		More = Step(Balloon, Pressure, &Wait);
		if (Again && !More) {
			Wait = FromNow(AGAIN);
			More = TRUE;
		}
	}
}

static VOID Run(PTHREAD Thread, PVOID Context) NT_PASSIVE;
static VOID Run(PTHREAD Thread, PVOID Context)
{
	PBALLOON Balloon = Context;
	PDK_STORE_WATCH Watch;
	PRESSURE Pressure;
	NTSTATUS Status = Prepare(Balloon, &Watch);

	UNREFERENCED_PARAMETER(Thread);
	if (!NT_SUCCESS(Status)) {
		LogInfo("balloon: %08x; memory stays as it is", (unsigned)Status);
		return;
	}
	PressureOpen(&Pressure);
	Tell(Balloon, FEATURE, TRUE);
	Follow(Balloon, &Pressure);
	TellActive(Balloon, FALSE);
	Tell(Balloon, FEATURE, FALSE);
	PressureClose(&Pressure);
	(VOID) StoreWatchRemove(Balloon->Fdo->Store, Watch);
}

static PBALLOON Create(PFDO Fdo)
{
	PBALLOON Balloon = PoolAllocate(sizeof(*Balloon));

	if (Balloon == NULL)
		return NULL;
	Balloon->Fdo = Fdo;
	InitializeListHead(&Balloon->Chunks);
	return Balloon;
}

/* A bus without a balloon is as good as any. */
NTSTATUS BalloonStart(PFDO Fdo)
{
	PBALLOON Balloon = Fdo->Balloon;
	NTSTATUS Status = STATUS_NO_MEMORY;

	if (!RegistryIsOn("BALLOON", L"Balloon"))
		return STATUS_SUCCESS;
	if (Balloon == NULL)
		Balloon = Create(Fdo);
	if (Balloon != NULL) {
		Balloon->Unheard = FALSE;
		Status = ThreadStart(&Balloon->Thread, Run, Balloon);
	}
	if (NT_SUCCESS(Status)) {
		Balloon->Running = TRUE;
		Fdo->Balloon = Balloon;
		return STATUS_SUCCESS;
	}
	LogWarning("balloon: %08x; memory stays as it is", (unsigned)Status);
	if (Balloon != Fdo->Balloon)
		PoolFree(Balloon);
	return STATUS_SUCCESS;
}

static VOID Free(PFDO Fdo) NT_PASSIVE;
static VOID Free(PFDO Fdo)
{
	PBALLOON Balloon = Fdo->Balloon;

	Fdo->Balloon = NULL;
	PoolFree(Balloon);
}

VOID BalloonStop(PFDO Fdo)
{
	PBALLOON Balloon = Fdo->Balloon;

	if (Balloon == NULL)
		return;
	if (Balloon->Running)
		ThreadStop(&Balloon->Thread);
	Balloon->Running = FALSE;
	/* At the end of the system the domain's memory goes as a whole. */
	if (Fdo->ShuttingDown)
		return;
	BalloonTakeAll(Balloon);
	if (Balloon->Held == 0) {
		Free(Fdo);
		return;
	}
	LogError("balloon: Xen keeps %llu pages; Windows does without them",
		(unsigned long long)Balloon->Held);
}

VOID BalloonDelete(PFDO Fdo)
{
	if (Fdo->Balloon == NULL)
		return;
	BalloonTakeAll(Fdo->Balloon);
	if (Fdo->Balloon->Held != 0)
		LogError("balloon: %llu pages are Xen's until the system starts anew",
			(unsigned long long)Fdo->Balloon->Held);
	BalloonAbandon(Fdo->Balloon);
	Free(Fdo);
}

VOID BalloonResume(PFDO Fdo)
{
	PBALLOON Balloon = Fdo->Balloon;

	if (Balloon == NULL)
		return;
	InterlockedExchange(&Balloon->Resumed, 1);
	ThreadWake(&Balloon->Thread);
}
