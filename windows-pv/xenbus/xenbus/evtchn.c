/* SPDX-License-Identifier: BSD-2-Clause */
#include "evtchn.h"

/* Callbacks in one interrupt; what is left waits until other interrupts have had their turn. */
#define BUDGET 64

static KSERVICE_ROUTINE Interrupt;
static KSYNCHRONIZE_ROUTINE Scan;
static KSYNCHRONIZE_ROUTINE StopRescans;
static KDEFERRED_ROUTINE Rescan;
static KDEFERRED_ROUTINE Sweep;

static VOID Hold(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, ULONGLONG Until)
{
	Channel->Until = Until;
	InterlockedIncrement(&Evtchn->HeldBack);
	InterlockedExchange(&Channel->Held, 1);
	KeInsertQueueDpc(&Evtchn->SweepDpc, NULL, NULL);
}

/* As no processor that there is: what is pending is always Xen's to deliver, from wherever. */
static VOID Unmask(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, BOOLEAN Event)
{
	struct pv_evtchn_cpu Elsewhere = { .index = UINT32_MAX };
	uint64_t Until = 0;
	int What;

	if (Event)
		What = pv_evtchn_eoi(&Evtchn->Book, &Elsewhere, Channel->Ref, Now(),
			!InterlockedExchange(&Channel->Useless, 0), &Until);
	else
		What = pv_evtchn_unmask(&Evtchn->Book, &Elsewhere, Channel->Ref, Now(), &Until);
	if (What == PV_EVTCHN_HYPERCALL)
		(VOID) XenEventChannelUnmask(Channel->Ref.port);
	else if (What == PV_EVTCHN_LATER)
		Hold(Evtchn, Channel, Until);
}

VOID EvtchnUnmask(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel)
{
	Unmask(Evtchn, Channel, TRUE);
}

static VOID Deliver(PEVTCHN Evtchn, struct pv_evtchn_ref Ref)
{
	PDK_EVTCHN_CHANNEL Channel = Evtchn->Channels[Ref.port];
	int What;

	InterlockedIncrement(&Channel->Count);
	if (!Channel->Callback(Channel->Argument))
		InterlockedExchange(&Channel->Useless, 1);
	What = pv_evtchn_delivered(&Evtchn->Book, Ref);
	/* Without one of these two answers the channel may be gone by now. */
	if (What == PV_EVTCHN_CLOSE)
		InterlockedExchange(&Channel->Ended, 1);
	else if (What == PV_EVTCHN_UNMASK)
		(VOID) XenEventChannelUnmask(Ref.port);
}

/* At the interrupt's IRQL, with its lock: one at a time for each processor. */
static BOOLEAN NTAPI Scan(PVOID Context)
{
	PEVTCHN_CPU Cpu = Context;
	PEVTCHN Evtchn = Cpu->Evtchn;
	struct pv_evtchn_ref Ref;
	BOOLEAN Any = FALSE;
	int Next;

	pv_evtchn_scan_begin(&Cpu->Scan, BUDGET);
	for (;;) {
		Next = pv_evtchn_scan_next(&Evtchn->Book, &Cpu->Scan, Now(), &Ref);
		if (Next != 1)
			break;
		Deliver(Evtchn, Ref);
		Any = TRUE;
	}
	if (Next == PV_EAGAIN && ReadLong(&Evtchn->Stopping) == 0)
		KeInsertQueueDpc(&Cpu->Dpc, NULL, NULL);
	return Any;
}

static BOOLEAN NTAPI Interrupt(PKINTERRUPT Object, PVOID Context)
{
	PEVTCHN_CPU Cpu = Context;

	UNREFERENCED_PARAMETER(Object);
	/* The line may be shared, and this is what Xen raises it for. */
	if (PV_READ_ONCE(*Cpu->Scan.upcall) == 0)
		return FALSE;
	Scan(Cpu);
	return TRUE;
}

static VOID NTAPI Rescan(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PEVTCHN_CPU Cpu = Context;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	KeSynchronizeExecution(Cpu->Interrupt, Scan, Cpu);
}

static BOOLEAN NTAPI StopRescans(PVOID Context)
{
	PEVTCHN Evtchn = Context;

	InterlockedExchange(&Evtchn->Stopping, 1);
	return TRUE;
}

