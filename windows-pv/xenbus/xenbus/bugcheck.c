/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crash of the system: what the host's log gets to see of it, and that the toolstack learns that
 * it was one. All of this runs at HIGH_LEVEL on the one processor that is left, in memory that is
 * resident, without a lock, a wait or an allocation.
 *
 * The numbers come with the reason callbacks: since Windows 10 version 1803 all of them, before
 * that the code alone, and only where a dump is written. The callback without a reason knows no
 * numbers but is always called.
 */
#include "bugcheck.h"

#include "pv_xen.h"
#include <xen/sched.h>

#define COMPONENT ((PUCHAR)(ULONG_PTR) "XENBUS report")

struct _BUGCHECK {
	KBUGCHECK_CALLBACK_RECORD Plain;
	KBUGCHECK_REASON_CALLBACK_RECORD Triage, Pages;
	BOOLEAN PlainKnown, TriageKnown, PagesKnown;
	BOOLEAN CodeSaid, CrashSaid;
};

/* As Microsoft's page of the structure has it; the toolchain's header knows the reason only. */
struct triage_data {
	PVOID Array;
	ULONG Flags;
	ULONG Size;
	ULONG Code;
	ULONG_PTR Parameters[4];
};

static KBUGCHECK_CALLBACK_ROUTINE Crashed;
static KBUGCHECK_REASON_CALLBACK_ROUTINE TriageData;
static KBUGCHECK_REASON_CALLBACK_ROUTINE AddPages;

/* The code stays with the domain until it shuts down, which it does after the dump. */
static VOID TellXen(PBUGCHECK Report)
{
	NTSTATUS Status;

	if (Report->CrashSaid)
		return;
	Report->CrashSaid = TRUE;
	Status = XenSchedShutdownCode(SHUTDOWN_crash);
	if (!NT_SUCCESS(Status))
		LogError("Xen is not told of the crash: %08x", (unsigned)Status);
}

static VOID NTAPI Crashed(PVOID Buffer, ULONG Length)
{
	PBUGCHECK Report = Buffer;

	UNREFERENCED_PARAMETER(Length);
	if (!Report->CodeSaid)
		XenLog(XEN_LOG_CRITICAL, MODULE, "bug check");
	TellXen(Report);
}

static VOID NTAPI TriageData(KBUGCHECK_CALLBACK_REASON Reason,
	PKBUGCHECK_REASON_CALLBACK_RECORD Record, PVOID Data, ULONG Length)
{
	PBUGCHECK Report = CONTAINING_RECORD(Record, BUGCHECK, Triage);
	const struct triage_data *Triage = Data;

	if (Reason != KbCallbackTriageDumpData || Length < sizeof(*Triage))
		return;
	Report->CodeSaid = TRUE;
	XenLog(XEN_LOG_CRITICAL, MODULE, "bug check %08x (%p, %p, %p, %p)", (unsigned)Triage->Code,
		(PVOID)Triage->Parameters[0], (PVOID)Triage->Parameters[1],
		(PVOID)Triage->Parameters[2], (PVOID)Triage->Parameters[3]);
	TellXen(Report);
}

/* Asked for pages that the dump shall have; there are none. */
static VOID NTAPI AddPages(KBUGCHECK_CALLBACK_REASON Reason,
	PKBUGCHECK_REASON_CALLBACK_RECORD Record, PVOID Data, ULONG Length)
{
	PBUGCHECK Report = CONTAINING_RECORD(Record, BUGCHECK, Pages);
	PKBUGCHECK_ADD_PAGES Pages = Data;

	if (Reason != KbCallbackAddPages || Length < sizeof(*Pages))
		return;
	Pages->Count = 0;
	if (!Report->CodeSaid)
		XenLog(XEN_LOG_CRITICAL, MODULE, "bug check %08x", (unsigned)Pages->BugCheckCode);
	Report->CodeSaid = TRUE;
	TellXen(Report);
}

NTSTATUS BugCheckStart(PFDO Fdo)
{
	PBUGCHECK Report = PoolAllocate(sizeof(*Report));
	PKBUGCHECK_REASON_CALLBACK_RECORD Triage, Pages;
	PKBUGCHECK_CALLBACK_RECORD Plain;

	if (Report == NULL)
		return STATUS_NO_MEMORY;
	/* The macro wants plain names. */
	Plain = &Report->Plain;
	Triage = &Report->Triage;
	Pages = &Report->Pages;
	KeInitializeCallbackRecord(Plain);
	KeInitializeCallbackRecord(Triage);
	KeInitializeCallbackRecord(Pages);
	Report->PlainKnown =
		KeRegisterBugCheckCallback(Plain, Crashed, Report, sizeof(*Report), COMPONENT);
	Report->PagesKnown =
		KeRegisterBugCheckReasonCallback(Pages, AddPages, KbCallbackAddPages, COMPONENT);
	/* A system that does not know the reason says no. */
	Report->TriageKnown = KeRegisterBugCheckReasonCallback(
		Triage, TriageData, KbCallbackTriageDumpData, COMPONENT);
	if (!Report->PlainKnown)
		LogWarning("a crash will not be told to Xen");
	Fdo->BugCheck = Report;
	return STATUS_SUCCESS;
}

VOID BugCheckStop(PFDO Fdo)
{
	PBUGCHECK Report = Fdo->BugCheck;

	if (Report == NULL)
		return;
	Fdo->BugCheck = NULL;
	if (Report->PlainKnown)
		(VOID) KeDeregisterBugCheckCallback(&Report->Plain);
	if (Report->PagesKnown)
		(VOID) KeDeregisterBugCheckReasonCallback(&Report->Pages);
	if (Report->TriageKnown)
		(VOID) KeDeregisterBugCheckReasonCallback(&Report->Triage);
	PoolFree(Report);
}
