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

/* Whom the service asks is what stands for wtsapi32.dll: test/wine/wts. */
#define WTS	 "SOFTWARE\\dktest\\wts"
#define OVERRIDE "Software\\Wine\\AppDefaults\\dkmonitor.exe\\DllOverrides"

static void people_are_made_up(void)
{
	static const char native[] = "native";

	ok(CopyFileA("C:\\dktest\\wts\\wtsapi32.dll", "C:\\windows\\system32\\wtsapi32.dll", FALSE),
		"somebody to be asked (%lu)", GetLastError());
	RegSetKeyValueA(HKEY_CURRENT_USER, OVERRIDE, "wtsapi32", REG_SZ, native, sizeof(native));
}

static void person(const char *name, DWORD value)
{
	RegSetKeyValueA(HKEY_LOCAL_MACHINE, WTS, name, REG_DWORD, &value, sizeof(value));
}

static void person_not(const char *name)
{
	RegDeleteKeyValueA(HKEY_LOCAL_MACHINE, WTS, name);
}

static long asked(const char *name)
{
	DWORD value, size = sizeof(value);

	if (RegGetValueA(HKEY_LOCAL_MACHINE, WTS, name, RRF_RT_REG_DWORD, NULL, &value, &size))
		return 0;
	return (long)value;
}

static const char *read_by(const char *name)
{
	static char text[512];
	DWORD size = sizeof(text);

	text[0] = 0;
	RegGetValueA(HKEY_LOCAL_MACHINE, WTS, name, RRF_RT_REG_SZ, NULL, text, &size);
	return text;
}

/* So many times, or more. */
static bool asked_times(long times)
{
	ULONGLONG end = GetTickCount64() + 40000;

	while (asked("Asked") < times && GetTickCount64() < end)
		Sleep(20);
	return asked("Asked") >= times;
}

static void set_words(const char *name, const char *text)
{
	RegSetKeyValueA(HKEY_LOCAL_MACHINE, SETTINGS, name, REG_SZ, text, (DWORD)strlen(text) + 1);
}

static void stops(SC_HANDLE monitor, const char *name)
{
	SERVICE_STATUS ended;

	ControlService(monitor, SERVICE_CONTROL_STOP, &ended);
	ok(is_running(monitor, SERVICE_STOPPED), "%s", name);
}

/* From the first question to the restart. */
static void questions(SC_HANDLE monitor)
{
	long before;

	set("AutoReboot", 0);
	set("AskAgain", 1);
	set("PromptTimeout", 77);
	set_words("DialogTitle", "Title of the vendor's");
	ok(StartServiceA(monitor, 0, NULL), "it is started, and may only ask");
	like(await_status("logged"), "XENVBD: waiting: nobody is logged on",
		"services are nobody to be asked");
	person("Sessions", 2);
	ok(asked_times(1), "somebody logs on, and is asked");
	like(await_status("asking"), "XENVBD: asking", "... which the status says");
	ok(asked("Session") == 1 && asked("Seconds") == 77 && asked("Style") == 0x24,
		"... once, for 77 seconds, yes or no (%ld %ld %lx)", asked("Session"),
		asked("Seconds"), asked("Style"));
	is(read_by("Title"), "Title of the vendor's", "... in the administrator's words");
	like(read_by("Text"), "has to be restarted before its drivers for Xen can be used",
		"... or in ours");
	Sleep(1500);
	ok(asked("Asked") == 1, "one question at a time");
	stops(monitor, "with a question out, it stops when it is told to");
	ok(StartServiceA(monitor, 0, NULL), "once more");
	ok(asked_times(2), "... and it asks anew");
	person("Response", IDNO);
	ok(asked_times(3), "later, they say, and are asked later");
	person("Response", 32000); /* IDTIMEOUT */
	ok(asked_times(4), "nobody answers, and it is asked again");
	person("Fail", 1);
	ok(asked_times(asked("Asked") + 2), "a question that cannot be asked is tried again");
	ok(get("RebootCount") == 1, "nothing was restarted by all that");
	before = asked("Asked");
	person_not("Response");
	person_not("Fail");
	ok(asked_times(before + 1), "the last question");
	person("Response", IDYES);
	like(await_status("restart"), "restart", "yes, they say");
	note("what Wine says to that: %s", status());
	ok(get("RebootCount") == 1, "... which does not count as one without asking");
	stops(monitor, "it stops");
}

void suite_monitor(const char *variant)
{
	SERVICE_STATUS ended;
	HANDLE installer;
	SC_HANDLE monitor;

	bus_up(variant, "4.17 1");
	people_are_made_up();
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
	stops(monitor, "it stops, whatever it is at");
	questions(monitor);
	CloseServiceHandle(monitor);
	child_down();
	bus_down();
}
