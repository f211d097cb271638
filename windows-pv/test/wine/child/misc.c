/* SPDX-License-Identifier: BSD-2-Clause */
/* The small interfaces, versions, and a thread that is always at it. */
#include "child.h"

#include "dk_guids.h"

static const struct {
	PCSTR Name;
	const GUID *Guid;
	USHORT Sizes[3];
} Interfaces[] = {
	{ "STORE", &DK_STORE_GUID, { sizeof(DK_STORE_INTERFACE_V1) } },
	{ "EVTCHN", &DK_EVTCHN_GUID, { sizeof(DK_EVTCHN_INTERFACE_V1) } },
	{ "GNTTAB", &DK_GNTTAB_GUID, { sizeof(DK_GNTTAB_INTERFACE_V1) } },
	{ "RANGE_SET", &DK_RANGE_SET_GUID, { sizeof(DK_RANGE_SET_INTERFACE_V1) } },
	{ "SHARED_INFO", &DK_SHARED_INFO_GUID, { sizeof(DK_SHARED_INFO_INTERFACE_V1) } },
	{ "DEBUG", &DK_DEBUG_GUID, { sizeof(DK_DEBUG_INTERFACE_V1) } },
	{ "CACHE", &DK_CACHE_GUID, { sizeof(DK_CACHE_INTERFACE_V1) } },
	{ "SUSPEND", &DK_SUSPEND_GUID, { sizeof(DK_SUSPEND_INTERFACE_V1) } },
	{ "UNPLUG", &DK_UNPLUG_GUID, { sizeof(DK_UNPLUG_INTERFACE_V1) } },
	{ "TEST", &DK_TEST_GUID,
		{ sizeof(DK_TEST_INTERFACE_V1), sizeof(DK_TEST_INTERFACE_V2),
			sizeof(DK_TEST_INTERFACE_V3) } },
};

/*
 * query NAME VERSION LESS: asks with a buffer that is LESS bytes short of what the version needs.
 * Nothing may be written when the answer is no, and nothing beyond the structure when it is yes.
 */
static NTSTATUS Query(struct child *Self, struct words *Words)
{
	UCHAR Space[sizeof(DK_STORE_INTERFACE_V1) + 64];
	PCSTR Name = Next(Words);
	ULONG Version = NextNumber(Words), Less = NextNumber(Words);
	USHORT Size;
	NTSTATUS Status;
	ULONG i = 0;

	while (i < RTL_NUMBER_OF(Interfaces) && strcmp(Interfaces[i].Name, Name))
		i++;
	if (i == RTL_NUMBER_OF(Interfaces))
		return STATUS_INVALID_PARAMETER;
	Size = Version >= 1 && Version <= 3 ? Interfaces[i].Sizes[Version - 1] : 0;
	if (!Size)
		Size = Interfaces[i].Sizes[0];
	Size = (USHORT)(Size - Less);
	RtlFillMemory(Space, sizeof(Space), 0xee);
	Status = ChildQuery(Self, Interfaces[i].Guid, (USHORT)Version, Size, Space);
	for (ULONG b = NT_SUCCESS(Status) ? Size : 0; b < sizeof(Space); b++)
		if (Space[b] != 0xee) {
			ShimFail(SHIM_CALLER, "%s %lu: byte %lu was written", Name,
				(unsigned long)Version, (unsigned long)b);
			break;
		}
	if (NT_SUCCESS(Status)) {
		PINTERFACE Interface = (PINTERFACE)Space;

		if (Interface->Size != Size || Interface->Version != Version)
			ShimFail(SHIM_CALLER, "%s: size %u, version %u", Name, Interface->Size,
				Interface->Version);
		Interface->InterfaceDereference(Interface->Context);
	}
	return Status;
}

