/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface.h"
#include "store.h"

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
	return StoreRead(InterfaceFdo(Interface)->Store, Transaction, Prefix, Node, Value, Length);
}

static NTSTATUS NTAPI Write(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCSTR Value, ULONG Length) NT_PASSIVE;
static NTSTATUS NTAPI Write(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node, PCSTR Value, ULONG Length)
{
	return StoreWrite(InterfaceFdo(Interface)->Store, Transaction, Prefix, Node, Value, Length);
}

static NTSTATUS NTAPI Remove(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix,
	PCSTR Node) NT_PASSIVE;
static NTSTATUS NTAPI Remove(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node)
{
	return StoreRemove(InterfaceFdo(Interface)->Store, Transaction, Prefix, Node);
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
	PINTERFACE Interface, PDK_STORE_TRANSACTION *Transaction) NT_PASSIVE;
static NTSTATUS NTAPI TransactionStart(PINTERFACE Interface, PDK_STORE_TRANSACTION *Transaction)
{
	return StoreTransactionStart(InterfaceFdo(Interface)->Store, Transaction);
}

static NTSTATUS NTAPI TransactionEnd(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit) NT_PASSIVE;
static NTSTATUS NTAPI TransactionEnd(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit)
{
	return StoreTransactionEnd(InterfaceFdo(Interface)->Store, Transaction, Commit);
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
