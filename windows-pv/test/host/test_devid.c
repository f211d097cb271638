/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_devid.h"

static const char *const classes_known[] = { "VIF", "VBD", "VKBD", "IFACE", "CONS", NULL };

static unsigned int changes(struct pv_classes *c, enum pv_class_change want, const char *upper)
{
	struct pv_class *class;
	enum pv_class_change got;
	unsigned int n = 0;

	while ((got = pv_classes_next(c, &class)) != PV_CLASS_NONE) {
		assert_int_equal(got, want);
		if (upper)
			assert_string_equal(class->upper, upper);
		if (got == PV_CLASS_GONE)
			pv_classes_forget(class);
		n++;
	}
	return n;
}

static void arrive_and_leave(void **state)
{
	struct pv_class table[4], *class;
	struct pv_classes c;

	(void)state;
	assert_int_equal(pv_classes_init(&c, table, 4, classes_known), 0);
	assert_int_equal(pv_classes_add_synthetic(&c, "iface"), 0);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "IFACE"), 1);

	pv_classes_begin(&c);
	assert_int_equal(pv_classes_seen(&c, "vif", 3), 0);
	assert_int_equal(pv_classes_seen(&c, "vif", 3), 0);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "VIF"), 1);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, NULL), 0);

	/* The listing is empty: the synthetic one stays. */
	pv_classes_begin(&c);
	assert_int_equal(changes(&c, PV_CLASS_GONE, "VIF"), 1);
	assert_int_equal(changes(&c, PV_CLASS_GONE, NULL), 0);

	/* Back while the old device is still being taken away: not before that is over. */
	pv_classes_begin(&c);
	pv_classes_seen(&c, "vbd", 3);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "VBD"), 1);
	pv_classes_begin(&c);
	assert_int_equal(pv_classes_next(&c, &class), PV_CLASS_GONE);
	pv_classes_begin(&c);
	pv_classes_seen(&c, "vbd", 3);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, NULL), 0);
	pv_classes_forget(class);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "VBD"), 1);

	/* Seen and gone before anybody looked: never told. */
	pv_classes_begin(&c);
	pv_classes_seen(&c, "vbd", 3);
	pv_classes_seen(&c, "cons", 4);
	pv_classes_begin(&c);
	pv_classes_seen(&c, "vbd", 3);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, NULL), 0);
}

static void hostile_names(void **state)
{
	static char long_name[300];
	struct pv_class table[8];
	struct pv_classes c;
	char one[1];
	unsigned int good = 0;

	(void)state;
	pv_classes_init(&c, table, 8, NULL);
	pv_classes_begin(&c);
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(pv_classes_seen(&c, long_name, sizeof(long_name)), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, long_name, PV_CLASS_MAX + 1), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "a/b", 3), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "a\\b", 3), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "a&REV_1", 7), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "vif\0x", 5), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "vif", 4), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "", 0), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "9p", 2), PV_EINVAL);
	assert_int_equal(pv_classes_seen(&c, "-a", 2), PV_EINVAL);
	assert_int_equal(c.refused, 10);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, NULL), 0);

	/* One device has one home. */
	assert_int_equal(pv_classes_seen(&c, "vif", 3), 0);
	assert_int_equal(pv_classes_seen(&c, "VIF", 3), PV_EEXIST);
	assert_int_equal(pv_classes_seen(&c, "Vif", 3), PV_EEXIST);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "VIF"), 1);
	pv_classes_begin(&c);
	assert_int_equal(pv_classes_seen(&c, "VIF", 3), PV_EEXIST);
	assert_int_equal(changes(&c, PV_CLASS_GONE, "VIF"), 1);

	for (unsigned int i = 0; i < 256; i++) {
		one[0] = (char)i;
		good += pv_class_check(one, 1) == 0;
	}
	assert_int_equal(good, 52);
	assert_int_equal(pv_class_check(long_name, PV_CLASS_MAX), 0);

	pv_classes_init(&c, table, 8, classes_known);
	assert_int_equal(pv_classes_seen(&c, "vtpm", 4), PV_ENOENT);
	assert_int_equal(pv_classes_seen(&c, "vi", 2), PV_ENOENT);
	assert_int_equal(pv_classes_seen(&c, "viff", 4), PV_ENOENT);
}

