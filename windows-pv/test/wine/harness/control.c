/* SPDX-License-Identifier: BSD-2-Clause */
/* The way into the driver process. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "../bus/bus.h"

#define ANSWERS	 4
#define PATIENCE 10000

bool may_die;

static HANDLE device = INVALID_HANDLE_VALUE;

static bool command(const char *text, char *answer)
{
	DWORD got = 0;

	if (device == INVALID_HANDLE_VALUE)
		device = CreateFileW(L"\\\\.\\DkTest", GENERIC_READ | GENERIC_WRITE, 0, NULL,
			OPEN_EXISTING, 0, NULL);
	answer[0] = 0;
	if (device == INVALID_HANDLE_VALUE)
		return false;
	if (!DeviceIoControl(device, DK_TEST_COMMAND, (void *)text, (DWORD)strlen(text), answer,
		    DK_TEST_ANSWER, &got, NULL))
		return false;
	answer[DK_TEST_ANSWER - 1] = 0;
	return true;
}

static const char *run(const char *format, va_list arguments)
{
	static char answers[ANSWERS][DK_TEST_ANSWER], text[8192];
	static unsigned int turn;
	char *answer = answers[turn++ % ANSWERS];

	vsnprintf(text, sizeof(text), format, arguments);
	if (!command(text, answer)) {
		snprintf(answer, DK_TEST_ANSWER, "error: the driver process is gone");
		if (!may_die) {
			printf("Bail out! the driver process ended at: %s\n", text);
			exit(3);
		}
	}
	return answer;
}

const char *ask(const char *format, ...)
{
	const char *answer;
	va_list arguments;

	va_start(arguments, format);
	answer = run(format, arguments);
	va_end(arguments);
	return answer;
}

const char *await(const char *part, const char *format, ...)
{
	ULONGLONG end = GetTickCount64() + PATIENCE;
	const char *answer;
	va_list arguments;

	for (;;) {
		va_start(arguments, format);
		answer = run(format, arguments);
		va_end(arguments);
		if (strstr(answer, part) || GetTickCount64() > end)
			return answer;
		Sleep(20);
	}
}

const char *await_more(int than, const char *text)
{
	ULONGLONG end = GetTickCount64() + PATIENCE;
	const char *answer;

	while (atoi(answer = ask("%s", text)) <= than && GetTickCount64() < end)
		Sleep(20);
	return answer;
}

bool alive(void)
{
	static char answer[DK_TEST_ANSWER];

	return command("shim allocations", answer);
}
