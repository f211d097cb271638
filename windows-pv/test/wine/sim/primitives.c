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

UCHAR __cdecl XenAsmIn8(USHORT Port)
{
	return (UCHAR)xensim_in(Port, 1);
}

USHORT __cdecl XenAsmIn16(USHORT Port)
{
	return (USHORT)xensim_in(Port, 2);
}

VOID __cdecl XenAsmOut8(USHORT Port, UCHAR Value)
{
	xensim_out(Port, 1, Value);
}

VOID __cdecl XenAsmOut16(USHORT Port, USHORT Value)
{
	xensim_out(Port, 2, Value);
}

VOID __cdecl XenAsmOut32(USHORT Port, ULONG Value)
{
	xensim_out(Port, 4, Value);
}

VOID __cdecl XenAsmInterruptsOff(VOID)
{
	xensim_interrupts(0);
}

VOID __cdecl XenAsmInterruptsOn(VOID)
{
	xensim_interrupts(1);
}
