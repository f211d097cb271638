/* SPDX-License-Identifier: BSD-2-Clause */
/* The service around it. It takes no commands but to stop, and nobody can talk to it. */
#include "monitor.h"

#include <stdio.h>

static SERVICE_STATUS_HANDLE handle;
static HANDLE stop;

static void tell(DWORD state)
{
	SERVICE_STATUS status = {
		.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
		.dwCurrentState = state,
		.dwControlsAccepted = state == SERVICE_RUNNING
					      ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN
					      : 0,
	};

	SetServiceStatus(handle, &status);
}

static DWORD WINAPI control(DWORD code, DWORD type, void *data, void *context)
{
	(void)type;
	(void)data;
	(void)context;
	switch (code) {
	case SERVICE_CONTROL_STOP:
	case SERVICE_CONTROL_SHUTDOWN:
		tell(SERVICE_STOP_PENDING);
		SetEvent(stop);
		return NO_ERROR;
	case SERVICE_CONTROL_INTERROGATE:
		return NO_ERROR;
	default:
		return ERROR_CALL_NOT_IMPLEMENTED;
	}
}

static void WINAPI service(DWORD argc, WCHAR **argv)
{
	(void)argc;
	(void)argv;
	stop = CreateEventW(NULL, TRUE, FALSE, NULL);
	handle = RegisterServiceCtrlHandlerExW(SERVICE_NAME, control, NULL);
	if (!handle || !stop)
		return;
	tell(SERVICE_RUNNING);
	monitor_run(stop);
	tell(SERVICE_STOPPED);
}

int main(void)
{
	const SERVICE_TABLE_ENTRYW table[] = { { (WCHAR *)SERVICE_NAME, service }, { NULL, NULL } };

	if (StartServiceCtrlDispatcherW(table))
		return 0;
	fprintf(stderr, "dkmonitor is a service: sc start dkmonitor (error %lu)\n", GetLastError());
	return 1;
}
