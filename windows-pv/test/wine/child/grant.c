/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

static VOID NTAPI PageFree(PVOID Page)
{
	ExFreePoolWithTag(Page, TAG);
	InterlockedIncrement(&PagesFreed);
}

/* grant DOMAIN RO DIRTY: the number of the grant. A page that is not dirty is zeroed. */
static NTSTATUS Grant(struct child *Self, struct words *Words)
{
	USHORT Domain = (USHORT)NextNumber(Words);
	BOOLEAN ReadOnly = NextNumber(Words) != 0;
	ULONG Dirty = NextNumber(Words), i = 0;
	PFN_NUMBER Pfn;
	NTSTATUS Status;
	PVOID Page;

	while (i < GRANTS && Self->Grants[i].Entry)
		i++;
	if (i == GRANTS)
		return STATUS_QUOTA_EXCEEDED;
	Page = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, TAG);
	if (!Page)
		return STATUS_NO_MEMORY;
	if (!Dirty)
		RtlZeroMemory(Page, PAGE_SIZE);
	Pfn = (PFN_NUMBER)(MmGetPhysicalAddress(Page).QuadPart >> PAGE_SHIFT);
	Status = Self->Gnttab.PermitForeignAccess(&Self->Gnttab.Interface, Domain, Pfn, ReadOnly,
		PageFree, Page, &Self->Grants[i].Entry);
	if (!NT_SUCCESS(Status)) {
		Self->Grants[i].Entry = NULL;
		ExFreePoolWithTag(Page, TAG);
		return Status;
	}
	Self->Grants[i].Page = Page;
	Say(Words, "%lu", (unsigned long)i);
	return STATUS_SUCCESS;
}

static BOOLEAN Revoke(struct child *Self, ULONG i)
{
	PDK_GNTTAB_ENTRY Entry = Self->Grants[i].Entry;

	Self->Grants[i].Entry = NULL;
	return Self->Gnttab.RevokeForeignAccess(&Self->Gnttab.Interface, Entry);
}

/* exhaust: grants until there are no references, then revokes all; how many there were. */
static NTSTATUS Exhaust(struct child *Self, struct words *Words)
{
	struct many {
		PDK_GNTTAB_ENTRY Entry;
		struct many *Next;
	} *All = NULL, *One;
	PVOID Page = ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, TAG);
	NTSTATUS Status = STATUS_NO_MEMORY;
	PFN_NUMBER Pfn;
	ULONG Count = 0;

	if (!Page)
		return Status;
	RtlZeroMemory(Page, PAGE_SIZE);
	Pfn = (PFN_NUMBER)(MmGetPhysicalAddress(Page).QuadPart >> PAGE_SHIFT);
	for (;;) {
		One = ExAllocatePoolWithTag(NonPagedPool, sizeof(*One), TAG);
		if (!One)
			break;
		/* Free gets the list's element: the page stays until the end. */
		Status = Self->Gnttab.PermitForeignAccess(
			&Self->Gnttab.Interface, 0, Pfn, TRUE, PageFree, One, &One->Entry);
		if (!NT_SUCCESS(Status)) {
			ExFreePoolWithTag(One, TAG);
			break;
		}
		One->Next = All;
		All = One;
		Count++;
	}
	while (All) {
		One = All;
		All = One->Next;
		Self->Gnttab.RevokeForeignAccess(&Self->Gnttab.Interface, One->Entry);
	}
	ExFreePoolWithTag(Page, TAG);
	Say(Words, "%lu then %08lx", (unsigned long)Count, (unsigned long)Status);
	return STATUS_SUCCESS;
}

static NTSTATUS QueryReference(struct child *Self, ULONG Reference, struct words *Words)
{
	BOOLEAN ReadOnly;
	PFN_NUMBER Pfn;
	NTSTATUS Status =
		Self->Gnttab.QueryReference(&Self->Gnttab.Interface, Reference, &Pfn, &ReadOnly);

	if (NT_SUCCESS(Status))
		Say(Words, "%s", ReadOnly ? "ro" : "rw");
	return Status;
}

NTSTATUS GrantCommand(struct child *Self, PCSTR Verb, struct words *Words)
{
	ULONG i;

	if (!strcmp(Verb, "grant"))
		return Grant(Self, Words);
	if (!strcmp(Verb, "exhaust"))
		return Exhaust(Self, Words);
	if (!strcmp(Verb, "query-reference"))
		return QueryReference(Self, NextNumber(Words), Words);
	if (strcmp(Verb, "revoke") && strcmp(Verb, "reference"))
		return STATUS_NOT_FOUND;
	i = NextNumber(Words) % GRANTS;
	if (!Self->Grants[i].Entry)
		return STATUS_INVALID_PARAMETER;
	if (!strcmp(Verb, "revoke"))
		Say(Words, Revoke(Self, i) ? "freed" : "kept");
	else
		Say(Words, "%lu",
			(unsigned long)Self->Gnttab.GetReference(
				&Self->Gnttab.Interface, Self->Grants[i].Entry));
	return STATUS_SUCCESS;
}

VOID GrantForget(struct child *Self)
{
	for (ULONG i = 0; i < GRANTS; i++)
		if (Self->Grants[i].Entry)
			Revoke(Self, i);
}
