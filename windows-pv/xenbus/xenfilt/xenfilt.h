/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of XENFILT.SYS. */
#ifndef XENFILT_H
#define XENFILT_H

#define MODULE "XENFILT"
#include "common.h"
#include "irp.h"
#include "pv_emul.h"

typedef enum _FILTER_KIND {
	FILTER_OF_BUS = 1, /* on a root of PCI, on an IDE channel */
	FILTER_OF_CHILD,   /* on a device that such a bus reports */
} FILTER_KIND;

typedef struct _FILTER FILTER, *PFILTER;
struct _FILTER {
	FILTER_KIND Kind;
	PDEVICE_OBJECT DeviceObject;
	PDEVICE_OBJECT Lower;
	PDEVICE_OBJECT Pdo;	   /* of the stack */
	IO_REMOVE_LOCK RemoveLock; /* held by every IRP while it is here */
	enum pv_emul_bus Bus;	   /* what it is, or what it hangs on */
	BOOLEAN Usable;		   /* ids could be read */
	WCHAR DeviceId[XEN_DEVICE_ID_LENGTH];
	WCHAR InstanceId[XEN_DEVICE_ID_LENGTH];

	/* Of a bus; under the driver's lock. */
	LIST_ENTRY Children;

	/* Of a child; under the driver's lock. */
	PFILTER Parent;
	LIST_ENTRY Link;
	BOOLEAN Reported; /* in the latest relations */
	BOOLEAN Moved;	  /* is shown as Record has it */
};

/* Everything that is filtered. */
typedef struct _DRIVER {
	NT_MUTEX Lock;
	PFILTER Buses[16] NT_UNDER(Lock);
	XEN_ACTIVE_DEVICE Record NT_UNDER(Lock); /* DeviceId empty: none */
} DRIVER, *PDRIVER;
extern DRIVER Driver;

/* filter.c */
NTSTATUS FilterCreate(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo, FILTER_KIND Kind,
	PFILTER *Filter) NT_PASSIVE;
/* Nobody uses it any more, nor will. */
VOID FilterDelete(PFILTER Filter) NT_PASSIVE;
/* The last IRP of the device: it goes on, and the filter goes. */
NTSTATUS FilterRemove(PFILTER Filter, PIRP Irp) NT_PASSIVE;
/* Each gives up the remove lock, but for FilterForwardWait. */
NTSTATUS FilterForward(PFILTER Filter, PIRP Irp);
NTSTATUS FilterForwardWait(PFILTER Filter, PIRP Irp) NT_PASSIVE;
NTSTATUS FilterComplete(PFILTER Filter, PIRP Irp, NTSTATUS Status);
/* A page file may come to lie behind it, and then power has to be handled as the device below
 * does. */
NTSTATUS FilterUsageNotification(PFILTER Filter, PIRP Irp) NT_PASSIVE;
/* NULL, or memory that is the caller's. */
PWCHAR FilterAskId(PDEVICE_OBJECT Pdo, BUS_QUERY_ID_TYPE Type) NT_PASSIVE;

/* parent.c */
NTSTATUS BusAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo, enum pv_emul_bus Bus) NT_PASSIVE;
NTSTATUS BusPnp(PFILTER Filter, PIRP Irp) NT_PASSIVE;

/* child.c */
NTSTATUS ChildPnp(PFILTER Filter, PIRP Irp) NT_PASSIVE;

/* identity.c. Which child of a root of PCI is shown as the recorded active device. */
VOID IdentityDecide(PFILTER Bus) NT_PASSIVE NT_HOLDS(Driver.Lock);

/* emulated.c. STATUS_NOT_FOUND: not ours, ask below. */
NTSTATUS EmulatedQuery(PFILTER Filter, const IO_STACK_LOCATION *Stack);

#endif
