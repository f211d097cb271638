/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "metadata/rules.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"
#define ALNUM LOWER UPPER DIGIT

/* No ctype: its answers depend on the locale. */
static bool only(const char *v, const char *set)
{
	return v[strspn(v, set)] == '\0';
}

static bool first_is(const char *v, const char *set)
{
	return *v && strchr(set, *v);
}

static bool printable(const char *v)
{
	for (; *v; v++) {
		if (*v < 0x20 || *v > 0x7e)
			return false;
	}
	return true;
}

const char *rule_identifier(const char *v)
{
	if (!only(v, ALNUM "._-") || !first_is(v, ALNUM))
		return "only A-Z a-z 0-9 . _ - are allowed, with a letter or digit first";
	return strlen(v) > 64 ? "at most 64 characters are allowed" : NULL;
}

const char *rule_repository(const char *v)
{
	static const char rule[] = "has to be ORIGINATOR:NAME, both of A-Z a-z 0-9 . _ -";
	const char *colon = strchr(v, ':');
	char originator[65];

	if (!colon || colon == v || !colon[1] || (size_t)(colon - v) >= sizeof(originator))
		return rule;
	memcpy(originator, v, (size_t)(colon - v));
	originator[colon - v] = '\0';
	return rule_identifier(originator) || rule_identifier(colon + 1) ? rule : NULL;
}

const char *rule_version(const char *v)
{
	for (;;) {
		size_t n = strspn(v, DIGIT);

		if (n == 0)
			return "has to be numbers separated by dots, as in 1.0 or 6.5.0";
		if (n > 9)
			return "each number may have at most 9 digits";
		v += n;
		if (!*v)
			return NULL;
		if (*v++ != '.')
			return "has to be numbers separated by dots, as in 1.0 or 6.5.0";
	}
}

const char *rule_build(const char *v)
{
	size_t digits = strspn(v, DIGIT);

	if (digits == 0 || digits > 9 || !only(v + digits, LOWER UPPER))
		return "has to be at most 9 digits, perhaps with letters after them, as in 90233c";
	return strlen(v) > 32 ? "at most 32 characters are allowed" : NULL;
}

const char *rule_product(const char *v)
{
	if (!only(v, ALNUM " ._+-") || *v == ' ' || v[strlen(v) - 1] == ' ')
		return "only A-Z a-z 0-9 . _ + - and inner blanks are allowed: hosts compare it "
		       "byte for byte";
	return strlen(v) > 64 ? "at most 64 characters are allowed" : NULL;
}

const char *rule_line(const char *v)
{
	return printable(v) ? NULL : "only printable ASCII is allowed";
}

const char *rule_text(const char *v)
{
	if (!printable(v))
		return "only printable ASCII is allowed: old installers drop a disk with any "
		       "other byte";
	if (strchr(v, '\\'))
		return "a backslash is not allowed: the shell reader of older hosts swallows it";
	if (*v == ' ' || *v == '-' || v[strlen(v) - 1] == ' ')
		return "it must not begin with a blank or a dash, nor end with a blank";
	return strlen(v) > 250 ? "at most 250 characters are allowed" : NULL;
}

const char *rule_vendor(const char *v)
{
	if (!printable(v))
		return "only printable ASCII is allowed";
	return strlen(v) > 128 ? "at most 128 characters fit the ISO's application id" : NULL;
}

const char *rule_uname(const char *v)
{
	if (!only(v, ALNUM "._+~-") || !first_is(v, ALNUM) || strcmp(v, "any") == 0)
		return "only A-Z a-z 0-9 . _ + ~ - are allowed, with a letter or digit first, "
		       "and not the word any";
	/* UTS_RELEASE has 64 bytes with its NUL (include/uapi/linux/utsname.h). */
	return strlen(v) > 64 ? "at most 64 characters are allowed" : NULL;
}

const char *rule_kver(const char *v)
{
	if (!only(v, ALNUM "._+~-") || !first_is(v, ALNUM))
		return "only A-Z a-z 0-9 . _ + ~ - are allowed, with a letter or digit first";
	return strlen(v) > 64 ? "at most 64 characters are allowed" : NULL;
}

const char *rule_arch(const char *v)
{
	if (!only(v, ALNUM "_") || strlen(v) > 32)
		return "only A-Z a-z 0-9 _ are allowed, at most 32 of them";
	return NULL;
}

const char *rule_uuid(const char *v)
{
	static const char rule[] =
		"has to be 8-4-4-4-12 hexadecimal digits in lower case, or empty";

	if (strlen(v) != 36)
		return rule;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? v[i] != '-' : !strchr(DIGIT "abcdef", v[i]))
			return rule;
	}
	return NULL;
}

const char *rule_test(const char *v)
{
	static const char *const words[] = { "eq", "ne", "lt", "gt", "le", "ge" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(v, words[i]) == 0)
			return NULL;
	}
	return "has to be eq, ne, lt, gt, le or ge";
}

const char *rule_guidance(const char *v)
{
	static const char *const words[] = { "restartHVM", "restartPV", "restartHost",
		"restartXAPI" };
	static const char rule[] = "has to be restartHVM, restartPV, restartHost or restartXAPI, "
				   "several with commas between and no blanks";

	for (;;) {
		size_t n = strcspn(v, ","), i;

		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strlen(words[i]) == n && strncmp(v, words[i], n) == 0)
				break;
		}
		if (i == sizeof(words) / sizeof(words[0]))
			return rule;
		if (!v[n])
			return NULL;
		v += n + 1;
	}
}

const char *rule_rpm_word(const char *v)
{
	if (!only(v, ALNUM "._+~^-") || !first_is(v, ALNUM))
		return "only A-Z a-z 0-9 . _ + ~ ^ - are allowed, with a letter or digit first";
	return strlen(v) > 200 ? "at most 200 characters are allowed" : NULL;
}

const char *rule_rpm_file(const char *v)
{
	size_t n = strlen(v);

	if (!only(v, ALNUM "._+~^-") || !first_is(v, ALNUM))
		return "only A-Z a-z 0-9 . _ + ~ ^ - are allowed in the file name, with a letter "
		       "or digit first: host installers split names at blanks";
	if (n < 5 || strcmp(v + n - 4, ".rpm") != 0)
		return "the file name has to end in .rpm";
	return n > 240 ? "the file name may have at most 240 characters" : NULL;
}