/* test VERSION: what version of TEST says to 21. */
static NTSTATUS Test(struct child *Self, struct words *Words)
{
	USHORT Version = (USHORT)NextNumber(Words);
	union {
		DK_TEST_INTERFACE_V1 V1;
		DK_TEST_INTERFACE_V2 V2;
		DK_TEST_INTERFACE_V3 V3;
	} u;
	USHORT Size = Version == 1 ? sizeof(u.V1) : Version == 2 ? sizeof(u.V2) : sizeof(u.V3);
	NTSTATUS Status = ChildQuery(Self, &DK_TEST_GUID, Version, Size, &u);
	ULONG Answer = 0;

	if (!NT_SUCCESS(Status))
		return Status;
	Status = u.V1.Acquire(&u.V1.Interface);
	if (NT_SUCCESS(Status)) {
		if (Version < 3)
			Answer = u.V1.Echo(&u.V1.Interface, 21);
		else
			Status = u.V3.Echo(&u.V3.Interface, 21, &Answer);
		u.V1.Release(&u.V1.Interface);
	}
	u.V1.Interface.InterfaceDereference(u.V1.Interface.Context);
	Say(Words, "%lu", (unsigned long)Answer);
	return Status;
}

static NTSTATUS Range(struct child *Self, struct words *Words)
{
	PINTERFACE Interface = &Self->RangeSet.Interface;
	PDK_RANGE_SET Set;
	LONGLONG Start = 0;
	NTSTATUS Status = Self->RangeSet.Create(Interface, "child", &Set);

	if (!NT_SUCCESS(Status))
		return Status;
	Status = Self->RangeSet.Put(Interface, Set, 10, 20);
	if (NT_SUCCESS(Status))
		Status = Self->RangeSet.Get(Interface, Set, 12, 2);
	if (NT_SUCCESS(Status))
		Status = Self->RangeSet.Pop(Interface, Set, 5, &Start);
	if (NT_SUCCESS(Status))
		Say(Words, "%lld", (long long)Start);
	Self->RangeSet.Destroy(Interface, Set);
	return Status;
}

static NTSTATUS NTAPI Construct(PVOID Argument, PVOID Object)
{
	for (ULONG i = 0; i < 48; i++)
		if (((PUCHAR)Object)[i])
			ShimFail(SHIM_CALLER, "a cache's object is not zeroed");
	InterlockedIncrement(Argument);
	return STATUS_SUCCESS;
}

static VOID NTAPI Destruct(PVOID Argument, PVOID Object)
{
	UNREFERENCED_PARAMETER(Object);
	InterlockedDecrement(Argument);
}

static NTSTATUS Cache(struct child *Self, struct words *Words)
{
	PINTERFACE Interface = &Self->Cache.Interface;
	PVOID Objects[6] = { NULL };
	PDK_CACHE Handle;
	LONG Live = 0;
	ULONG Got = 0;
	NTSTATUS Status = Self->Cache.Create(
		Interface, "child", 48, 2, 5, Construct, Destruct, &Live, &Handle);

	if (!NT_SUCCESS(Status))
		return Status;
	for (ULONG i = 0; i < RTL_NUMBER_OF(Objects); i++) {
		Objects[i] = Self->Cache.Get(Interface, Handle);
		Got += Objects[i] != NULL;
	}
	for (ULONG i = 0; i < RTL_NUMBER_OF(Objects); i++)
		if (Objects[i])
			Self->Cache.Put(Interface, Handle, Objects[i]);
	Self->Cache.Destroy(Interface, Handle);
	Say(Words, "%lu of 6, %ld left", (unsigned long)Got, (long)Live);
	return STATUS_SUCCESS;
}

static VOID NTAPI DebugPrint(PVOID Argument, BOOLEAN Crashing)
{
	struct child *Self = Argument;

	InterlockedIncrement(&Self->DebugCalls);
	Self->Debug.Print(&Self->Debug.Interface, Self->DebugCallback,
		Crashing ? "a crash" : "the child is well");
}

