/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the shim. */
#ifndef DK_WINE_SHIM_INTERNAL_H
#define DK_WINE_SHIM_INTERNAL_H

#include "shim.h"

typedef struct _SHIM_THREAD {
	KIRQL Irql;
	ULONG Cpu; /* while at DISPATCH_LEVEL or above */
	ULONG Locks;
	ULONG Number;
	HANDLE Wake;
} SHIM_THREAD, *PSHIM_THREAD;

/* irql.c */
VOID ShimIrqlSetup(VOID);
PSHIM_THREAD ShimThread(VOID);
/* Cpu: which processor, or SHIM_ANY_CPU. Returns the old level. */
#define SHIM_ANY_CPU (~0u)
KIRQL ShimRaise(KIRQL To, ULONG Cpu, PVOID Caller);
VOID ShimLower(KIRQL To, PVOID Caller);
VOID ShimLock(PKSPIN_LOCK Lock, PVOID Caller);
VOID ShimUnlock(PKSPIN_LOCK Lock, PVOID Caller);
/* Fails the run when a function that the driver called has not left the level as it was. */
VOID ShimSameIrql(KIRQL Before, ULONG Locks, PCSTR What, PVOID Function);

/* wait.c */
VOID ShimWaitSetup(VOID);

/* dpc.c */
VOID ShimDpcSetup(VOID);
VOID ShimDpcKick(ULONG Cpu);
/* Fails the run if a queued DPC or a running timer lies there. */
VOID ShimDpcNoneIn(PVOID Memory, SIZE_T Size, PVOID Caller);

/* pool.c */
VOID ShimPoolSetup(VOID);
/* At a page's boundary, or, with AtEnd, so that its end is one. Filled with SHIM_DIRT. */
#define SHIM_DIRT 0xd5 /* SIM_SECRET: what of it a peer sees is a leak */
#define SHIM_PAGE 4096u
PVOID ShimAllocate(SIZE_T Size, ULONG Tag, BOOLEAN Paged, BOOLEAN AtEnd, PVOID Caller);
/* Kind 0: any. False: told as a failure. */
BOOLEAN ShimRelease(PVOID Memory, ULONG Tag, PVOID Caller);
/* What PnP's own free can take: a block of the pool as a block of Wine's. Others stay as they are.
 */
PVOID ShimHandOver(PVOID Memory, PVOID Caller);
/* 0: no RAM of this machine. */
ULONGLONG ShimPfn(PVOID Address);
PVOID ShimPage(ULONGLONG Pfn);
ULONG ShimPoolReport(PCHAR Answer, ULONG Size); /* blocks */
/* Every allocation of any kind asks first. TRUE: this one shall fail. */
BOOLEAN ShimShallFail(PCSTR What, PVOID Caller);

extern SHIM_MACHINE ShimMachine;

/* log.c: what a driver has to give back. */
typedef enum _SHIM_KIND {
	SHIM_MDL,
	SHIM_MAPPING,
	SHIM_DEVICE,
	SHIM_INTERRUPT,
	SHIM_IRP,
	SHIM_WORK,
	SHIM_THREADS,
	SHIM_HANDLE,
	SHIM_REFERENCE,
	SHIM_BUG_CHECK,
	SHIM_KINDS,
} SHIM_KIND;
VOID ShimCount(SHIM_KIND Kind, LONG By);

/* log.c */
VOID ShimLogSetup(VOID);
VOID ShimWhere(PVOID Address, PCHAR Text, ULONG Size);
ULONG ShimPrint(PCHAR Answer, ULONG Size, ULONG Used, PCSTR Format, ...)
	__attribute__((format(printf, 4, 5)));

/* irp.c */
VOID ShimIrpSetup(VOID);
ULONG ShimIrpsOpen(VOID);
/* The line among a device's resources. */
BOOLEAN ShimLine(PDEVICE_OBJECT Pdo, PULONG Vector, KIRQL *Irql);
/* Whether what a driver connects to is among them. */
BOOLEAN ShimIsGiven(PIO_CONNECT_INTERRUPT_FULLY_SPECIFIED_PARAMETERS Parameters);

/* pnp.c */
VOID ShimGiveResources(PDEVICE_OBJECT Device, PIO_STACK_LOCATION Stack);
VOID ShimPnpSetup(VOID);

/* mm.c */
VOID ShimMostPages(LONG Most);
VOID ShimLowMemory(BOOLEAN Low);

/* bugcheck.c. Triage: a system that knows that reason. Dump: one that writes one. */
VOID ShimCrash(BOOLEAN Triage, BOOLEAN Dump, ULONG Code, ULONG_PTR First);
VOID ShimBugCheckSetup(VOID);

/* interrupt.c */
VOID ShimInterruptSetup(VOID);

#endif
