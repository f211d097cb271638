/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XEN.SYS's unplug over a guest that installs, boots, upgrades and uninstalls, with power failing
 * before every single step: each write to the registry, each flush, each file, each port. After
 * each crash the guest boots again, with back-ends that work and with some that do not.
 *
 * The disk has what was flushed. Early in a boot there is no disk to flush to, and Windows says yes
 * all the same; so what a boot uses up may be there again after a crash before the boot disk was
 * up. Both ways are run: see lost_consumption below for what that means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* Its statics are those of one boot. */
#include "../unplug.c"
#include "fake.h"

#define KEY	"Services\\XENFILT\\Unplug"
#define DISKS	0x1
#define NICS	0x2
#define OFF	"XEN:UNPLUG=OFF"
#define SAFE	"/NOEXECUTE=OPTIN SAFEBOOT:MINIMAL"
#define OPTIONS "SystemStartOptions"

/* What is on the guest's disk beside the registry. A file is there or not. */
static struct {
	bool xenbus;  /* xen.sys, xenbus.sys, xenfilt.sys */
	bool filter;  /* XENFILT is among the class filters */
	bool vbd;     /* the disk's driver, and VIF's */
	bool updated; /* the running XEN.SYS is older than the file */
	unsigned int generation;
	unsigned int proven[3]; /* generation that was seen to work, by kind */
	bool pv_works;
	bool booting; /* the disk is not up yet */
} guest;

static jmp_buf power;

static void power_fails(void)
{
	longjmp(power, 1);
}

enum outcome { UP, NO_BOOT_DISK, NO_FILTER };

/* In a running system: a driver that has its back-end counts itself, be it the first time, from
 * beside the emulated device, or after having taken over. */
static void child_starts(ULONG kind)
{
	if (!guest.vbd || !guest.pv_works)
		return;
	guest.proven[kind] = guest.generation;
	assert_int_equal(XenUnplugRequest(kind, TRUE), STATUS_SUCCESS);
}

/* What a replaced XEN.SYS has counted, as the new one sees it. */
static void see_as_updated(void)
{
	unsigned char text[8192];
	ULONG type, size;

	if (!guest.updated)
		return;
	fake_registry_load();
	if (fake_registry_get(KEY, "Version", &type, text, &size))
		fake_registry_set_text(KEY, "Version", "0.0.0.1");
	fake_registry_save();
	guest.updated = false;
}

static void power_on(const char *options)
{
	see_as_updated();
	fake_registry_load();
	fake.mask = 0;
	fake.product = 0;
	fake.disk_up = false;
	fake.open_keys = 0;
	guest.booting = true;
	memset(&Unplug, 0, sizeof(Unplug));
	fake_registry_set_text("Control", OPTIONS, options);
	XenStartOptionsRead();
}

static enum outcome boot(const char *options)
{
	power_on(options);
	if (guest.filter && !guest.xenbus)
		return NO_FILTER;
	if (guest.filter)
		XenUnplugBoot();
	if (fake.mask & DISKS && !(guest.vbd && guest.pv_works))
		return NO_BOOT_DISK;
	fake_step();
	/* The registry gets its files. */
	fake.disk_up = true;
	fake_registry_save();
	guest.booting = false;
	return UP;
}

static void children_start(void)
{
	if (!guest.xenbus)
		return;
	child_starts(XEN_UNPLUG_DISKS);
	child_starts(XEN_UNPLUG_NICS);
}

static void boot_and_run(void)
{
	assert_int_equal(boot(""), UP);
	children_start();
}

static void shut_down(void)
{
	fake_step();
	fake_registry_save();
}

static void zero_counts(void)
{
	static const ULONG none;

	fake_step();
	fake_registry_set(KEY, "DISKS", REG_DWORD, &none, 4);
	fake_step();
	fake_registry_set(KEY, "NICS", REG_DWORD, &none, 4);
	fake_step();
	fake_registry_save();
}

/* As the INF does, in any order that Windows may have: files, service, filter. */
static void install(void)
{
	fake_step();
	guest.xenbus = true;
	fake_step();
	fake_registry_key("Services\\XENFILT");
	zero_counts();
	fake_step();
	guest.filter = true;
	fake_step();
	guest.vbd = true;
	guest.generation++;
	fake_registry_key("Enum\\XENBUS\\VEN_" DK_VENDOR_PREFIX "&DEV_VBD");
	fake_registry_key("Enum\\XENBUS\\VEN_" DK_VENDOR_PREFIX "&DEV_VIF");
	fake_step();
	fake_registry_save();
	children_start();
	shut_down();
}

