/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_emul.h"

#define MAX 64

static uint16_t pool[8][MAX];
static unsigned int used;

static const uint16_t *wide(const char *text)
{
	uint16_t *to = pool[used++ % 8];
	size_t i = 0;

	memset(to, 0xff, sizeof(pool[0]));
	do
		to[i] = (unsigned char)text[i];
	while (text[i++]);
	return to;
}

static void buses(void **state)
{
	static const uint16_t pci[] = u"PCI\\X\0*PNP0A03\0";
	static const uint16_t express[] = u"ACPI\\PNP0A08\0*PNP0A03\0";
	static const uint16_t ide[] = u"Internal_IDE_Channel\0*PNP0600\0";
	static const uint16_t none[] = u"*PNP0A0\0*PNP0A031\0x*PNP0A03\0";

	(void)state;
	assert_int_equal(pv_emul_bus(pci, sizeof(pci) / 2), PV_EMUL_PCI);
	assert_int_equal(pv_emul_bus(express, sizeof(express) / 2), PV_EMUL_PCI);
	assert_int_equal(pv_emul_bus(ide, sizeof(ide) / 2), PV_EMUL_IDE);
	assert_int_equal(pv_emul_bus(none, sizeof(none) / 2), PV_EMUL_NONE);
	assert_int_equal(pv_emul_bus(pci, 6), PV_EMUL_NONE);
	assert_int_equal(pv_emul_bus(pci, 0), PV_EMUL_NONE);
}

static void disks(void **state)
{
	static const struct {
		const char *channel, *disk;
		int rc;
		uint32_t index;
	} cases[] = {
		{ "4&1a2b&0&0", "5&33d1638a&0&0.0.0", 0, 0 },
		{ "4&1a2b&0&0", "5&33d1638a&0&0.1.0", 0, 1 },
		{ "4&1a2b&0&1", "5&33d1638a&0&1.0.0", 0, 2 },
		{ "1", "0.1.0", 0, 3 },
		{ "15", "0.1.0", 0, 31 },
		{ "16", "0.1.0", PV_EINVAL, 0 },
		{ "", "0.1.0", PV_EINVAL, 0 },
		{ "4&", "0.1.0", PV_EINVAL, 0 },
		{ "4&x", "0.1.0", PV_EINVAL, 0 },
		{ "4&0x", "0.1.0", PV_EINVAL, 0 },
		{ "0", "", PV_EINVAL, 0 },
		{ "0", "0", PV_EINVAL, 0 },
		{ "0", "0.", PV_EINVAL, 0 },
		{ "0", "0.1", PV_EINVAL, 0 },
		{ "0", "0.1.", PV_EINVAL, 0 },
		{ "0", "0.1.0.", PV_EINVAL, 0 },
		{ "0", "0.2.0", PV_EINVAL, 0 },
		{ "0", "0.0.1", PV_EINVAL, 0 },
		{ "0", "0.00000.0", PV_EINVAL, 0 },
		{ "99999999999", "0.0.0", PV_EINVAL, 0 },
	};
	uint16_t endless[MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t index = 77;

		assert_int_equal(
			pv_emul_ide_index(wide(cases[i].channel), wide(cases[i].disk), MAX, &index),
			cases[i].rc);
		assert_int_equal(index, cases[i].rc ? 77 : cases[i].index);
	}
	for (size_t i = 0; i < MAX; i++)
		endless[i] = '0';
	assert_int_equal(
		pv_emul_ide_index(endless, wide("0.0.0"), MAX, &(uint32_t){ 0 }), PV_EINVAL);
	assert_int_equal(pv_emul_ide_index(wide("0"), endless, MAX, &(uint32_t){ 0 }), PV_EINVAL);
}

static void nvme(void **state)
{
	(void)state;
	assert_true(pv_emul_is_nvme(wide("PCI\\VEN_8086&DEV_5845&SUBSYS_11001AF4&REV_02"), MAX));
	assert_true(pv_emul_is_nvme(wide("pci\\ven_1b36&dev_0010"), MAX));
	assert_false(pv_emul_is_nvme(wide("PCI\\VEN_8086&DEV_58450"), MAX));
	assert_false(pv_emul_is_nvme(wide("PCI\\VEN_144D&DEV_A808"), MAX));
	assert_false(pv_emul_is_nvme(wide("PCI\\VEN_8086&DEV_584"), MAX));
	assert_false(pv_emul_is_nvme(wide(""), MAX));
}

static void begins(void **state)
{
	(void)state;
	assert_true(pv_pnp_begins(wide("PCI\\A&B"), wide("pci\\a"), MAX));
	assert_true(pv_pnp_begins(wide("PCI\\A&B"), wide("pci\\a&b"), MAX));
	assert_false(pv_pnp_begins(wide("PCI\\A&B"), wide("pci\\a&"), MAX));
	assert_false(pv_pnp_begins(wide("PCI\\AB"), wide("pci\\a"), MAX));
	assert_false(pv_pnp_begins(wide("PCI\\A"), wide("pci\\a&b"), MAX));
	assert_false(pv_pnp_begins(wide("aaaa"), wide("aaaa"), 4));
}

static enum pv_emul_identity identify(
	const char *device, const char *instance, const char *old_device, const char *old_instance)
{
	const struct pv_emul_id self = { wide(device), wide(instance) };
	const struct pv_emul_id record = { wide(old_device), wide(old_instance) };

	return pv_emul_identify(&self, &record, MAX);
}

static void identities(void **state)
{
	(void)state;
	assert_int_equal(identify("P&1", "10", "p&1", "10"), PV_EMUL_RECORDED);
	assert_int_equal(identify("P&1", "18", "p&1", "10"), PV_EMUL_MOVED);
	assert_int_equal(identify("P&2", "10", "p&1", "10"), PV_EMUL_OTHER);
	assert_int_equal(identify("P&1", "10", "", ""), PV_EMUL_OTHER);
	assert_int_equal(identify("", "", "", ""), PV_EMUL_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buses),
		cmocka_unit_test(disks),
		cmocka_unit_test(nvme),
		cmocka_unit_test(begins),
		cmocka_unit_test(identities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
