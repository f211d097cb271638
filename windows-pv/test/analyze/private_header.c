/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: headers */
/* expect: includes the private header */
#include "irql.h"
#ifdef CORRECT
#include "store_interface.h"
#else
#include "xen_api.h"
#endif

ULONG Use(VOID);

ULONG Use(VOID)
{
	return 0;
}
