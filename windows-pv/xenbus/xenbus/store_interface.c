/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "pv_text.h"
#include "store.h"

/* A transaction's answer is a number. */
_Static_assert(XENSTORE_PAYLOAD_MAX >= PV_U64_CHARS, "room for a transaction's id");

INTERFACE_REFERENCES(Store, DK_XENBUS_ROW_STORE)

static const struct pv_xs_txn *Of(PDK_STORE_TRANSACTION Transaction)
{
	return Transaction == NULL ? NULL : &Transaction->Transaction;
}

static VOID NTAPI Free(PINTERFACE Interface, PVOID Memory)
{
	UNREFERENCED_PARAMETER(Interface);
	PoolFree(Memory);
}

static NTSTATUS NTAPI Read(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCHAR *Value, PULONG Length) NT_PASSIVE;
static NTSTATUS NTAPI Read(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCHAR *Value, PULONG Length)
{
	PSTORE_CALL Call;
	NTSTATUS Status = StoreCallCreate(Prefix, Node, &Call);
	PCHAR Copy = NULL;
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_path(&Call->Request, XS_READ, Of(Transaction), Call->Path, Call->Length);
	if (Error == 0)
		Error = StoreCallRun(InterfaceFdo(Interface)->Store, Call, Call->Data);
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

static NTSTATUS NTAPI Write(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCSTR Value, ULONG Length) NT_PASSIVE;
static NTSTATUS NTAPI Write(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCSTR Value, ULONG Length)
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
		Error = StoreCallRun(InterfaceFdo(Interface)->Store, Call, NULL);
	PoolFree(Call);
	return StatusOf(Error);
}

static NTSTATUS NTAPI Remove(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node) NT_PASSIVE;
static NTSTATUS NTAPI Remove(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node)
{
	PSTORE_CALL Call;
	NTSTATUS Status = StoreCallCreate(Prefix, Node, &Call);
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_path(&Call->Request, XS_RM, Of(Transaction), Call->Path, Call->Length);
	if (Error == 0)
		Error = StoreCallRun(InterfaceFdo(Interface)->Store, Call, NULL);
	PoolFree(Call);
	return StatusOf(Error);
}

static NTSTATUS NTAPI Directory(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction,
	PCSTR Prefix, PCSTR Node, PCHAR *Names, PULONG Length) NT_PASSIVE;
static NTSTATUS NTAPI Directory(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction,
	PCSTR Prefix, PCSTR Node, PCHAR *Names, PULONG Length)
{
	return StoreDirectory(
		InterfaceFdo(Interface)->Store, Transaction, Prefix, Node, Names, Length);
}

#define PERMISSIONS_MAX 3 /* of lib/ */

static enum pv_xs_access Access(USHORT Bits)
{
	switch (Bits) {
	case 0:
		return PV_XS_ACCESS_NONE;
	case DK_STORE_READ:
		return PV_XS_ACCESS_READ;
	case DK_STORE_WRITE:
		return PV_XS_ACCESS_WRITE;
	default:
		return PV_XS_ACCESS_BOTH;
	}
}

static NTSTATUS NTAPI SetPermissions(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction,
	PCSTR Prefix, PCSTR Node, const DK_STORE_PERMISSION *Permissions, ULONG Count) NT_PASSIVE;
static NTSTATUS NTAPI SetPermissions(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction,
	PCSTR Prefix, PCSTR Node, const DK_STORE_PERMISSION *Permissions, ULONG Count)
{
	struct pv_xs_perm Converted[PERMISSIONS_MAX];
	PSTORE_CALL Call;
	NTSTATUS Status;
	int Error;

	if (Count == 0 || Count > PERMISSIONS_MAX)
		return STATUS_INVALID_PARAMETER;
	for (ULONG i = 0; i < Count; i++) {
		if (Permissions[i].Access & ~(DK_STORE_READ | DK_STORE_WRITE))
			return STATUS_INVALID_PARAMETER;
		Converted[i].domid = Permissions[i].Domid;
		Converted[i].access = Access(Permissions[i].Access);
	}
	Status = StoreCallCreate(Prefix, Node, &Call);
	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_set_perms(
		&Call->Request, Of(Transaction), Call->Path, Call->Length, Converted, Count);
	if (Error == 0)
		Error = StoreCallRun(InterfaceFdo(Interface)->Store, Call, NULL);
	PoolFree(Call);
	return StatusOf(Error);
}

static NTSTATUS NTAPI TransactionStart(
	PINTERFACE Interface, PDK_STORE_TRANSACTION *Result) NT_PASSIVE;
static NTSTATUS NTAPI TransactionStart(PINTERFACE Interface, PDK_STORE_TRANSACTION *Result)
{
	PSTORE Store = InterfaceFdo(Interface)->Store;
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

static NTSTATUS NTAPI TransactionEnd(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit) NT_PASSIVE;
static NTSTATUS NTAPI TransactionEnd(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit)
{
	PSTORE Store = InterfaceFdo(Interface)->Store;
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

static NTSTATUS NTAPI WatchAdd(PINTERFACE Interface, PCSTR Prefix, PCSTR Node, PKEVENT Event,
	PDK_STORE_WATCH *Watch) NT_PASSIVE;
static NTSTATUS NTAPI WatchAdd(
	PINTERFACE Interface, PCSTR Prefix, PCSTR Node, PKEVENT Event, PDK_STORE_WATCH *Watch)
{
	return StoreWatchAdd(InterfaceFdo(Interface)->Store, Prefix, Node, Event, Watch);
}

static NTSTATUS NTAPI WatchRemove(PINTERFACE Interface, PDK_STORE_WATCH Watch) NT_PASSIVE;
static NTSTATUS NTAPI WatchRemove(PINTERFACE Interface, PDK_STORE_WATCH Watch)
{
	return StoreWatchRemove(InterfaceFdo(Interface)->Store, Watch);
}

const DK_STORE_INTERFACE_V1 StoreInterfaceV1 = {
	.Acquire = StoreAcquire,
	.Release = StoreRelease,
	.Free = Free,
	.Read = Read,
	.Write = Write,
	.Remove = Remove,
	.Directory = Directory,
	.SetPermissions = SetPermissions,
	.TransactionStart = TransactionStart,
	.TransactionEnd = TransactionEnd,
	.WatchAdd = WatchAdd,
	.WatchRemove = WatchRemove,
};
