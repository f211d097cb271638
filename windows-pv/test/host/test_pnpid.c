/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_pnpid.h"

static const struct pv_revision revisions[] = { { 0x01000003, NULL }, { 0x01000001, NULL } };
static const struct pv_class_row classes[] = { { "VIF", 0x01000001 }, { "CONS", 0x01000002 } };
static const struct pv_pnp_bus bus = {
	.name = "XENBUS",
	.prefix = "DK",
	.device = 0xc0de,
	.revisions = revisions,
	.revision_count = 2,
	.classes = classes,
	.class_count = 2,
};

/* Units as text, each NUL as a bar, so that a list can be compared. */
static const char *shown(const uint16_t *units, int count)
{
	static char text[512];

	assert_true(count >= 0 && (size_t)count < sizeof(text));
	for (int i = 0; i < count; i++)
		text[i] = units[i] ? (char)units[i] : '|';
	text[count] = '\0';
	return text;
}

typedef int builder(uint16_t *buf, size_t cap, const struct pv_pnp_bus *b, const char *upper);

static void check(builder *build, const char *upper, const char *want)
{
	size_t size = strlen(want);
	uint16_t *buf;

	/* No room but the last is enough, and none of it is passed. */
	for (size_t cap = 0; cap <= size; cap++) {
		int rc;

		buf = malloc(cap ? cap * sizeof(*buf) : 1);
		assert_non_null(buf);
		rc = build(buf, cap, &bus, upper);
		if (cap < size)
			assert_int_equal(rc, PV_ENOBUFS);
		else
			assert_string_equal(shown(buf, rc), want);
		free(buf);
	}
}

static void builders(void **state)
{
	uint16_t buf[64];

	(void)state;
	check(pv_pnp_device_id, "VIF", "XENBUS\\VEN_DK&DEV_VIF|");
	check(pv_pnp_hardware_ids, "VIF",
		"XENBUS\\VEN_DKC0DE&DEV_VIF&REV_01000003|"
		"XENBUS\\VEN_DKC0DE&DEV_VIF&REV_01000001||");
	/* Not by a revision that is older than the class. */
	check(pv_pnp_hardware_ids, "CONS", "XENBUS\\VEN_DKC0DE&DEV_CONS&REV_01000003||");
	check(pv_pnp_compatible_ids, "VIF", "XENBUS\\VEN_DK&DEV_VIF|XENBUS\\VEN_DK||");
	assert_int_equal(pv_pnp_hardware_ids(buf, 64, &bus, "VBD"), PV_ENOENT);
	assert_int_equal(pv_pnp_hardware_ids(buf, 64, &bus, "VI"), PV_ENOENT);
	assert_int_equal(pv_pnp_hardware_ids(buf, 64, &bus, "VIFF"), PV_ENOENT);
	assert_int_equal(pv_pnp_text(buf, 2, "_"), 2);
	assert_int_equal(pv_pnp_text(buf, 1, "_"), PV_ENOBUFS);
}

/* ASCII to units, '|' to NUL, exactly so long. */
static uint16_t *wide(const char *text, size_t *count)
{
	uint16_t *w;

	*count = strlen(text);
	w = malloc(*count ? *count * sizeof(*w) : 1);
	assert_non_null(w);
	for (size_t i = 0; i < *count; i++)
		w[i] = text[i] == '|' ? 0 : (uint16_t)(unsigned char)text[i];
	return w;
}

static int pci(const char *text, uint16_t *device)
{
	size_t count;
	uint16_t *w = wide(text, &count);
	int rc = pv_pnp_pci_device(w, count, device);

	free(w);
	return rc;
}

static void pci_devices(void **state)
{
	uint16_t device = 0;

	(void)state;
	assert_int_equal(pci("PCI\\VEN_5853&DEV_0001&SUBSYS_00015853&REV_01", &device), 0);
	assert_int_equal(device, 1);
	assert_int_equal(pci("pci\\ven_5853&dev_c0fE", &device), 0);
	assert_int_equal(device, 0xc0fe);
	device = 7;
	assert_int_equal(pci("PCI\\VEN_5853&DEV_000", &device), PV_EINVAL);
	assert_int_equal(pci("PCI\\VEN_5853&DEV_00x1", &device), PV_EINVAL);
	assert_int_equal(pci("PCI\\VEN_5853&DEV_00\xe9"
			     "1",
				 &device),
		PV_EINVAL);
	assert_int_equal(pci("PCI\\VEN_8086&DEV_0001", &device), PV_EINVAL);
	assert_int_equal(pci("ROOT\\VEN_5853&DEV_0001", &device), PV_EINVAL);
	assert_int_equal(pci("", &device), PV_EINVAL);
	assert_int_equal(device, 7);
}

