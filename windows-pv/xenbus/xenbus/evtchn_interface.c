/* SPDX-License-Identifier: BSD-2-Clause */
#include "evtchn.h"
#include "interface.h"

INTERFACE_REFERENCES(Evtchn, DK_XENBUS_ROW_EVTCHN)

static NTSTATUS NTAPI OpenUnbound(PINTERFACE Interface, USHORT Domid, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Channel) NT_PASSIVE;
static NTSTATUS NTAPI OpenUnbound(PINTERFACE Interface, USHORT Domid, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Channel)
{
	PEVTCHN Evtchn = InterfaceFdo(Interface)->Evtchn;
	NTSTATUS Status;
	ULONG Port;

	NtAcquireMutex(&Evtchn->OpenLock);
	Status = XenEventChannelAllocateUnbound(Domid, &Port);
	if (NT_SUCCESS(Status))
		Status = EvtchnOpen(Evtchn, Port, FALSE, Callback, Argument, Channel);
	NtReleaseMutex(&Evtchn->OpenLock);
	return Status;
}

static NTSTATUS NTAPI OpenInterDomain(PINTERFACE Interface, USHORT Domid, ULONG RemotePort,
	DK_EVTCHN_CALLBACK Callback, PVOID Argument, PDK_EVTCHN_CHANNEL *Channel) NT_PASSIVE;
static NTSTATUS NTAPI OpenInterDomain(PINTERFACE Interface, USHORT Domid, ULONG RemotePort,
	DK_EVTCHN_CALLBACK Callback, PVOID Argument, PDK_EVTCHN_CHANNEL *Channel)
{
	PEVTCHN Evtchn = InterfaceFdo(Interface)->Evtchn;
	NTSTATUS Status;
	ULONG Port;

	NtAcquireMutex(&Evtchn->OpenLock);
	Status = XenEventChannelBindInterDomain(Domid, RemotePort, &Port);
	if (NT_SUCCESS(Status))
		Status = EvtchnOpen(Evtchn, Port, FALSE, Callback, Argument, Channel);
	NtReleaseMutex(&Evtchn->OpenLock);
	return Status;
}

static NTSTATUS NTAPI OpenVirq(PINTERFACE Interface, ULONG Virq, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Channel) NT_PASSIVE;
static NTSTATUS NTAPI OpenVirq(PINTERFACE Interface, ULONG Virq, DK_EVTCHN_CALLBACK Callback,
	PVOID Argument, PDK_EVTCHN_CHANNEL *Channel)
{
	PEVTCHN Evtchn = InterfaceFdo(Interface)->Evtchn;
	NTSTATUS Status;
	ULONG Port;

	NtAcquireMutex(&Evtchn->OpenLock);
	Status = XenEventChannelBindVirq(Virq, 0, &Port);
	if (NT_SUCCESS(Status))
		Status = EvtchnOpen(Evtchn, Port, FALSE, Callback, Argument, Channel);
	NtReleaseMutex(&Evtchn->OpenLock);
	return Status;
}

static NTSTATUS NTAPI BindMethod(
	PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel, USHORT Group, UCHAR Number)
{
	return EvtchnBind(InterfaceFdo(Interface)->Evtchn, Channel, Group, Number);
}

static VOID NTAPI UnmaskMethod(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	EvtchnUnmask(InterfaceFdo(Interface)->Evtchn, Channel);
}

static NTSTATUS NTAPI SendMethod(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	if (!EvtchnAlive(InterfaceFdo(Interface)->Evtchn, Channel))
		return STATUS_INVALID_PARAMETER;
	return XenEventChannelSend(Channel->Ref.port);
}

static VOID NTAPI TriggerMethod(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	PEVTCHN Evtchn = InterfaceFdo(Interface)->Evtchn;

	if (pv_evtchn_trigger(&Evtchn->Book, Channel->Ref) == PV_EVTCHN_HYPERCALL)
		(VOID) XenEventChannelUnmask(Channel->Ref.port);
}

static ULONG NTAPI GetPort(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	UNREFERENCED_PARAMETER(Interface);
	return Channel->Ref.port;
}

static ULONG NTAPI GetCount(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	UNREFERENCED_PARAMETER(Interface);
	return (ULONG)ReadLong(&Channel->Count);
}

static VOID NTAPI CloseMethod(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel) NT_PASSIVE;
static VOID NTAPI CloseMethod(PINTERFACE Interface, PDK_EVTCHN_CHANNEL Channel)
{
	EvtchnClose(InterfaceFdo(Interface)->Evtchn, Channel);
}

const DK_EVTCHN_INTERFACE_V1 EvtchnInterfaceV1 = {
	.Acquire = EvtchnAcquire,
	.Release = EvtchnRelease,
	.OpenUnbound = OpenUnbound,
	.OpenInterDomain = OpenInterDomain,
	.OpenVirq = OpenVirq,
	.Bind = BindMethod,
	.Unmask = UnmaskMethod,
	.Send = SendMethod,
	.Trigger = TriggerMethod,
	.GetPort = GetPort,
	.GetCount = GetCount,
	.Close = CloseMethod,
};
