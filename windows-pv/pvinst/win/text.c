/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "win.h"

bool pvi_wide(WCHAR *to, size_t count, const char *from)
{
	to[0] = 0;
	if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, from, -1, to, (int)count) > 0)
		return true;
	to[0] = 0;
	return false;
}

bool pvi_narrow(char *to, size_t size, const WCHAR *from)
{
	to[0] = 0;
	if (WideCharToMultiByte(CP_UTF8, 0, from, -1, to, (int)size, NULL, NULL) > 0)
		return true;
	to[0] = 0;
	return false;
}

void pvi_error(DWORD error, const char *format, ...)
{
	WCHAR wide[512];
	char text[1024] = "";
	va_list list;

	fputs("pvinst: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	if (error) {
		if (FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
			    error, 0, wide, 512, NULL))
			pvi_narrow(text, sizeof(text), wide);
		text[strcspn(text, "\r\n")] = 0;
		fprintf(stderr, ": error 0x%08lx %s", (unsigned long)error, text);
	}
	fputc('\n', stderr);
}
