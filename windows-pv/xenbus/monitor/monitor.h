/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of the monitor service. */
#ifndef MONITOR_H
#define MONITOR_H

#include <windows.h>

#include "policy.h"

#define SERVICE_NAME L"dkmonitor"
#define SERVICE_KEY  L"SYSTEM\\CurrentControlSet\\Services\\dkmonitor"
#define BUS_KEY	     L"SYSTEM\\CurrentControlSet\\Services\\XENBUS"
#define REQUEST_KEY  BUS_KEY L"\\Reboot"
#define NAME_UNITS   64
#define TEXT_UNITS   512

struct question {
	HANDLE thread, answered;
	DWORD session, seconds;
	WCHAR title[TEXT_UNITS], text[TEXT_UNITS];
	volatile LONG answer; /* enum answer */
};

/* settings.c */
void settings_read(struct policy *policy, DWORD *reboots);
void settings_text(const WCHAR *name, WCHAR *text, const WCHAR *otherwise);
BOOL settings_set_reboots(DWORD reboots);
/* For people who wonder what it is waiting for. */
void settings_status(const WCHAR *text);
/* The first driver that wants a restart. FALSE: none does. */
BOOL settings_request(WCHAR name[NAME_UNITS]);

/* system.c */
BOOL system_installing(void);
BOOL system_required(void);
/* FALSE: nobody is there to be asked. */
BOOL system_session(DWORD *session);
BOOL system_restart(WCHAR *why, DWORD seconds, BOOL force);
/* Asks in a thread of its own; answered is set when answer is there. */
BOOL system_ask(struct question *question);

/* monitor.c. Returns when stop is set. */
void monitor_run(HANDLE stop);

#endif
