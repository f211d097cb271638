/* SPDX-License-Identifier: BSD-2-Clause */
#include "store.h"

/* From the beginning to the answer, whatever the store does. */
#define LIMIT (10 * PV_TIME_SECOND)
/* How often a waiting thread looks for itself, should an event be lost. */
#define LOOK  PV_TIME_SECOND

static ULONG Append(PCHAR Path, ULONG Length, PCSTR Text)
{
	for (; *Text != '\0' && Length <= STORE_PATH_MAX; Text++) {
		if (Length < STORE_PATH_MAX)
			Path[Length] = *Text;
		Length++;
	}
	return Length;
}

NTSTATUS StorePath(PCSTR Prefix, PCSTR Node, PCHAR Path, PULONG Length)
{
	ULONG Used = 0;

	if (Prefix != NULL) {
		Used = Append(Path, Used, Prefix);
		Used = Append(Path, Used, "/");
	}
	Used = Append(Path, Used, Node);
	if (Used > STORE_PATH_MAX)
		return STATUS_INVALID_PARAMETER;
	Path[Used] = '\0';
	*Length = Used;
	return STATUS_SUCCESS;
}

NTSTATUS StoreCallCreate(PCSTR Prefix, PCSTR Node, PSTORE_CALL *Result)
{
	PSTORE_CALL Call = PoolAllocate(sizeof(*Call));
	NTSTATUS Status;

	if (Call == NULL)
		return STATUS_NO_MEMORY;
	Status = StorePath(Prefix, Node, Call->Path, &Call->Length);
	if (!NT_SUCCESS(Status)) {
		PoolFree(Call);
		return Status;
	}
	*Result = Call;
	return STATUS_SUCCESS;
}

static int Submit(PSTORE Store, PSTORE_CALL Call, PVOID Reply) NT_PASSIVE;
static int Submit(PSTORE Store, PSTORE_CALL Call, PVOID Reply)
{
	int Error;

	KeInitializeEvent(&Call->Done, NotificationEvent, FALSE);
	NtAcquireLock(&Store->Lock);
	Error = pv_xs_submit(&Store->Xs, &Call->Request, Reply, sizeof(Call->Data), Now() + LIMIT);
	if (Error == 0)
		StorePump(Store);
	NtReleaseLock(&Store->Lock);
	return Error;
}

int StoreCallRun(PSTORE Store, PSTORE_CALL Call, PVOID Reply)
{
	LARGE_INTEGER Look = FromNow(LOOK);
	int Error = Submit(Store, Call, Reply);

	if (Error != 0)
		return Error;
	/* It ends at the limit at the latest; only then may its memory go. */
	while (KeWaitForSingleObject(&Call->Done, Executive, KernelMode, FALSE, &Look) !=
		STATUS_SUCCESS) {
		NtAcquireLock(&Store->Lock);
		StorePump(Store);
		NtReleaseLock(&Store->Lock);
	}
	return Call->Request.rc;
}
