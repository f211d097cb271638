/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/shell.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

enum { WORDS_MAX = 64, HEREDOCS_MAX = 8 };

struct lexer {
	const char *p;
	size_t line;
	shell_command_fn *fn;
	void *arg;
	char *words[WORDS_MAX];
	size_t n;
	size_t start; /* line of words[0] */
	char *heredocs[HEREDOCS_MAX];
	size_t n_heredocs;
};

const char *shell_base(const char *word)
{
	const char *slash = strrchr(word, '/');

	return slash ? slash + 1 : word;
}

bool shell_is_bourne(const char *interpreter)
{
	static const char *const names[] = { "sh", "bash", "dash", "ksh" };
	const char *end = interpreter + strcspn(interpreter, " \t\r\n");
	const char *base = end;

	if (end == interpreter)
		return true;
	while (base > interpreter && base[-1] != '/')
		base--;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == (size_t)(end - base) &&
			strncmp(names[i], base, strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/* Words after which another command starts. */
static bool is_prefix(const char *word)
{
	static const char *const known[] = { "if", "then", "else", "elif", "while", "until", "do",
		"!", "{", "exec", "nohup", "env", "command", "time", "setsid", "nice" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(word, known[i]) == 0)
			return true;
	}
	return false;
}

static bool is_assignment(const char *word)
{
	size_t len =
		strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return len && word[len] == '=';
}

static void end_command(struct lexer *l)
{
	if (l->n)
		l->fn(l->arg, l->start, l->words, l->n);
	for (size_t i = 0; i < l->n; i++)
		free(l->words[i]);
	l->n = 0;
}

static void add_word(struct lexer *l, const char *word)
{
	if (l->n == 0 && (is_prefix(word) || is_assignment(word)))
		return;
	if (l->n == WORDS_MAX)
		return;
	if (l->n == 0)
		l->start = l->line;
	l->words[l->n++] = xstrdup(word);
}

static char next(struct lexer *l)
{
	char c = *l->p;

	if (c) {
		l->p++;
		l->line += c == '\n';
	}
	return c;
}

/* A quoted part, whose opening quote was read. */
static void read_quoted(struct lexer *l, char quote, struct strbuf *sb)
{
	for (;;) {
		char c = next(l);

		if (!c || c == quote)
			return;
		if (c == '\\' && quote == '"' && *l->p)
			c = next(l);
		strbuf_addch(sb, c);
	}
}

static void read_word(struct lexer *l, struct strbuf *sb)
{
	strbuf_reset(sb);
	strbuf_adds(sb, "");
	while (*l->p && !strchr(" \t\r\n;&|(){}`<>", *l->p)) {
		char c = next(l);

		if (c == '\'' || c == '"')
			read_quoted(l, c, sb);
		else if (c == '\\')
			strbuf_addch(sb, *l->p ? next(l) : c);
		else if (c == '$' && *l->p == '{') {
			strbuf_addch(sb, c);
			while (*l->p && *l->p != '}' && *l->p != '\n')
				strbuf_addch(sb, next(l));
			if (*l->p == '}')
				strbuf_addch(sb, next(l));
		} else
			strbuf_addch(sb, c);
	}
}

/* The target of a redirection is no word of the command; of << the text that follows is none. */
static void read_redirection(struct lexer *l)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	bool heredoc = l->p[0] == '<' && l->p[1] == '<' && l->p[2] != '<';

	while (*l->p == '<' || *l->p == '>' || *l->p == '&' || *l->p == '|')
		l->p++;
	if (heredoc && *l->p == '-')
		l->p++;
	while (*l->p == ' ' || *l->p == '\t')
		l->p++;
	read_word(l, &sb);
	if (heredoc && sb.len && l->n_heredocs < HEREDOCS_MAX)
		l->heredocs[l->n_heredocs++] = strbuf_detach(&sb);
}

static void skip_heredocs(struct lexer *l)
{
	for (size_t i = 0; i < l->n_heredocs; i++) {
		size_t want = strlen(l->heredocs[i]);

		while (*l->p) {
			const char *line = l->p + strspn(l->p, "\t");
			size_t len = strcspn(line, "\n");
			bool end = len == want && strncmp(line, l->heredocs[i], len) == 0;

			l->p = line + len;
			next(l);
			if (end)
				break;
		}
		free(l->heredocs[i]);
	}
	l->n_heredocs = 0;
}

void shell_commands(const char *text, shell_command_fn *fn, void *arg)
{
	struct lexer l = { .p = text, .line = 1, .fn = fn, .arg = arg };
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	while (*l.p) {
		char c = *l.p;

		if (c == ' ' || c == '\t' || c == '\r') {
			l.p++;
		} else if (c == '\\' && l.p[1] == '\n') {
			next(&l);
			next(&l);
		} else if (c == '#') {
			l.p += strcspn(l.p, "\n");
		} else if (c == '<' || c == '>') {
			read_redirection(&l);
		} else if (strchr("\n;&|(){}`", c)) {
			end_command(&l);
			next(&l);
			if (c == '\n')
				skip_heredocs(&l);
		} else {
			const char *before = l.p;

			read_word(&l, &sb);
			if (l.p == before)
				l.p++;
			else
				add_word(&l, sb.buf);
		}
	}
	end_command(&l);
	skip_heredocs(&l);
}
