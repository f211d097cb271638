/* SPDX-License-Identifier: BSD-2-Clause */
/* A child: the device of one class in xenstore. */
#ifndef XENBUS_PDO_H
#define XENBUS_PDO_H

#include "fdo.h"

struct _PDO {
	DEVICE Device;
	PFDO Fdo; /* referenced: it outlives its children */
	struct pv_class *Class;
	CHAR Upper[PV_CLASS_MAX + 1];
	/* Under the bus's ChildrenLock. */
	LIST_ENTRY Link;
	BOOLEAN Reported;	 /* the PnP manager knows it */
	BOOLEAN Missing;	 /* its class has gone from xenstore */
	BOOLEAN ReportedMissing; /* and the PnP manager knows that */
};

/* pdo.c */
NTSTATUS PdoCreate(PFDO Fdo, struct pv_class *Class, PPDO *Pdo) NT_PASSIVE;
/* Not under ChildrenLock. */
VOID PdoDelete(PPDO Pdo) NT_PASSIVE;

/* pdo_pnp.c */
NTSTATUS PdoPnp(PPDO Pdo, PIRP Irp) NT_PASSIVE;
NTSTATUS PdoPower(PPDO Pdo, PIRP Irp) NT_PASSIVE;

/* pdo_id.c */
NTSTATUS PdoQueryId(PPDO Pdo, BUS_QUERY_ID_TYPE Type, PWCHAR *Id) NT_PASSIVE;
NTSTATUS PdoQueryText(PPDO Pdo, DEVICE_TEXT_TYPE Type, PWCHAR *Text) NT_PASSIVE;

#endif