/* Channels whose time in the dark is over. */
static VOID NTAPI Sweep(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PEVTCHN Evtchn = Context;
	ULONGLONG Next = PV_TIME_FOREVER;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	NtAcquireLockRaised(&Evtchn->ListLock);
	for (PLIST_ENTRY Entry = Evtchn->List.Flink; Entry != &Evtchn->List; Entry = Entry->Flink) {
		PDK_EVTCHN_CHANNEL Channel = CONTAINING_RECORD(Entry, DK_EVTCHN_CHANNEL, Link);

		if (ReadLong(&Channel->Held) == 0)
			continue;
		if (Now() >= Channel->Until) {
			InterlockedExchange(&Channel->Held, 0);
			Unmask(Evtchn, Channel, FALSE);
		} else if (Channel->Until < Next) {
			Next = Channel->Until;
		}
	}
	if (Next != PV_TIME_FOREVER && ReadLong(&Evtchn->Stopping) == 0) {
		ULONGLONG Time = Now();

		KeSetTimer(&Evtchn->SweepTimer, FromNow(Next > Time ? Next - Time : 1),
			&Evtchn->SweepDpc);
	}
	NtReleaseLockRaised(&Evtchn->ListLock);
}

static VOID Free(PEVTCHN Evtchn)
{
	PoolFree(Evtchn->Cpus);
	PoolFree(Evtchn->Channels);
	PoolFree(Evtchn->Ports);
	PoolFree(Evtchn);
}

NTSTATUS EvtchnStart(PFDO Fdo)
{
	PEVTCHN Evtchn = PoolAllocate(sizeof(*Evtchn));
	NTSTATUS Status = STATUS_NO_MEMORY;

	if (Evtchn == NULL)
		return STATUS_NO_MEMORY;
	Evtchn->Count = EVTCHN_PAGES * PV_EVTCHN_PAGE_PORTS;
	Evtchn->Ports = PoolAllocate(Evtchn->Count * sizeof(*Evtchn->Ports));
	Evtchn->Channels = PoolAllocate(Evtchn->Count * sizeof(PVOID));
	if (Evtchn->Ports == NULL || Evtchn->Channels == NULL)
		goto fail;
	NtInitializeMutex(&Evtchn->OpenLock);
	NtInitializeLock(&Evtchn->ListLock);
	NtAcquireLock(&Evtchn->ListLock);
	InitializeListHead(&Evtchn->List);
	NtReleaseLock(&Evtchn->ListLock);
	Status = EvtchnCpusFind(Fdo, Evtchn);
	if (!NT_SUCCESS(Status))
		goto fail;
	for (ULONG i = 0; i < Evtchn->CpuCount; i++) {
		KeInitializeDpc(&Evtchn->Cpus[i].Dpc, Rescan, &Evtchn->Cpus[i]);
		/* The line's runs where the interrupt did. */
		if (i != 0)
			(VOID) KeSetTargetProcessorDpcEx(
				&Evtchn->Cpus[i].Dpc, &Evtchn->Cpus[i].Number);
	}
	KeInitializeDpc(&Evtchn->SweepDpc, Sweep, Evtchn);
	KeInitializeTimer(&Evtchn->SweepTimer);
	Status = EvtchnAbiStart(Fdo, Evtchn);
	if (!NT_SUCCESS(Status))
		goto fail;
	Status = EvtchnCpusConnect(Fdo, Evtchn, Interrupt);
	if (!NT_SUCCESS(Status))
		goto fail_abi;
	LogInfo("event channels: %s, %u of %u processors", Evtchn->Fifo.Chosen ? "FIFO" : "2-level",
		(unsigned)EvtchnCpusTell(Evtchn), (unsigned)Evtchn->CpuCount);
	Fdo->Evtchn = Evtchn;
	return STATUS_SUCCESS;

fail_abi:
	EvtchnAbiStop(Fdo, Evtchn);
fail:
	LogError("event channels: %08x", (unsigned)Status);
	Free(Evtchn);
	return Status;
}

VOID EvtchnStop(PFDO Fdo)
{
	PEVTCHN Evtchn = Fdo->Evtchn;
	ULONG Left = 0;

	if (Evtchn == NULL)
		return;
	/* A rescan needs the interrupt object: the last one is over before that goes. */
	for (ULONG i = 0; i < Evtchn->CpuCount; i++)
		if (Evtchn->Cpus[i].Interrupt != NULL)
			KeSynchronizeExecution(Evtchn->Cpus[i].Interrupt, StopRescans, Evtchn);
	KeFlushQueuedDpcs();
	EvtchnCpusDisconnect(Evtchn);
	KeCancelTimer(&Evtchn->SweepTimer);
	KeFlushQueuedDpcs();
	Fdo->Evtchn = NULL;
	for (ULONG i = 0; i < Evtchn->Count; i++) {
		if (Evtchn->Channels[i] == NULL)
			continue;
		/* Its memory belongs to whoever did not close it; its port must not fire. */
		Left++;
		(VOID) XenEventChannelClose(i);
	}
	if (Left != 0)
		LogError("event channels: %u were not closed", (unsigned)Left);
	EvtchnAbiStop(Fdo, Evtchn);
	Free(Evtchn);
}

