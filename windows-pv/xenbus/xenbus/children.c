/* SPDX-License-Identifier: BSD-2-Clause */
#include "bus.h"
#include "interface.h"
#include "pdo.h"
#include "pv_text.h"
#include "registry.h"

/* What the registry has of a list of classes, those among them that the table knows. */
static VOID ReadSupported(PFDO Fdo) NT_PASSIVE;
static VOID ReadSupported(PFDO Fdo)
{
	WCHAR List[REGISTRY_LIST_UNITS];
	ULONG Units = 0;
	BOOLEAN Listed = NT_SUCCESS(RegistryQueryList(L"SupportedClasses", List, &Units));
	ULONG Count = 0;

	for (ULONG i = 0; i < RTL_NUMBER_OF(DkXenbusClasses) && Count < FDO_CLASSES; i++) {
		CHAR Name[PV_CLASS_MAX + 1];
		BOOLEAN Wanted = !Listed;
		size_t Offset = 0;
		int More;

		while ((More = pv_pnp_next(List, Units, &Offset, Name, sizeof(Name))) != 0)
			if (More == 1 && SameText(Name, DkXenbusClasses[i].name))
				Wanted = TRUE;
		if (Wanted)
			Fdo->Supported[Count++] = DkXenbusClasses[i].name;
	}
	Fdo->Supported[Count] = NULL;
}

static VOID AddSynthetic(PFDO Fdo) NT_PASSIVE NT_HOLDS(Fdo->ChildrenLock);
static VOID AddSynthetic(PFDO Fdo)
{
	WCHAR List[REGISTRY_LIST_UNITS];
	CHAR Name[PV_CLASS_MAX + 1];
	ULONG Units = 0;
	size_t Offset = 0;
	int More;

	if (!NT_SUCCESS(RegistryQueryList(L"SyntheticClasses", List, &Units)))
		return;
	while ((More = pv_pnp_next(List, Units, &Offset, Name, sizeof(Name))) != 0)
		if (More != 1 || pv_classes_add_synthetic(&Fdo->Classes, Name) != 0)
			LogWarning("bus: SyntheticClasses names a class that is not supported");
}

VOID ChildrenInitialize(PFDO Fdo)
{
	NtInitializeMutex(&Fdo->ChildrenLock);
	ReadSupported(Fdo);
	NtAcquireMutex(&Fdo->ChildrenLock);
	InitializeListHead(&Fdo->Children);
	(VOID) pv_classes_init(&Fdo->Classes, Fdo->ClassTable, FDO_CLASSES, Fdo->Supported);
	AddSynthetic(Fdo);
	NtReleaseMutex(&Fdo->ChildrenLock);
}

static PPDO Find(PFDO Fdo, const struct pv_class *Class) NT_HOLDS(Fdo->ChildrenLock);
static PPDO Find(PFDO Fdo, const struct pv_class *Class)
{
	for (PLIST_ENTRY Entry = Fdo->Children.Flink; Entry != &Fdo->Children;
		Entry = Entry->Flink) {
		PPDO Pdo = CONTAINING_RECORD(Entry, PDO, Link);

		if (Pdo->Class == Class)
			return Pdo;
	}
	return NULL;
}

/* Whatever the store says is in it: what is no name is passed over and counted. */
static VOID TakeListing(PFDO Fdo, PCSTR Names, ULONG Length) NT_HOLDS(Fdo->ChildrenLock);
static VOID TakeListing(PFDO Fdo, PCSTR Names, ULONG Length)
{
	uint64_t Dropped = Fdo->Classes.dropped;
	ULONG Offset = 0;

	pv_classes_begin(&Fdo->Classes);
	while (Offset < Length) {
		ULONG Size = (ULONG)pv_strnlen(Names + Offset, Length - Offset);

		(VOID) pv_classes_seen(&Fdo->Classes, Names + Offset, Size);
		Offset += Size + 1;
	}
	if (Fdo->Classes.dropped != Dropped)
		LogWarning("bus: more classes than the %u there is room for", FDO_CLASSES);
}

static BOOLEAN Arrived(PFDO Fdo, struct pv_class *Class) NT_PASSIVE NT_HOLDS(Fdo->ChildrenLock);
static BOOLEAN Arrived(PFDO Fdo, struct pv_class *Class)
{
	PPDO Pdo;
	NTSTATUS Status = PdoCreate(Fdo, Class, &Pdo);

	if (!NT_SUCCESS(Status)) {
		LogError("bus: %s: %08x", Class->upper, (unsigned)Status);
		return FALSE;
	}
	InsertTailList(&Fdo->Children, &Pdo->Link);
	LogInfo("bus: %s", Class->upper);
	return TRUE;
}

