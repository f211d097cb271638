/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that keeps the children in step with device/ in xenstore. */
#ifndef XENBUS_BUS_H
#define XENBUS_BUS_H

#include "fdo.h"

NTSTATUS BusStart(PFDO Fdo) NT_PASSIVE;
VOID BusStop(PFDO Fdo) NT_PASSIVE;
/* Look again. */
VOID BusRescan(PFDO Fdo);

#endif