NTSTATUS EvtchnOpen(PEVTCHN Evtchn, ULONG Port, BOOLEAN Fixed, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Result)
{
	PDK_EVTCHN_CHANNEL Channel = PoolAllocate(sizeof(*Channel));
	NTSTATUS Status = STATUS_NO_MEMORY;

	if (Channel == NULL)
		goto fail;
	Channel->Fixed = Fixed;
	Channel->Callback = Callback;
	Channel->Argument = Argument;
	if (Port >= Evtchn->Count) {
		Status = STATUS_INSUFFICIENT_RESOURCES;
		goto fail;
	}
	Evtchn->Channels[Port] = Channel;
	Status = StatusOf(pv_evtchn_open(&Evtchn->Book, Port, 0, &Channel->Ref));
	if (!NT_SUCCESS(Status)) {
		Evtchn->Channels[Port] = NULL;
		goto fail;
	}
	NtAcquireLock(&Evtchn->ListLock);
	InsertTailList(&Evtchn->List, &Channel->Link);
	NtReleaseLock(&Evtchn->ListLock);
	Evtchn->Open++;
	*Result = Channel;
	return STATUS_SUCCESS;

fail:
	if (!Fixed)
		(VOID) XenEventChannelClose(Port);
	PoolFree(Channel);
	return Status;
}

NTSTATUS EvtchnOpenFixed(PEVTCHN Evtchn, ULONG Port, DK_EVTCHN_CALLBACK Callback, PVOID Argument,
	PDK_EVTCHN_CHANNEL *Channel)
{
	NTSTATUS Status;

	NtAcquireMutex(&Evtchn->OpenLock);
	Status = EvtchnOpen(Evtchn, Port, TRUE, Callback, Argument, Channel);
	NtReleaseMutex(&Evtchn->OpenLock);
	return Status;
}

VOID EvtchnClose(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel)
{
	LARGE_INTEGER Moment = FromNow(PV_TIME_MS);
	ULONG Port = Channel->Ref.port;
	BOOLEAN Running;

	/* One at a time: Xen may give the port to the next who opens as soon as it is closed. */
	NtAcquireMutex(&Evtchn->OpenLock);
	NtAcquireLock(&Evtchn->ListLock);
	RemoveEntryList(&Channel->Link);
	NtReleaseLock(&Evtchn->ListLock);
	/* Without a channel of Xen's behind it only the memory is left. */
	if (EvtchnAlive(Evtchn, Channel)) {
		Running = pv_evtchn_close_begin(&Evtchn->Book, Channel->Ref) == PV_EBUSY;
		if (!Channel->Fixed)
			(VOID) XenEventChannelClose(Port);
		while (Running && ReadLong(&Channel->Ended) == 0)
			KeDelayExecutionThread(KernelMode, FALSE, &Moment);
		Evtchn->Channels[Port] = NULL;
		pv_evtchn_close_end(&Evtchn->Book, Channel->Ref);
	}
	Evtchn->Open--;
	NtReleaseMutex(&Evtchn->OpenLock);
	PoolFree(Channel);
}

VOID EvtchnResume(PFDO Fdo)
{
	PEVTCHN Evtchn = Fdo->Evtchn;

	memset(Evtchn->Channels, 0, Evtchn->Count * sizeof(PVOID));
	EvtchnAbiResume(Fdo, Evtchn);
	(VOID) EvtchnCpusTell(Evtchn);
}

NTSTATUS EvtchnReopen(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, ULONG Port)
{
	NTSTATUS Status;

	if (Port >= Evtchn->Count)
		return STATUS_INSUFFICIENT_RESOURCES;
	Evtchn->Channels[Port] = Channel;
	Status = StatusOf(pv_evtchn_open(&Evtchn->Book, Port, 0, &Channel->Ref));
	if (!NT_SUCCESS(Status))
		Evtchn->Channels[Port] = NULL;
	InterlockedExchange(&Channel->Held, 0);
	return Status;
}
