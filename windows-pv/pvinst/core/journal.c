/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"

/* A line: 16 hexadecimal digits, a blank, words with tabs between, a line feed. */
#define SUM_DIGITS 16
#define WORDS	   7

static size_t line(char text[PVI_LINE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static size_t line(char text[PVI_LINE], const char *format, ...)
{
	char *words = text + SUM_DIGITS + 1;
	size_t room = PVI_LINE - SUM_DIGITS - 3;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(words, room, format, list);
	va_end(list);
	if (n < 0 || (size_t)n >= room || strpbrk(words, "\r\n"))
		return 0;
	snprintf(text, SUM_DIGITS + 1, "%016llx",
		(unsigned long long)pvi_hash(PVI_HASH, words, (size_t)n));
	text[SUM_DIGITS] = ' ';
	words[n] = '\n';
	words[n + 1] = 0;
	return SUM_DIGITS + 1 + (size_t)n + 1;
}

size_t pvi_line_begin(char text[PVI_LINE], enum pvi_verb verb)
{
	return line(text, "begin\t1\t%s", pvi_verb_text(verb));
}

size_t pvi_line_step(char text[PVI_LINE], const struct pvi_step *s)
{
	if (strpbrk(s->name, "\t") || strpbrk(s->inf, "\t") || strpbrk(s->old, "\t"))
		return 0;
	return line(text, "step\t%s\t%s\t%s\t%s\t%016llx", pvi_kind_text(s->kind), s->name, s->inf,
		s->old, (unsigned long long)s->content);
}

size_t pvi_line_planned(char text[PVI_LINE], size_t steps)
{
	return line(text, "planned\t%u", (unsigned int)steps);
}

size_t pvi_line_doing(char text[PVI_LINE], size_t step)
{
	return line(text, "doing\t%u", (unsigned int)step);
}

size_t pvi_line_done(char text[PVI_LINE], size_t step)
{
	return line(text, "done\t%u", (unsigned int)step);
}

size_t pvi_line_undo(char text[PVI_LINE])
{
	return line(text, "undo");
}

size_t pvi_line_undone(char text[PVI_LINE], size_t step)
{
	return line(text, "undone\t%u", (unsigned int)step);
}

size_t pvi_line_end(char text[PVI_LINE])
{
	return line(text, "end");
}

/* Whole numbers as they are written here: digits alone. */
static bool number(const char *s, size_t *value)
{
	for (*value = 0; *s >= '0' && *s <= '9'; s++) {
		if (*value > PVI_STEPS)
			return false;
		*value = *value * 10 + (size_t)(*s - '0');
	}
	return !*s;
}

static bool hexadecimal(const char *s, uint64_t *value)
{
	size_t n = 0;

	for (*value = 0; s[n]; n++) {
		const char *digits = "0123456789abcdef", *at = strchr(digits, s[n]);

		if (!at || n == SUM_DIGITS)
			return false;
		*value = *value << 4 | (uint64_t)(at - digits);
	}
	return n == SUM_DIGITS;
}

static bool take_step(struct pvi_journal *j, char *const word[WORDS])
{
	struct pvi_step *s = &j->plan.steps[j->plan.step_count];
	bool known = false;

	if (j->plan.step_count == PVI_STEPS)
		return false;
	memset(s, 0, sizeof(*s));
	for (enum pvi_kind k = PVI_RESTORE; k <= PVI_UNSTAGE && !known; k++) {
		known = strcmp(word[1], pvi_kind_text(k)) == 0;
		s->kind = k;
	}
	if (!known || !pvi_copy(s->name, sizeof(s->name), word[2]) ||
		!pvi_copy(s->inf, sizeof(s->inf), word[3]) ||
		!pvi_copy(s->old, sizeof(s->old), word[4]) || !hexadecimal(word[5], &s->content))
		return false;
	j->plan.step_count++;
	return true;
}

static bool take_verb(struct pvi_journal *j, const char *text)
{
	for (enum pvi_verb v = PVI_INSTALL; v <= PVI_REMOVE; v++) {
		if (strcmp(text, pvi_verb_text(v)) == 0) {
			j->plan.verb = v;
			return true;
		}
	}
	return false;
}

/* False: a line that has no place here. */
static bool take(struct pvi_journal *j, char *const word[WORDS], size_t words)
{
	size_t n = 0;

	if (words == 3 && strcmp(word[0], "begin") == 0) {
		if (j->begun || strcmp(word[1], "1") != 0 || !take_verb(j, word[2]))
			return false;
		j->begun = true;
		return true;
	}
	if (!j->begun || j->ended)
		return false;
	if (words == 6 && strcmp(word[0], "step") == 0)
		return !j->planned && take_step(j, word);
	if (words == 1 && strcmp(word[0], "end") == 0) {
		j->ended = true;
		return true;
	}
	if (words == 1 && strcmp(word[0], "undo") == 0) {
		if (!j->planned || j->undoing)
			return false;
		j->undoing = true;
		j->reach = j->done + j->doing;
		return true;
	}
	if (words != 2 || !number(word[1], &n))
		return false;
	if (strcmp(word[0], "planned") == 0) {
		if (j->planned || n != j->plan.step_count)
			return false;
		j->planned = true;
		return true;
	}
	if (!j->planned)
		return false;
	if (strcmp(word[0], "undone") == 0) {
		if (!j->undoing || j->undone >= j->reach || n != j->reach - j->undone - 1)
			return false;
		j->undone++;
		return true;
	}
	if (j->undoing || n != j->done || n >= j->plan.step_count)
		return false;
	if (strcmp(word[0], "doing") == 0) {
		j->doing = true;
		return true;
	}
	if (strcmp(word[0], "done") != 0 || !j->doing)
		return false;
	j->doing = false;
	j->done++;
	return true;
}

/* Words of one line, in a copy of it; false when the sum is another. */
static bool take_line(struct pvi_journal *j, const char *text, size_t length)
{
	char copy[PVI_LINE], *word[WORDS] = { 0 };
	uint64_t sum;
	size_t words = 0;

	if (length <= SUM_DIGITS + 1 || length >= sizeof(copy) || memchr(text, 0, length) ||
		text[SUM_DIGITS] != ' ')
		return false;
	memcpy(copy, text, length);
	copy[length] = 0;
	copy[SUM_DIGITS] = 0;
	if (!hexadecimal(copy, &sum) ||
		sum != pvi_hash(PVI_HASH, text + SUM_DIGITS + 1, length - SUM_DIGITS - 1))
		return false;
	for (char *p = copy + SUM_DIGITS + 1; p;) {
		char *tab = strchr(p, '\t');

		if (words == WORDS)
			return false;
		word[words++] = p;
		if (tab)
			*tab = 0;
		p = tab ? tab + 1 : NULL;
	}
	return take(j, word, words);
}

void pvi_journal_read(struct pvi_journal *j, const char *text, size_t length)
{
	size_t at = 0;

	memset(j, 0, sizeof(*j));
	while (at < length) {
		const char *end = memchr(text + at, '\n', length - at);

		if (!end || !take_line(j, text + at, (size_t)(end - text) - at))
			break;
		at = (size_t)(end - text) + 1;
	}
	j->good = at;
}

bool pvi_journal_needs_medium(const struct pvi_journal *j)
{
	for (size_t i = j->done; i < j->plan.step_count; i++) {
		if (j->plan.steps[i].kind == PVI_STAGE || j->plan.steps[i].kind == PVI_BIND)
			return true;
	}
	return false;
}

enum pvi_replay pvi_journal_decide(const struct pvi_journal *j, bool has_medium, bool wants_undo)
{
	if (!j->begun || j->ended || !j->planned)
		return PVI_FRESH;
	if (j->undoing)
		return PVI_UNDO;
	/* A removal, and an upgrade whose new drivers are bound, only go forward. */
	if (j->plan.verb == PVI_REMOVE || !pvi_journal_needs_medium(j))
		return PVI_RESUME;
	return has_medium && !wants_undo ? PVI_RESUME : PVI_UNDO;
}
