/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No hypercall page: the instruction is chosen by processor vendor, so no page that Xen writes is
 * ever executed, and speculation mitigations of the compiler hold (XSA-466).
 */
#include "internal.h"
#include "primitives.h"

#include "pv_xen.h"
#include <xen/errno.h>

/* Written once, before XenInitialize lets anybody in. */
static LONG_PTR(__cdecl *HypercallInstruction)(ULONG_PTR Ordinal, const ULONG_PTR *Arguments);

VOID XenHypercallSetup(enum xen_instruction Instruction)
{
	switch (Instruction) {
	case XEN_INSTRUCTION_VMCALL:
		HypercallInstruction = XenAsmVmcall;
		break;
	case XEN_INSTRUCTION_VMMCALL:
		HypercallInstruction = XenAsmVmmcall;
		break;
	case XEN_INSTRUCTION_NONE:
		HypercallInstruction = NULL;
		break;
	}
}

LONG_PTR XenHypercall(ULONG Ordinal, ULONG_PTR First, ULONG_PTR Second, ULONG_PTR Third)
{
	ULONG_PTR Arguments[XEN_HYPERCALL_ARGUMENTS] = { First, Second, Third, 0, 0 };

	if (HypercallInstruction == NULL)
		return -XEN_ENODEV;
	return HypercallInstruction(Ordinal, Arguments);
}