static NTSTATUS Debug(struct child *Self, struct words *Words)
{
	PINTERFACE Interface = &Self->Debug.Interface;
	NTSTATUS Status;

	if (!Self->DebugCallback) {
		Status = Self->Debug.Register(
			Interface, "CHILD", DebugPrint, Self, &Self->DebugCallback);
		if (!NT_SUCCESS(Status)) {
			Self->DebugCallback = NULL;
			return Status;
		}
	}
	Self->Debug.Trigger(Interface, Self->DebugCallback);
	Self->Debug.Trigger(Interface, NULL);
	Say(Words, "%ld", (long)Self->DebugCalls);
	return STATUS_SUCCESS;
}

static VOID NTAPI Resumed(PVOID Argument)
{
	UNREFERENCED_PARAMETER(Argument);
}

static NTSTATUS Suspend(struct child *Self, struct words *Words)
{
	PINTERFACE Interface = &Self->Suspend.Interface;
	NTSTATUS Status;

	if (!Self->SuspendCallback) {
		Status = Self->Suspend.Register(
			Interface, DK_SUSPEND_LATE, Resumed, Self, &Self->SuspendCallback);
		if (!NT_SUCCESS(Status)) {
			Self->SuspendCallback = NULL;
			return Status;
		}
	}
	Say(Words, "%lu", (unsigned long)Self->Suspend.GetCount(Interface));
	return STATUS_SUCCESS;
}

static NTSTATUS Time(struct child *Self, struct words *Words)
{
	LARGE_INTEGER Time;
	BOOLEAN Local;

	Self->SharedInfo.GetTime(&Self->SharedInfo.Interface, &Time, &Local);
	Say(Words, "%lld %s", (long long)Time.QuadPart, Local ? "local" : "utc");
	return STATUS_SUCCESS;
}

/* unplug KIND READY; unplugged KIND; reboot NAME */
static NTSTATUS Unplug(struct child *Self, struct words *Words)
{
	ULONG Kind = NextNumber(Words);

	return Self->Unplug.Request(
		&Self->Unplug.Interface, (DK_UNPLUG_KIND)Kind, NextNumber(Words) != 0);
}

static NTSTATUS Unplugged(struct child *Self, struct words *Words)
{
	DK_UNPLUG_KIND Kind = (DK_UNPLUG_KIND)NextNumber(Words);

	Say(Words, "%d", Self->Unplug.IsUnplugged(&Self->Unplug.Interface, Kind));
	return STATUS_SUCCESS;
}

/* disk INDEX; device ID, or ID INSTANCE: asked of XENFILT through the bus */
static NTSTATUS Emulated(struct child *Self, PCSTR Verb, struct words *Words)
{
	DK_EMULATED_INTERFACE_V1 Interface;
	WCHAR Texts[2][64] = { { 0 }, { 0 } };
	NTSTATUS Status = ChildQuery(Self, &DK_EMULATED_GUID, 1, sizeof(Interface), &Interface);
	BOOLEAN There;

	if (!NT_SUCCESS(Status))
		return Status;
	Interface.Acquire(&Interface.Interface);
	if (!strcmp(Verb, "disk")) {
		There = Interface.IsDiskPresent(&Interface.Interface, NextNumber(Words));
	} else {
		for (ULONG t = 0; t < 2; t++) {
			PCSTR Word = Next(Words);

			for (ULONG i = 0; Word[i] && i < 63; i++)
				Texts[t][i] = (UCHAR)Word[i];
		}
		There = Interface.IsDevicePresent(&Interface.Interface,
			Texts[0][0] ? Texts[0] : NULL, Texts[1][0] ? Texts[1] : NULL);
	}
	Interface.Release(&Interface.Interface);
	Interface.Interface.InterfaceDereference(Interface.Interface.Context);
	Say(Words, "%d", There);
	return STATUS_SUCCESS;
}

VOID MiscForget(struct child *Self)
{
	if (Self->DebugCallback)
		Self->Debug.Deregister(&Self->Debug.Interface, Self->DebugCallback);
	if (Self->SuspendCallback)
		Self->Suspend.Deregister(&Self->Suspend.Interface, Self->SuspendCallback);
	Self->DebugCallback = NULL;
	Self->SuspendCallback = NULL;
}

