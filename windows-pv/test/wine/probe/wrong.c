/* SPDX-License-Identifier: BSD-2-Clause */
/* What a driver must not do. The harness knows what the shim has to say to each. */
#include "probe.h"

#define TAG 'borP'

static KSPIN_LOCK Lock;

static VOID WaitAtDispatch(VOID)
{
	KEVENT Event;
	KIRQL Irql;

	KeInitializeEvent(&Event, NotificationEvent, TRUE);
	KeAcquireSpinLock(&Lock, &Irql);
	KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
	KeReleaseSpinLock(&Lock, Irql);
}

static VOID PagedAtDispatch(VOID)
{
	PVOID Memory;
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	Memory = ExAllocatePoolWithTag(PagedPool, 64, TAG);
	KeReleaseSpinLock(&Lock, Irql);
	ExFreePoolWithTag(Memory, TAG);
}

static VOID RegistryAtDispatch(VOID)
{
	OBJECT_ATTRIBUTES Attributes;
	UNICODE_STRING Name;
	HANDLE Key;
	KIRQL Irql;

	RtlInitUnicodeString(&Name, L"\\Registry\\Machine\\Nowhere");
	InitializeObjectAttributes(&Attributes, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);
	KeAcquireSpinLock(&Lock, &Irql);
	ZwOpenKey(&Key, KEY_READ, &Attributes);
	KeReleaseSpinLock(&Lock, Irql);
}

static VOID LockTwice(VOID)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	KeAcquireSpinLockAtDpcLevel(&Lock);
	KeReleaseSpinLock(&Lock, Irql);
}

static VOID UnlockFree(VOID)
{
	KIRQL Irql;

	KeAcquireSpinLock(&Lock, &Irql);
	KeReleaseSpinLockFromDpcLevel(&Lock);
	KeReleaseSpinLock(&Lock, Irql);
}

static VOID FreeTwice(VOID)
{
	PVOID Memory = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);

	ExFreePoolWithTag(Memory, TAG);
	ExFreePoolWithTag(Memory, TAG);
}

static VOID WrongTag(VOID)
{
	ExFreePoolWithTag(ExAllocatePoolWithTag(NonPagedPool, 64, TAG), 'rehO');
}

static VOID NTAPI Nothing(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
}

static VOID FreeRunningTimer(VOID)
{
	struct {
		KTIMER Timer;
		KDPC Dpc;
	} *Both = ExAllocatePoolWithTag(NonPagedPool, sizeof(*Both), TAG);
	LARGE_INTEGER Due = { .QuadPart = -10000000ll };
	PKTIMER Timer = &Both->Timer;

	KeInitializeTimer(Timer);
	KeInitializeDpc(&Both->Dpc, Nothing, NULL);
	KeSetTimer(Timer, Due, &Both->Dpc);
	ExFreePoolWithTag(Both, TAG);
	UNREFERENCED_PARAMETER(Timer);
}

static VOID Leak(VOID)
{
	ExAllocatePoolWithTag(NonPagedPool, 100, TAG);
}

static VOID Crash(VOID)
{
	volatile UCHAR *Memory = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);

	ExFreePoolWithTag((PVOID)Memory, TAG);
	*Memory = 1;
}

static VOID Overrun(VOID)
{
	volatile UCHAR *Memory = ExAllocatePoolWithTag(NonPagedPool, 64, TAG);

	Memory[64] = 1;
}

static VOID PhysicalOfStack(VOID)
{
	ULONG Local;

	MmGetPhysicalAddress(&Local);
}

static BOOLEAN NTAPI NotMine(PKINTERRUPT Interrupt, PVOID Context)
{
	UNREFERENCED_PARAMETER(Interrupt);
	UNREFERENCED_PARAMETER(Context);
	return FALSE;
}

/* Its own vector, as if it were a message. */
static VOID NotGiven(VOID)
{
	IO_CONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_FULLY_SPECIFIED };
	IO_DISCONNECT_INTERRUPT_PARAMETERS q = { .Version = CONNECT_FULLY_SPECIFIED };

	p.FullySpecified.PhysicalDeviceObject = Probe.Below;
	p.FullySpecified.InterruptObject = &q.ConnectionContext.InterruptObject;
	p.FullySpecified.ServiceRoutine = NotMine;
	p.FullySpecified.Vector = 28;
	p.FullySpecified.Irql = 8;
	p.FullySpecified.SynchronizeIrql = 8;
	p.FullySpecified.InterruptMode = Latched;
	p.FullySpecified.ProcessorEnableMask = 1;
	if (NT_SUCCESS(IoConnectInterruptEx(&p)))
		IoDisconnectInterruptEx(&q);
}

static VOID FreeGranted(VOID)
{
	ULONG *Table;
	PVOID Page;

	/* Entry 8 of a version 1 table, by hand: flags and domain, frame. */
	XenMemoryAddToPhysmap(1, 0, (ULONGLONG)ProbeFrame() + 1);
	Table = (ULONG *)((PUCHAR)Probe.Memory + 4096);
	Page = ExAllocatePoolWithTag(NonPagedPool, 4096, TAG);
	Table[17] = (ULONG)(MmGetPhysicalAddress(Page).QuadPart >> 12);
	Table[16] = 1;
	ExFreePoolWithTag(Page, TAG);
}

static PMDL OnePage(VOID)
{
	PHYSICAL_ADDRESS Lowest = { .QuadPart = 0 };
	PHYSICAL_ADDRESS Highest = { .QuadPart = -1 };

	return MmAllocatePagesForMdlEx(Lowest, Highest, Lowest, PAGE_SIZE, MmCached, 0);
}

static VOID FreePagesTwice(VOID)
{
	PMDL Mdl = OnePage();

	MmFreePagesFromMdl(Mdl);
	MmFreePagesFromMdl(Mdl);
	ExFreePool(Mdl);
}

static VOID FreeGiven(VOID)
{
	PMDL Mdl = OnePage();
	ULONG Done;

	XenMemoryDecreaseReservation(0, 1, MmGetMdlPfnArray(Mdl), &Done);
	MmFreePagesFromMdl(Mdl);
	ExFreePool(Mdl);
}

static const struct {
	PCSTR Word;
	VOID (*Do)(VOID);
} Wrongs[] = {
	{ "wait-at-dispatch", WaitAtDispatch },
	{ "paged-at-dispatch", PagedAtDispatch },
	{ "registry-at-dispatch", RegistryAtDispatch },
	{ "lock-twice", LockTwice },
	{ "unlock-free", UnlockFree },
	{ "free-twice", FreeTwice },
	{ "wrong-tag", WrongTag },
	{ "free-running-timer", FreeRunningTimer },
	{ "leak", Leak },
	{ "use-after-free", Crash },
	{ "overrun", Overrun },
	{ "physical-of-stack", PhysicalOfStack },
	{ "free-granted", FreeGranted },
	{ "free-pages-twice", FreePagesTwice },
	{ "free-given", FreeGiven },
	{ "not-given", NotGiven },
};

VOID NTAPI ProbeCommand(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size)
{
	UNREFERENCED_PARAMETER(Argument);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Wrongs); i++)
		if (!strcmp(Wrongs[i].Word, Text)) {
			Wrongs[i].Do();
			strcpy(Answer, "done");
			return;
		}
	if (!ProbeGood(Text, Answer, Size))
		strcpy(Answer, "error: the probe has no such word");
}
