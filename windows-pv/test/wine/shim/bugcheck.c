/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Callbacks for a crash, and "shim crash": calls them as a crash would, at HIGH_LEVEL, after which,
 * unlike there, everything goes on.
 */
#include "internal.h"

#define CALLBACKS 16

struct callback {
	PKBUGCHECK_CALLBACK_RECORD Plain;
	PKBUGCHECK_REASON_CALLBACK_RECORD WithReason;
};

static struct callback Callbacks[CALLBACKS];
static USER_LOCK Lock;

static BOOLEAN Keep(PVOID Plain, PVOID WithReason)
{
	BOOLEAN Kept = FALSE;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < CALLBACKS && !Kept; i++)
		if (!Callbacks[i].Plain && !Callbacks[i].WithReason) {
			Callbacks[i].Plain = Plain;
			Callbacks[i].WithReason = WithReason;
			Kept = TRUE;
		}
	LeaveCriticalSection(&Lock);
	if (Kept)
		ShimCount(SHIM_BUG_CHECK, 1);
	return Kept;
}

static BOOLEAN Forget(PVOID Plain, PVOID WithReason)
{
	BOOLEAN Found = FALSE;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < CALLBACKS && !Found; i++)
		if (Callbacks[i].Plain == Plain && Callbacks[i].WithReason == WithReason) {
			RtlZeroMemory(&Callbacks[i], sizeof(Callbacks[i]));
			Found = TRUE;
		}
	LeaveCriticalSection(&Lock);
	if (Found)
		ShimCount(SHIM_BUG_CHECK, -1);
	return Found;
}

BOOLEAN Shim_KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD Record,
	PKBUGCHECK_REASON_CALLBACK_ROUTINE Routine, KBUGCHECK_CALLBACK_REASON Reason,
	PUCHAR Component)
{
	if (Record->State == 1 || !Keep(NULL, Record))
		return FALSE;
	Record->State = 1;
	Record->CallbackRoutine = Routine;
	Record->Reason = Reason;
	Record->Component = Component;
	return TRUE;
}

BOOLEAN Shim_KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD Record)
{
	if (Record->State != 1 || !Forget(NULL, Record))
		return FALSE;
	Record->State = 0;
	return TRUE;
}

BOOLEAN Shim_KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD Record,
	PKBUGCHECK_CALLBACK_ROUTINE Routine, PVOID Buffer, ULONG Length, PUCHAR Component)
{
	if (Record->State == 1 || !Keep(Record, NULL))
		return FALSE;
	Record->State = 1;
	Record->CallbackRoutine = Routine;
	Record->Buffer = Buffer;
	Record->Length = Length;
	Record->Component = Component;
	return TRUE;
}

BOOLEAN Shim_KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD Record)
{
	if (Record->State != 1 || !Forget(Record, NULL))
		return FALSE;
	Record->State = 0;
	return TRUE;
}

/* One kind after the other, in the order in which Windows does. */
static VOID RunReason(KBUGCHECK_CALLBACK_REASON Reason, PVOID Data, ULONG Size)
{
	for (ULONG i = 0; i < CALLBACKS; i++) {
		PKBUGCHECK_REASON_CALLBACK_RECORD Record = Callbacks[i].WithReason;

		if (Record && Record->Reason == Reason)
			Record->CallbackRoutine(Reason, Record, Data, Size);
	}
}

VOID ShimCrash(BOOLEAN Triage, BOOLEAN Dump, ULONG Code, ULONG_PTR First)
{
	struct {
		PVOID Array;
		ULONG Flags, Size, Code;
		ULONG_PTR Parameters[4];
	} Data = {
		.Flags = 1, .Code = Code, .Parameters = { First, First + 1, First + 2, First + 3 }
	};
	KBUGCHECK_ADD_PAGES Pages = { .BugCheckCode = Code, .Count = 77 };
	KIRQL Before = ShimRaise(HIGH_LEVEL, SHIM_ANY_CPU, SHIM_CALLER);

	for (ULONG i = 0; i < CALLBACKS; i++) {
		PKBUGCHECK_CALLBACK_RECORD Record = Callbacks[i].Plain;

		if (Record)
			Record->CallbackRoutine(Record->Buffer, Record->Length);
	}
	if (Triage)
		RunReason(KbCallbackTriageDumpData, &Data, sizeof(Data));
	if (Dump)
		RunReason(KbCallbackAddPages, &Pages, sizeof(Pages));
	ShimLower(Before, SHIM_CALLER);
	if (Dump && Pages.Count)
		ShimFail(SHIM_CALLER, "pages were asked for and nobody answered");
}

VOID ShimBugCheckSetup(VOID)
{
	InitializeCriticalSection(&Lock);
}
