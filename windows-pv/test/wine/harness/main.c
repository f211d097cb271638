/* SPDX-License-Identifier: BSD-2-Clause */
/* dkwine SUITE [WORD]: TAP on stdout; 0 if all passed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

int tests, failures;

void note(const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (char *p = line; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	printf("# %s\n", line);
	fflush(stdout);
}

void ok(bool passed, const char *format, ...)
{
	va_list arguments;

	tests++;
	failures += !passed;
	printf("%sok %d - ", passed ? "" : "not ", tests);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
}

static void show(const char *what, const char *text)
{
	printf("#   %s: ", what);
	for (; *text; text++) {
		putchar((*text >= ' ' && *text <= '~') || *text == '\n' ? *text : '?');
		if (*text == '\n' && text[1])
			printf("#     ");
	}
	printf("\n");
}

void is(const char *got, const char *want, const char *name)
{
	bool same = !strcmp(got, want);

	ok(same, "%s", name);
	if (same)
		return;
	show("got", got);
	show("want", want);
	fflush(stdout);
}

void like(const char *text, const char *part, const char *name)
{
	bool has = strstr(text, part) != NULL;

	ok(has, "%s", name);
	if (has)
		return;
	show("got", text);
	show("want in it", part);
	fflush(stdout);
}

void clean(const char *name)
{
	is(ask("shim report"), "", name);
	is(ask("sim failure"), "", "... and the simulated Xen saw nothing wrong");
}

void empty(const char *name)
{
	for (int i = 0; i < 40 && (*ask("shim left") || *ask("sim left")); i++)
		Sleep(50);
	is(ask("shim left"), "", name);
	is(ask("sim left"), "", "... and nothing of Xen's");
	clean("... and the drivers kept the rules");
}

int main(int argc, char **argv)
{
	const char *suite = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 4096);
	if (!strcmp(suite, "probe"))
		suite_probe();
	else if (!strcmp(suite, "crash") && argc > 2)
		suite_crash(argv[2]);
	else if (!strcmp(suite, "xenbus") && argc > 3)
		suite_xenbus(argv[2], argv[3]);
	else if (!strcmp(suite, "suspend") && argc > 4)
		suite_suspend(argv[2], argv[3], atoi(argv[4]));
	else if (!strcmp(suite, "xenfilt") && argc > 3)
		suite_xenfilt(argv[2], argv[3]);
	else if (!strcmp(suite, "upcall") && argc > 3)
		suite_upcall(argv[2], argv[3]);
	else if (!strcmp(suite, "monitor") && argc > 2)
		suite_monitor(argv[2]);
	else if (!strcmp(suite, "balloon") && argc > 3)
		suite_balloon(argv[2], atoi(argv[3]));
	else if (!strcmp(suite, "hibernate") && argc > 2)
		suite_hibernate(argv[2]);
	else if (!strcmp(suite, "busy") && argc > 3)
		suite_busy(argv[2], argv[3]);
	else if (!strcmp(suite, "hostile") && argc > 3)
		suite_hostile(argv[2], argv[3]);
	else if (!strcmp(suite, "frames") && argc > 3)
		suite_frames(argv[2], argv[3]);
	else if (!strcmp(suite, "old"))
		suite_old();
	else if (!strcmp(suite, "newer"))
		suite_newer();
	else if (!strcmp(suite, "failing") && argc > 4)
		suite_failing(argv[2], atoi(argv[3]), atoi(argv[4]));
	else
		return 2;
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
