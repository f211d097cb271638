/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "win.h"

#define WIDE_PATH 1024

const WCHAR *pvi_arch(void)
{
	SYSTEM_INFO info;

	GetNativeSystemInfo(&info);
	return info.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64 ? L"x64" : L"x86";
}

/* Reads FOLDER\NAME; keeps it when it is a PV driver's. */
static bool take(struct pvi_packages *l, const WCHAR *folder, const WCHAR *name, bool full_name)
{
	struct pvi_package *p;
	WCHAR path[WIDE_PATH];

	if (_snwprintf(path, WIDE_PATH, L"%ls\\%ls", folder, name) < 0)
		return true;
	path[WIDE_PATH - 1] = 0;
	if (l->n == PVI_PACKAGES) {
		pvi_error(0, "there are more than %d packages", PVI_PACKAGES);
		return false;
	}
	p = &l->v[l->n];
	if (pvi_inf_read(p, path) && pvi_is_pv(p) &&
		pvi_narrow(p->inf, sizeof(p->inf), full_name ? path : name))
		l->n++;
	return true;
}

static bool take_all(
	struct pvi_packages *l, const WCHAR *folder, const WCHAR *pattern, bool full_name)
{
	WIN32_FIND_DATAW found;
	WCHAR path[WIDE_PATH];
	bool fine = true;
	HANDLE find;

	if (_snwprintf(path, WIDE_PATH, L"%ls\\%ls", folder, pattern) < 0)
		return true;
	path[WIDE_PATH - 1] = 0;
	find = FindFirstFileW(path, &found);
	if (find == INVALID_HANDLE_VALUE)
		return true;
	do {
		if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
			fine = take(l, folder, found.cFileName, full_name);
	} while (fine && FindNextFileW(find, &found));
	FindClose(find);
	return fine;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct pvi_package *)a)->inf, ((const struct pvi_package *)b)->inf);
}

