/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: cppcheck */
/* expect: arrayIndexOutOfBounds */
#include "irql.h"

static const ULONG Table[4] = { 1, 2, 3, 4 };

ULONG Last(VOID);

ULONG Last(VOID)
{
#ifdef CORRECT
	return Table[3];
#else
	return Table[4];
#endif
}
