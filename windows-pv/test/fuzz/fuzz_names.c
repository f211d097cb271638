/* SPDX-License-Identifier: BSD-2-Clause */
/* Listings of device/ as they come, one after the other, and the devices made of them. */
#include "fuzz.h"
#include "pv_devid.h"
#include "pv_xs.h"

#define CLASSES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { data, size };
	struct pv_class table[CLASSES], *class, *leaving[CLASSES];
	struct pv_classes c;
	char id[PV_ID_MAX];
	unsigned int made = 0, going = 0;

	REQUIRE(!pv_classes_init(&c, table, CLASSES, NULL));
	if (fuzz_u8(&f) & 1)
		pv_classes_add_synthetic(&c, "iface");
	while (f.left) {
		uint32_t offset = 0, len;
		size_t n;
		uint8_t *list = fuzz_bytes(&f, fuzz_u8(&f), &n);
		enum pv_class_change change;
		const char *s;

		pv_classes_begin(&c);
		while (pv_xs_next_string(list, (uint32_t)n, &offset, &s, &len))
			pv_classes_seen(&c, s, len);
		free(list);
		while ((change = pv_classes_next(&c, &class)) != PV_CLASS_NONE) {
			REQUIRE(class->used);
			if (change == PV_CLASS_ARRIVED) {
				made++;
				REQUIRE(made + going <= CLASSES);
				REQUIRE(pv_format_hardware_id(id, sizeof(id), "XENBUS", "DK", 1,
						class->upper, 0x01000000) > 0);
				REQUIRE(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\\&") ==
					strlen(id));
			} else {
				made--;
				leaving[going++] = class;
			}
		}
		for (unsigned int i = 0; i < CLASSES; i++)
			for (unsigned int k = 0; k < i; k++)
				REQUIRE(!table[i].used || !table[k].used ||
					strcmp(table[i].upper, table[k].upper));
		while (going && fuzz_u8(&f) & 1)
			pv_classes_forget(leaving[--going]);
	}
	return 0;
}
