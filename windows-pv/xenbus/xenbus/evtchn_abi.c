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

/* FALSE: this Xen does not have it. */
static BOOLEAN Choose(PFDO Fdo, PEVTCHN Evtchn)
{
	struct vcpu_info *Vcpu = &Fdo->SharedInfo->Page->vcpu_info[0];
	PEVTCHN_FIFO Fifo = &Evtchn->Fifo;
	NTSTATUS Status;

	memset(Fifo->Control, 0, PAGE_SIZE);
	Status = XenEventChannelInitControl(PfnOf(Fifo->Control), 0, 0);
	Fifo->Chosen = NT_SUCCESS(Status);
	if (!Fifo->Chosen)
		return FALSE;
	(VOID) pv_evtchn_init_fifo(&Evtchn->Book, Fifo->Table, Evtchn->Ports, Evtchn->Count,
		EVTCHN_BURST, EVTCHN_WINDOW);
	pv_evtchn_cpu_init_fifo(&Evtchn->Cpu, 0, &Fifo->Control->ready, Fifo->Control->head,
		&Vcpu->evtchn_upcall_pending);
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
	struct vcpu_info *Vcpu = &Page->vcpu_info[0];

	(VOID) pv_evtchn_init(&Evtchn->Book, (pv_word_t *)Page->evtchn_pending,
		(pv_word_t *)Page->evtchn_mask, Evtchn->Ports,
		min(Evtchn->Count, PV_WORD_BITS * PV_WORD_BITS), EVTCHN_BURST, EVTCHN_WINDOW);
	pv_evtchn_cpu_init(&Evtchn->Cpu, 0, (pv_word_t *)&Vcpu->evtchn_pending_sel,
		&Vcpu->evtchn_upcall_pending);
}

static VOID Begin(PFDO Fdo, PEVTCHN Evtchn)
{
	ULONG Epoch = Evtchn->Book.epoch;

	if (Evtchn->Fifo.Control == NULL || !Choose(Fdo, Evtchn))
		TwoLevel(Fdo, Evtchn);
	/* Channels of before name nothing. */
	Evtchn->Book.epoch = Epoch + 1;
	PV_WRITE_ONCE(Fdo->SharedInfo->Page->vcpu_info[0].evtchn_upcall_mask, 0);
}

NTSTATUS EvtchnAbiStart(PFDO Fdo, PEVTCHN Evtchn)
{
	NTSTATUS Status = AllocatePages(&Evtchn->Fifo);

	if (!NT_SUCCESS(Status))
		return Status;
	Begin(Fdo, Evtchn);
	LogInfo("event channels: %s", Evtchn->Fifo.Chosen ? "FIFO" : "2-level");
	if (!Evtchn->Fifo.Chosen)
		FreePages(&Evtchn->Fifo);
	return STATUS_SUCCESS;
}

VOID EvtchnAbiResume(PFDO Fdo, PEVTCHN Evtchn)
{
	Begin(Fdo, Evtchn);
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

VOID EvtchnAbiStop(PEVTCHN Evtchn)
{
	KEPT Kept[] = { { .Parameter = HVM_PARAM_STORE_EVTCHN },
		{ .Parameter = HVM_PARAM_CONSOLE_EVTCHN } };
	NTSTATUS Status;

	if (!Evtchn->Fifo.Chosen) {
		FreePages(&Evtchn->Fifo);
		return;
	}
	for (ULONG i = 0; i < RTL_NUMBER_OF(Kept); i++)
		Note(&Kept[i]);
	Status = XenEventChannelReset();
	if (!NT_SUCCESS(Status)) {
		/* Xen goes on writing there: nobody gets these pages before the next boot. */
		LogError("event channels: no reset: %08x", (unsigned)Status);
		return;
	}
	for (ULONG i = 0; i < RTL_NUMBER_OF(Kept); i++)
		BindAgain(&Kept[i]);
	FreePages(&Evtchn->Fifo);
}
