/* SPDX-License-Identifier: BSD-2-Clause */
/* tool: tidy */
/* expect: clang-analyzer-core.NullDereference */
#include "irql.h"

ULONG Length(const UNICODE_STRING *Text);

ULONG Length(const UNICODE_STRING *Text)
{
	if (Text == NULL)
#ifdef CORRECT
		return 0;
#else
		DbgPrint("nothing\n");
#endif
	return Text->Length;
}