/* Files first, which is the worse order; children go on running and are restarted meanwhile. */
static void upgrade_xenbus(void)
{
	fake_step();
	guest.updated = true;
	guest.generation++;
	fake_step();
	XenUnplugForget();
	children_start();
	zero_counts();
	shut_down();
}

/* INSTALL.md: the count goes before the driver is replaced. */
static void upgrade_child(void)
{
	zero_counts();
	fake_step();
	guest.generation++;
	children_start();
	shut_down();
}

/* INSTALL.md: count, filter, files. */
static void uninstall(void)
{
	zero_counts();
	fake_step();
	guest.filter = false;
	fake_step();
	guest.vbd = false;
	fake_step();
	guest.xenbus = false;
	shut_down();
}

static void life(void)
{
	boot_and_run();
	assert_int_equal(fake.mask, 0);
	install();
	boot_and_run();
	assert_int_equal(fake.mask, DISKS | NICS | PV_UNPLUG_NVME);
	shut_down();
	boot_and_run();
	assert_int_equal(fake.mask, DISKS | NICS | PV_UNPLUG_NVME);
	upgrade_xenbus();
	boot_and_run();
	assert_int_equal(fake.mask, 0);
	shut_down();
	boot_and_run();
	assert_int_equal(fake.mask, DISKS | NICS | PV_UNPLUG_NVME);
	upgrade_child();
	boot_and_run();
	shut_down();
	uninstall();
	boot_and_run();
	assert_int_equal(fake.mask, 0);
}

static void start(bool early, bool eager)
{
	fake_reset();
	memset(&guest, 0, sizeof(guest));
	XenLogSetup(XEN_LOG_NONE, XEN_LOG_NONE);
	fake.port_version = 1;
	fake.early = early;
	fake.eager = eager;
	fake.crash = power_fails;
	guest.pv_works = true;
}

/* Nothing was taken that had not been seen to work as it is on disk now. */
static void only_what_is_proven(void)
{
	if (fake.mask & DISKS)
		assert_int_equal(guest.proven[XEN_UNPLUG_DISKS], guest.generation);
	if (fake.mask & NICS)
		assert_int_equal(guest.proven[XEN_UNPLUG_NICS], guest.generation);
}

/*
 * After a crash. Each boot begins from what the crash left on disk. Taken: what the boot in which
 * the power failed had taken before its disk was up; 0: it was not booting, or not that far.
 */
static void what_a_boot_finds(unsigned int taken)
{
	struct registry *copy;

	see_as_updated();
	copy = fake_registry_copy();
	/* The ways out take nothing, whatever is broken. */
	guest.pv_works = false;
	assert_int_equal(boot(OFF), UP);
	assert_int_equal(fake.mask, 0);
	fake_registry_paste(copy);
	assert_int_equal(boot(SAFE), UP);
	assert_int_equal(fake.mask, 0);
	fake_registry_paste(copy);

	/* With back-ends as they were. */
	guest.pv_works = true;
	assert_int_equal(boot(""), UP);
	only_what_is_proven();
	/*
	 * Used up before it was acted on, if flushes reach the disk. If they do not, this boot
	 * finds the same count and does the same as that one, with the same drivers.
	 */
	if (taken)
		assert_int_equal(fake.mask, fake.early ? 0 : taken);
	fake_registry_paste(copy);

	/* With the back-ends gone: at most one boot is lost, where a boot can use the count up. */
	guest.pv_works = false;
	if (boot("") != UP && fake.early)
		assert_int_equal(boot(""), UP);
	free(copy);
}

static unsigned int crash_at(unsigned int n, bool early, bool eager, unsigned int *lost)
{
	volatile bool crashed = false;
	unsigned int taken;

	start(early, eager);
	fake.crash_at = n;
	if (setjmp(power) == 0)
		life();
	else
		crashed = true;
	fake.crash_at = 0;
	if (!crashed)
		return fake.step;
	taken = guest.booting ? fake.mask : 0;
	*lost += taken && !fake.early;
	what_a_boot_finds(taken);
	return 0;
}

