/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps, by SetupAPI, newdev and the configuration manager. Each may be done twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "win.h"

#include <cfgmgr32.h>
#include <newdev.h>

#define WIDE_PATH   1024
#define UNPLUG_KEY  L"SYSTEM\\CurrentControlSet\\Services\\XENFILT\\Unplug"
#define CLASSES_KEY L"SYSTEM\\CurrentControlSet\\Control\\Class"
#define MARK_KEY    L"SYSTEM\\CurrentControlSet\\Control\\PvinstRestart"

#ifndef SUOI_FORCEDELETE
#define SUOI_FORCEDELETE 1
#endif

/* C:\Windows\INF\oemN.inf */
static bool installed_path(WCHAR *path, const char *inf)
{
	WCHAR name[PVI_NAME];
	UINT n = GetWindowsDirectoryW(path, WIDE_PATH - PVI_NAME - 8);

	if (!n || n >= WIDE_PATH - PVI_NAME - 8 || !pvi_wide(name, PVI_NAME, inf) || !*name)
		return false;
	wcscat(path, L"\\INF\\");
	wcscat(path, name);
	return true;
}

/* The next boot has emulated disks and cards: what drivers have counted is forgotten. */
static bool restore(void)
{
	static const WCHAR *const kinds[] = { L"DISKS", L"NICS" };
	DWORD zero = 0;
	LSTATUS r;
	HKEY key;

	r = RegOpenKeyExW(HKEY_LOCAL_MACHINE, UNPLUG_KEY, 0, KEY_SET_VALUE, &key);
	if (r == ERROR_FILE_NOT_FOUND)
		return true; /* nobody ever counted */
	for (size_t i = 0; i < 2 && r == ERROR_SUCCESS; i++)
		r = RegSetValueExW(key, kinds[i], 0, REG_DWORD, (const BYTE *)&zero, sizeof(zero));
	if (r == ERROR_SUCCESS)
		r = RegFlushKey(key);
	if (r != ERROR_SUCCESS)
		pvi_error((DWORD)r,
			"cannot bring the emulated devices back (Services\\XENFILT\\Unplug)");
	return r == ERROR_SUCCESS;
}

bool pvi_mark_restart(void)
{
	HKEY key;
	LSTATUS r = RegCreateKeyExW(HKEY_LOCAL_MACHINE, MARK_KEY, 0, NULL, REG_OPTION_VOLATILE,
		KEY_READ, NULL, &key, NULL);

	if (r != ERROR_SUCCESS) {
		pvi_error((DWORD)r, "cannot make a mark that goes with the restart");
		return false;
	}
	RegCloseKey(key);
	return true;
}

bool pvi_is_restart_marked(void)
{
	HKEY key;

	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, MARK_KEY, 0, KEY_READ, &key) != ERROR_SUCCESS)
		return false;
	RegCloseKey(key);
	return true;
}

static bool stage(const struct pvi_step *step)
{
	WCHAR path[WIDE_PATH];

	if (pvi_wide(path, WIDE_PATH, step->inf) &&
		SetupCopyOEMInfW(path, NULL, SPOST_PATH, 0, NULL, 0, NULL, NULL))
		return true;
	pvi_error(GetLastError(), "%s: the system does not take the package", step->inf);
	return false;
}

/* Devices that are there get the driver of that INF; with force also where it ranks below theirs.
 */
static bool bind_devices(const char *inf, const WCHAR *path, bool force, bool *restart)
{
	struct pvi_package *p = malloc(sizeof(*p));
	bool fine = p && pvi_inf_read(p, path);

	if (!fine)
		pvi_error(0, "%s: is no INF with models for this system", inf);
	for (size_t i = 0; fine && i < p->id_count; i++) {
		WCHAR id[PVI_ID];
		BOOL wants = FALSE;
		DWORD error;

		if (!pvi_wide(id, PVI_ID, p->ids[i]))
			continue;
		if (UpdateDriverForPlugAndPlayDevicesW(
			    NULL, id, path, force ? INSTALLFLAG_FORCE : 0, &wants)) {
			*restart = *restart || wants;
			continue;
		}
		error = GetLastError();
		/* No such device now, or it has this driver or a better one. */
		if (error == ERROR_NO_SUCH_DEVINST || error == ERROR_NO_MORE_ITEMS)
			continue;
		pvi_error(error, "%s: the devices %s do not take the driver", inf, p->ids[i]);
		fine = false;
	}
	free(p);
	return fine;
}

struct names {
	WCHAR v[16][PVI_NAME];
	size_t n;
};

