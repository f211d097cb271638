/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_madt.h"

#define LENGTH_AT    4
#define LOCAL_APIC   0 /* type of an entry */
#define LOCAL_X2APIC 9
#define ENABLED	     1u

static uint32_t word(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Its length; 0: not such a table. */
static size_t check(const uint8_t *table, size_t size)
{
	uint8_t sum = 0;
	size_t length;

	if (size < PV_MADT_HEADER || pv_memcmp(table, "APIC", 4) != 0)
		return 0;
	length = word(table + LENGTH_AT);
	if (length < PV_MADT_HEADER || length > size)
		return 0;
	for (size_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + table[i]);
	return sum ? 0 : length;
}

struct processor {
	uint32_t apic;
	uint32_t number;
};

/* False: the entry, of size bytes, is of another kind, or of a processor that is not enabled. */
static bool read_processor(const uint8_t *entry, size_t size, struct processor *p)
{
	if (entry[0] == LOCAL_APIC && size >= 8) {
		p->number = entry[2];
		p->apic = entry[3];
		return (word(entry + 4) & ENABLED) != 0;
	}
	if (entry[0] == LOCAL_X2APIC && size >= 16) {
		p->apic = word(entry + 4);
		p->number = word(entry + 12);
		return (word(entry + 8) & ENABLED) != 0;
	}
	return false;
}

int pv_madt_vcpu(const uint8_t *table, size_t size, uint32_t apic, uint32_t *vcpu)
{
	size_t length = check(table, size);
	struct processor p;

	if (!length)
		return PV_EINVAL;
	for (size_t at = PV_MADT_HEADER, entry; at < length; at += entry) {
		if (length - at < 2)
			return PV_EINVAL;
		entry = table[at + 1];
		if (entry < 2 || entry > length - at)
			return PV_EINVAL;
		if (!read_processor(table + at, entry, &p) || p.apic != apic)
			continue;
		if (apic % 2 || p.number != apic / 2)
			return PV_EPROTO;
		*vcpu = p.number;
		return 0;
	}
	return PV_ENOENT;
}