bool pvi_medium_read(struct pvi_packages *l, const WCHAR *folder)
{
	WIN32_FIND_DATAW found;
	WCHAR path[WIDE_PATH];
	bool fine = true;
	HANDLE find;

	l->n = 0;
	if (_snwprintf(path, WIDE_PATH, L"%ls\\*", folder) < 0) {
		pvi_error(0, "the name of the packages' folder is too long");
		return false;
	}
	path[WIDE_PATH - 1] = 0;
	find = FindFirstFileW(path, &found);
	if (find == INVALID_HANDLE_VALUE) {
		char text[PVI_PATH];

		pvi_narrow(text, sizeof(text), folder);
		pvi_error(GetLastError(), "%s: no folder with packages; name it with --from", text);
		return false;
	}
	do {
		if (!(found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ||
			found.cFileName[0] == L'.')
			continue;
		if (_snwprintf(path, WIDE_PATH, L"%ls\\%ls\\%ls", folder, found.cFileName,
			    pvi_arch()) > 0) {
			path[WIDE_PATH - 1] = 0;
			fine = take_all(l, path, L"*.inf", true);
		}
	} while (fine && FindNextFileW(find, &found));
	FindClose(find);
	qsort(l->v, l->n, sizeof(l->v[0]), by_name);
	return fine;
}

/* The text of a device's registry property; a list's first text. */
static bool property(HDEVINFO set, SP_DEVINFO_DATA *data, DWORD which, WCHAR *list, DWORD count)
{
	DWORD type = 0, size = 0;

	memset(list, 0, count * sizeof(*list));
	return SetupDiGetDeviceRegistryPropertyW(
		set, data, which, &type, (BYTE *)list, (count - 2) * sizeof(*list), &size);
}

static void driver_value(HKEY key, const WCHAR *name, char *to, size_t size)
{
	WCHAR text[PVI_ID] = { 0 };
	DWORD type = 0, bytes = sizeof(text) - sizeof(WCHAR);

	to[0] = 0;
	if (RegQueryValueExW(key, name, NULL, &type, (BYTE *)text, &bytes) == ERROR_SUCCESS &&
		type == REG_SZ)
		pvi_narrow(to, size, text);
}

/* The first of the device's ids that the package has: how the driver was chosen. */
static void match(struct pvi_device *d, const struct pvi_packages *installed, const WCHAR *ids)
{
	char id[PVI_ID];

	for (; *ids && !*d->matching; ids += wcslen(ids) + 1) {
		if (!pvi_narrow(id, sizeof(id), ids))
			continue;
		for (size_t i = 0; i < installed->n && !*d->matching; i++) {
			if (pvi_same(installed->v[i].inf, d->inf) &&
				pvi_has_id(&installed->v[i], id))
				pvi_copy(d->matching, sizeof(d->matching), id);
		}
	}
}

static bool is_ours(const WCHAR *ids)
{
	struct pvi_child child;
	char id[PVI_ID];

	for (; *ids; ids += wcslen(ids) + 1) {
		if (pvi_narrow(id, sizeof(id), ids) &&
			(_strnicmp(id, "PCI\\VEN_5853&", 13) == 0 || pvi_child_parse(&child, id)))
			return true;
	}
	return false;
}

/* What the system keeps of a device's driver. */
static void read_driver(HDEVINFO set, SP_DEVINFO_DATA *data, struct pvi_device *d,
	const struct pvi_system *s, const WCHAR *ids)
{
	HKEY key = SetupDiOpenDevRegKey(set, data, DICS_FLAG_GLOBAL, 0, DIREG_DRV, KEY_READ);

	if (key == INVALID_HANDLE_VALUE)
		return;
	driver_value(key, L"InfPath", d->inf, sizeof(d->inf));
	driver_value(key, L"MatchingDeviceId", d->matching, sizeof(d->matching));
	RegCloseKey(key);
	if (!*d->matching)
		match(d, &s->installed, ids);
}

/* Enumerates devices, those that are there or all of them; what is known already stays. */
static bool read_devices(struct pvi_system *s, DWORD flags, bool present)
{
	HDEVINFO set = SetupDiGetClassDevsW(NULL, NULL, NULL, DIGCF_ALLCLASSES | flags);
	SP_DEVINFO_DATA data = { .cbSize = sizeof(data) };
	WCHAR instance[PVI_ID], ids[4096];
	bool fine = true;

	if (set == INVALID_HANDLE_VALUE) {
		pvi_error(GetLastError(), "cannot list devices");
		return false;
	}
	for (DWORD i = 0; fine && SetupDiEnumDeviceInfo(set, i, &data); i++) {
		struct pvi_device *d = &s->devices[s->device_count];
		char name[PVI_ID];
		bool known = false;

		if (!property(set, &data, SPDRP_HARDWAREID, ids, 4096) || !is_ours(ids) ||
			!SetupDiGetDeviceInstanceIdW(set, &data, instance, PVI_ID, NULL) ||
			!pvi_narrow(name, sizeof(name), instance))
			continue;
		for (size_t k = 0; k < s->device_count && !known; k++)
			known = pvi_same(s->devices[k].instance, name);
		if (known)
			continue;
		if (s->device_count == PVI_DEVICES) {
			pvi_error(0, "there are more than %d PV devices", PVI_DEVICES);
			fine = false;
			break;
		}
		memset(d, 0, sizeof(*d));
		pvi_copy(d->instance, sizeof(d->instance), name);
		d->present = present;
		read_driver(set, &data, d, s, ids);
		s->device_count++;
	}
	SetupDiDestroyDeviceInfoList(set);
	return fine;
}

bool pvi_system_read(struct pvi_system *s)
{
	WCHAR folder[WIDE_PATH];
	UINT n = GetWindowsDirectoryW(folder, WIDE_PATH - 8);

	memset(s, 0, sizeof(*s));
	if (!n || n >= WIDE_PATH - 8) {
		pvi_error(GetLastError(), "cannot find the Windows folder");
		return false;
	}
	wcscat(folder, L"\\INF");
	return take_all(&s->installed, folder, L"*.inf", false) &&
	       read_devices(s, DIGCF_PRESENT, true) && read_devices(s, 0, false);
}
