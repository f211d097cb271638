/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_BUGCHECK_H
#define XENBUS_BUGCHECK_H

#include "fdo.h"

NTSTATUS BugCheckStart(PFDO Fdo) NT_PASSIVE;
VOID BugCheckStop(PFDO Fdo) NT_PASSIVE;

#endif
