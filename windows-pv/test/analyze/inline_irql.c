/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: attempt to use a poisoned identifier */
#include "irql.h"

BOOLEAN IsRaised(VOID);

BOOLEAN IsRaised(VOID)
{
#ifdef CORRECT
	return FALSE;
#else
	return KeGetCurrentIrql() >= DISPATCH_LEVEL;
#endif
}
