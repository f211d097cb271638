/* SPDX-License-Identifier: BSD-2-Clause */
#include "coff.h"
#include "pe.h"

#include <string.h>

#define SYMBOL_SIZE    18
#define CLASS_EXTERNAL 2
#define NAME_SIZE      256

/* Eight bytes in place, or zero and an offset into the string table. */
static bool symbol_name(const uint8_t *symbol, const uint8_t *strings, size_t size, char *name)
{
	uint32_t at = pe_u32(symbol + 4);
	const uint8_t *end;

	if (pe_u32(symbol) != 0) {
		memcpy(name, symbol, 8);
		name[8] = '\0';
		return true;
	}
	if (at < 4 || at >= size)
		return false;
	end = memchr(strings + at, '\0', size - at);
	if (end == NULL || (size_t)(end - strings) - at >= NAME_SIZE)
		return false;
	memcpy(name, strings + at, (size_t)(end - strings) - at + 1);
	return true;
}

int coff_symbols(const void *data, size_t size, uint16_t machine, coff_symbol_fn fn, void *context)
{
	const uint8_t *p = data;
	uint64_t table;
	uint64_t strings;
	uint32_t count;

	if (size < 20 || pe_u16(p) != machine)
		return -1;
	table = pe_u32(p + 8);
	count = pe_u32(p + 12);
	strings = table + (uint64_t)count * SYMBOL_SIZE;
	if (strings > size)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *symbol = p + table + (size_t)i * SYMBOL_SIZE;
		char name[NAME_SIZE];

		if (symbol[16] == CLASS_EXTERNAL) {
			bool undefined = pe_u16(symbol + 12) == 0 && pe_u32(symbol + 8) == 0;
			int result;

			if (!symbol_name(symbol, p + strings, size - (size_t)strings, name))
				return -1;
			result = fn(context, name, undefined);
			if (result != 0)
				return result;
		}
		i += symbol[17]; /* auxiliary records */
	}
	return 0;
}
