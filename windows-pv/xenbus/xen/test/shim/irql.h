/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SHIM_IRQL_H
#define SHIM_IRQL_H

#include <ntddk.h>

#define NT_PASSIVE

#endif
