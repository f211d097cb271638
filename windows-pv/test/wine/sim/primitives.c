/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of XEN.SYS's assembly object, and of nothing else. */
#include "primitives.h"

#include "xensim.h"

VOID __cdecl XenAsmCpuid(ULONG Leaf, ULONG Subleaf, ULONG Registers[4])
{
	uint32_t Out[4];

	xensim_cpuid(Leaf, Subleaf, Out);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Out); i++)
		Registers[i] = Out[i];
}

LONG_PTR __cdecl XenAsmVmcall(ULONG_PTR Ordinal, const ULONG_PTR *Arguments)
{
	return xensim_hypercall(Ordinal, Arguments[0], Arguments[1], Arguments[2]);
}

LONG_PTR __cdecl XenAsmVmmcall(ULONG_PTR Ordinal, const ULONG_PTR *Arguments)
{
	return xensim_hypercall(Ordinal, Arguments[0], Arguments[1], Arguments[2]);
}

USHORT __cdecl XenAsmIn16(USHORT Port)
{
	return xensim_in16(Port);
}

VOID __cdecl XenAsmOut8(USHORT Port, UCHAR Value)
{
	xensim_out8(Port, Value);
}

VOID __cdecl XenAsmInterruptsOff(VOID)
{
	xensim_interrupts(0);
}

VOID __cdecl XenAsmInterruptsOn(VOID)
{
	xensim_interrupts(1);
}