static void add_name(void *argument, const WCHAR *name)
{
	struct names *l = argument;

	if (l->n < 16 && wcslen(name) < PVI_NAME)
		wcscpy(l->v[l->n++], name);
}

/* A list of texts less one of them; the bytes that are left. */
static DWORD without(WCHAR *list, DWORD bytes, const WCHAR *name)
{
	DWORD count = bytes / sizeof(*list), from = 0, to = 0;

	while (from < count && list[from]) {
		DWORD n = (DWORD)wcsnlen(list + from, count - from) + 1;

		if (from + n > count)
			break;
		if (_wcsicmp(list + from, name) != 0) {
			memmove(list + to, list + from, n * sizeof(*list));
			to += n;
		}
		from += n;
	}
	list[to++] = 0;
	return to * sizeof(*list);
}

/*
 * A class whose filter is gone starts no device any more, so the names of filters go before their
 * services do.
 */
static bool remove_filter(const WCHAR *service)
{
	static const WCHAR *const values[] = { L"UpperFilters", L"LowerFilters" };
	WCHAR class[128], list[2048];
	LSTATUS r;
	HKEY classes, key;

	r = RegOpenKeyExW(HKEY_LOCAL_MACHINE, CLASSES_KEY, 0, KEY_READ, &classes);
	if (r != ERROR_SUCCESS)
		return r == ERROR_FILE_NOT_FOUND;
	for (DWORD i = 0;; i++) {
		DWORD n = 128;

		if (RegEnumKeyExW(classes, i, class, &n, NULL, NULL, NULL, NULL) != ERROR_SUCCESS)
			break;
		if (RegOpenKeyExW(classes, class, 0, KEY_READ | KEY_SET_VALUE, &key) !=
			ERROR_SUCCESS)
			continue;
		for (size_t k = 0; k < 2 && r == ERROR_SUCCESS; k++) {
			DWORD bytes = sizeof(list) - 2 * sizeof(WCHAR), type = 0, left;

			memset(list, 0, sizeof(list));
			if (RegQueryValueExW(key, values[k], NULL, &type, (BYTE *)list, &bytes) !=
					ERROR_SUCCESS ||
				type != REG_MULTI_SZ)
				continue;
			left = without(list, bytes, service);
			if (left == bytes)
				continue;
			r = left <= sizeof(WCHAR) ? RegDeleteValueW(key, values[k])
						  : RegSetValueExW(key, values[k], 0, REG_MULTI_SZ,
							    (const BYTE *)list, left);
		}
		RegCloseKey(key);
	}
	RegCloseKey(classes);
	if (r != ERROR_SUCCESS)
		pvi_error((DWORD)r, "cannot take a filter out of its class");
	return r == ERROR_SUCCESS;
}

/* A driver that is loaded stays until the restart; its service is marked for deletion. */
static bool remove_service(const WCHAR *name, bool *restart)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service;
	DWORD error = ERROR_SUCCESS;
	SERVICE_STATUS status;

	if (!manager) {
		pvi_error(GetLastError(), "cannot reach the service manager");
		return false;
	}
	service = OpenServiceW(manager, name, DELETE | SERVICE_QUERY_STATUS | SERVICE_STOP);
	if (service) {
		if (QueryServiceStatus(service, &status) &&
			status.dwCurrentState != SERVICE_STOPPED &&
			!ControlService(service, SERVICE_CONTROL_STOP, &status))
			*restart = true;
		if (!DeleteService(service))
			error = GetLastError();
		CloseServiceHandle(service);
	} else {
		error = GetLastError();
	}
	CloseServiceHandle(manager);
	if (error == ERROR_SUCCESS || error == ERROR_SERVICE_DOES_NOT_EXIST ||
		error == ERROR_SERVICE_MARKED_FOR_DELETE)
		return true;
	pvi_error(error, "cannot delete a service of the package");
	return false;
}

