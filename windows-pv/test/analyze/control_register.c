/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: objects */
/* expect: belongs into the assembly object */
#include "irql.h"

ULONG_PTR Level(VOID);

ULONG_PTR Level(VOID)
{
	ULONG_PTR Value = 0;

#ifndef CORRECT
	__asm__ volatile("mov %%cr8, %0" : "=r"(Value));
#endif
	return Value;
}
