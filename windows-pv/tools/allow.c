/* SPDX-License-Identifier: BSD-2-Clause */
#include "allow.h"
#include "pe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Windows 7; the list may not hold what came later. */
#define NEWEST 61

static int add(struct allow *allow, const struct allow_entry *entry)
{
	struct allow_entry *more =
		realloc(allow->entry, (allow->entries + 1) * sizeof(*allow->entry));

	if (more == NULL)
		return -1;
	more[allow->entries] = *entry;
	allow->entry = more;
	allow->entries++;
	return 0;
}

/*
 * The decoration that x86 needs: cdecl _name, stdcall _name@bytes, fastcall @name@bytes. A symbol
 * that does not belong to the name would let a wrong prototype through.
 */
static bool decorated(const char *symbol, const char *name)
{
	size_t length = strlen(name);
	const char *p;

	if (symbol[0] != '_' && symbol[0] != '@')
		return false;
	if (strncmp(symbol + 1, name, length) != 0)
		return false;
	p = symbol + 1 + length;
	if (*p == '\0')
		return symbol[0] == '_';
	if (*p != '@' || p[1] < '0' || p[1] > '9')
		return false;
	return strspn(p + 1, "0123456789") == strlen(p + 1) && atoi(p + 1) % 4 == 0;
}

static const char *parse_line(char *line, struct allow_entry *e)
{
	char arch[8];
	int major;
	int minor;
	int end = 0;

	memset(e, 0, sizeof(*e));
	if (sscanf(line, "%31s %63s %7s %71s %d.%d %n", e->module, e->name, arch, e->symbol, &major,
		    &minor, &end) != 6 ||
		end == 0)
		return "not: module name arch x86-symbol major.minor title";
	e->x64 = strcmp(arch, "x64") == 0 || strcmp(arch, "both") == 0;
	e->x86 = strcmp(arch, "x86") == 0 || strcmp(arch, "both") == 0;
	if (!e->x64 && !e->x86)
		return "the architecture is x64, x86 or both";
	if (major < 4 || minor < 0 || minor > 9 || major * 10 + minor > NEWEST)
		return "first version is not one up to 6.1 (Windows 7)";
	if (line[end] == '\0')
		return "no documentation page is named";
	if (e->x86 ? !decorated(e->symbol, e->name) : strcmp(e->symbol, "-") != 0)
		return "the x86 symbol is not the decorated name";
	return NULL;
}

int allow_parse(struct allow *allow, const char *text, const char *file, char *why, size_t size)
{
	unsigned int number = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		struct allow_entry entry;
		char line[256];
		const char *wrong = NULL;

		number++;
		if (length >= sizeof(line)) {
			wrong = "the line is too long";
		} else if (length != 0 && text[0] != '#') {
			memcpy(line, text, length);
			line[length] = '\0';
			wrong = parse_line(line, &entry);
			for (size_t i = 0; wrong == NULL && i < allow->entries; i++)
				if (strcmp(allow->entry[i].name, entry.name) == 0)
					wrong = "the name is there twice";
			if (wrong == NULL && add(allow, &entry) != 0)
				wrong = "out of memory";
		}
		if (wrong != NULL) {
			snprintf(why, size, "%s:%u: %s", file, number, wrong);
			return -1;
		}
		text += length + (text[length] == '\n');
	}
	return 0;
}

void allow_free(struct allow *allow)
{
	free(allow->entry);
	*allow = (struct allow){ 0 };
}

const struct allow_entry *allow_import(
	const struct allow *allow, const char *module, const char *name, uint16_t machine)
{
	for (size_t i = 0; i < allow->entries; i++) {
		const struct allow_entry *e = &allow->entry[i];

		if (strcasecmp(e->module, module) == 0 && strcmp(e->name, name) == 0 &&
			(machine == PE_MACHINE_AMD64 ? e->x64 : e->x86))
			return e;
	}
	return NULL;
}

const struct allow_entry *allow_symbol(const struct allow *allow, const char *symbol)
{
	for (size_t i = 0; i < allow->entries; i++)
		if (allow->entry[i].x86 && strcmp(allow->entry[i].symbol, symbol) == 0)
			return &allow->entry[i];
	return NULL;
}
