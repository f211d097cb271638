/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: objects */
/* expect: belongs into the assembly object */
#include "irql.h"

VOID Poke(VOID);

VOID Poke(VOID)
{
#ifndef CORRECT
	__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(0x12));
#endif
}
