/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_iface.h"

static bool row_sound(const struct pv_iface *row)
{
	if (!row->oldest || row->newest < row->oldest ||
		row->newest - row->oldest >= PV_IFACE_VERSIONS)
		return false;
	for (unsigned int i = 0; i <= (unsigned int)(row->newest - row->oldest); i++)
		if (!row->size[i])
			return false;
	return true;
}

int pv_iface_table_check(const struct pv_iface *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!row_sound(&table[i]))
			return PV_EINVAL;
		for (size_t j = 0; j < i; j++)
			if (!pv_memcmp(table[i].guid, table[j].guid, sizeof(table[i].guid)))
				return PV_EEXIST;
	}
	return 0;
}

int pv_iface_query(const struct pv_iface *table, size_t count, const uint8_t guid[16],
	uint16_t version, uint16_t size, const struct pv_iface **found)
{
	*found = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct pv_iface *row = &table[i];

		if (pv_memcmp(row->guid, guid, sizeof(row->guid)))
			continue;
		if (!row_sound(row))
			return PV_EINVAL;
		if (version < row->oldest)
			return PV_EOLD;
		if (version > row->newest)
			return PV_ENEW;
		if (size < row->size[version - row->oldest])
			return PV_ESIZE;
		*found = row;
		return 0;
	}
	return PV_ENOENT;
}

bool pv_revision_served(const struct pv_revision *rev, const struct pv_iface *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rev->versions[i] &&
			(rev->versions[i] < table[i].oldest || rev->versions[i] > table[i].newest))
			return false;
	return true;
}
