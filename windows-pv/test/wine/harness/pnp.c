/* SPDX-License-Identifier: BSD-2-Clause */
/* Installation, as Device Manager does it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

#include <initguid.h>
#include <devguid.h>
#include <newdev.h>
#include <setupapi.h>

static void give_up(const char *what)
{
	printf("Bail out! %s: error %lu\n", what, GetLastError());
	fflush(stdout);
	exit(3);
}

void stage(const char *inf)
{
	if (!SetupCopyOEMInfA(inf, NULL, SPOST_PATH, 0, NULL, 0, NULL, NULL))
		give_up(inf);
}

void install_root(const char *hardware_id, const char *inf)
{
	SP_DEVINFO_DATA data = { .cbSize = sizeof(data) };
	char ids[128] = { 0 };
	BOOL reboot;
	HDEVINFO set;

	strncpy(ids, hardware_id, sizeof(ids) - 2);
	set = SetupDiCreateDeviceInfoList(&GUID_DEVCLASS_SYSTEM, NULL);
	if (set == INVALID_HANDLE_VALUE)
		give_up("SetupDiCreateDeviceInfoList");
	if (!SetupDiCreateDeviceInfoA(
		    set, "DKTESTBUS", &GUID_DEVCLASS_SYSTEM, NULL, NULL, DICD_GENERATE_ID, &data) ||
		!SetupDiSetDeviceRegistryPropertyA(
			set, &data, SPDRP_HARDWAREID, (BYTE *)ids, (DWORD)strlen(ids) + 2) ||
		!SetupDiCallClassInstaller(DIF_REGISTERDEVICE, set, &data))
		give_up("making the root device");
	if (!UpdateDriverForPlugAndPlayDevicesA(NULL, hardware_id, inf, INSTALLFLAG_FORCE, &reboot))
		give_up(inf);
	SetupDiDestroyDeviceInfoList(set);
}
