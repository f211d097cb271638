/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processors and the interrupts by which they are told of events. vCPU 0 has the device's line and
 * keeps it: Xen has no way to take a vector back, so a vCPU that once had one never raises the line
 * again, and nobody could do without messages any more. The others have a message each, or nothing;
 * what is bound to one of those with nothing stays with vCPU 0.
 */
#include "evtchn.h"

static KDEFERRED_ROUTINE Identify;

static VOID NTAPI Identify(PKDPC Dpc, PVOID Context, PVOID First, PVOID Second)
{
	PEVTCHN_CPU Cpu = Context;
	ULONG Vcpu;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(First);
	UNREFERENCED_PARAMETER(Second);
	if (NT_SUCCESS(XenVcpuId(&Vcpu)) && Vcpu != 0 && Vcpu < UPCALL_CPUS)
		Cpu->Vcpu = Vcpu;
}

/* The first message that can reach this processor and is not another's yet. */
static PINTERRUPT_SOURCE FindMessage(PRESOURCES Resources, PEVTCHN Evtchn, PEVTCHN_CPU Cpu)
{
	for (ULONG i = 0; i < Resources->MessageCount; i++) {
		PINTERRUPT_SOURCE Message = &Resources->Messages[i];
		BOOLEAN Taken = FALSE;

		for (PEVTCHN_CPU Other = Evtchn->Cpus; Other < Cpu; Other++)
			Taken |= Other->Source == Message;
		if (!Taken && Cpu->Number.Group == 0 &&
			(Message->Affinity >> Cpu->Number.Number & 1) != 0)
			return Message;
	}
	return NULL;
}

NTSTATUS EvtchnCpusFind(PFDO Fdo, PEVTCHN Evtchn)
{
	ULONG Count = min(KeQueryActiveProcessorCountEx(ALL_PROCESSOR_GROUPS), UPCALL_CPUS);
	NTSTATUS Status;

	Evtchn->Cpus = PoolAllocate(Count * sizeof(*Evtchn->Cpus));
	if (Evtchn->Cpus == NULL)
		return STATUS_NO_MEMORY;
	Evtchn->CpuCount = Count;
	for (ULONG i = 0; i < Count; i++) {
		PEVTCHN_CPU Cpu = &Evtchn->Cpus[i];

		Cpu->Evtchn = Evtchn;
		Status = KeGetProcessorNumberFromIndex(i, &Cpu->Number);
		if (!NT_SUCCESS(Status))
			return Status;
		if (i == 0) {
			Cpu->Source = &Fdo->Resources.Line;
			continue;
		}
		Cpu->Source = FindMessage(&Fdo->Resources, Evtchn, Cpu);
		if (Cpu->Source == NULL)
			continue;
		KeInitializeDpc(&Cpu->Dpc, Identify, Cpu);
		if (NT_SUCCESS(KeSetTargetProcessorDpcEx(&Cpu->Dpc, &Cpu->Number)))
			KeInsertQueueDpc(&Cpu->Dpc, NULL, NULL);
	}
	KeFlushQueuedDpcs();
	for (ULONG i = 1; i < Count; i++) {
		if (Evtchn->Cpus[i].Vcpu != 0)
			LogInfo("event channels: processor %u is vCPU %u", (unsigned)i,
				(unsigned)Evtchn->Cpus[i].Vcpu);
		else
			Evtchn->Cpus[i].Source = NULL;
	}
	return STATUS_SUCCESS;
}

