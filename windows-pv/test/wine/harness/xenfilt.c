/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UNPLUG and XENFILT: what a boot finds in the registry, what the emulator is told, what a child
 * counts, and what the filter makes of buses. Each run is one boot. Crashes at every step are
 * tested on the host, where there are as many boots as one likes; this shows the shipped files
 * doing it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define OK	 "00000000"
#define UNPLUG	 "SYSTEM\\CurrentControlSet\\Services\\XENFILT\\Unplug"
#define CLASS	 "SYSTEM\\CurrentControlSet\\Control\\Class\\"
#define RECORD	 "SYSTEM\\CurrentControlSet\\Services\\XEN\\ActiveDevice"
#define NIC	 "PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03"
#define NVME	 "PCI\\VEN_8086&DEV_5845&SUBSYS_11001AF4&REV_02"
#define PLATFORM "PCI\\VEN_5853&DEV_0001&SUBSYS_00015853&REV_01"

static HKEY key(const char *path)
{
	HKEY made;

	if (RegCreateKeyExA(
		    HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &made, NULL)) {
		printf("Bail out! %s cannot be made\n", path);
		exit(3);
	}
	return made;
}

static void set(const char *path, const char *name, DWORD type, const void *data, DWORD size)
{
	HKEY k = key(path);

	RegSetValueExA(k, name, 0, type, data, size);
	RegCloseKey(k);
}

static void set_text(const char *path, const char *name, const char *text)
{
	set(path, name, REG_SZ, text, (DWORD)strlen(text) + 1);
}

/* A number; -1: there is no such value. */
static long number(const char *path, const char *name)
{
	DWORD value, size = sizeof(value);

	if (RegGetValueA(HKEY_LOCAL_MACHINE, path, name, RRF_RT_REG_DWORD, NULL, &value, &size))
		return -1;
	return (long)value;
}

static bool filtered(const char *class)
{
	char path[128], list[512] = "";
	DWORD size = sizeof(list) - 1;

	snprintf(path, sizeof(path), CLASS "%s", class);
	if (RegGetValueA(HKEY_LOCAL_MACHINE, path, "UpperFilters", RRF_RT_REG_MULTI_SZ, NULL, list,
		    &size))
		return false;
	for (const char *p = list; *p; p += strlen(p) + 1)
		if (!strcmp(p, "XENFILT"))
			return true;
	return false;
}

#define SYSTEM_CLASS	 "{4d36e97d-e325-11ce-bfc1-08002be10318}"
#define CONTROLLER_CLASS "{4d36e96a-e325-11ce-bfc1-08002be10318}"

static bool exists(const char *path)
{
	HKEY k;

	if (RegOpenKeyExA(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &k))
		return false;
	RegCloseKey(k);
	return true;
}

/* The first start, before any boot with the filter: what a child writes is kept for the "boot". */
static void counting(char version[64])
{
	DWORD size = 63;

	ok(number(UNPLUG, "DISKS") == 0 && number(UNPLUG, "NICS") == 0,
		"by default nobody is counted");
	child_up();
	ok(filtered(SYSTEM_CLASS) && filtered(CONTROLLER_CLASS),
		"XENBUS has made XENFILT a filter of both classes");
	is(ask("child unplugged 1"), "0", "no disk is unplugged");
	is(ask("child unplugged 2"), "0", "no network card either");
	is(ask("child unplug 3 1"), "c000000d", "there is no third kind");
	is(ask("child unplug 1 1"), OK, "a driver for disks counts itself ready");
	is(ask("child unplug 1 1"), OK, "... and another");
	is(ask("child unplug 1 0"), OK, "... which takes it back");
	is(ask("child unplug 2 1"), OK, "and one for network cards");
	ok(number(UNPLUG, "DISKS") == 1, "the count of disks (%ld)", number(UNPLUG, "DISKS"));
	ok(number(UNPLUG, "NICS") == 1, "the count of network cards (%ld)", number(UNPLUG, "NICS"));
	RegGetValueA(HKEY_LOCAL_MACHINE, UNPLUG, "Version", RRF_RT_REG_SZ, NULL, version, &size);
	ok(*version >= '0' && *version <= '9', "and which version has counted (%s)", version);
	is(ask("sim unplugged"), "0", "nothing is unplugged in a running system");
	is(ask("child reboot a\\b"), "c000000d", "a restart is asked for by name");
	is(ask("child reboot XENVBD"), OK, "a driver asks for a restart");
	ok(exists("SYSTEM\\CurrentControlSet\\Services\\XENBUS\\Reboot\\XENVBD"),
		"... which the monitor will find");
	child_down();
	bus_down();
	ok(number(UNPLUG, "DISKS") == -1 && number(UNPLUG, "NICS") == -1,
		"a bus that is removed takes the counts back");
	ok(!filtered(SYSTEM_CLASS) && !filtered(CONTROLLER_CLASS), "... and the filter out");
}

