/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: variable length array used */
#include "irql.h"

VOID Use(volatile CHAR *Text);
VOID Vla(ULONG Length);

VOID Vla(ULONG Length)
{
#ifdef CORRECT
	volatile CHAR Text[16];
#else
	volatile CHAR Text[Length];
#endif

	UNREFERENCED_PARAMETER(Length);
	Use(Text);
}
