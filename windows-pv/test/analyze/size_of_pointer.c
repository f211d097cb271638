/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: tidy */
/* expect: bugprone-sizeof-expression|sizeof-pointer-memaccess */
#include "irql.h"

typedef struct _PAIR {
	ULONG First;
	ULONG Second;
} PAIR;

BOOLEAN Same(const PAIR *One, const PAIR *Other);

BOOLEAN Same(const PAIR *One, const PAIR *Other)
{
#ifdef CORRECT
	return One->First == Other->First;
#else
	return One->First == sizeof(One) / sizeof(Other->First);
#endif
}
