/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the two ABIs of event channels is used. Xen gives the memory of the FIFO ABI back only
 * with a reset, which closes every channel: those that the toolstack made, whose other ends stay,
 * are bound again and told in the parameters that name them.
 */
#include "evtchn.h"
#include "shared_info.h"

#include <xen/event_channel.h>
#include <xen/hvm/params.h>

/* Blocks of one page; each on lines of its own of a processor's cache. */
#define CONTROL_SIZE (PAGE_SIZE / UPCALL_CPUS)
_Static_assert(sizeof(struct evtchn_fifo_control_block) <= CONTROL_SIZE, "one for each processor");
_Static_assert(UPCALL_CPUS == XEN_LEGACY_MAX_VCPUS, "those in shared info");
_Static_assert(PV_EVTCHN_PAGE_PORTS * sizeof(uint32_t) == PAGE_SIZE, "a page of event words");

static ULONGLONG PfnOf(PVOID Page)
{
	return (ULONGLONG)MmGetPhysicalAddress(Page).QuadPart / PAGE_SIZE;
}

static VOID FreePages(PEVTCHN_FIFO Fifo)
{
	for (ULONG i = 0; i < EVTCHN_PAGES; i++) {
		PoolFree(Fifo->Words[i]);
		Fifo->Words[i] = NULL;
	}
	PoolFree(Fifo->Control);
	Fifo->Control = NULL;
}

static NTSTATUS AllocatePages(PEVTCHN_FIFO Fifo)
{
	BOOLEAN Short;

	/* A page of its own each: the pool aligns those. */
	Fifo->Control = PoolAllocate(PAGE_SIZE);
	Short = Fifo->Control == NULL;
	for (ULONG i = 0; i < EVTCHN_PAGES; i++) {
		Fifo->Words[i] = PoolAllocate(PAGE_SIZE);
		Short |= Fifo->Words[i] == NULL;
	}
	if (!Short)
		return STATUS_SUCCESS;
	FreePages(Fifo);
	return STATUS_NO_MEMORY;
}

typedef struct _KEPT {
	ULONG Parameter;
	BOOLEAN There;
	USHORT Domid;
	ULONG RemotePort;
} KEPT, *PKEPT;

static VOID Note(PKEPT Kept)
{
	XEN_EVENT_CHANNEL_STATUS Channel;
	ULONGLONG Port;

	Kept->There = NT_SUCCESS(XenHvmGetParam(Kept->Parameter, &Port)) && Port != 0 &&
		      Port <= UINT32_MAX &&
		      NT_SUCCESS(XenEventChannelQueryStatus((ULONG)Port, &Channel)) &&
		      Channel.Status == EVTCHNSTAT_interdomain;
	if (!Kept->There)
		return;
	Kept->Domid = Channel.RemoteDomid;
	Kept->RemotePort = Channel.RemotePort;
}

static VOID BindAgain(PKEPT Kept)
{
	NTSTATUS Status;
	ULONG Port;

	if (!Kept->There)
		return;
	Status = XenEventChannelBindInterDomain(Kept->Domid, Kept->RemotePort, &Port);
	if (NT_SUCCESS(Status))
		Status = XenHvmSetParam(Kept->Parameter, Port);
	if (!NT_SUCCESS(Status))
		LogError("event channels: the toolstack's of parameter %u is lost: %08x",
			(unsigned)Kept->Parameter, (unsigned)Status);
}

static NTSTATUS Reset(PFDO Fdo)
{
	struct shared_info *Page = Fdo->SharedInfo->Page;
	KEPT Kept[] = { { .Parameter = HVM_PARAM_STORE_EVTCHN },
		{ .Parameter = HVM_PARAM_CONSOLE_EVTCHN } };
	NTSTATUS Status;

	for (ULONG i = 0; i < RTL_NUMBER_OF(Kept); i++)
		Note(&Kept[i]);
	/* After it the 2-level ABI counts, and nobody serves the line. */
	memset(Page->evtchn_mask, 0xff, sizeof(Page->evtchn_mask));
	Status = XenEventChannelReset();
	if (!NT_SUCCESS(Status))
		return Status;
	for (ULONG i = 0; i < RTL_NUMBER_OF(Kept); i++)
		BindAgain(&Kept[i]);
	return STATUS_SUCCESS;
}

static NTSTATUS InitControl(PFDO Fdo, PEVTCHN Evtchn, PEVTCHN_CPU Cpu)
{
	ULONG Offset = Cpu->Vcpu * CONTROL_SIZE;
	struct evtchn_fifo_control_block *Block = (PVOID)(Evtchn->Fifo.Control + Offset);
	NTSTATUS Status =
		XenEventChannelInitControl(PfnOf(Evtchn->Fifo.Control), Offset, Cpu->Vcpu);

	Cpu->Ready = NT_SUCCESS(Status);
	pv_evtchn_cpu_init_fifo(&Cpu->Scan, Cpu->Vcpu, &Block->ready, Block->head,
		&Fdo->SharedInfo->Page->vcpu_info[Cpu->Vcpu].evtchn_upcall_pending);
	return Status;
}