static void power_fails_at_every_step(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode < 4; mode++) {
		unsigned int n = 1, lost = 0;

		while (crash_at(n, mode & 1, mode >> 1 & 1, &lost) == 0)
			n++;
		/* A life is not empty; and the window is there in each of the four boots that
		 * unplug. */
		assert_true(n > 60);
		assert_int_equal(lost, mode & 1 ? 0 : 4);
	}
}

/* Every registry call of a boot failing in turn: nothing is taken unless the count is gone. */
static void failing_registry(void **state)
{
	unsigned int calls, taken = 0;

	(void)state;
	start(true, true);
	boot_and_run();
	install();
	fake.registry_calls = 0;
	assert_int_equal(boot(""), UP);
	calls = fake.registry_calls;
	for (unsigned int n = 1; n <= calls; n++) {
		ULONG type, size;
		unsigned char data[8192];

		start(true, true);
		boot_and_run();
		install();
		fake.registry_calls = 0;
		fake.fail_at = n;
		(void)boot("");
		fake.fail_at = 0;
		taken += fake.mask != 0;
		if (fake.mask != 0) {
			assert_false(fake_registry_get(KEY, "DISKS", &type, data, &size));
			assert_false(fake_registry_get(KEY, "NICS", &type, data, &size));
		}
		assert_int_equal(fake.open_keys, 0);
	}
	/* Among the calls are some that are about the log or safe mode. */
	assert_true(calls > 8 && taken < calls);
}

static void failing_requests(void **state)
{
	(void)state;
	for (unsigned int n = 1; n < 40; n++) {
		NTSTATUS status;
		ULONG type, size;
		unsigned char data[8192];

		start(true, true);
		boot_and_run();
		fake_registry_key("Services\\XENFILT");
		fake.registry_calls = 0;
		fake.fail_at = n;
		status = XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE);
		fake.fail_at = 0;
		assert_int_equal(
			fake_registry_get(KEY, "DISKS", &type, data, &size), NT_SUCCESS(status));
		assert_int_equal(fake.open_keys, 0);
		if (fake.registry_calls < n)
			return;
	}
	fail();
}

static void requests(void **state)
{
	ULONG type, size, value = 0;
	unsigned char data[8192];

	(void)state;
	start(true, true);
	boot_and_run();
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE), STATUS_NOT_FOUND);
	fake_registry_key("Services\\XENFILT");
	assert_int_equal(XenUnplugRequest(0, TRUE), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenUnplugRequest(3, TRUE), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_NICS, FALSE), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_NICS, TRUE), STATUS_SUCCESS);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_NICS, TRUE), STATUS_SUCCESS);
	assert_true(fake_registry_get(KEY, "NICS", &type, &value, &size));
	assert_int_equal(value, 2);
	assert_false(fake_registry_get(KEY, "DISKS", &type, data, &size));
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_NICS, FALSE), STATUS_SUCCESS);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_NICS, FALSE), STATUS_SUCCESS);
	assert_false(fake_registry_get(KEY, "NICS", &type, data, &size));
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE), STATUS_SUCCESS);
	/* What another version has left, and no boot used up, is not taken over. */
	value = 1;
	fake_registry_set(KEY, "NICS", REG_DWORD, &value, 4);
	fake_registry_set_text(KEY, "Version", "0.0.0.1");
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE), STATUS_SUCCESS);
	assert_false(fake_registry_get(KEY, "NICS", &type, data, &size));
	/* An installer takes it back behind our back: what is counted then begins anew. */
	value = 0;
	fake_registry_set(KEY, "DISKS", REG_DWORD, &value, 4);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE), STATUS_SUCCESS);
	assert_true(fake_registry_get(KEY, "DISKS", &type, &value, &size));
	assert_int_equal(value, 1);
	value = 0;
	fake_registry_set(KEY, "DISKS", REG_DWORD, &value, 4);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, FALSE), STATUS_SUCCESS);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, FALSE), STATUS_INVALID_PARAMETER);
	assert_int_equal(XenUnplugRequest(XEN_UNPLUG_DISKS, TRUE), STATUS_SUCCESS);
	XenUnplugForget();
	assert_false(fake_registry_get(KEY, "DISKS", &type, data, &size));
	assert_int_equal(fake.open_keys, 0);
}