/* As a machine that restarts in good order leaves it. */
static void armed(const char *version)
{
	const DWORD one = 1;

	set(UNPLUG, "DISKS", REG_DWORD, &one, sizeof(one));
	set(UNPLUG, "NICS", REG_DWORD, &one, sizeof(one));
	set_text(UNPLUG, "Version", version);
	key("SYSTEM\\CurrentControlSet\\Enum\\XENBUS\\VEN_DK&DEV_VBD");
	key("SYSTEM\\CurrentControlSet\\Enum\\XENBUS\\VEN_DK&DEV_VIF");
}

static void boot(const char *how, const char *version)
{
	armed(version);
	if (!strcmp(how, "other-version"))
		set_text(UNPLUG, "Version", "0.0.0.1");
	if (!strcmp(how, "late"))
		set_text("SYSTEM\\CurrentControlSet\\Control\\hivelist",
			"\\REGISTRY\\MACHINE\\SOFTWARE", "\\Device");
	if (!strcmp(how, "safe"))
		key("SYSTEM\\CurrentControlSet\\Control\\SafeBoot\\Option");
	is(ask("bus filter root"), OK, "XENFILT is loaded and put on the bus, as at boot");
	ok(number(UNPLUG, "DISKS") == -1 && number(UNPLUG, "NICS") == -1, "the counts are used up");
	if (!strcmp(how, "ready")) {
		is(ask("sim unplugged"), "11", "disks, NVMe disks and network cards are unplugged");
		is(ask("sim emulated"), "", "... and the emulator has none left");
	} else {
		is(ask("sim unplugged"), "0", "nothing is unplugged");
		is(ask("sim emulated"), "boot disks nvme nics", "... and the emulator has all");
	}
}

static void after_boot(const char *how)
{
	bool taken = !strcmp(how, "ready");

	ask("bus plug");
	like(await("started 1", "bus state"), "started 1", "XENBUS starts above the filter");
	child_up();
	is(ask("child unplugged 1"), taken ? "1" : "0", "the child is told about disks");
	is(ask("child unplugged 2"), taken ? "1" : "0", "... and network cards");
	is(ask("child device %s", PLATFORM), "1", "EMULATED: the platform device is seen");
	is(ask("child device PCI\\VEN_5853&DEV_0001"), "1", "... by the beginning of its id");
	is(ask("child device PCI\\VEN_5853&DEV_000"), "0", "... up to a mark");
	is(ask("child device %s", NIC), "0", "a network card is not");
	is(ask("child disk 0"), "0", "nor a disk");
	is(ask("child unplug 1 1"), OK, "the driver that has taken over counts itself again");
	ok(number(UNPLUG, "DISKS") == 1, "... for the next boot");
	clean("so far");
}

/* Buses that only the test knows: comings and goings, and what EMULATED says meanwhile. */
static void buses(void)
{
	is(ask("bus filter make 0 - *PNP0600 x"), OK, "a bus of another kind");
	is(ask("bus filter add 0"), OK, "... which XENFILT is asked to filter");
	is(ask("bus filter make 1 0 " NIC " 18"), OK, "... and does not:");
	is(ask("bus filter look 0"), "1", "... it shows its device");
	is(ask("child device " NIC), "0", "... which EMULATED does not know");
	ask("bus filter remove 1");
	ask("bus filter remove 0");

	is(ask("bus filter make 0 - *PNP0A08 0"), OK, "a root of PCI");
	is(ask("bus filter add 0"), OK, "... is filtered");
	ask("bus filter make 1 0 " NIC " 18");
	is(ask("child device " NIC), "0", "a network card that was not enumerated is not known");
	is(ask("bus filter look 0"), "1", "the bus shows it");
	is(ask("child device " NIC), "1", "EMULATED: and now it is");
	is(ask("child device " NIC " 18"), "1", "... by its instance too");
	is(ask("child device " NIC " 20"), "0", "... and not by another");
	is(ask("bus filter id 1 3"), "18", "its instance is as the bus says");
	is(ask("bus filter restart 1"), OK, "it loses its driver");
	is(ask("bus filter look 0"), "1", "... and stays");
	is(ask("child device " NIC), "1", "... and is known");
	ask("bus filter make 2 0 " NVME " 28");
	ask("bus filter look 0");
	is(ask("child disk 0"), "1", "an emulated NVMe disk may be any disk");
	ask("bus filter hide 2");
	is(ask("bus filter look 0"), "1", "it goes");
	is(ask("child disk 0"), "0", "... and is not known");
	is(ask("bus filter remove 2"), OK, "... and is removed");

	is(ask("bus filter make 3 - Internal_IDE_Channel 4&1a&0&1"), OK, "the second IDE channel");
	is(ask("bus filter add 3"), OK, "... is filtered");
	ask("bus filter make 4 3 IDE\\CdRomQEMU 5&2&0&1.0.0");
	ask("bus filter make 5 3 IDE\\DiskQEMU 5&2&0&0.1.0");
	is(ask("bus filter look 3"), "2", "... with a CD-ROM and a disk");
	is(ask("child disk 3"), "1", "EMULATED: the disk is the secondary slave");
	is(ask("child disk 2"), "0", "... and the CD-ROM no disk");
	is(ask("child disk 0"), "0", "... nor is there one on the other channel");
	ask("bus filter make 6 3 IDE\\DiskQEMU nonsense");
	ask("bus filter look 3");
	is(ask("child disk 0"), "1", "a disk whose place is not known may be any");
	clean("buses");
	is(ask("bus filter remove 3"), OK, "the channel goes with all that is on it");
	is(ask("child disk 3"), "0", "... and nothing of it is known");
	ask("bus filter remove 4");
	ask("bus filter remove 5");
	ask("bus filter remove 6");
	ask("bus filter remove 0");
	ask("bus filter remove 1");
	clean("no filter is left behind");
}

