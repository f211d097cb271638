/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that need a hypervisor or ring 0, all of them, in one object (primitives.S).
 * A test build of XEN.SYS replaces that object and nothing else.
 */
#ifndef DK_XEN_PRIMITIVES_H
#define DK_XEN_PRIMITIVES_H

#include <ntddk.h>

#define XEN_HYPERCALL_ARGUMENTS 5

VOID __cdecl XenAsmCpuid(ULONG Leaf, ULONG Subleaf, ULONG Registers[4]); /* eax ebx ecx edx */
/* Arguments may be changed by the hypervisor; every one of the five is loaded. */
LONG_PTR __cdecl XenAsmVmcall(ULONG_PTR Ordinal, const ULONG_PTR *Arguments);
LONG_PTR __cdecl XenAsmVmmcall(ULONG_PTR Ordinal, const ULONG_PTR *Arguments);
UCHAR __cdecl XenAsmIn8(USHORT Port);
USHORT __cdecl XenAsmIn16(USHORT Port);
VOID __cdecl XenAsmOut8(USHORT Port, UCHAR Value);
VOID __cdecl XenAsmOut16(USHORT Port, USHORT Value);
VOID __cdecl XenAsmOut32(USHORT Port, ULONG Value);
VOID __cdecl XenAsmInterruptsOff(VOID);
VOID __cdecl XenAsmInterruptsOn(VOID);

#endif
