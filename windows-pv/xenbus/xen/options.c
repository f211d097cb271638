/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

static unsigned fold(unsigned c)
{
	return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

/* The word's unit count if it begins with text, in either case; 0 otherwise. */
static size_t prefix(const uint16_t *word, size_t length, const char *text)
{
	size_t n;

	for (n = 0; text[n] != '\0'; n++)
		if (n == length || fold(word[n]) != fold((unsigned char)text[n]))
			return 0;
	return n;
}

static int copy(const uint16_t *from, size_t length, char *value, size_t size)
{
	if (length >= size)
		return -2;
	for (size_t i = 0; i < length; i++) {
		if (from[i] <= ' ' || from[i] > '~')
			return -2;
		value[i] = (char)from[i];
	}
	value[length] = '\0';
	return (int)length;
}

int xen_option_find(const uint16_t *text, size_t length, const char *name, char *value, size_t size)
{
	int found = -1;
	size_t i = 0;

	while (i < length && text[i] != 0) {
		size_t end = i;
		size_t at;
		size_t n;

		while (end < length && text[end] != 0 && text[end] != ' ')
			end++;
		at = i + prefix(text + i, end - i, "XEN:");
		n = at == i ? 0 : prefix(text + at, end - at, name);
		if (n != 0 && at + n < end && text[at + n] == '=')
			found = copy(text + at + n + 1, end - at - n - 1, value, size);
		i = end;
		while (i < length && text[i] == ' ')
			i++;
	}
	return found;
}

bool xen_option_begins(const uint16_t *text, size_t length, const char *begin)
{
	for (size_t i = 0; i < length && text[i] != 0; i++) {
		/* The boot manager's own options may still have their slash. */
		if (i > 0 && text[i - 1] != ' ' && text[i - 1] != '/')
			continue;
		if (prefix(text + i, length - i, begin) != 0)
			return true;
	}
	return false;
}

bool xen_option_is(const char *value, const char *word)
{
	while (*value != '\0' && fold((unsigned char)*value) == fold((unsigned char)*word)) {
		value++;
		word++;
	}
	return *value == '\0' && *word == '\0';
}