/* What the registry holds is not believed. */
static void rubbish(void **state)
{
	static const struct {
		ULONG type, size, value;
	} counts[] = {
		{ REG_DWORD, 4, 0xffffffff },
		{ REG_DWORD, 4, 257 },
		{ REG_DWORD, 2, 1 },
		{ REG_SZ, 4, 1 },
		{ REG_DWORD, 4, 0 },
	};

	(void)state;
	for (size_t i = 0; i < RTL_NUMBER_OF(counts); i++) {
		start(true, true);
		boot_and_run();
		install();
		fake_registry_set(KEY, "DISKS", counts[i].type, &counts[i].value, counts[i].size);
		fake_registry_save();
		assert_int_equal(boot(""), UP);
		assert_int_equal(fake.mask, NICS);
	}
}

static void hosts(void **state)
{
	(void)state;
	start(true, true);
	boot_and_run();
	install();
	fake.magic = 0xd249;
	assert_int_equal(boot(""), UP);
	assert_int_equal(fake.mask, 0);
	assert_int_equal(fake.product, 0);

	start(true, true);
	boot_and_run();
	install();
	fake.refuses_product = true;
	assert_int_equal(boot(""), UP);
	assert_int_equal(fake.mask, 0);
	assert_int_equal(fake.product, DK_PRODUCT_NUMBER);
	assert_int_equal(fake.build, DK_BUILD_NUMBER);

	start(true, true);
	boot_and_run();
	install();
	fake.magic = 0xffff;
	assert_int_equal(boot(""), UP);
	assert_int_equal(fake.mask, 0);

	start(true, true);
	boot_and_run();
	install();
	fake.port_version = 0;
	assert_int_equal(boot(""), UP);
	assert_int_equal(fake.mask, DISKS | NICS | PV_UNPLUG_NVME);
	assert_int_equal(fake.product, 0);
	assert_true(XenUnplugged(XEN_UNPLUG_DISKS) && XenUnplugged(XEN_UNPLUG_NICS));
	XenUnplugBoot();
	assert_int_equal(XenUnplugged(3), FALSE);

	start(true, true);
	boot_and_run();
	install();
	assert_int_equal(boot("XEN:BOOT_EMULATED=true"), UP);
	assert_int_equal(fake.mask, PV_UNPLUG_AUX_DISKS | NICS);
	assert_false(XenUnplugged(XEN_UNPLUG_DISKS));
}

/* Installed into a running system, XENFILT may be loaded there. */
static void too_late(void **state)
{
	(void)state;
	start(true, true);
	boot_and_run();
	install();
	fake_registry_set_text("Control\\hivelist", "\\REGISTRY\\MACHINE\\SOFTWARE", "\\Device");
	memset(&Unplug, 0, sizeof(Unplug));
	XenUnplugBoot();
	assert_int_equal(fake.mask, 0);
	assert_false(XenUnplugged(XEN_UNPLUG_DISKS) || XenUnplugged(XEN_UNPLUG_NICS));
	assert_int_equal(fake.open_keys, 0);
}

/* It comes up in another domain, whose emulator has everything: what was taken is taken again. */
static void hibernation(void **state)
{
	unsigned int taken;

	(void)state;
	start(true, true);
	boot_and_run();
	XenUnplugResume();
	assert_int_equal(fake.mask, 0);
	install();
	assert_int_equal(boot("XEN:BOOT_EMULATED=true"), UP);
	taken = fake.mask;
	assert_int_equal(taken, PV_UNPLUG_AUX_DISKS | NICS);
	fake.mask = 0;
	fake.product = 0;
	fake.registry_calls = 0;
	XenUnplugResume();
	assert_int_equal(fake.mask, taken);
	assert_int_equal(fake.product, DK_PRODUCT_NUMBER);
	/* It is early, and there may be nothing to read from. */
	assert_int_equal(fake.registry_calls, 0);
	XenLogSetup(XEN_LOG_CRITICAL, XEN_LOG_NONE);
	/* A host that does not want it, or has no ports: Windows has both ways to a disk. */
	for (int i = 0; i < 2; i++) {
		fake.mask = 0;
		fake.product = 0;
		fake.magic = i ? 0xffff : 0xd249;
		XenUnplugResume();
		assert_int_equal(fake.mask, 0);
		assert_int_equal(fake.product, 0);
	}
	assert_non_null(strstr(fake.log, "are back, and the host leaves them"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_fails_at_every_step),
		cmocka_unit_test(failing_registry),
		cmocka_unit_test(failing_requests),
		cmocka_unit_test(requests),
		cmocka_unit_test(rubbish),
		cmocka_unit_test(hosts),
		cmocka_unit_test(too_late),
		cmocka_unit_test(hibernation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