/* Removes the devices that the INF drives, those that are not there as well. */
static bool remove_devices(const char *inf, bool *restart)
{
	HDEVINFO set = SetupDiGetClassDevsW(NULL, NULL, NULL, DIGCF_ALLCLASSES);
	SP_DEVINFO_DATA data = { .cbSize = sizeof(data) };
	bool fine = set != INVALID_HANDLE_VALUE;

	for (DWORD i = 0; fine && SetupDiEnumDeviceInfo(set, i, &data); i++) {
		SP_DEVINSTALL_PARAMS_W parameters = { .cbSize = sizeof(parameters) };
		WCHAR path[PVI_NAME] = { 0 };
		char name[PVI_NAME];
		DWORD bytes = sizeof(path) - sizeof(WCHAR);
		HKEY key =
			SetupDiOpenDevRegKey(set, &data, DICS_FLAG_GLOBAL, 0, DIREG_DRV, KEY_READ);
		bool is_it;

		if (key == INVALID_HANDLE_VALUE)
			continue;
		is_it = RegQueryValueExW(key, L"InfPath", NULL, NULL, (BYTE *)path, &bytes) ==
				ERROR_SUCCESS &&
			pvi_narrow(name, sizeof(name), path) && pvi_same(name, inf);
		RegCloseKey(key);
		if (!is_it)
			continue;
		if (!SetupDiCallClassInstaller(DIF_REMOVE, set, &data)) {
			pvi_error(GetLastError(), "cannot remove a device that %s drives", inf);
			fine = false;
		} else if (SetupDiGetDeviceInstallParamsW(set, &data, &parameters) &&
			   (parameters.Flags & (DI_NEEDREBOOT | DI_NEEDRESTART))) {
			*restart = true;
		}
	}
	if (set != INVALID_HANDLE_VALUE)
		SetupDiDestroyDeviceInfoList(set);
	return fine;
}

static bool unbind(const struct pvi_step *step, bool *restart)
{
	struct names *services = calloc(1, sizeof(*services));
	WCHAR path[WIDE_PATH];
	bool fine =
		services && installed_path(path, step->inf) && remove_devices(step->inf, restart);

	if (fine)
		pvi_inf_services(path, add_name, services);
	for (size_t i = 0; fine && i < services->n; i++)
		fine = remove_filter(services->v[i]) && remove_service(services->v[i], restart);
	free(services);
	return fine;
}

/*
 * Is gone already, or goes; a number that the system has given to another package since is not this
 * one's. A package that still drives a device stays for it.
 */
static bool unstage(const char *inf, uint64_t content, bool *restart)
{
	struct pvi_system *s = malloc(sizeof(*s));
	WCHAR name[PVI_NAME], path[WIDE_PATH];
	bool fine = s && pvi_wide(name, PVI_NAME, inf) && installed_path(path, inf), used = false;

	if (fine && (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES ||
			    pvi_inf_hash(path) != content))
		goto end;
	fine = fine && pvi_system_read(s);
	for (size_t i = 0; fine && i < s->device_count; i++)
		used = used || (s->devices[i].present && pvi_same(s->devices[i].inf, inf));
	if (used) {
		*restart = true;
		goto end;
	}
	if (fine && !SetupUninstallOEMInfW(name, SUOI_FORCEDELETE, NULL)) {
		pvi_error(GetLastError(), "%s: the system does not let the package go", inf);
		fine = false;
	}
end:
	free(s);
	return fine;
}

bool pvi_do(const struct pvi_step *step, bool *restart)
{
	WCHAR path[WIDE_PATH];

	switch (step->kind) {
	case PVI_RESTORE:
		return restore();
	case PVI_RESTART:
		return true; /* the caller's */
	case PVI_STAGE:
		return stage(step);
	case PVI_BIND:
		return pvi_wide(path, WIDE_PATH, step->inf) &&
		       bind_devices(step->inf, path, false, restart);
	case PVI_UNBIND:
		return unbind(step, restart);
	case PVI_UNSTAGE:
		return unstage(step->inf, step->content, restart);
	}
	return false;
}

/* The oemN.inf that a step staged: of its name and content. */
static bool find_staged(const struct pvi_step *step, char inf[PVI_NAME])
{
	struct pvi_system *s = malloc(sizeof(*s));
	bool found = false;

	if (s && pvi_system_read(s)) {
		for (size_t i = 0; i < s->installed.n && !found; i++) {
			const struct pvi_package *p = &s->installed.v[i];

			found = pvi_same(p->name, step->name) && p->content == step->content &&
				pvi_copy(inf, PVI_NAME, p->inf);
		}
	}
	free(s);
	return found;
}

bool pvi_take_back(const struct pvi_step *step, bool *restart)
{
	WCHAR path[WIDE_PATH];
	char inf[PVI_NAME];

	switch (step->kind) {
	case PVI_BIND:
		if (*step->old)
			return installed_path(path, step->old) &&
			       bind_devices(step->old, path, true, restart);
		return !find_staged(step, inf) || remove_devices(inf, restart);
	case PVI_STAGE:
		return !find_staged(step, inf) || unstage(inf, step->content, restart);
	default:
		return true; /* the emulated devices stay where they are */
	}
}

void pvi_rescan(void)
{
	DEVINST root;

	if (CM_Locate_DevNodeW(&root, NULL, CM_LOCATE_DEVNODE_NORMAL) == CR_SUCCESS)
		CM_Reenumerate_DevNode(root, CM_REENUMERATE_RETRY_INSTALLATION);
}
