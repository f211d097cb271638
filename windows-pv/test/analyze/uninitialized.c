/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: cppcheck */
/* expect: uninitvar|legacyUninitvar */
#include "irql.h"

ULONG Sum(const ULONG *Values, ULONG Count);

ULONG Sum(const ULONG *Values, ULONG Count)
{
#ifdef CORRECT
	ULONG Total = 0;
#else
	ULONG Total;
#endif

	for (ULONG i = 0; i < Count; i++)
		Total += Values[i];
	return Total;
}