/* Everything at once, over and over. Its verbs keep to watch 7, channel 7 and the last grant. */
static VOID Round(struct child *Self)
{
	static const PCSTR Lines[] = { "watch data/busy", "write data/busy 1", "read data/busy",
		"open unbound 0", "grant 0 1 0", "fired 7 1", "range", "cache" };

	for (ULONG i = 0; i < RTL_NUMBER_OF(Lines); i++) {
		CHAR Text[64], Answer[64] = "";
		struct words Words = { Text, Answer, sizeof(Answer) };
		PCSTR Verb;
		NTSTATUS Status;

		strcpy(Text, Lines[i]);
		Verb = Next(&Words);
		Status = StoreCommand(Self, Verb, &Words);
		if (Status == STATUS_NOT_FOUND)
			Status = ChannelCommand(Self, Verb, &Words);
		if (Status == STATUS_NOT_FOUND)
			Status = GrantCommand(Self, Verb, &Words);
		if (Status == STATUS_NOT_FOUND)
			Status = MiscCommand(Self, Verb, &Words);
		if (!NT_SUCCESS(Status))
			InterlockedIncrement(&Self->Failed);
	}
	StoreForget(Self);
	ChannelForget(Self);
	GrantForget(Self);
	InterlockedIncrement(&Self->Rounds);
}

static VOID NTAPI BusyMain(PVOID Argument)
{
	struct child *Self = Argument;

	while (!KeReadStateEvent(&Self->Stop))
		Round(Self);
	KeSetEvent(&Self->Stopped, IO_NO_INCREMENT, FALSE);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS BusyStart(struct child *Self)
{
	HANDLE Thread;
	NTSTATUS Status;

	if (Self->Busy)
		return STATUS_SUCCESS;
	KeClearEvent(&Self->Stop);
	KeClearEvent(&Self->Stopped);
	Status = PsCreateSystemThread(&Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, BusyMain, Self);
	if (!NT_SUCCESS(Status))
		return Status;
	ZwClose(Thread);
	Self->Busy = TRUE;
	return STATUS_SUCCESS;
}

VOID BusyStop(struct child *Self)
{
	if (!Self->Busy)
		return;
	KeSetEvent(&Self->Stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(&Self->Stopped, Executive, KernelMode, FALSE, NULL);
	Self->Busy = FALSE;
}

NTSTATUS MiscCommand(struct child *Self, PCSTR Verb, struct words *Words)
{
	if (!strcmp(Verb, "query"))
		return Query(Self, Words);
	if (!strcmp(Verb, "test"))
		return Test(Self, Words);
	if (!strcmp(Verb, "range"))
		return Range(Self, Words);
	if (!strcmp(Verb, "cache"))
		return Cache(Self, Words);
	if (!strcmp(Verb, "debug"))
		return Debug(Self, Words);
	if (!strcmp(Verb, "suspend"))
		return Suspend(Self, Words);
	if (!strcmp(Verb, "time"))
		return Time(Self, Words);
	if (!strcmp(Verb, "disk") || !strcmp(Verb, "device"))
		return Emulated(Self, Verb, Words);
	if (!strcmp(Verb, "unplug"))
		return Unplug(Self, Words);
	if (!strcmp(Verb, "unplugged"))
		return Unplugged(Self, Words);
	if (!strcmp(Verb, "reboot"))
		return Self->Unplug.Reboot(&Self->Unplug.Interface, Next(Words));
	if (!strcmp(Verb, "busy"))
		return BusyStart(Self);
	if (!strcmp(Verb, "idle")) {
		BusyStop(Self);
		return STATUS_SUCCESS;
	}
	if (!strcmp(Verb, "rounds")) {
		Say(Words, "%ld rounds, %ld failed", (long)Self->Rounds, (long)Self->Failed);
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_FOUND;
}
