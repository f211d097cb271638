/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor service: the shipped program, installed by the INF, run by the service manager. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus.h"

#define MONITOR	 "SYSTEM\\CurrentControlSet\\Services\\dkmonitor"
#define SETTINGS MONITOR "\\Parameters"

static const char *status(void)
{
	static char text[512];
	DWORD size = sizeof(text);

	if (RegGetValueA(HKEY_LOCAL_MACHINE, MONITOR, "Status", RRF_RT_REG_SZ, NULL, text, &size))
		return "";
	return text;
}

/* Until the status says so, for longer than the monitor waits for anything. */
static const char *await_status(const char *part)
{
	ULONGLONG end = GetTickCount64() + 40000;

	while (!strstr(status(), part) && GetTickCount64() < end)
		Sleep(50);
	return status();
}

static void set(const char *name, DWORD value)
{
	RegSetKeyValueA(HKEY_LOCAL_MACHINE, SETTINGS, name, REG_DWORD, &value, sizeof(value));
}

static long get(const char *name)
{
	DWORD value, size = sizeof(value);

	if (RegGetValueA(HKEY_LOCAL_MACHINE, SETTINGS, name, RRF_RT_REG_DWORD, NULL, &value, &size))
		return -1;
	return (long)value;
}

static SC_HANDLE service(void)
{
	SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS), opened;

	opened = OpenServiceA(manager, "dkmonitor", SERVICE_ALL_ACCESS);
	CloseServiceHandle(manager);
	return opened;
}

static bool is_running(SC_HANDLE monitor, DWORD state)
{
	ULONGLONG end = GetTickCount64() + 10000;
	SERVICE_STATUS now = { 0 };

	while (QueryServiceStatus(monitor, &now) && now.dwCurrentState != state &&
		GetTickCount64() < end)
		Sleep(50);
	return now.dwCurrentState == state;
}

void suite_monitor(const char *variant)
{
	SERVICE_STATUS ended;
	HANDLE installer;
	SC_HANDLE monitor;

	bus_up(variant, "4.17 1");
	child_up();
	monitor = service();
	ok(monitor != NULL, "the INF has made the service");
	ok(StartServiceA(monitor, 0, NULL), "it is started (%lu)", GetLastError());
	ok(is_running(monitor, SERVICE_RUNNING), "... and runs");
	like(await_status("idle"), "idle", "nobody wants a restart");

	installer = CreateMutexA(NULL, TRUE, "Global\\_MSIExecute");
	set("AutoReboot", 1);
	set("AutoRebootTimeout", 1000);
	is(ask("child reboot XENVBD"), "00000000", "a driver does");
	like(await_status("XENVBD"), "XENVBD: waiting: an installer is at work",
		"... and waits for an installer");
	ok(get("RebootCount") <= 0, "nothing was restarted meanwhile");
	ReleaseMutex(installer);
	CloseHandle(installer);
	await_status("restart");
	ok(get("RebootCount") == 1, "without an installer it is restarted, which is counted (%ld)",
		get("RebootCount"));
	note("what Wine says to that: %s", status());

	ok(ControlService(monitor, SERVICE_CONTROL_STOP, &ended), "the service is told to stop");
	ok(is_running(monitor, SERVICE_STOPPED), "... and does");
	is(status(), "stopped", "... and says so");
	ok(StartServiceA(monitor, 0, NULL), "it is started once more");
	like(await_status("XENVBD"), "XENVBD: restarted 1 times", "the restart is still wanted");
	ok(get("RebootCount") == 1, "... but was made as often as it may be");
	ControlService(monitor, SERVICE_CONTROL_STOP, &ended);
	ok(is_running(monitor, SERVICE_STOPPED), "it stops, whatever it is at");
	CloseServiceHandle(monitor);
	child_down();
	bus_down();
}