BOOLEAN ChildrenUpdate(PFDO Fdo, PCSTR Names, ULONG Length, PBOOLEAN Again)
{
	struct pv_class *Failed[FDO_CLASSES];
	struct pv_class *Class;
	enum pv_class_change Change;
	LIST_ENTRY Unknown;
	BOOLEAN Changed = FALSE;
	ULONG Failures = 0;

	InitializeListHead(&Unknown);
	NtAcquireMutex(&Fdo->ChildrenLock);
	TakeListing(Fdo, Names, Length);
	while ((Change = pv_classes_next(&Fdo->Classes, &Class)) != PV_CLASS_NONE) {
		PPDO Pdo;

		Changed = TRUE;
		if (Change == PV_CLASS_ARRIVED) {
			if (!Arrived(Fdo, Class) && Failures < FDO_CLASSES)
				Failed[Failures++] = Class;
			continue;
		}
		Pdo = Find(Fdo, Class);
		if (Pdo == NULL) {
			pv_classes_forget(Class);
			continue;
		}
		LogInfo("bus: %s is gone", Class->upper);
		Pdo->Missing = TRUE;
		if (!Pdo->Reported) {
			RemoveEntryList(&Pdo->Link);
			InsertTailList(&Unknown, &Pdo->Link);
		}
	}
	/* To be told of them again at the next look. */
	for (ULONG i = 0; i < Failures; i++)
		Failed[i]->known = false;
	NtReleaseMutex(&Fdo->ChildrenLock);
	/* The PnP manager will not remove what it has never heard of. */
	while (!IsListEmpty(&Unknown)) {
		PPDO Pdo = CONTAINING_RECORD(Unknown.Flink, PDO, Link);

		PdoDelete(Pdo);
	}
	*Again = Failures != 0;
	return Changed;
}

NTSTATUS ChildrenRelations(PFDO Fdo, PDEVICE_RELATIONS *Result)
{
	PDEVICE_RELATIONS Before = *Result;
	ULONG Count = Before == NULL ? 0 : Before->Count;
	PDEVICE_RELATIONS Relations;

	NtAcquireMutex(&Fdo->ChildrenLock);
	Relations = PoolAllocatePaged(FIELD_OFFSET(DEVICE_RELATIONS, Objects) +
				      (Count + FDO_CLASSES) * sizeof(PDEVICE_OBJECT));
	if (Relations == NULL) {
		NtReleaseMutex(&Fdo->ChildrenLock);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	/* Of a filter above, if there is one. */
	for (ULONG i = 0; i < Count; i++)
		Relations->Objects[i] = Before->Objects[i];
	Relations->Count = Count;
	for (PLIST_ENTRY Entry = Fdo->Children.Flink; Entry != &Fdo->Children;
		Entry = Entry->Flink) {
		PPDO Pdo = CONTAINING_RECORD(Entry, PDO, Link);

		if (Pdo->Missing) {
			Pdo->ReportedMissing = Pdo->Reported;
			continue;
		}
		/* Never: there is one child for each place in the table of classes. */
		if (Relations->Count == Count + FDO_CLASSES)
			break;
		Pdo->Reported = TRUE;
		ObReferenceObject(Pdo->Device.DeviceObject);
		Relations->Objects[Relations->Count++] = Pdo->Device.DeviceObject;
	}
	NtReleaseMutex(&Fdo->ChildrenLock);
	if (Before != NULL)
		ExFreePool(Before);
	*Result = Relations;
	return STATUS_SUCCESS;
}

VOID ChildrenDeleteAll(PFDO Fdo)
{
	LIST_ENTRY Gone;

	InitializeListHead(&Gone);
	NtAcquireMutex(&Fdo->ChildrenLock);
	for (PLIST_ENTRY Entry = Fdo->Children.Flink; Entry != &Fdo->Children;) {
		PPDO Pdo = CONTAINING_RECORD(Entry, PDO, Link);

		Entry = Entry->Flink;
		/* A remove of its own is still to come for one that somebody has open. */
		Pdo->Missing = TRUE;
		Pdo->ReportedMissing = TRUE;
		if (Pdo->Device.State == PNP_SURPRISE_REMOVED)
			continue;
		RemoveEntryList(&Pdo->Link);
		InsertTailList(&Gone, &Pdo->Link);
	}
	NtReleaseMutex(&Fdo->ChildrenLock);
	while (!IsListEmpty(&Gone)) {
		PPDO Pdo = CONTAINING_RECORD(Gone.Flink, PDO, Link);

		PdoDelete(Pdo);
	}
}
