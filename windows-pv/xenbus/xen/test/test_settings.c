/* SPDX-License-Identifier: BSD-2-Clause */
/* XEN.SYS's own sources over a made-up machine: log, options, registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../internal.h"
#include "../format.h"
#include "../options.h"
#include "fake.h"

#define PARAMETERS "Services\\XEN\\Parameters"
#define ACTIVE	   "Services\\XEN\\ActiveDevice"

static int setup(void **state)
{
	(void)state;
	fake_reset();
	XenLogSetup(XEN_LOG_NONE, XEN_LOG_NONE);
	return 0;
}

static void log_lines(void **state)
{
	char big[600];

	(void)state;
	XenLogSetup(XEN_LOG_WARNING, XEN_LOG_ERROR);
	XenLog(XEN_LOG_INFO, "T", "not this");
	assert_string_equal(fake.log, "");
	XenLog(XEN_LOG_WARNING, "T", "number %u", 7u);
	assert_string_equal(fake.log, "T|WARNING: number 7\n");
	assert_string_equal(fake.debugger, "");
	XenLog(XEN_LOG_ERROR, "T", "%s", "a\nb\x1b[2J\xff");
	assert_string_equal(fake.log, "T|WARNING: number 7\nT|ERROR: a?b?[2J?\n");
	assert_string_equal(fake.debugger, "T|ERROR: a?b?[2J?\n");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	fake.log[0] = '\0';
	memset(fake.log, 0, sizeof(fake.log));
	XenLog(0, "T", "%s", big); /* an impossible level is not lost */
	assert_int_equal(strlen(fake.log), XEN_LOG_LINE - 1);
	assert_int_equal(fake.log[XEN_LOG_LINE - 2], '\n');
	/* Blacklisted means no unplug; the log works. Anything else is not the platform device. */
	memset(fake.log, 0, sizeof(fake.log));
	fake.magic = 0xd249;
	XenLogSetup(XEN_LOG_INFO, XEN_LOG_NONE);
	XenLog(XEN_LOG_INFO, "T", "here");
	assert_string_equal(fake.log, "T|INFO: here\n");
	fake.magic = 0xffff;
	XenLogSetup(XEN_LOG_INFO, XEN_LOG_NONE);
	XenLog(XEN_LOG_INFO, "T", "gone");
	assert_string_equal(fake.log, "T|INFO: here\n");
}

/* Against the C library, for what both know. */
#define same(format, ...)                                                                          \
	do {                                                                                       \
		char ours[80];                                                                     \
		char libc[80];                                                                     \
		size_t n = xen_format(ours, sizeof(ours), format, __VA_ARGS__);                    \
		snprintf(libc, sizeof(libc), format, __VA_ARGS__);                                 \
		assert_string_equal(ours, libc);                                                   \
		assert_int_equal(n, strlen(libc));                                                 \
	} while (0)

static void formats(void **state)
{
	char text[8];
	char guard[4] = "abc";
	const char *volatile nothing = NULL;

	(void)state;
	same("%d %i %u %x %X", -5, 6, 7u, 0xbeefu, 0xbeefu);
	same("%d %d", INT32_MIN, INT32_MAX);
	same("%lld %llu %llx", (long long)INT64_MIN, ULLONG_MAX, ULLONG_MAX);
	same("%ld %lu %lx", -1L, 1UL, 0xffUL);
	same("%zu", (size_t)123456789012345u);
	same("[%5d] [%-5d] [%05d] [%08x]", -42, -42, -42, 0x1234u);
	same("[%5s] [%-5s] [%2s] %c %%", "ab", "ab", "abcdef", 'z');
	for (uint64_t v = 1; v != 0; v *= 10) {
		same("%llu %llx", (unsigned long long)v, (unsigned long long)v);
		same("%llu", (unsigned long long)(v - 1));
		if (v > UINT64_MAX / 10)
			break;
	}
	assert_int_equal(xen_format(text, sizeof(text), "%s", "0123456789"), 7);
	assert_string_equal(text, "0123456");
	assert_int_equal(xen_format(guard, 1, "%s", "0123456789"), 0);
	assert_memory_equal(guard, "\0bc", 4);
	xen_format(text, sizeof(text), "%p", (void *)0x1234);
	assert_string_equal(text, "0000000");
	xen_format(text, sizeof(text), "%s", nothing);
	assert_string_equal(text, "(null)");
}

