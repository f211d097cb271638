/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stand-in for ntoskrnl.exe. functions.tbl says what it supplies and what Wine does; README.md
 * why. A function that stands for NT's NAME is called Shim_NAME. The rest of this header is for the
 * other test modules, which import it from here.
 */
#ifndef DK_WINE_SHIM_H
#define DK_WINE_SHIM_H

#include "user.h"

/*
 * A driver has done what would harm Windows: noted with the caller's place, told by the command
 * "shim report", and written to the log. The run goes on as well as it can.
 */
VOID ShimFail(PVOID Caller, PCSTR Format, ...) __attribute__((format(printf, 2, 3)));
VOID ShimLog(PCSTR Format, ...) __attribute__((format(printf, 1, 2)));
#define SHIM_CALLER __builtin_return_address(0)

/* Ends the process: what comes after would only confuse. */
VOID ShimGiveUp(VOID) __attribute__((noreturn));

/* In 100 ns, from any start. */
ULONGLONG ShimClock(VOID);

/* A processor of the pretended machine. Whoever is at DISPATCH_LEVEL or above owns one. */
#define SHIM_CPUS 2
ULONG ShimCpu(VOID); /* the caller's, or 0 */

/* Of the caller's processor, at DISPATCH_LEVEL: without them it counts as at HIGH_LEVEL. */
VOID ShimInterrupts(BOOLEAN On);

/*
 * Commands: text in, text out. Each module registers a word; "WORD rest" goes to it. The handler
 * writes its answer, a line or more, and runs at PASSIVE_LEVEL.
 */
typedef VOID(NTAPI *SHIM_COMMAND)(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size);
VOID NTAPI ShimRegister(PCSTR Word, SHIM_COMMAND Handler, PVOID Argument); /* NULL: takes it out */
VOID NTAPI ShimCommand(PCHAR Text, PCHAR Answer, ULONG Size);

/* What the machine is made of is the simulator's business; all may be NULL. */
typedef struct _SHIM_MACHINE {
	/* A page of RAM appears and goes. Pfn as MmGetPhysicalAddress tells it. */
	VOID(NTAPI *PageAppears)(ULONGLONG Pfn, PVOID Page);
	VOID(NTAPI *PageGoes)(ULONGLONG Pfn, PVOID Page);
	/* Where a device's memory, or another frame that is not the pool's, can be seen. */
	PVOID(NTAPI *Frame)(ULONGLONG Pfn);
} SHIM_MACHINE;
/* Tells PageAppears of every page that is there. */
VOID NTAPI ShimSetMachine(const SHIM_MACHINE *Machine);

/* Runs every service routine connected to this vector, on its processor; FALSE: nobody is. */
BOOLEAN NTAPI ShimInterrupt(ULONG Vector);

/* What START_DEVICE of the driver on this device shall get as its resources; the shim copies the
 * pointers, not the lists. BeforeStart, if there is one, is called before each and may change the
 * list. */
typedef VOID(NTAPI *SHIM_BEFORE_START)(PDEVICE_OBJECT Top, PCM_RESOURCE_LIST Resources);
VOID NTAPI ShimSetResources(
	PDEVICE_OBJECT Pdo, PCM_RESOURCE_LIST Resources, SHIM_BEFORE_START BeforeStart);

/*
 * "USER MAJOR MINOR A B C D", all in hexadecimal: an IRP with A to D as the four words of
 * Parameters.Others, to the device or the top of its stack; USER 1: as if a user-mode program had
 * sent it. Answers the status. One that is not completed within 20 s ends the process.
 */
VOID NTAPI ShimSendIrp(
	PDEVICE_OBJECT Device, BOOLEAN FromTop, PCSTR Text, PCHAR Answer, ULONG Size);

/* A block of Wine's own pool that answers an IRP: who sent that may free it. */
VOID NTAPI ShimForeign(PVOID Memory);

/* Has the bus relations asked for, by the one thread that does so. */
VOID NTAPI ShimInvalidate(PDEVICE_OBJECT Pdo);

/* The end of IRP_MN_REMOVE_DEVICE for a device above another: nothing of it is left. */
static inline NTSTATUS ShimRemoveDevice(PDEVICE_OBJECT Device, PDEVICE_OBJECT Below, PIRP Irp)
{
	NTSTATUS Status;

	Irp->IoStatus.Status = STATUS_SUCCESS;
	IoSkipCurrentIrpStackLocation(Irp);
	Status = IoCallDriver(Below, Irp);
	IoDetachDevice(Below);
	IoDeleteDevice(Device);
	return Status;
}

#endif
