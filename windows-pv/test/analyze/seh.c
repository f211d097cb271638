/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: clang */
/* expect: NO_SEH_IN_THIS_KIT */
#include "irql.h"

ULONG Read(const ULONG *Where);

ULONG Read(const ULONG *Where)
{
#ifdef CORRECT
	return *Where;
#else
	__try {
		return *Where;
	} __except (1) {
		return 0;
	}
#endif
}