/* The record was made when XENBUS first started; this root has the device elsewhere. */
static void identity(void)
{
	is(ask("bus filter make 0 - *PNP0A03 0"), OK, "another root of PCI");
	ask("bus filter add 0");
	ask("bus filter make 1 0 PCI\\VEN_5853&DEV_0002&SUBSYS_00015853&REV_01 40");
	ask("bus filter make 2 0 " PLATFORM " 30");
	ask("bus filter make 3 0 " PLATFORM " 38");
	is(ask("bus filter look 0"), "3", "... with devices of Xen's");
	is(ask("bus filter id 1 3"), "40", "one that is not the recorded kind keeps its instance");
	is(ask("bus filter id 2 3"), "3&13c0b0c5&0&10",
		"one of its kind in another place is shown as the recorded one");
	is(ask("bus filter id 3 3"), "38", "... and only one");
	is(ask("bus filter id 2 0"), PLATFORM, "... its id is as it was");
	ask("bus filter look 0");
	is(ask("bus filter id 2 3"), "3&13c0b0c5&0&10", "... and it stays so");
	for (int i = 1; i < 4; i++)
		ask("bus filter hide %d", i);
	ask("bus filter look 0");
	for (int i = 1; i < 4; i++)
		ask("bus filter remove %d", i);
	ask("bus filter make 4 0 " PLATFORM " 30");
	ask("bus filter make 5 0 " PLATFORM " 3&13c0b0c5&0&10");
	ask("bus filter look 0");
	is(ask("bus filter id 4 3"), "30",
		"where the recorded one is there, no other takes its place");
	is(ask("bus filter id 4 text"), "as the bus says", "... nor its text");
	ask("bus filter remove 0");
	ask("bus filter remove 4");
	ask("bus filter remove 5");
	clean("identity");
}

/* The emulator of another domain has all again; the root of PCI is the first to hear of it. */
static void hibernated(void)
{
	ask("sim keep device/vif/0/backend x");
	hibernate(7, "-");
	is(ask("sim emulated"), "boot disks nvme nics", "the emulator shows all its devices");
	ask("bus root-irp 0 16 2 0 0 4 3");
	is(ask("sim unplugged"), "0", "... until the system works again");
	ask("bus root-irp 0 16 2 0 0 1 3");
	is(ask("sim emulated"), "", "... and none after the root of PCI was told that it does");
	wake_up();
	is(ask("child unplugged 1"), "1", "the child is told what it was told before");
	clean("hibernation");
}

void suite_xenfilt(const char *variant, const char *how)
{
	char version[64] = "";

	/* Wine has no devices of it. */
	key(CLASS CONTROLLER_CLASS);
	bus_up(variant, "4.17 1");
	counting(version);
	note("the next boot: %s", how);
	boot(how, version);
	after_boot(how);
	if (!strcmp(how, "ready")) {
		hibernated();
		buses();
		identity();
	}
	child_down();
	is(ask("bus unplug"), "ok", "the platform device is pulled out");
	like(await("removed 1", "bus state"), "surprised 1 removed 1", "... which XENBUS is told");
	clean("the end");
}
