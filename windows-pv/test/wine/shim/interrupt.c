/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts. Service routines of lines run on processor 0, those of messages on the first that
 * they were given for. */
#include "internal.h"

struct connection {
	struct connection *Next;
	PKSERVICE_ROUTINE Routine;
	PVOID Context;
	PKSPIN_LOCK Lock;
	KSPIN_LOCK Own;
	ULONG Version; /* by which it was connected */
	ULONG Vector;
	ULONG Cpu;
	KIRQL Irql;
	LONG Running;
};

static USER_LOCK Guard;
static struct connection *All;

VOID ShimInterruptSetup(VOID)
{
	InitializeCriticalSection(&Guard);
}

static NTSTATUS Connect(ULONG Version, PKINTERRUPT *Object, PKSERVICE_ROUTINE Routine,
	PVOID Context, PKSPIN_LOCK Lock, ULONG Vector, KIRQL Irql, ULONG Cpu, PVOID Caller)
{
	struct connection *New;

	if (ShimShallFail("IoConnectInterruptEx", Caller))
		return STATUS_INSUFFICIENT_RESOURCES;
	New = HeapAlloc(GetProcessHeap(), USER_HEAP_ZERO, sizeof(*New));
	New->Routine = Routine;
	New->Context = Context;
	New->Lock = Lock ? Lock : &New->Own;
	New->Version = Version;
	New->Vector = Vector;
	New->Cpu = Cpu;
	New->Irql = Irql;
	*Object = (PKINTERRUPT)New;
	EnterCriticalSection(&Guard);
	New->Next = All;
	All = New;
	LeaveCriticalSection(&Guard);
	ShimCount(SHIM_INTERRUPT, 1);
	return STATUS_SUCCESS;
}

static VOID Disconnect(ULONG Version, PKINTERRUPT Object, PVOID Caller)
{
	struct connection *Gone = (struct connection *)Object;
	struct connection **Place;

	EnterCriticalSection(&Guard);
	for (Place = &All; *Place && *Place != Gone; Place = &(*Place)->Next)
		;
	if (*Place)
		*Place = Gone->Next;
	else
		Gone = NULL;
	LeaveCriticalSection(&Guard);
	if (!Gone) {
		ShimFail(Caller, "disconnects an interrupt that is not connected");
		return;
	}
	if (Gone->Version != Version)
		ShimFail(Caller, "disconnects otherwise than it has connected");
	while (InterlockedCompareExchange(&Gone->Running, 0, 0))
		Sleep(1);
	HeapFree(GetProcessHeap(), 0, Gone);
	ShimCount(SHIM_INTERRUPT, -1);
}

static ULONG First(KAFFINITY Processors)
{
	ULONG Cpu = 0;

	while (Cpu < SHIM_CPUS - 1 && !(Processors >> Cpu & 1))
		Cpu++;
	return Cpu;
}

NTSTATUS Shim_IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS P)
{
	ULONG Vector;
	KIRQL Irql;

	switch (P->Version) {
	case CONNECT_FULLY_SPECIFIED:
		if (!ShimIsGiven(&P->FullySpecified))
			ShimFail(SHIM_CALLER, "connects to an interrupt that it was not given");
		return Connect(P->Version, P->FullySpecified.InterruptObject,
			P->FullySpecified.ServiceRoutine, P->FullySpecified.ServiceContext,
			P->FullySpecified.SpinLock, P->FullySpecified.Vector,
			P->FullySpecified.SynchronizeIrql,
			First(P->FullySpecified.ProcessorEnableMask), SHIM_CALLER);
	case CONNECT_LINE_BASED:
		if (!ShimLine(P->LineBased.PhysicalDeviceObject, &Vector, &Irql))
			return STATUS_NOT_FOUND;
		if (P->LineBased.SynchronizeIrql > Irql)
			Irql = P->LineBased.SynchronizeIrql;
		return Connect(P->Version, P->LineBased.InterruptObject,
			P->LineBased.ServiceRoutine, P->LineBased.ServiceContext,
			P->LineBased.SpinLock, Vector, Irql, 0, SHIM_CALLER);
	default:
		return STATUS_NOT_SUPPORTED;
	}
}

VOID Shim_IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS P)
{
	Disconnect(P->Version, P->ConnectionContext.InterruptObject, SHIM_CALLER);
}

NTSTATUS Shim_IoConnectInterrupt(PKINTERRUPT *Object, PKSERVICE_ROUTINE Routine, PVOID Context,
	PKSPIN_LOCK Lock, ULONG Vector, KIRQL Irql, KIRQL SynchronizeIrql, KINTERRUPT_MODE Mode,
	BOOLEAN Share, KAFFINITY Processors, BOOLEAN Floating)
{
	UNREFERENCED_PARAMETER(Irql);
	UNREFERENCED_PARAMETER(Mode);
	UNREFERENCED_PARAMETER(Share);
	UNREFERENCED_PARAMETER(Processors);
	UNREFERENCED_PARAMETER(Floating);
	return Connect(0, Object, Routine, Context, Lock, Vector, SynchronizeIrql, 0, SHIM_CALLER);
}

VOID Shim_IoDisconnectInterrupt(PKINTERRUPT Object)
{
	Disconnect(0, Object, SHIM_CALLER);
}

BOOLEAN NTAPI ShimInterrupt(ULONG Vector)
{
	struct connection *Found = NULL;
	BOOLEAN Any = FALSE;

	for (;;) {
		struct connection *c;
		KIRQL Old;

		EnterCriticalSection(&Guard);
		for (c = Found ? Found->Next : All; c && c->Vector != Vector; c = c->Next)
			;
		if (c)
			InterlockedIncrement(&c->Running);
		if (Found)
			InterlockedDecrement(&Found->Running);
		LeaveCriticalSection(&Guard);
		Found = c;
		if (!c)
			return Any;
		Old = ShimRaise(c->Irql, c->Cpu, SHIM_CALLER);
		ShimLock(c->Lock, SHIM_CALLER);
		Any |= c->Routine((PKINTERRUPT)c, c->Context);
		ShimSameIrql(c->Irql, 1, "a service routine", (PVOID)c->Routine);
		ShimUnlock(c->Lock, SHIM_CALLER);
		ShimLower(Old, SHIM_CALLER);
	}
}

BOOLEAN Shim_KeSynchronizeExecution(
	PKINTERRUPT Object, PKSYNCHRONIZE_ROUTINE Routine, PVOID Context)
{
	struct connection *c = (struct connection *)Object;
	KIRQL Old = ShimRaise(c->Irql, SHIM_ANY_CPU, SHIM_CALLER);
	BOOLEAN Answer;

	ShimLock(c->Lock, SHIM_CALLER);
	Answer = Routine(Context);
	ShimUnlock(c->Lock, SHIM_CALLER);
	ShimLower(Old, SHIM_CALLER);
	return Answer;
}

KIRQL Shim_KeAcquireInterruptSpinLock(PKINTERRUPT Object)
{
	struct connection *c = (struct connection *)Object;
	KIRQL Old = ShimRaise(c->Irql, SHIM_ANY_CPU, SHIM_CALLER);

	ShimLock(c->Lock, SHIM_CALLER);
	return Old;
}

VOID Shim_KeReleaseInterruptSpinLock(PKINTERRUPT Object, KIRQL Old)
{
	ShimUnlock(((struct connection *)Object)->Lock, SHIM_CALLER);
	ShimLower(Old, SHIM_CALLER);
}
