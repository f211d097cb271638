/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_emul.h"

/* A channel has a master and a slave; a controller two channels; nobody has more than so many. */
#define CHANNELS_MAX 16
#define ID_MAX	     32

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

enum pv_emul_bus pv_emul_bus(const uint16_t *list, size_t units)
{
	static const struct {
		const char *id;
		enum pv_emul_bus bus;
	} table[] = {
		{ "*PNP0A03", PV_EMUL_PCI },
		{ "ACPI\\PNP0A03", PV_EMUL_PCI },
		{ "*PNP0A08", PV_EMUL_PCI },
		{ "ACPI\\PNP0A08", PV_EMUL_PCI },
		{ "Internal_IDE_Channel", PV_EMUL_IDE },
	};
	char id[ID_MAX];
	size_t offset = 0;
	int rc;

	while ((rc = pv_pnp_next(list, units, &offset, id, sizeof(id))) != 0)
		for (size_t i = 0; rc == 1 && i < sizeof(table) / sizeof(table[0]); i++)
			if (same(id, table[i].id))
				return table[i].bus;
	return PV_EMUL_NONE;
}

static size_t length(const uint16_t *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n])
		n++;
	return n;
}

/* One to four digits at *at, which moves behind them. */
static int number(const uint16_t *text, size_t end, size_t *at, uint32_t *value)
{
	size_t begin = *at;

	*value = 0;
	while (*at < end && text[*at] >= '0' && text[*at] <= '9' && *at - begin < 4)
		*value = *value * 10 + (uint32_t)(text[(*at)++] - '0');
	return *at == begin ? PV_EINVAL : 0;
}

/* Behind the last mark, or where the text begins. */
static size_t behind(const uint16_t *text, size_t end, uint16_t mark)
{
	size_t at = end;

	while (at > 0 && text[at - 1] != mark)
		at--;
	return at;
}

int pv_emul_ide_index(const uint16_t *channel, const uint16_t *disk, size_t max, uint32_t *index)
{
	size_t end = length(channel, max), at;
	uint32_t line, first, target, unit;

	if (end == max)
		return PV_EINVAL;
	at = behind(channel, end, '&');
	if (number(channel, end, &at, &line) || at != end || line >= CHANNELS_MAX)
		return PV_EINVAL;
	end = length(disk, max);
	if (end == max)
		return PV_EINVAL;
	at = behind(disk, end, '&');
	if (number(disk, end, &at, &first) || at == end || disk[at++] != '.')
		return PV_EINVAL;
	if (number(disk, end, &at, &target) || at == end || disk[at++] != '.')
		return PV_EINVAL;
	if (number(disk, end, &at, &unit) || at != end || target > 1 || unit)
		return PV_EINVAL;
	*index = line << 1 | target;
	return 0;
}

bool pv_emul_is_nvme(const uint16_t *device_id, size_t max)
{
	static const char *const ids[] = { "PCI\\VEN_8086&DEV_5845", "PCI\\VEN_1B36&DEV_0010" };
	uint16_t wide[ID_MAX];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (pv_pnp_text(wide, ID_MAX, ids[i]) > 0 && pv_pnp_begins(device_id, wide, max))
			return true;
	return false;
}

enum pv_emul_identity pv_emul_identify(
	const struct pv_emul_id *self, const struct pv_emul_id *record, size_t max)
{
	if (!record->device[0] || !pv_pnp_same(self->device, record->device, max))
		return PV_EMUL_OTHER;
	return pv_pnp_same(self->instance, record->instance, max) ? PV_EMUL_RECORDED
								  : PV_EMUL_MOVED;
}
