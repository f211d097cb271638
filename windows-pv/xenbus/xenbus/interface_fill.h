/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to IRP_MN_QUERY_INTERFACE. Of XENBUS.SYS and XENFILT.SYS. */
#ifndef XENBUS_INTERFACE_FILL_H
#define XENBUS_INTERFACE_FILL_H

#include "common.h"
#include "pv_iface.h"

typedef struct _INTERFACE_PROVIDER {
	const struct pv_iface *Rows;
	const VOID *const *const *Structures; /* of each row, one for each version */
	ULONG Count;
	PINTERFACE_REFERENCE Reference;
	PINTERFACE_DEREFERENCE Dereference;
} INTERFACE_PROVIDER;

#define INTERFACE_VERSIONS(...) ((const VOID *const[]){ __VA_ARGS__ })

/* STATUS_NOT_FOUND: none of these. A reference goes with the answer. */
NTSTATUS InterfaceFill(
	const INTERFACE_PROVIDER *Provider, PVOID Context, const IO_STACK_LOCATION *Stack);

#endif
