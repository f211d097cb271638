/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of processors: whatever is in there, and however long. Also with a sum that is right. */
#include "fuzz.h"
#include "pv_madt.h"

static void ask(const uint8_t *table, size_t size, uint32_t apic)
{
	uint32_t vcpu = UINT32_MAX;
	int rc = pv_madt_vcpu(table, size, apic, &vcpu);

	REQUIRE(rc == 0 || rc == PV_EINVAL || rc == PV_ENOENT || rc == PV_EPROTO);
	REQUIRE(rc == 0 ? vcpu == apic / 2 : vcpu == UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { data, size };
	uint32_t apic = fuzz_u32(&f);
	size_t got;
	uint8_t *table = fuzz_bytes(&f, size, &got), sum = 0;

	ask(table, got, apic);
	if (got >= PV_MADT_HEADER) {
		memcpy(table, "APIC", 4);
		for (int i = 0; i < 4; i++)
			table[4 + i] = (uint8_t)(got >> 8 * i);
		for (size_t i = 0; i < got; i++)
			sum = (uint8_t)(sum + table[i]);
		table[9] = (uint8_t)(table[9] - sum);
		ask(table, got, apic);
		ask(table, got, apic & 0xff);
	}
	free(table);
	return 0;
}
