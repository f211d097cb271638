/* SPDX-License-Identifier: BSD-2-Clause */
/* What XEN.SYS writes into the registry for others: class filters, and a restart that is wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../internal.h"
#include "fake.h"

#define SYSTEM	    "Control\\Class\\{4d36e97d-e325-11ce-bfc1-08002be10318}"
#define CONTROLLERS "Control\\Class\\{4d36e96a-e325-11ce-bfc1-08002be10318}"

static void begin(void)
{
	fake_reset();
	XenLogSetup(XEN_LOG_NONE, XEN_LOG_NONE);
	fake.disk_up = true;
}

static bool filters_are(const char *path, const WCHAR *want, size_t size)
{
	unsigned char data[8192];
	ULONG type, have;

	if (!fake_registry_get(path, "UpperFilters", &type, data, &have))
		return size == 0;
	return type == REG_MULTI_SZ && have == size && memcmp(data, want, size) == 0;
}

static void class_filters(void **state)
{
	static const WCHAR other[] = L"other\0", both[] = L"other\0XENFILT\0",
			   ours[] = L"XENFILT\0";
	unsigned int calls;

	(void)state;
	begin();
	assert_int_equal(XenFilterClasses(TRUE), STATUS_OBJECT_NAME_NOT_FOUND);
	fake_registry_key("Services\\XENFILT");
	fake_registry_key(CONTROLLERS);
	fake_registry_set(SYSTEM, "UpperFilters", REG_MULTI_SZ, other, sizeof(other));
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(XenFilterClasses(TRUE), STATUS_SUCCESS);
		assert_true(filters_are(SYSTEM, both, sizeof(both)));
		assert_true(filters_are(CONTROLLERS, ours, sizeof(ours)));
	}
	fake.registry_calls = 0;
	assert_int_equal(XenFilterClasses(FALSE), STATUS_SUCCESS);
	calls = fake.registry_calls;
	assert_true(filters_are(SYSTEM, other, sizeof(other)));
	assert_true(filters_are(CONTROLLERS, NULL, 0));
	/* Others' filters survive whatever fails. */
	for (unsigned int n = 1; n <= calls; n++) {
		assert_int_equal(XenFilterClasses(TRUE), STATUS_SUCCESS);
		fake.registry_calls = 0;
		fake.fail_at = n;
		assert_int_not_equal(XenFilterClasses(FALSE), STATUS_SUCCESS);
		fake.fail_at = 0;
		assert_true(filters_are(SYSTEM, both, sizeof(both)) ||
			    filters_are(SYSTEM, other, sizeof(other)));
		assert_int_equal(fake.open_keys, 0);
	}
	/* What is not a list is nobody's to mend. */
	fake_registry_set(SYSTEM, "UpperFilters", REG_SZ, other, sizeof(other));
	assert_int_equal(XenFilterClasses(TRUE), STATUS_OBJECT_TYPE_MISMATCH);
	fake_registry_set(SYSTEM, "UpperFilters", REG_MULTI_SZ, other, sizeof(other) - 4);
	assert_int_equal(XenFilterClasses(TRUE), STATUS_OBJECT_TYPE_MISMATCH);
	assert_int_equal(fake.open_keys, 0);
}

static void reboots(void **state)
{
	(void)state;
	begin();
	fake_registry_key("Services\\XENBUS");
	assert_int_equal(XenRebootRequest("XENVBD"), STATUS_SUCCESS);
	assert_true(fake_registry_has_key("Services\\XENBUS\\Reboot\\XENVBD"));
	assert_int_equal(XenRebootRequest(""), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenRebootRequest("a\\b"), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenRebootRequest("abcdefghijklmnopqrst"), STATUS_INVALID_PARAMETER);
	assert_int_equal(fake.open_keys, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(class_filters),
		cmocka_unit_test(reboots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