static int option(const char *line, size_t length, const char *name, char *value, size_t size)
{
	uint16_t wide[128];

	for (size_t i = 0; i < length; i++)
		wide[i] = (unsigned char)line[i];
	return xen_option_find(wide, length, name, value, size);
}

static void options(void **state)
{
	static const char line[] = " FOO XEN:WATCHDOG=30  xen:Balloon=OFF XEN:A= XEN:B XENX:C=1 "
				   "XEN:WATCHDOGS=9 XEN:BAD=\x01 XEN:WATCHDOG=60";
	char value[8];
	size_t n = sizeof(line) - 1;

	(void)state;
	assert_int_equal(option(line, n, "WATCHDOG", value, sizeof(value)), 2);
	assert_string_equal(value, "60");
	assert_int_equal(option(line, n, "BALLOON", value, sizeof(value)), 3);
	assert_true(xen_option_is(value, "off"));
	assert_false(xen_option_is(value, "o"));
	assert_false(xen_option_is(value, "offs"));
	assert_int_equal(option(line, n, "A", value, sizeof(value)), 0);
	assert_int_equal(option(line, n, "B", value, sizeof(value)), -1);
	assert_int_equal(option(line, n, "C", value, sizeof(value)), -1);
	assert_int_equal(option(line, n, "BAD", value, sizeof(value)), -2);
	assert_int_equal(option(line, n, "WATCHDOG", value, 2), -2);
	/* Cut anywhere, with or without a NUL inside, nothing is read beyond. */
	for (size_t cut = 0; cut <= n; cut++) {
		uint16_t *copy = test_malloc(cut * 2 + 1);

		for (size_t i = 0; i < cut; i++)
			copy[i] = (unsigned char)line[i];
		xen_option_find(copy, cut, "WATCHDOG", value, sizeof(value));
		test_free(copy);
	}
	assert_int_equal(option("XEN:A=1\0XEN:A=2", 15, "A", value, sizeof(value)), 1);
	assert_string_equal(value, "1");
}

