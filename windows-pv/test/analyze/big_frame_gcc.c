/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: gcc */
/* expect: -Werror=frame-larger-than */
#include "irql.h"

#ifdef CORRECT
#define ROOM 128
#else
#define ROOM 1025
#endif

VOID Use(volatile CHAR *Text);
VOID Big(VOID);

VOID Big(VOID)
{
	volatile CHAR Text[ROOM];

	Use(Text);
}
