/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids of buses, channels and disks: whatever is in there, and however long. */
#include "fuzz.h"
#include "pv_emul.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t units = size / 4;
	uint16_t *a = malloc(units ? units * 2 : 1), *b = malloc(units ? units * 2 : 1);
	struct pv_emul_id self = { a, b }, record = { b, a };
	uint32_t index = 0;

	REQUIRE(a && b);
	memcpy(a, data, units * 2);
	memcpy(b, data + units * 2, units * 2);
	(void)pv_emul_bus(a, units);
	if (!pv_emul_ide_index(a, b, units, &index))
		REQUIRE(index < 32);
	(void)pv_emul_is_nvme(a, units);
	if (units) {
		REQUIRE(pv_emul_identify(&self, &self, units) != PV_EMUL_MOVED);
		(void)pv_emul_identify(&self, &record, units);
	}
	free(a);
	free(b);
	return 0;
}
