/* SPDX-License-Identifier: BSD-2-Clause */
#include "monitor.h"

#include <wchar.h>

#define PARAMETERS SERVICE_KEY L"\\Parameters"

static void number(const WCHAR *name, uint32_t *value)
{
	DWORD found, size = sizeof(found);

	if (RegGetValueW(HKEY_LOCAL_MACHINE, PARAMETERS, name, RRF_RT_REG_DWORD, NULL, &found,
		    &size) == ERROR_SUCCESS)
		*value = found;
}

void settings_read(struct policy *policy, DWORD *reboots)
{
	uint32_t count = 0;

	*policy = POLICY_DEFAULT;
	number(L"AutoReboot", &policy->auto_reboot);
	number(L"AutoRebootTimeout", &policy->auto_timeout);
	number(L"PromptTimeout", &policy->prompt_timeout);
	number(L"AskAgain", &policy->ask_again);
	policy_check(policy);
	number(L"RebootCount", &count);
	*reboots = count;
}

void settings_text(const WCHAR *name, WCHAR *text, const WCHAR *otherwise)
{
	DWORD size = TEXT_UNITS * sizeof(WCHAR);

	/* Always terminated, or an error. */
	if (RegGetValueW(HKEY_LOCAL_MACHINE, PARAMETERS, name, RRF_RT_REG_SZ, NULL, text, &size) !=
			ERROR_SUCCESS ||
		!*text) {
		wcsncpy(text, otherwise, TEXT_UNITS - 1);
		text[TEXT_UNITS - 1] = 0;
	}
}

static LSTATUS set(const WCHAR *path, const WCHAR *name, DWORD type, const void *data, DWORD size)
{
	HKEY key;
	LSTATUS status = RegCreateKeyExW(
		HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL);

	if (status != ERROR_SUCCESS)
		return status;
	status = RegSetValueExW(key, name, 0, type, data, size);
	if (status == ERROR_SUCCESS)
		status = RegFlushKey(key);
	RegCloseKey(key);
	return status;
}

BOOL settings_set_reboots(DWORD reboots)
{
	return set(PARAMETERS, L"RebootCount", REG_DWORD, &reboots, sizeof(reboots)) ==
	       ERROR_SUCCESS;
}

void settings_status(const WCHAR *text)
{
	(void)set(
		SERVICE_KEY, L"Status", REG_SZ, text, (DWORD)((wcslen(text) + 1) * sizeof(WCHAR)));
}

BOOL settings_request(WCHAR name[NAME_UNITS])
{
	DWORD units = NAME_UNITS;
	LSTATUS status;
	HKEY key;

	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, REQUEST_KEY, 0, KEY_ENUMERATE_SUB_KEYS, &key) !=
		ERROR_SUCCESS)
		return FALSE;
	status = RegEnumKeyExW(key, 0, name, &units, NULL, NULL, NULL, NULL);
	RegCloseKey(key);
	return status == ERROR_SUCCESS;
}
