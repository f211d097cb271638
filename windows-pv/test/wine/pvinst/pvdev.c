/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devices for the tests of pvinst, without a bus: root-enumerated, with any hardware ids.
 *   pvdev add NAME ID[,ID…]   the ids are in the order of a bus: the newest revision first
 *   pvdev driver ID           oemN.inf of the device that has the id, or "none"
 *   pvdev value KEY NAME      a REG_DWORD below HKLM, or "none"; set KEY NAME NUMBER makes one
 *   pvdev filters CLASS       its UpperFilters; filter CLASS NAME… sets them
 *   pvdev hold FILE           says "held" and keeps everyone else out of it for some seconds
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <setupapi.h>

static int fail(const char *what)
{
	printf("pvdev: %s: error %08lx\n", what, (unsigned long)GetLastError());
	return 1;
}

static int add(const char *name, const char *ids)
{
	static const GUID system = { 0x4d36e97d, 0xe325, 0x11ce,
		{ 0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18 } };
	HDEVINFO set = SetupDiCreateDeviceInfoList(&system, NULL);
	SP_DEVINFO_DATA device = { .cbSize = sizeof(device) };
	char list[2048] = { 0 };
	size_t n = strlen(ids);

	memcpy(list, ids, n < 2000 ? n : 2000);
	for (char *p = list; *p; p++) {
		if (*p == ',')
			*p = 0;
	}
	if (set == INVALID_HANDLE_VALUE || !SetupDiCreateDeviceInfoA(set, name, &system, NULL, NULL,
						   DICD_GENERATE_ID, &device))
		return fail("create");
	if (!SetupDiSetDeviceRegistryPropertyA(
		    set, &device, SPDRP_HARDWAREID, (const BYTE *)list, (DWORD)n + 2))
		return fail("hardware ids");
	if (!SetupDiCallClassInstaller(DIF_REGISTERDEVICE, set, &device))
		return fail("register");
	return 0;
}

static int driver(const char *id)
{
	HDEVINFO set = SetupDiGetClassDevsA(NULL, NULL, NULL, DIGCF_ALLCLASSES);
	SP_DEVINFO_DATA device = { .cbSize = sizeof(device) };
	char list[2048], inf[64];

	for (DWORD i = 0; SetupDiEnumDeviceInfo(set, i, &device); i++) {
		DWORD size = sizeof(inf);
		bool is = false;
		HKEY key;

		memset(list, 0, sizeof(list));
		if (!SetupDiGetDeviceRegistryPropertyA(set, &device, SPDRP_HARDWAREID, NULL,
			    (BYTE *)list, sizeof(list) - 2, NULL))
			continue;
		for (const char *p = list; *p; p += strlen(p) + 1)
			is = is || _stricmp(p, id) == 0;
		if (!is)
			continue;
		key = SetupDiOpenDevRegKey(set, &device, DICS_FLAG_GLOBAL, 0, DIREG_DRV, KEY_READ);
		if (key != INVALID_HANDLE_VALUE && RegQueryValueExA(key, "InfPath", NULL, NULL,
							   (BYTE *)inf, &size) == ERROR_SUCCESS)
			puts(inf);
		else
			puts("none");
		return 0;
	}
	puts("no device");
	return 0;
}

static int number(const char *path, const char *name, const char *to)
{
	DWORD value = 0, size = sizeof(value);
	HKEY key;

	if (to) {
		value = (DWORD)strtoul(to, NULL, 0);
		return RegCreateKeyA(HKEY_LOCAL_MACHINE, path, &key) != ERROR_SUCCESS ||
		       RegSetValueExA(key, name, 0, REG_DWORD, (const BYTE *)&value, size) !=
			       ERROR_SUCCESS;
	}
	if (RegGetValueA(HKEY_LOCAL_MACHINE, path, name, RRF_RT_REG_DWORD, NULL, &value, &size) !=
		ERROR_SUCCESS)
		puts("none");
	else
		printf("%lu\n", (unsigned long)value);
	return 0;
}

static int filters(const char *class, char *const *names, int n)
{
	char path[256], list[1024] = { 0 };
	DWORD size = sizeof(list), at = 0;
	HKEY key;

	snprintf(path, sizeof(path), "SYSTEM\\CurrentControlSet\\Control\\Class\\%s", class);
	if (n == 0) {
		if (RegGetValueA(HKEY_LOCAL_MACHINE, path, "UpperFilters", RRF_RT_REG_MULTI_SZ,
			    NULL, list, &size) != ERROR_SUCCESS)
			puts("none");
		for (const char *p = list; *p; p += strlen(p) + 1)
			puts(p);
		return 0;
	}
	for (int i = 0; i < n && at + strlen(names[i]) + 2 < sizeof(list); i++) {
		strcpy(list + at, names[i]);
		at += (DWORD)strlen(names[i]) + 1;
	}
	return RegCreateKeyA(HKEY_LOCAL_MACHINE, path, &key) != ERROR_SUCCESS ||
	       RegSetValueExA(key, "UpperFilters", 0, REG_MULTI_SZ, (const BYTE *)list, at + 1) !=
		       ERROR_SUCCESS;
}

static int hold(const char *path)
{
	HANDLE file =
		CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

	if (file == INVALID_HANDLE_VALUE)
		return fail("open");
	puts("held");
	fflush(stdout);
	Sleep(6000);
	CloseHandle(file);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "add") == 0)
		return add(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "driver") == 0)
		return driver(argv[2]);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2]);
	if (argc == 4 && strcmp(argv[1], "value") == 0)
		return number(argv[2], argv[3], NULL);
	if (argc == 5 && strcmp(argv[1], "set") == 0)
		return number(argv[2], argv[3], argv[4]);
	if (argc == 3 && strcmp(argv[1], "filters") == 0)
		return filters(argv[2], NULL, 0);
	if (argc > 3 && strcmp(argv[1], "filter") == 0)
		return filters(argv[2], argv + 3, argc - 3);
	return 2;
}
