/* SPDX-License-Identifier: BSD-2-Clause */
/* The bus: one for each PCI device that this driver is bound to; one of them is active. */
#ifndef XENBUS_FDO_H
#define XENBUS_FDO_H

#include "common.h"
#include "pv_devid.h"
#include "pv_pnpid.h"

/* What a device object's extension begins with. */
typedef enum _DEVICE_KIND {
	DEVICE_IS_FDO = 1,
	DEVICE_IS_PDO,
} DEVICE_KIND;

typedef enum _PNP_STATE {
	PNP_NOT_STARTED,
	PNP_STARTED,
	PNP_STOP_PENDING,
	PNP_STOPPED,
	PNP_REMOVE_PENDING,
	PNP_SURPRISE_REMOVED,
	PNP_REMOVED,
} PNP_STATE;

typedef struct _DEVICE {
	DEVICE_KIND Kind;
	PNP_STATE State;
	PNP_STATE Before; /* a stop or remove was asked about; what a cancel goes back to */
	PDEVICE_OBJECT DeviceObject;
	DEVICE_POWER_STATE PowerState;
	IO_REMOVE_LOCK RemoveLock; /* held by every IRP while it is here */
} DEVICE, *PDEVICE;

/* As IoConnectInterruptEx wants it. */
typedef struct _INTERRUPT_SOURCE {
	KAFFINITY Affinity;
	ULONG Vector;
	KIRQL Irql;
	BOOLEAN Latched;
	BOOLEAN Shared;
} INTERRUPT_SOURCE, *PINTERRUPT_SOURCE;

/* Processors that Xen can tell of events without memory of ours for each: those in shared info. */
#define UPCALL_CPUS 32

/* What the PnP manager gave us. */
typedef struct _RESOURCES {
	PHYSICAL_ADDRESS Memory;
	ULONG Pages;
	ULONG Gsi; /* of the line interrupt */
	INTERRUPT_SOURCE Line;
	INTERRUPT_SOURCE Messages[UPCALL_CPUS];
	ULONG MessageCount;
} RESOURCES, *PRESOURCES;

typedef struct _SHARED_INFO SHARED_INFO, *PSHARED_INFO;
typedef struct _EVTCHN EVTCHN, *PEVTCHN;
typedef struct _GNTTAB GNTTAB, *PGNTTAB;
typedef struct _STORE STORE, *PSTORE;
typedef struct _SUSPEND SUSPEND, *PSUSPEND;
typedef struct _DEBUG DEBUG, *PDEBUG;
typedef struct _BUGCHECK BUGCHECK, *PBUGCHECK;
typedef struct _BUS BUS, *PBUS;
typedef struct _BALLOON BALLOON, *PBALLOON;
typedef struct _FDO_CONTROL FDO_CONTROL, *PFDO_CONTROL;

#define FDO_CLASSES    16 /* and so many children at most */
#define FDO_INTERFACES 16

struct _FDO {
	DEVICE Device;
	PDEVICE_OBJECT Lower;
	PDEVICE_OBJECT Pdo;
	BOOLEAN Active;
	USHORT PciDevice;
	RESOURCES Resources;

	/* There from D0 to D3. The order is the order in which they start. */
	PSHARED_INFO SharedInfo;
	PEVTCHN Evtchn;
	PGNTTAB Gnttab;
	PSTORE Store;
	PSUSPEND Suspend;
	PDEBUG Debug;
	PBUGCHECK BugCheck;
	PBUS Bus;
	PBALLOON Balloon; /* in D3 too, while Xen keeps some of it */
	PFDO_CONTROL Control;

	NT_LOCK InterfaceLock;
	BOOLEAN Up NT_UNDER(InterfaceLock); /* interfaces may be acquired */
	ULONG References[FDO_INTERFACES] NT_UNDER(InterfaceLock);

	NT_MUTEX ChildrenLock;
	LIST_ENTRY Children NT_UNDER(ChildrenLock);
	struct pv_classes Classes NT_UNDER(ChildrenLock);
	struct pv_class ClassTable[FDO_CLASSES];
	const char *Supported[FDO_CLASSES + 1];

	NT_MUTEX UnplugLock; /* XEN.SYS counts for one at a time */

	volatile LONG Special; /* page, dump and hibernation files on children */

	BOOLEAN ShuttingDown; /* the whole system */
	PIO_WORKITEM PowerItem;
	PIRP PowerIrp;
};

/* fdo.c */
NTSTATUS FdoCreate(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo) NT_PASSIVE;
VOID FdoDelete(PFDO Fdo) NT_PASSIVE;
NTSTATUS FdoStart(PFDO Fdo, const IO_STACK_LOCATION *Stack) NT_PASSIVE;
VOID FdoStop(PFDO Fdo) NT_PASSIVE;

/* fdo_power.c: into and out of D0, once it is started */
NTSTATUS FdoPowerUp(PFDO Fdo) NT_PASSIVE;
VOID FdoPowerDown(PFDO Fdo) NT_PASSIVE;
NTSTATUS FdoPower(PFDO Fdo, PIRP Irp) NT_PASSIVE;

/* fdo_pnp.c */
NTSTATUS FdoPnp(PFDO Fdo, PIRP Irp) NT_PASSIVE;

/* resources.c */
NTSTATUS ResourcesParse(PRESOURCES Resources, const IO_STACK_LOCATION *Stack) NT_PASSIVE;

/* requirements.c. Upcalls: interrupts of their own for processors. */
BOOLEAN UpcallsWanted(VOID) NT_PASSIVE;
NTSTATUS RequirementsFilter(PFDO Fdo, PIRP Irp) NT_PASSIVE;

/* active.c. Which of several devices has children: sets Active and PciDevice. */
VOID ActiveDecide(PFDO Fdo) NT_PASSIVE;
VOID ActiveResign(PFDO Fdo);
BOOLEAN ActiveExists(VOID);

/* unplug.c. A bus that goes takes back what its children have counted. */
VOID UnplugForget(PFDO Fdo) NT_PASSIVE;

/* children.c */
VOID ChildrenInitialize(PFDO Fdo) NT_PASSIVE;
VOID ChildrenDeleteAll(PFDO Fdo) NT_PASSIVE;
NTSTATUS ChildrenRelations(PFDO Fdo, PDEVICE_RELATIONS *Relations) NT_PASSIVE;
/* Takes in a listing of device/, a list of names. TRUE: the PnP manager has to ask again. */
BOOLEAN ChildrenUpdate(PFDO Fdo, PCSTR Names, ULONG Length, PBOOLEAN Again) NT_PASSIVE;

#endif
