/* SPDX-License-Identifier: BSD-2-Clause */
/* What the shim supplies, used as it should be; each answers "ok" or what went wrong. */
#include "probe.h"

#define TAG 'borP'

static LONG Ran;
static KDPC Dpc;
static KTIMER Timer;

ULONGLONG ProbeFrame(VOID)
{
	PCM_PARTIAL_RESOURCE_DESCRIPTOR d =
		Probe.Resources->List[0].PartialResourceList.PartialDescriptors;

	return (ULONGLONG)d[1].u.Memory.Start.QuadPart >> 12;
}

static VOID NTAPI Count(PKDPC Self, PVOID Context, PVOID First, PVOID Second)
{
	KSPIN_LOCK Lock = 0;

	UNREFERENCED_PARAMETER(Self);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	/* Told as a failure if this is not DISPATCH_LEVEL. */
	KeAcquireSpinLockAtDpcLevel(&Lock);
	KeReleaseSpinLockFromDpcLevel(&Lock);
	InterlockedIncrement(&Ran);
}

static VOID Pause(LONG Milliseconds)
{
	LARGE_INTEGER Delay = { .QuadPart = -10000ll * Milliseconds };

	KeDelayExecutionThread(KernelMode, FALSE, &Delay);
}

static PCSTR Dpcs(VOID)
{
	BOOLEAN Removed;
	KIRQL Irql;
	KSPIN_LOCK Lock = 0;

	Ran = 0;
	KeInitializeDpc(&Dpc, Count, NULL);
	KeAcquireSpinLock(&Lock, &Irql);
	/* This one, where it cannot run before the lock is given back. */
	KeSetTargetProcessorDpc(&Dpc, (CCHAR)KeGetCurrentProcessorNumberEx(NULL));
	if (!KeInsertQueueDpc(&Dpc, NULL, NULL) || KeInsertQueueDpc(&Dpc, NULL, NULL))
		return "a DPC is not queued once and only once";
	KeReleaseSpinLock(&Lock, Irql);
	KeFlushQueuedDpcs();
	if (Ran != 1)
		return "a DPC that was flushed has not run once";
	if (KeRemoveQueueDpc(&Dpc))
		return "a DPC that has run was still queued";
	/* The processor that this thread has cannot run it meanwhile. */
	KeAcquireSpinLock(&Lock, &Irql);
	KeSetTargetProcessorDpc(&Dpc, (CCHAR)KeGetCurrentProcessorNumberEx(NULL));
	KeInsertQueueDpc(&Dpc, NULL, NULL);
	for (volatile ULONG i = 0; i < 20000000; i++) /* a while */
		;
	Removed = KeRemoveQueueDpc(&Dpc);
	KeReleaseSpinLock(&Lock, Irql);
	if (!Removed)
		return "a DPC ran on a processor that was at DISPATCH_LEVEL";
	KeFlushQueuedDpcs();
	return Ran == 1 ? NULL : "a DPC ran that was removed";
}

static PCSTR Timers(VOID)
{
	LARGE_INTEGER Soon = { .QuadPart = -50000 }, Late = { .QuadPart = -600000000ll };

	Ran = 0;
	KeInitializeDpc(&Dpc, Count, NULL);
	KeInitializeTimer(&Timer);
	KeSetTimerEx(&Timer, Soon, 5, &Dpc);
	Pause(200);
	if (!KeCancelTimer(&Timer))
		return "a periodic timer was not running";
	KeFlushQueuedDpcs();
	if (Ran < 3)
		return "a periodic timer hardly ran";
	Ran = 0;
	KeSetTimer(&Timer, Late, &Dpc);
	if (!KeCancelTimer(&Timer) || KeCancelTimer(&Timer))
		return "a timer is not cancelled once";
	Pause(20);
	return Ran ? "a timer ran that was cancelled" : NULL;
}

static PCSTR Rundown(VOID)
{
	EX_RUNDOWN_REF Ref;

	ExInitializeRundownProtection(&Ref);
	if (!ExAcquireRundownProtection(&Ref))
		return "rundown protection was not to be had";
	ExReleaseRundownProtection(&Ref);
	ExWaitForRundownProtectionRelease(&Ref);
	return ExAcquireRundownProtection(&Ref) ? "rundown protection after rundown" : NULL;
}

static PCSTR Memory(VOID)
{
	PVOID Page = ExAllocatePoolWithTag(NonPagedPool, 3 * 4096, TAG);
	PMDL Mdl = IoAllocateMdl((PUCHAR)Page + 100, 8192, FALSE, FALSE, NULL);
	PCSTR Wrong = NULL;

	MmBuildMdlForNonPagedPool(Mdl);
	for (ULONG i = 0; i < 3; i++)
		if (MmGetMdlPfnArray(Mdl)[i] !=
			(PFN_NUMBER)(MmGetPhysicalAddress((PUCHAR)Page + i * 4096).QuadPart >> 12))
			Wrong = "an MDL has other frames than the memory";
	if (*(PUCHAR)Page != 0xd5)
		Wrong = "memory is handed out clean";
	IoFreeMdl(Mdl);
	ExFreePoolWithTag(Page, TAG);
	return Wrong;
}