static void lists(void **state)
{
	static const struct {
		const char *list;
		const char *want; /* the texts, '!' for one that is refused */
	} cases[] = {
		{ "VIF|VBD||", "VIF VBD " },
		{ "VIF|VBD|", "VIF VBD " },
		{ "VIF|VBD", "VIF VBD " },
		{ "VIF||VBD||", "VIF " },
		{ "|", "" },
		{ "", "" },
		{ "ABCDEFGHIJ|VBD||", "!VBD " },
		{ "ABCDEFG||", "ABCDEFG " },
		{ "ABCDEFGH||", "!" },
		{ "V\xe9|VBD||", "!VBD " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[64] = "", text[8];
		size_t count, offset = 0;
		uint16_t *w = wide(cases[i].list, &count);
		int rc;

		while ((rc = pv_pnp_next(w, count, &offset, text, sizeof(text))) != 0) {
			strcat(got, rc == 1 ? text : "!");
			if (rc == 1)
				strcat(got, " ");
			else
				assert_int_equal(rc, PV_EINVAL);
		}
		assert_string_equal(got, cases[i].want);
		free(w);
	}
}

static bool same(const char *a, const char *b, size_t max)
{
	size_t na, nb;
	uint16_t *wa = wide(a, &na), *wb = wide(b, &nb);
	bool rc = pv_pnp_same(wa, wb, max);

	free(wa);
	free(wb);
	return rc;
}

static void sameness(void **state)
{
	(void)state;
	assert_true(same("3&267a616a&0&18|", "3&267A616A&0&18|", 200));
	assert_false(same("3&267a616a&0&18|", "3&267a616a&0&10|", 200));
	assert_false(same("3&2|", "3&26|", 200));
	assert_true(same("|", "|", 200));
	/* What is beyond the NUL, or beyond max, is not looked at. */
	assert_true(same("a|x", "A|y", 3));
	assert_true(same("abc", "abd", 2));
}

static void edited_lists(void **state)
{
	uint16_t list[16] = u"abc\0Def\0";
	static const uint16_t added[] = u"abc\0Def\0xy\0";
	static const uint16_t removed[] = u"abc\0xy\0";
	static const uint16_t twice[] = u"a\0b\0A\0";
	size_t units = 9, none = 0, end;

	(void)state;
	assert_int_equal(pv_pnp_list_add(list, &units, 16, "DEF"), 0);
	assert_int_equal(pv_pnp_list_add(list, &units, 11, "xy"), PV_ENOBUFS);
	assert_int_equal(pv_pnp_list_add(list, &units, 12, "xy"), 1);
	assert_int_equal(units, 12);
	assert_memory_equal(list, added, sizeof(added));
	assert_int_equal(pv_pnp_list_remove(list, &units, "de"), 0);
	assert_int_equal(pv_pnp_list_remove(list, &units, "defg"), 0);
	assert_int_equal(pv_pnp_list_remove(list, &units, "def"), 1);
	assert_int_equal(units, 8);
	assert_memory_equal(list, removed, sizeof(removed));
	/* No list, an empty one, and what is none. */
	assert_int_equal(pv_pnp_list_remove(list, &none, "x"), 0);
	assert_int_equal(pv_pnp_list_add(list, &none, 16, "x"), 1);
	assert_int_equal(none, 3);
	assert_int_equal(pv_pnp_list_remove(list, &none, "x"), 1);
	assert_int_equal(none, 1);
	list[0] = list[1] = 0;
	none = 2;
	assert_int_equal(pv_pnp_list_remove(list, &none, "x"), 0);
	assert_int_equal(none, 2);
	assert_int_equal(pv_pnp_list_add(list, &none, 16, "x"), 1);
	assert_int_equal(none, 3);
	assert_int_equal(pv_pnp_list_remove(list, &none, "x"), 1);
	/* But not with three, nor a list that goes on behind its end. */
	list[0] = list[1] = list[2] = 0;
	none = 3;
	assert_int_equal(pv_pnp_list_add(list, &none, 16, "x"), PV_EINVAL);
	list[0] = 'a';
	none = 4;
	list[3] = 0;
	assert_int_equal(pv_pnp_list_add(list, &none, 16, "x"), PV_EINVAL);
	list[0] = 0;
	none = 1;
	assert_int_equal(pv_pnp_list_add(list, &none, 2, "x"), PV_ENOBUFS);
	assert_int_equal(pv_pnp_list_add(list, &none, 16, ""), PV_ENOBUFS);
	for (end = 1; end <= sizeof(twice) / 2; end++) {
		uint16_t copy[16];
		size_t cut = end;
		int rc;

		memcpy(copy, twice, sizeof(twice));
		rc = pv_pnp_list_remove(copy, &cut, "a");
		assert_int_equal(rc, end == 7 ? 1 : PV_EINVAL);
		if (rc == 1)
			assert_int_equal(cut, 3);
	}
	memset(list, 'x', sizeof(list));
	units = 16;
	assert_int_equal(pv_pnp_list_add(list, &units, 16, "x"), PV_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builders),
		cmocka_unit_test(pci_devices),
		cmocka_unit_test(lists),
		cmocka_unit_test(sameness),
		cmocka_unit_test(edited_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