static void start_options(void **state)
{
	static uint16_t many[4096];
	char value[8];

	(void)state;
	XenStartOptionsRead();
	assert_int_equal(
		XenQueryStartOption("X", value, sizeof(value)), STATUS_OBJECT_NAME_NOT_FOUND);
	fake_registry_set_text("Control", "SystemStartOptions", "XEN:BALLOON=OFF");
	XenStartOptionsRead();
	assert_int_equal(XenQueryStartOption("BALLOON", value, sizeof(value)), STATUS_SUCCESS);
	assert_string_equal(value, "OFF");
	assert_int_equal(XenQueryStartOption("BALLOON", value, 3), STATUS_BUFFER_TOO_SMALL);
	/* Too long, of another type: as if there were none. */
	fake_registry_set("Control", "SystemStartOptions", REG_SZ, many, 4098);
	XenStartOptionsRead();
	assert_int_equal(
		XenQueryStartOption("BALLOON", value, sizeof(value)), STATUS_OBJECT_NAME_NOT_FOUND);
	fake_registry_set("Control", "SystemStartOptions", REG_DWORD, "XEN:BALLOON=OFF", 4);
	XenStartOptionsRead();
	assert_int_equal(
		XenQueryStartOption("BALLOON", value, sizeof(value)), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(fake.open_keys, 0);
}

static void parameters(void **state)
{
	ULONG value = 0;
	ULONG stored = 5;

	(void)state;
	assert_int_equal(XenQueryParameter(L"X", &value), STATUS_OBJECT_NAME_NOT_FOUND);
	fake_registry_set(PARAMETERS, "X", REG_DWORD, &stored, 4);
	assert_int_equal(XenQueryParameter(L"X", &value), STATUS_SUCCESS);
	assert_int_equal(value, 5);
	fake_registry_set(PARAMETERS, "X", REG_DWORD, &stored, 2);
	assert_int_equal(XenQueryParameter(L"X", &value), STATUS_OBJECT_TYPE_MISMATCH);
	fake_registry_set(PARAMETERS, "X", REG_SZ, &stored, 4);
	assert_int_equal(XenQueryParameter(L"X", &value), STATUS_OBJECT_TYPE_MISMATCH);
	assert_int_equal(fake.open_keys, 0);
}

static void set_wide(WCHAR *to, const char *from)
{
	do
		*to++ = (unsigned char)*from;
	while (*from++ != '\0');
}

static void active_device(void **state)
{
	XEN_ACTIVE_DEVICE device = { 0 };
	XEN_ACTIVE_DEVICE back;
	unsigned int calls;

	(void)state;
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(XenActiveDeviceSet(&device), STATUS_INVALID_PARAMETER); /* no id */
	set_wide(device.DeviceId, "PCI\\VEN_5853&DEV_0001");
	set_wide(device.InstanceId, "3&267a616a&0&10");
	set_wide(device.LocationInformation, "PCI bus 0");
	assert_int_equal(XenActiveDeviceSet(&device), STATUS_SUCCESS);
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_SUCCESS);
	assert_memory_equal(&back, &device, sizeof(device));
	memset(device.InstanceId, 'x', sizeof(device.InstanceId)); /* no NUL */
	assert_int_equal(XenActiveDeviceSet(&device), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenActiveDeviceClear(), STATUS_SUCCESS);
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_OBJECT_NAME_NOT_FOUND);
	assert_int_equal(XenActiveDeviceClear(), STATUS_SUCCESS);

	/* Every registry call failing in turn: the old record, the new one, or none; never a mix.
	 */
	set_wide(device.InstanceId, "new");
	fake.registry_calls = 0;
	assert_int_equal(XenActiveDeviceSet(&device), STATUS_SUCCESS);
	calls = fake.registry_calls;
	assert_true(calls >= 5);
	for (unsigned int n = 1; n <= calls; n++) {
		XEN_ACTIVE_DEVICE old = device;

		set_wide(old.InstanceId, "old");
		fake.fail_at = 0;
		assert_int_equal(XenActiveDeviceSet(&old), STATUS_SUCCESS);
		fake.registry_calls = 0;
		fake.fail_at = n;
		assert_int_not_equal(XenActiveDeviceSet(&device), STATUS_SUCCESS);
		fake.fail_at = 0;
		if (NT_SUCCESS(XenActiveDeviceQuery(&back)))
			assert_int_equal(back.InstanceId[0], 'o');
		assert_int_equal(fake.open_keys, 0);
	}

	/* What the registry holds is not ours to trust. */
	fake.fail_at = 0;
	assert_int_equal(XenActiveDeviceSet(&device), STATUS_SUCCESS);
	fake_registry_set(ACTIVE, "InstanceID", REG_SZ, "abc", 3);
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_OBJECT_TYPE_MISMATCH);
	fake_registry_set(ACTIVE, "InstanceID", REG_SZ, "a", 0);
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_SUCCESS);
	assert_int_equal(back.InstanceId[0], 0);
	memset(&device, 'x', sizeof(device));
	fake_registry_set(ACTIVE, "InstanceID", REG_SZ, &device, 400); /* no NUL, and no room */
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_BUFFER_TOO_SMALL);
	fake_registry_set(ACTIVE, "InstanceID", REG_SZ, &device, 398); /* room for ours */
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_SUCCESS);
	fake_registry_set(ACTIVE, "InstanceID", REG_SZ, &device, 402);
	assert_int_equal(XenActiveDeviceQuery(&back), STATUS_BUFFER_TOO_SMALL);
	assert_int_equal(fake.open_keys, 0);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		test(log_lines),
		test(formats),
		test(options),
		test(start_options),
		test(parameters),
		test(active_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
