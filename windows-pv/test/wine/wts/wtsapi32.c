/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands for wtsapi32.dll, of which the monitor service uses three functions: who is logged on is
 * what the harness says, and so is what they answer. The key's values:
 *   Sessions  how many there are beside session 0, which is always there; numbered from 1
 *   Response  what WTSSendMessageW gives back; without it the question stays until there is one
 *   Fail      it fails
 * and what was asked: Asked (how often), Title, Text, Session, Seconds, Style.
 */
#include <windows.h>
#include <wtsapi32.h>

#define KEY   L"SOFTWARE\\dktest\\wts"
#define POLL  20 /* milliseconds */
#define UNITS 512

static BOOL get(const WCHAR *name, DWORD *value)
{
	DWORD size = sizeof(*value);

	return !RegGetValueW(HKEY_LOCAL_MACHINE, KEY, name, RRF_RT_REG_DWORD, NULL, value, &size);
}

static void set(const WCHAR *name, DWORD type, const void *data, DWORD size)
{
	RegSetKeyValueW(HKEY_LOCAL_MACHINE, KEY, name, type, data, size);
}

static void set_number(const WCHAR *name, DWORD value)
{
	set(name, REG_DWORD, &value, sizeof(value));
}

/* Of so many bytes, as the caller says; one that says too much is not believed. */
static void set_text(const WCHAR *name, const WCHAR *text, DWORD bytes)
{
	WCHAR copy[UNITS] = { 0 };

	for (DWORD i = 0; i < bytes / sizeof(WCHAR) && i < UNITS - 1; i++)
		copy[i] = text[i];
	set(name, REG_SZ, copy, sizeof(copy));
}

BOOL WINAPI WTSEnumerateSessionsW(
	HANDLE server, DWORD reserved, DWORD version, PWTS_SESSION_INFOW *sessions, DWORD *count)
{
	static WCHAR name[] = L"Console";
	PWTS_SESSION_INFOW list;
	DWORD more = 0;

	if (server != WTS_CURRENT_SERVER_HANDLE || reserved || version != 1)
		return FALSE;
	get(L"Sessions", &more);
	list = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (more + 1) * sizeof(*list));
	if (!list)
		return FALSE;
	for (DWORD i = 0; i <= more; i++) {
		list[i].SessionId = i;
		list[i].pWinStationName = name;
		list[i].State = WTSActive;
	}
	*sessions = list;
	*count = more + 1;
	return TRUE;
}

void WINAPI WTSFreeMemory(void *memory)
{
	HeapFree(GetProcessHeap(), 0, memory);
}

BOOL WINAPI WTSSendMessageW(HANDLE server, DWORD session, WCHAR *title, DWORD title_bytes,
	WCHAR *text, DWORD text_bytes, DWORD style, DWORD seconds, DWORD *response, BOOL wait)
{
	DWORD asked = 0, fail;

	set_text(L"Title", title, title_bytes);
	set_text(L"Text", text, text_bytes);
	set_number(L"Session", session);
	set_number(L"Seconds", seconds);
	set_number(L"Style", style);
	get(L"Asked", &asked);
	set_number(L"Asked", asked + 1);
	if (server != WTS_CURRENT_SERVER_HANDLE || !wait || get(L"Fail", &fail))
		return FALSE;
	while (!get(L"Response", response))
		Sleep(POLL);
	return TRUE;
}
