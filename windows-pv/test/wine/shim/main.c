/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader of a process calls this once, whatever driver came first. */
#include "internal.h"

LONG NTAPI DllMain(PVOID Module, ULONG Reason, PVOID Reserved);
LONG NTAPI DllMain(PVOID Module, ULONG Reason, PVOID Reserved)
{
	UNREFERENCED_PARAMETER(Module);
	UNREFERENCED_PARAMETER(Reserved);
	if (Reason != 1) /* DLL_PROCESS_ATTACH */
		return TRUE;
	ShimIrqlSetup();
	ShimLogSetup();
	ShimPoolSetup();
	ShimIrpSetup();
	ShimInterruptSetup();
	ShimWaitSetup();
	ShimDpcSetup();
	ShimPnpSetup();
	ShimBugCheckSetup();
	return TRUE;
}
