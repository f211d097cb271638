/* SPDX-License-Identifier: BSD-2-Clause */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "check/shell.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/*
 * From the lists of changes in bash's CHANGES and NEWS files. B is what may stand before a command,
 * E what ends a word.
 */
#define B "(^|[;&|({`!]|then|do|else)[[:blank:]]*"
#define E "([[:blank:];&|)]|$)"

static const struct {
	const char *pattern;
	const char *what;
	const char *since;
} constructs[] = {
	{ B "(declare|local|typeset|readonly)[[:blank:]]+-[a-zA-Z]*A", "an associative array",
		"4.0" },
	{ B "(mapfile|readarray)" E, "mapfile", "4.0" },
	{ B "coproc" E, "coproc", "4.0" },
	{ "\\$\\{[A-Za-z_][A-Za-z0-9_]*(\\[[^]]*\\])?(,|\\^)", "${name,,} or ${name^^}", "4.0" },
	{ "&>>", "&>>", "4.0" },
	{ "\\|&", "|&", "4.0" },
	{ ";;?&", ";& or ;;&", "4.0" },
	{ "\\{[0-9]+\\.\\.[0-9]+\\.\\.[0-9]+\\}", "a step in {1..9..2}", "4.0" },
	{ B "shopt[[:blank:]]+-[su][[:blank:]]+(globstar|autocd|dirspell)" E, "shopt globstar",
		"4.0" },
	{ "\\$\\{?BASHPID", "$BASHPID", "4.0" },
	{ B "read[[:blank:]]+-[a-zA-Z]*[iN]" E, "read -i or -N", "4.0" },
	{ "[[:blank:]]\\{[A-Za-z_][A-Za-z0-9_]*\\}[<>]", "{name}> for a descriptor", "4.1" },
	{ "(^|[[:blank:]])\\[?\\[[[:blank:]]+(![[:blank:]]+)?-v[[:blank:]]", "[ -v name ]", "4.2" },
	{ B "(declare|typeset)[[:blank:]]+-[a-zA-Z]*g", "declare -g", "4.2" },
	{ "printf[[:blank:]].*%\\([^)]*\\)T", "printf %()T", "4.2" },
	{ "\\$\\{[A-Za-z_][A-Za-z0-9_]*:[0-9]+:[[:blank:]]*-[0-9]", "${name:0:-1}", "4.2" },
	{ B "shopt[[:blank:]]+-[su][[:blank:]]+lastpipe" E, "shopt lastpipe", "4.2" },
	{ B "(declare|local|typeset)[[:blank:]]+-[a-zA-Z]*n", "a name reference", "4.3" },
	{ B "wait[[:blank:]]+-n" E, "wait -n", "4.3" },
	{ "\\$\\{[A-Za-z_][A-Za-z0-9_]*@[A-Za-z]\\}", "${name@Q}", "4.4" },
	{ "\\$\\{?EPOCH(SECONDS|REALTIME)", "$EPOCHSECONDS", "5.0" },
};

enum { CONSTRUCTS = sizeof(constructs) / sizeof(constructs[0]), LINE_MAX_LENGTH = 4096 };

/*
 * Blanks out what is in single quotes and comments; *quoted tells whether the line starts, and at
 * the end whether the next starts, inside of single quotes.
 */
static void blank_out(char *line, bool *quoted)
{
	bool in_double = false;

	for (char *p = line; *p; p++) {
		if (*quoted) {
			*quoted = *p != '\'';
			*p = 'x';
		} else if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == '"') {
			in_double = !in_double;
		} else if (*p == '\'' && !in_double) {
			*quoted = true;
			*p = 'x';
		} else if (*p == '#' && !in_double &&
			   (p == line || p[-1] == ' ' || p[-1] == '\t')) {
			*p = '\0';
			return;
		}
	}
}

bool shell_newer_than_bash_3_2(const char *text, struct shell_construct *found)
{
	regex_t compiled[CONSTRUCTS];
	bool quoted = false, hit = false;
	size_t number = 0;

	for (size_t i = 0; i < CONSTRUCTS; i++) {
		if (regcomp(&compiled[i], constructs[i].pattern, REG_EXTENDED | REG_NOSUB) != 0)
			abort();
	}
	for (const char *p = text; *p && !hit && p - text < SHELL_TEXT_MAX;) {
		size_t len = strcspn(p, "\n");
		AUTO_FREE char *line = xstrndup(p, len < LINE_MAX_LENGTH ? len : LINE_MAX_LENGTH);

		number++;
		blank_out(line, &quoted);
		for (size_t i = 0; i < CONSTRUCTS && !hit; i++) {
			if (regexec(&compiled[i], line, 0, NULL, 0) != 0)
				continue;
			*found = (struct shell_construct){ number, constructs[i].what,
				constructs[i].since };
			hit = true;
		}
		p += len + (p[len] == '\n');
	}
	for (size_t i = 0; i < CONSTRUCTS; i++)
		regfree(&compiled[i]);
	return hit;
}
