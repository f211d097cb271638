/* SPDX-License-Identifier: BSD-2-Clause */
/* One request each: reading, writing, removing a node; beginning and ending a transaction. */
#include "pv_text.h"
#include "store.h"

/* A transaction's answer is a number. */
_Static_assert(XENSTORE_PAYLOAD_MAX >= PV_U64_CHARS, "room for a transaction's id");

static const struct pv_xs_txn *Of(PDK_STORE_TRANSACTION Transaction)
{
	return Transaction == NULL ? NULL : &Transaction->Transaction;
}

NTSTATUS StoreRead(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCHAR *Value, PULONG Length)
{
	PSTORE_CALL Call;
	NTSTATUS Status = StoreCallCreate(Prefix, Node, &Call);
	PCHAR Copy = NULL;
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_path(&Call->Request, XS_READ, Of(Transaction), Call->Path, Call->Length);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, Call->Data);
	if (Error == 0) {
		Copy = PoolAllocate((SIZE_T)Call->Request.reply_len + 1);
		Error = Copy == NULL ? PV_ENOMEM : 0;
	}
	if (Error == 0) {
		memcpy(Copy, Call->Data, Call->Request.reply_len);
		*Value = Copy;
		*Length = Call->Request.reply_len;
	}
	PoolFree(Call);
	return StatusOf(Error);
}

NTSTATUS StoreWrite(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCSTR Value, ULONG Length)
{
	PSTORE_CALL Call;
	NTSTATUS Status;
	int Error;

	if (Length > XENSTORE_PAYLOAD_MAX)
		return STATUS_INVALID_PARAMETER;
	Status = StoreCallCreate(Prefix, Node, &Call);
	if (!NT_SUCCESS(Status))
		return Status;
	/* It is read at DISPATCH_LEVEL, where the caller's may not be there. */
	memcpy(Call->Data, Value, Length);
	Error = pv_xs_req_write(
		&Call->Request, Of(Transaction), Call->Path, Call->Length, Call->Data, Length);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, NULL);
	PoolFree(Call);
	return StatusOf(Error);
}

NTSTATUS StoreRemove(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node)
{
	PSTORE_CALL Call;
	NTSTATUS Status = StoreCallCreate(Prefix, Node, &Call);
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_path(&Call->Request, XS_RM, Of(Transaction), Call->Path, Call->Length);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, NULL);
	PoolFree(Call);
	return StatusOf(Error);
}

NTSTATUS StoreTransactionStart(PSTORE Store, PDK_STORE_TRANSACTION *Result)
{
	PDK_STORE_TRANSACTION Transaction = PoolAllocate(sizeof(*Transaction));
	PSTORE_CALL Call = PoolAllocate(sizeof(*Call));
	int Error = PV_ENOMEM;

	if (Transaction == NULL || Call == NULL)
		goto out;
	/* How often to try again is for the caller to decide. */
	pv_xs_txn_init(&Transaction->Transaction, UINT32_MAX);
	Error = pv_xs_req_transaction_start(&Call->Request);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, Call->Data);
	if (Error != 0)
		goto out;
	NtAcquireLock(&Store->Lock);
	Error = pv_xs_txn_started(&Store->Xs, &Transaction->Transaction, &Call->Request);
	if (Error == 0)
		Store->Transactions++;
	NtReleaseLock(&Store->Lock);
	if (Error == 0) {
		Transaction->End = Call;
		*Result = Transaction;
		return STATUS_SUCCESS;
	}
out:
	PoolFree(Call);
	PoolFree(Transaction);
	return StatusOf(Error);
}

NTSTATUS StoreTransactionEnd(PSTORE Store, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit)
{
	PSTORE_CALL Call = Transaction->End;
	int Error;

	Error = pv_xs_req_transaction_end(&Call->Request, &Transaction->Transaction, Commit);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, NULL);
	PoolFree(Call);
	NtAcquireLock(&Store->Lock);
	Store->Transactions--;
	NtReleaseLock(&Store->Lock);
	Error = pv_xs_txn_result(&Transaction->Transaction, Error);
	PoolFree(Transaction);
	return StatusOf(Error);
}
