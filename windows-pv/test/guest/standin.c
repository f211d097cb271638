/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands for a tool of Windows', by whose name it is called: adds its command line to the file that
 * RECORD names, and fails if the line begins with FAIL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(char *line, size_t size, const char *word)
{
	size_t used = strlen(line);

	snprintf(line + used, size - used, "%s%s", used ? " " : "", word);
}

int main(int argc, char **argv)
{
	const char *record = getenv("RECORD"), *fail = getenv("FAIL"), *name = argv[0];
	char line[512] = "";
	FILE *file;

	for (const char *p = argv[0]; *p; p++)
		if (*p == '\\' || *p == '/')
			name = p + 1;
	append(line, sizeof(line), name);
	/* With or without .exe, as cmd has it. */
	if (strlen(line) > 4 && !strcmp(line + strlen(line) - 4, ".exe"))
		line[strlen(line) - 4] = 0;
	for (int i = 1; i < argc; i++)
		append(line, sizeof(line), argv[i]);
	file = record ? fopen(record, "a") : NULL;
	if (!file)
		return 99;
	fprintf(file, "%s\n", line);
	fclose(file);
	/* What a tool says is not for the user of the script. */
	printf("%s: told on the output\n", name);
	return fail && *fail && !strncmp(line, fail, strlen(fail)) ? 5 : 0;
}
