/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CHECK_SHELL_H
#define DDK_CHECK_SHELL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Just enough of a shell's grammar to see which commands a script names; nothing is run or
 * expanded. Comments, assignments and here-documents are passed over, a quoted string is one word,
 * quotes taken off. What eval or a variable would run is not seen.
 */

/* words[0] is the command as written; n is 1 or more. */
typedef void shell_command_fn(void *arg, size_t line, char *const *words, size_t n);

/* Calls fn for each simple command of the text, with its line counted from 1. */
void shell_commands(const char *text, shell_command_fn *fn, void *arg);
/* The command without its folders. */
const char *shell_base(const char *word);
/*
 * Whether a script for the interpreter named in "#!…" or in an RPM's tag is one for a Bourne shell;
 * "" counts as one.
 */
bool shell_is_bourne(const char *interpreter);

/* How much of an installer is looked at, in bytes: the kit's has 40 KiB. */
#define SHELL_TEXT_MAX (1 << 20)

struct shell_construct {
	size_t line;
	const char *what; /* a constant */
	const char *since;
};

/* Finds the first construct that bash 3.2 (2006) does not know, from a list; false when none is. */
bool shell_newer_than_bash_3_2(const char *text, struct shell_construct *found);

#endif