static NTSTATUS Connect(PFDO Fdo, PEVTCHN_CPU Cpu, PKSERVICE_ROUTINE Routine) NT_PASSIVE;
static NTSTATUS Connect(PFDO Fdo, PEVTCHN_CPU Cpu, PKSERVICE_ROUTINE Routine)
{
	IO_CONNECT_INTERRUPT_PARAMETERS Parameters = { .Version = CONNECT_FULLY_SPECIFIED };

	Parameters.FullySpecified.PhysicalDeviceObject = Fdo->Pdo;
	Parameters.FullySpecified.InterruptObject = &Cpu->Interrupt;
	Parameters.FullySpecified.ServiceRoutine = Routine;
	Parameters.FullySpecified.ServiceContext = Cpu;
	Parameters.FullySpecified.SynchronizeIrql = Cpu->Source->Irql;
	Parameters.FullySpecified.ShareVector = Cpu->Source->Shared;
	Parameters.FullySpecified.Vector = Cpu->Source->Vector;
	Parameters.FullySpecified.Irql = Cpu->Source->Irql;
	Parameters.FullySpecified.InterruptMode = Cpu->Source->Latched ? Latched : LevelSensitive;
	Parameters.FullySpecified.ProcessorEnableMask = Cpu->Source->Affinity;
	return IoConnectInterruptEx(&Parameters);
}

NTSTATUS EvtchnCpusConnect(PFDO Fdo, PEVTCHN Evtchn, PKSERVICE_ROUTINE Routine)
{
	for (ULONG i = 0; i < Evtchn->CpuCount; i++) {
		PEVTCHN_CPU Cpu = &Evtchn->Cpus[i];
		NTSTATUS Status;

		if (Cpu->Source == NULL)
			continue;
		Status = Connect(Fdo, Cpu, Routine);
		if (NT_SUCCESS(Status))
			continue;
		Cpu->Interrupt = NULL;
		if (i == 0)
			return Status;
		LogWarning("event channels: no interrupt for processor %u: %08x", (unsigned)i,
			(unsigned)Status);
	}
	return STATUS_SUCCESS;
}

VOID EvtchnCpusDisconnect(PEVTCHN Evtchn)
{
	for (ULONG i = 0; i < Evtchn->CpuCount; i++) {
		IO_DISCONNECT_INTERRUPT_PARAMETERS Parameters = { .Version =
									  CONNECT_FULLY_SPECIFIED };

		if (Evtchn->Cpus[i].Interrupt == NULL)
			continue;
		Parameters.ConnectionContext.InterruptObject = Evtchn->Cpus[i].Interrupt;
		IoDisconnectInterruptEx(&Parameters);
		Evtchn->Cpus[i].Interrupt = NULL;
	}
}

ULONG EvtchnCpusTell(PEVTCHN Evtchn)
{
	ULONG Count = 1;

	Evtchn->Cpus[0].Up = TRUE;
	for (ULONG i = 1; i < Evtchn->CpuCount; i++) {
		PEVTCHN_CPU Cpu = &Evtchn->Cpus[i];

		Cpu->Up = Cpu->Interrupt != NULL && Cpu->Ready &&
			  NT_SUCCESS(XenHvmSetEvtchnUpcallVector(
				  Cpu->Vcpu, (UCHAR)Cpu->Source->Vector));
		Count += Cpu->Up;
	}
	return Count;
}

NTSTATUS EvtchnBind(PEVTCHN Evtchn, PDK_EVTCHN_CHANNEL Channel, USHORT Group, UCHAR Number)
{
	PEVTCHN_CPU Cpu = Evtchn->Cpus;
	NTSTATUS Status;
	int Moved;

	while (Cpu < Evtchn->Cpus + Evtchn->CpuCount &&
		(Cpu->Number.Group != Group || Cpu->Number.Number != Number))
		Cpu++;
	if (Cpu == Evtchn->Cpus + Evtchn->CpuCount || !Cpu->Up)
		return STATUS_NOT_SUPPORTED;
	if (!EvtchnAlive(Evtchn, Channel))
		return STATUS_INVALID_PARAMETER;
	Status = XenEventChannelBindVcpu(Channel->Ref.port, Cpu->Vcpu);
	if (!NT_SUCCESS(Status))
		return Status;
	Moved = pv_evtchn_bind(&Evtchn->Book, &Cpu->Scan, Channel->Ref);
	if (Moved == PV_EVTCHN_RESCAN && ReadLong(&Evtchn->Stopping) == 0)
		KeInsertQueueDpc(&Cpu->Dpc, NULL, NULL);
	return StatusOf(Moved);
}
