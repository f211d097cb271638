/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of XEN.SYS. */
#ifndef DK_XEN_INTERNAL_H
#define DK_XEN_INTERNAL_H

#define XENAPI /* this is the exporter */
#include "xen_api.h"

#include <stdbool.h>
#include <stdint.h>

#include "detect.h"

#define MODULE "XEN"

/* hypercall.c. Xen's own number: negative is an errno. -ENODEV until XenHypercallSetup. */
VOID XenHypercallSetup(enum xen_instruction Instruction);
LONG_PTR XenHypercall(ULONG Ordinal, ULONG_PTR First, ULONG_PTR Second, ULONG_PTR Third);

/* status.c */
NTSTATUS XenStatus(LONG_PTR Result);

/* log.c. A threshold is one of XEN_LOG_*, or 0. */
VOID XenLogSetup(ULONG PortThreshold, ULONG DebuggerThreshold);

/* registry.c. Paths below \Registry\Machine\System\CurrentControlSet. Handles are kernel handles.
 */
NTSTATUS XenRegistryOpen(PCWSTR Path, HANDLE *Key) NT_PASSIVE;
NTSTATUS XenRegistryCreate(PCWSTR Path, HANDLE *Key) NT_PASSIVE;
/* One that is there, to be changed. */
NTSTATUS XenRegistryOpenWrite(PCWSTR Path, HANDLE *Key) NT_PASSIVE;
/* One that is gone after a restart. */
NTSTATUS XenRegistryCreateVolatile(PCWSTR Path, HANDLE *Key) NT_PASSIVE;
NTSTATUS XenRegistryQueryDword(HANDLE Key, PCWSTR Name, PULONG Value) NT_PASSIVE;
/* Text of Length units (the NUL counts); what is longer, or no text, is STATUS_OBJECT_TYPE_MISMATCH
 * or STATUS_BUFFER_TOO_SMALL. */
NTSTATUS XenRegistryQueryText(HANDLE Key, PCWSTR Name, PWCHAR Value, ULONG Length) NT_PASSIVE;
NTSTATUS XenRegistrySetText(HANDLE Key, PCWSTR Name, PCWSTR Value) NT_PASSIVE;
/* *Units: room, then what a list has of it. STATUS_BUFFER_TOO_SMALL above 384. */
NTSTATUS XenRegistryQueryList(HANDLE Key, PCWSTR Name, PWCHAR List, PULONG Units) NT_PASSIVE;
NTSTATUS XenRegistrySetList(HANDLE Key, PCWSTR Name, PCWSTR List, ULONG Units) NT_PASSIVE;
NTSTATUS XenRegistrySetDword(HANDLE Key, PCWSTR Name, ULONG Value) NT_PASSIVE;
NTSTATUS XenRegistryDelete(HANDLE Key, PCWSTR Name) NT_PASSIVE;

/* vcpu.c. Base: Xen's first leaf of CPUID. */
VOID XenVcpuSetup(uint32_t Base) NT_PASSIVE;

/* start_options.c */
VOID XenStartOptionsRead(VOID) NT_PASSIVE;
/* SAFEBOOT:… is what tells the kernel itself. */
bool XenStartedSafely(VOID);

#endif
