/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

static NTSTATUS Read(struct child *Self, struct words *Words)
{
	PCHAR Value;
	ULONG Length;
	NTSTATUS Status =
		Self->Store.Read(&Self->Store.Interface, NULL, NULL, Next(Words), &Value, &Length);

	if (!NT_SUCCESS(Status))
		return Status;
	if (Value[Length])
		ShimFail(SHIM_CALLER, "a value does not end with a NUL");
	Say(Words, "%lu:%s", (unsigned long)Length, Value);
	Self->Store.Free(&Self->Store.Interface, Value);
	return STATUS_SUCCESS;
}

/* write-many PATH BYTES: a value of so many bytes. */
static NTSTATUS WriteLong(struct child *Self, struct words *Words)
{
	PCSTR Path = Next(Words);
	ULONG Length = NextNumber(Words);
	PCHAR Value = ExAllocatePoolWithTag(PagedPool, Length + 1, TAG);
	NTSTATUS Status;

	if (!Value)
		return STATUS_NO_MEMORY;
	RtlFillMemory(Value, Length, 'v');
	Status = Self->Store.Write(&Self->Store.Interface, NULL, NULL, Path, Value, Length);
	ExFreePoolWithTag(Value, TAG);
	return Status;
}

static NTSTATUS Directory(struct child *Self, struct words *Words)
{
	PCHAR Names;
	ULONG Length, Count = 0;
	NTSTATUS Status = Self->Store.Directory(
		&Self->Store.Interface, NULL, NULL, Next(Words), &Names, &Length);

	if (!NT_SUCCESS(Status))
		return Status;
	for (ULONG i = 0; i < Length; i += (ULONG)strlen(Names + i) + 1) {
		if (Count++ < 100)
			Say(Words, "%s ", Names + i);
	}
	Say(Words, "(%lu)", (unsigned long)Count);
	Self->Store.Free(&Self->Store.Interface, Names);
	return STATUS_SUCCESS;
}

/* add PATH: a number there becomes one more, in a transaction, until it is taken. */
static NTSTATUS Add(struct child *Self, struct words *Words)
{
	PINTERFACE Store = &Self->Store.Interface;
	PCSTR Path = Next(Words);
	CHAR Text[16];
	NTSTATUS Status;

	for (ULONG Tries = 1; Tries < 50; Tries++) {
		PDK_STORE_TRANSACTION Transaction;
		ULONG Length, Number = 0;
		PCHAR Value;

		Status = Self->Store.TransactionStart(Store, &Transaction);
		if (!NT_SUCCESS(Status))
			return Status;
		Status = Self->Store.Read(Store, Transaction, NULL, Path, &Value, &Length);
		if (NT_SUCCESS(Status)) {
			for (ULONG i = 0; i < Length; i++)
				Number = Number * 10 + (ULONG)(Value[i] - '0');
			Self->Store.Free(Store, Value);
			_snprintf(Text, sizeof(Text), "%lu", (unsigned long)Number + 1);
			Status = Self->Store.Write(
				Store, Transaction, NULL, Path, Text, (ULONG)strlen(Text));
		}
		if (!NT_SUCCESS(Status)) {
			Self->Store.TransactionEnd(Store, Transaction, FALSE);
			return Status;
		}
		Status = Self->Store.TransactionEnd(Store, Transaction, TRUE);
		if (Status != STATUS_RETRY)
			return Status;
	}
	return STATUS_RETRY;
}

static NTSTATUS Watch(struct child *Self, struct words *Words)
{
	ULONG i = 0;
	NTSTATUS Status;

	while (i < WATCHES && Self->Watches[i].Handle)
		i++;
	if (i == WATCHES)
		return STATUS_QUOTA_EXCEEDED;
	KeInitializeEvent(&Self->Watches[i].Event, SynchronizationEvent, FALSE);
	Status = Self->Store.WatchAdd(&Self->Store.Interface, NULL, Next(Words),
		&Self->Watches[i].Event, &Self->Watches[i].Handle);
	if (!NT_SUCCESS(Status)) {
		Self->Watches[i].Handle = NULL;
		return Status;
	}
	Say(Words, "%lu", (unsigned long)i);
	return STATUS_SUCCESS;
}

/* fired N MS: whether it fires within so long. */
static NTSTATUS Fired(struct child *Self, struct words *Words)
{
	ULONG i = NextNumber(Words) % WATCHES;
	LARGE_INTEGER Limit = { .QuadPart = -10000ll * NextNumber(Words) };
	NTSTATUS Status = KeWaitForSingleObject(
		&Self->Watches[i].Event, Executive, KernelMode, FALSE, &Limit);

	Say(Words, Status == STATUS_SUCCESS ? "yes" : "no");
	return STATUS_SUCCESS;
}

static NTSTATUS Unwatch(struct child *Self, ULONG i)
{
	PDK_STORE_WATCH Handle = Self->Watches[i].Handle;

	if (!Handle)
		return STATUS_INVALID_PARAMETER;
	Self->Watches[i].Handle = NULL;
	return Self->Store.WatchRemove(&Self->Store.Interface, Handle);
}

NTSTATUS StoreCommand(struct child *Self, PCSTR Verb, struct words *Words)
{
	PINTERFACE Store = &Self->Store.Interface;

	if (!strcmp(Verb, "read"))
		return Read(Self, Words);
	if (!strcmp(Verb, "dir"))
		return Directory(Self, Words);
	if (!strcmp(Verb, "add"))
		return Add(Self, Words);
	if (!strcmp(Verb, "watch"))
		return Watch(Self, Words);
	if (!strcmp(Verb, "fired"))
		return Fired(Self, Words);
	if (!strcmp(Verb, "unwatch"))
		return Unwatch(Self, NextNumber(Words) % WATCHES);
	if (!strcmp(Verb, "write-long"))
		return WriteLong(Self, Words);
	if (!strcmp(Verb, "rm"))
		return Self->Store.Remove(Store, NULL, NULL, Next(Words));
	if (!strcmp(Verb, "write")) {
		PCSTR Path = Next(Words);

		return Self->Store.Write(
			Store, NULL, NULL, Path, Words->Rest, (ULONG)strlen(Words->Rest));
	}
	if (!strcmp(Verb, "perms")) {
		PCSTR Path = Next(Words);
		DK_STORE_PERMISSION p[2] = { { (USHORT)NextNumber(Words), 0 },
			{ (USHORT)NextNumber(Words), DK_STORE_READ } };

		return Self->Store.SetPermissions(Store, NULL, NULL, Path, p, 2);
	}
	return STATUS_NOT_FOUND;
}

VOID StoreForget(struct child *Self)
{
	for (ULONG i = 0; i < WATCHES; i++)
		Unwatch(Self, i);
}
