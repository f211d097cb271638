/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists as the registry has them, and ids as a system reports them: whatever is in there. */
#include "fuzz.h"
#include "pv_pnpid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t units = size / 2, offset = 0, last = 0;
	uint16_t *list = malloc(units ? units * 2 : 1);
	uint16_t device;
	char text[16];
	int rc;

	REQUIRE(list);
	memcpy(list, data, units * 2);
	while ((rc = pv_pnp_next(list, units, &offset, text, sizeof(text))) != 0) {
		REQUIRE(offset > last && offset <= units);
		last = offset;
		REQUIRE(rc == PV_EINVAL ||
			(rc == 1 && strlen(text) > 0 && strlen(text) < sizeof(text)));
	}
	if (!pv_pnp_pci_device(list, units, &device))
		REQUIRE(units >= 21);
	REQUIRE(pv_pnp_same(list, list, units));
	last = units;
	if (pv_pnp_list_remove(list, &units, "XENFILT") >= 0) {
		REQUIRE(units <= last);
		REQUIRE(pv_pnp_list_remove(list, &units, "XENFILT") == 0);
		if (pv_pnp_list_add(list, &units, last, "XENFILT") == 1)
			REQUIRE(pv_pnp_list_add(list, &units, last, "xenfilt") == 0);
	}
	free(list);
	return 0;
}
