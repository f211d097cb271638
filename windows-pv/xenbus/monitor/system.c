/* SPDX-License-Identifier: BSD-2-Clause */
#include "monitor.h"

#include <powrprof.h>
#include <wchar.h>
#include <wtsapi32.h>

/* What an installer holds while it works: Windows Installer's own, and this kit's. */
static const WCHAR *const installers[] = { L"Global\\_MSIExecute", L"Global\\dk_installer" };

static BOOL held(const WCHAR *name)
{
	HANDLE mutex = OpenMutexW(SYNCHRONIZE, FALSE, name);
	DWORD waited;

	/* One that may not be opened is somebody's. */
	if (!mutex)
		return GetLastError() == ERROR_ACCESS_DENIED;
	waited = WaitForSingleObject(mutex, 0);
	if (waited == WAIT_OBJECT_0 || waited == WAIT_ABANDONED)
		ReleaseMutex(mutex);
	CloseHandle(mutex);
	return waited == WAIT_TIMEOUT;
}

BOOL system_installing(void)
{
	for (size_t i = 0; i < sizeof(installers) / sizeof(installers[0]); i++)
		if (held(installers[i]))
			return TRUE;
	return FALSE;
}

BOOL system_required(void)
{
	ULONG state = 0;

	if (CallNtPowerInformation(SystemExecutionState, NULL, 0, &state, sizeof(state)))
		return FALSE;
	return (state & ES_SYSTEM_REQUIRED) != 0;
}

BOOL system_session(DWORD *session)
{
	WTS_SESSION_INFOW *sessions;
	DWORD count;
	BOOL found = FALSE;

	if (!WTSEnumerateSessionsW(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &count))
		return FALSE;
	for (DWORD i = 0; i < count && !found; i++) {
		/* Session 0 has services, and nobody at a screen. */
		found = sessions[i].State == WTSActive && sessions[i].SessionId != 0;
		if (found)
			*session = sessions[i].SessionId;
	}
	WTSFreeMemory(sessions);
	return found;
}

static BOOL may_shut_down(void)
{
	TOKEN_PRIVILEGES wanted = { .PrivilegeCount = 1 };
	HANDLE token;
	BOOL may;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token))
		return FALSE;
	wanted.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
	may = LookupPrivilegeValueW(NULL, L"SeShutdownPrivilege", &wanted.Privileges[0].Luid) &&
	      AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL) &&
	      GetLastError() == ERROR_SUCCESS;
	CloseHandle(token);
	return may;
}

BOOL system_restart(WCHAR *why, DWORD seconds, BOOL force)
{
	return may_shut_down() &&
	       InitiateSystemShutdownExW(NULL, why, seconds, force, TRUE,
		       SHTDN_REASON_MAJOR_SOFTWARE | SHTDN_REASON_MINOR_INSTALLATION |
			       SHTDN_REASON_FLAG_PLANNED);
}

static DWORD WINAPI ask(void *argument)
{
	struct question *question = argument;
	enum answer answer = ANSWER_TIMEOUT;
	DWORD response = 0;

	if (WTSSendMessageW(WTS_CURRENT_SERVER_HANDLE, question->session, question->title,
		    (DWORD)(wcslen(question->title) * sizeof(WCHAR)), question->text,
		    (DWORD)(wcslen(question->text) * sizeof(WCHAR)), MB_YESNO | MB_ICONQUESTION,
		    question->seconds, &response, TRUE)) {
		if (response == IDYES)
			answer = ANSWER_YES;
		else if (response == IDNO)
			answer = ANSWER_LATER;
	}
	InterlockedExchange(&question->answer, answer);
	SetEvent(question->answered);
	return 0;
}

BOOL system_ask(struct question *question)
{
	if (question->thread) {
		WaitForSingleObject(question->thread, INFINITE);
		CloseHandle(question->thread);
	}
	question->thread = CreateThread(NULL, 0, ask, question, 0, NULL);
	return question->thread != NULL;
}
