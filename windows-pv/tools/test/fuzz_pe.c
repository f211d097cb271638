/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever the file: no rule reads outside it. The first byte chooses image or object. */
#include "../coff.h"
#include "../pe.h"
#include "../pe_rules.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *context, const char *rule, const char *text)
{
	*(size_t *)context += strlen(rule) + strlen(text);
}

static int see(void *context, const char *dll, const char *name, unsigned int ordinal)
{
	size_t *sum = context;

	*sum += strlen(dll) + (name == NULL ? ordinal : strlen(name));
	/* Tables may be made to point at one another: enough is enough. */
	return *sum > 100000;
}

static int see_symbol(void *context, const char *name, bool undefined)
{
	*(size_t *)context += strlen(name) + undefined;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pe_demands any = { 0 };
	struct pe_codeview cv;
	struct pe pe;
	const char *why;
	size_t sum = 0;

	if (size >= 2 && data[0] == 'M') {
		pe_check(data, size, &any, ignore, &sum);
		if (pe_parse(&pe, data, size) == NULL) {
			pe_imports(&pe, see, &sum, &why);
			if (pe_codeview(&pe, &cv))
				sum += strlen(cv.pdb);
		}
	} else {
		coff_symbols(data, size, PE_MACHINE_I386, see_symbol, &sum);
	}
	return 0;
}