static void ten_thousand_classes(void **state)
{
	struct pv_class table[32];
	struct pv_classes c;
	char name[16];

	(void)state;
	pv_classes_init(&c, table, 32, NULL);
	for (unsigned int round = 0; round < 2; round++) {
		pv_classes_begin(&c);
		for (unsigned int i = 0; i < 10000; i++) {
			int n = snprintf(name, sizeof(name), "c%u", i);

			assert_int_equal(
				pv_classes_seen(&c, name, (size_t)n), i < 32 ? 0 : PV_ENOSPC);
		}
		assert_int_equal(changes(&c, PV_CLASS_ARRIVED, NULL), round ? 0 : 32);
	}
	assert_int_equal(c.dropped, 2 * (10000 - 32));
	pv_classes_begin(&c);
	assert_int_equal(changes(&c, PV_CLASS_GONE, NULL), 32);
	pv_classes_seen(&c, "vif", 3);
	assert_int_equal(changes(&c, PV_CLASS_ARRIVED, "VIF"), 1);
}

static void ids(void **state)
{
	char buf[PV_ID_MAX];
	int n;

	(void)state;
	n = pv_format_device_id(buf, sizeof(buf), "XENBUS", "DK", "VIF");
	assert_string_equal(buf, "XENBUS\\VEN_DK&DEV_VIF");
	assert_int_equal(n, strlen(buf));
	for (int cap = 0; cap <= n; cap++)
		assert_int_equal(
			pv_format_device_id(buf, (size_t)cap, "XENBUS", "DK", "VIF"), PV_ENOBUFS);
	n = pv_format_hardware_id(buf, sizeof(buf), "XENBUS", "DK", 0x0001, "VBD", 0x0100000a);
	assert_string_equal(buf, "XENBUS\\VEN_DK0001&DEV_VBD&REV_0100000A");
	for (int cap = 0; cap <= n; cap++)
		assert_int_equal(
			pv_format_hardware_id(buf, (size_t)cap, "XENBUS", "DK", 1, "VBD", 1),
			PV_ENOBUFS);
	assert_int_equal(pv_format_device_id(buf, sizeof(buf), "XENBUS", "D&", "VIF"), PV_EINVAL);
	assert_int_equal(pv_format_device_id(buf, sizeof(buf), "XENBUS", "", "VIF"), PV_EINVAL);
	assert_int_equal(pv_format_device_id(buf, sizeof(buf), "XENBUS", "DK", "V\\F"), PV_EINVAL);
	/* The longest of everything fits. */
	assert_true(pv_format_hardware_id(buf, sizeof(buf), "ABCDEFGHIJKLMNO", "ABCDEFG", 0xffff,
			    "ABCDEFGHIJKLMNO", UINT32_MAX) > 0);
}

static void indexes(void **state)
{
	uint32_t i = 7;

	(void)state;
	assert_int_equal(pv_parse_device_index("0", 1, &i), 0);
	assert_int_equal(i, 0);
	assert_int_equal(pv_parse_device_index("51712", 5, &i), 0);
	assert_int_equal(i, 51712);
	assert_int_equal(pv_parse_device_index("051712", 6, &i), PV_EINVAL);
	assert_int_equal(pv_parse_device_index("1/2", 3, &i), PV_EINVAL);
	assert_int_equal(pv_parse_device_index("4294967296", 10, &i), PV_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrive_and_leave),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(ten_thousand_classes),
		cmocka_unit_test(ids),
		cmocka_unit_test(indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