/* FALSE: this Xen does not have it. */
static BOOLEAN Choose(PFDO Fdo, PEVTCHN Evtchn)
{
	PEVTCHN_FIFO Fifo = &Evtchn->Fifo;
	NTSTATUS Status;

	memset(Fifo->Control, 0, PAGE_SIZE);
	Status = InitControl(Fdo, Evtchn, &Evtchn->Cpus[0]);
	/* Somebody before us has left it on. */
	if (Status == STATUS_INVALID_PARAMETER && NT_SUCCESS(Reset(Fdo)))
		Status = InitControl(Fdo, Evtchn, &Evtchn->Cpus[0]);
	Fifo->Chosen = NT_SUCCESS(Status);
	if (!Fifo->Chosen)
		return FALSE;
	for (ULONG i = 1; i < Evtchn->CpuCount; i++)
		if (Evtchn->Cpus[i].Source != NULL)
			(VOID) InitControl(Fdo, Evtchn, &Evtchn->Cpus[i]);
	(VOID) pv_evtchn_init_fifo(&Evtchn->Book, Fifo->Table, Evtchn->Ports, Evtchn->Count,
		EVTCHN_BURST, EVTCHN_WINDOW);
	for (ULONG i = 0; i < EVTCHN_PAGES && NT_SUCCESS(Status); i++) {
		pv_evtchn_prepare_page(Fifo->Words[i]);
		Status = XenEventChannelExpandArray(PfnOf(Fifo->Words[i]));
		if (NT_SUCCESS(Status))
			(VOID) pv_evtchn_add_page(&Evtchn->Book, Fifo->Words[i]);
	}
	/* Ports of a page that is missing cannot be opened; the others can. */
	if (!NT_SUCCESS(Status))
		LogWarning("event channels: a page of event words: %08x", (unsigned)Status);
	return TRUE;
}

static VOID TwoLevel(PFDO Fdo, PEVTCHN Evtchn)
{
	struct shared_info *Page = Fdo->SharedInfo->Page;

	(VOID) pv_evtchn_init(&Evtchn->Book, (pv_word_t *)Page->evtchn_pending,
		(pv_word_t *)Page->evtchn_mask, Evtchn->Ports,
		min(Evtchn->Count, PV_WORD_BITS * PV_WORD_BITS), EVTCHN_BURST, EVTCHN_WINDOW);
	for (ULONG i = 0; i < Evtchn->CpuCount; i++) {
		PEVTCHN_CPU Cpu = &Evtchn->Cpus[i];
		struct vcpu_info *Vcpu = &Page->vcpu_info[Cpu->Vcpu];

		Cpu->Ready = Cpu->Source != NULL;
		if (Cpu->Ready)
			pv_evtchn_cpu_init(&Cpu->Scan, Cpu->Vcpu,
				(pv_word_t *)&Vcpu->evtchn_pending_sel,
				&Vcpu->evtchn_upcall_pending);
	}
}

static VOID Begin(PFDO Fdo, PEVTCHN Evtchn)
{
	struct shared_info *Page = Fdo->SharedInfo->Page;
	ULONG Epoch = Evtchn->Book.epoch;

	/* Xen tells a processor when these become 1; of one that was left so it would not hear.
	 * Nothing is bound to these processors yet. */
	for (ULONG i = 1; i < Evtchn->CpuCount; i++) {
		struct vcpu_info *Vcpu = &Page->vcpu_info[Evtchn->Cpus[i].Vcpu];

		if (Evtchn->Cpus[i].Source == NULL)
			continue;
		PV_WRITE_ONCE(Vcpu->evtchn_pending_sel, 0);
		PV_WRITE_ONCE(Vcpu->evtchn_upcall_pending, 0);
	}
	if (Evtchn->Fifo.Control == NULL || !Choose(Fdo, Evtchn))
		TwoLevel(Fdo, Evtchn);
	/* Channels of before name nothing. */
	Evtchn->Book.epoch = Epoch + 1;
	for (ULONG i = 0; i < Evtchn->CpuCount; i++)
		if (Evtchn->Cpus[i].Source != NULL)
			PV_WRITE_ONCE(Page->vcpu_info[Evtchn->Cpus[i].Vcpu].evtchn_upcall_mask, 0);
}

NTSTATUS EvtchnAbiStart(PFDO Fdo, PEVTCHN Evtchn)
{
	NTSTATUS Status = AllocatePages(&Evtchn->Fifo);

	if (!NT_SUCCESS(Status))
		return Status;
	Begin(Fdo, Evtchn);
	if (!Evtchn->Fifo.Chosen)
		FreePages(&Evtchn->Fifo);
	return STATUS_SUCCESS;
}

VOID EvtchnAbiResume(PFDO Fdo, PEVTCHN Evtchn)
{
	Begin(Fdo, Evtchn);
}

VOID EvtchnAbiStop(PFDO Fdo, PEVTCHN Evtchn)
{
	NTSTATUS Status = Evtchn->Fifo.Chosen ? Reset(Fdo) : STATUS_SUCCESS;

	if (NT_SUCCESS(Status))
		FreePages(&Evtchn->Fifo);
	else /* Xen goes on writing there: nobody gets these pages before the next boot. */
		LogError("event channels: no reset: %08x", (unsigned)Status);
}
