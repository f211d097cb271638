/* SPDX-License-Identifier: BSD-2-Clause */
/* Listing a directory: in one message, or in parts when it is too long for one. */
#include "store.h"

#define FIRST_SIZE 0x4000
#define MOST_SIZE  0x100000

static const struct pv_xs_txn *Of(PDK_STORE_TRANSACTION Transaction)
{
	return Transaction == NULL ? NULL : &Transaction->Transaction;
}

/* All parts into Names; PV_ENOBUFS when it has to be larger. */
static int Parts(PSTORE Store, PSTORE_CALL Call, PDK_STORE_TRANSACTION Transaction, PCHAR Names,
	ULONG Size, PULONG Length) NT_PASSIVE;
static int Parts(PSTORE Store, PSTORE_CALL Call, PDK_STORE_TRANSACTION Transaction, PCHAR Names,
	ULONG Size, PULONG Length)
{
	struct pv_xs_listing Listing;
	int Error;

	pv_xs_listing_init(&Listing, Names, Size);
	do {
		Error = pv_xs_req_directory_part(
			&Call->Request, Of(Transaction), Call->Path, Call->Length, Listing.len);
		if (Error == 0)
			Error = StoreCallRun(Store, Call, Call->Data);
		if (Error == 0)
			Error = pv_xs_listing_feed(&Listing, Call->Data, Call->Request.reply_len);
	} while (Error == 1);
	*Length = Listing.len;
	return Error;
}

static int InParts(PSTORE Store, PSTORE_CALL Call, PDK_STORE_TRANSACTION Transaction, PCHAR *Result,
	PULONG Length) NT_PASSIVE;
static int InParts(PSTORE Store, PSTORE_CALL Call, PDK_STORE_TRANSACTION Transaction, PCHAR *Result,
	PULONG Length)
{
	int Error = PV_ENOBUFS;

	for (ULONG Size = FIRST_SIZE; Size <= MOST_SIZE && Error == PV_ENOBUFS; Size *= 2) {
		PCHAR Names = PoolAllocate(Size + 1);

		if (Names == NULL)
			return PV_ENOMEM;
		Error = Parts(Store, Call, Transaction, Names, Size, Length);
		if (Error == 0)
			*Result = Names;
		else
			PoolFree(Names);
	}
	return Error;
}

/* As long as the answer, with a NUL beyond it. */
static int Whole(PSTORE_CALL Call, PCHAR *Result, PULONG Length)
{
	ULONG Size = Call->Request.reply_len;
	PCHAR Names = PoolAllocate((SIZE_T)Size + 1);

	if (Names == NULL)
		return PV_ENOMEM;
	memcpy(Names, Call->Data, Size);
	*Result = Names;
	*Length = Size;
	return 0;
}

NTSTATUS StoreDirectory(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCHAR *Names, PULONG Length)
{
	PSTORE_CALL Call;
	NTSTATUS Status = StoreCallCreate(Prefix, Node, &Call);
	int Error;

	if (!NT_SUCCESS(Status))
		return Status;
	Error = pv_xs_req_path(
		&Call->Request, XS_DIRECTORY, Of(Transaction), Call->Path, Call->Length);
	if (Error == 0)
		Error = StoreCallRun(Store, Call, Call->Data);
	if (Error == PV_E2BIG)
		Error = InParts(Store, Call, Transaction, Names, Length);
	else if (Error == 0)
		Error = Whole(Call, Names, Length);
	PoolFree(Call);
	return StatusOf(Error);
}