static PCSTR AllocationFails(VOID)
{
	PVOID Memory = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);

	if (!Memory)
		return NULL;
	ExFreePoolWithTag(Memory, TAG);
	return "it did not fail";
}

static PCSTR Xen(VOID)
{
	CHAR Extra[XEN_EXTRA_VERSION_SIZE];
	ULONG Resident, Major, Minor;
	ULONGLONG Store = 0;
	NTSTATUS Status = XenInitialize(XEN_API_VERSION, &Resident);

	if (!NT_SUCCESS(Status) || Resident != XEN_API_VERSION)
		return "XenInitialize";
	if (!NT_SUCCESS(XenVersion(&Major, &Minor, Extra)))
		return "XenVersion";
	if (!NT_SUCCESS(XenHvmGetParam(1, &Store)) || !Store)
		return "the store's ring is nowhere";
	XenLog(XEN_LOG_INFO, "PROBE", "Xen %u.%u%s", (unsigned)Major, (unsigned)Minor, Extra);
	return NULL;
}

static BOOLEAN NTAPI Service(PKINTERRUPT Interrupt, PVOID Context)
{
	struct {
		UCHAR Pending, Mask;
		ULONGLONG Selector;
	} *Vcpu = Context;

	UNREFERENCED_PARAMETER(Interrupt);
	if (!Vcpu->Pending)
		return FALSE;
	Vcpu->Pending = 0;
	InterlockedExchange64((volatile LONG64 *)&Vcpu->Selector, 0);
	InterlockedExchange64((volatile LONG64 *)((PUCHAR)Context + 2048), 0);
	InterlockedIncrement(&Probe.Interrupts);
	return TRUE;
}

static PCSTR InterruptOn(VOID)
{
	PHYSICAL_ADDRESS Where = { .QuadPart = (LONGLONG)ProbeFrame() << 12 };
	IO_CONNECT_INTERRUPT_PARAMETERS p = { 0 };

	XenHvmSetParam(0, 28);
	if (!NT_SUCCESS(XenMemoryAddToPhysmap(0, 0, ProbeFrame())))
		return "shared info has no place";
	Probe.Memory = MmMapIoSpace(Where, 16 * 4096, MmCached);
	p.Version = CONNECT_FULLY_SPECIFIED;
	p.FullySpecified.PhysicalDeviceObject = Probe.Below;
	p.FullySpecified.InterruptObject = &Probe.Interrupt;
	p.FullySpecified.ServiceRoutine = Service;
	p.FullySpecified.ServiceContext = Probe.Memory;
	p.FullySpecified.Vector = 28;
	p.FullySpecified.Irql = 8;
	p.FullySpecified.SynchronizeIrql = 8;
	p.FullySpecified.InterruptMode = LevelSensitive;
	p.FullySpecified.ShareVector = TRUE;
	p.FullySpecified.ProcessorEnableMask = 1;
	if (!NT_SUCCESS(IoConnectInterruptEx(&p)))
		return "no interrupt";
	if (!NT_SUCCESS(XenEventChannelAllocateUnbound(0, &Probe.Port)))
		return "no port";
	XenEventChannelUnmask(Probe.Port);
	return NULL;
}

VOID ProbeForget(VOID)
{
	IO_DISCONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_FULLY_SPECIFIED };

	p.ConnectionContext.InterruptObject = Probe.Interrupt;
	if (Probe.Port)
		XenEventChannelClose(Probe.Port);
	if (Probe.Interrupt)
		IoDisconnectInterruptEx(&p);
	if (Probe.Memory)
		MmUnmapIoSpace(Probe.Memory, 16 * 4096);
	Probe.Port = 0;
	Probe.Interrupt = NULL;
	Probe.Memory = NULL;
}

static const struct {
	PCSTR Word;
	PCSTR (*Do)(VOID);
} Goods[] = {
	{ "xen", Xen },
	{ "dpcs", Dpcs },
	{ "timers", Timers },
	{ "rundown", Rundown },
	{ "memory", Memory },
	{ "allocation-fails", AllocationFails },
	{ "interrupt-on", InterruptOn },
};

BOOLEAN ProbeGood(PCSTR Word, PCHAR Answer, ULONG Size)
{
	for (ULONG i = 0; i < RTL_NUMBER_OF(Goods); i++)
		if (!strcmp(Goods[i].Word, Word)) {
			PCSTR Wrong = Goods[i].Do();

			strcpy(Answer, Wrong ? Wrong : "ok");
			return TRUE;
		}
	if (!strcmp(Word, "interrupts"))
		_snprintf(Answer, Size, "%ld", (long)Probe.Interrupts);
	else if (!strcmp(Word, "port"))
		_snprintf(Answer, Size, "%lu", (unsigned long)Probe.Port);
	else
		return FALSE;
	return TRUE;
}
