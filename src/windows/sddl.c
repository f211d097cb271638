/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "windows/sddl.h"

/* Two letters each. */
static const char sids[] =
	"AA AC AN AO AP AU BA BG BO BU CA CD CG CO CY DA DC DD DG DU EA ED EK ER "
	"ES HA HI HO IS IU KA LA LG LS LU LW ME MP MS MU NO NS NU OW PA PO PS PU "
	"RA RC RD RE RM RO RS RU SA SI SO SS SU SY UD WD WR ";
static const char rights[] = "GA GR GW GX RC SD WD WO RP WP CC DC LC SW LO DT CR FA FR FW FX KA KR "
			     "KW KX NR NW NX ";
/* Those whose bits, for a file, write, delete or take over. */
static const char writing[] = "GA GW SD WD WO DC LC RP CR FA FW KA KW ";
static const char everyone[] = "WD AN BG BU ";
static const char ace_flags[] = "CI OI NP IO ID SA FA CR TP ";
static const char *const ace_types[] = { "A", "D", "OA", "OD", "AU", "AL", "OU", "OL", "ML", "XA",
	"XD", "ZA", "XU", "RA", "SP", "TL", "FL" };

/* GENERIC_WRITE, GENERIC_ALL, MAXIMUM_ALLOWED, WRITE_OWNER, WRITE_DAC, DELETE, and FILE_WRITE_*. */
#define WRITING_MASK 0x520d0116u

struct field {
	const char *s;
	size_t len;
};

static bool has_pair(const char *list, const char *pair)
{
	for (; *list; list += 3) {
		if (list[0] == toupper((unsigned char)pair[0]) &&
			list[1] == toupper((unsigned char)pair[1]))
			return true;
	}
	return false;
}

static bool are_pairs(struct field f, const char *list)
{
	if (f.len % 2 != 0)
		return false;
	for (size_t i = 0; i < f.len; i += 2) {
		if (!has_pair(list, f.s + i))
			return false;
	}
	return true;
}

/* "S-1-5-32-544" or two letters. Returns its length, or 0. */
static size_t sid_length(const char *s)
{
	size_t n = 0, parts = 0;

	if ((s[0] == 'S' || s[0] == 's') && s[1] == '-') {
		for (n = 1; s[n] == '-' && isalnum((unsigned char)s[n + 1]); parts++)
			n += 1 + strspn(s + n + 1, "0123456789abcdefABCDEFxX");
		return parts >= 3 && parts <= 17 ? n : 0;
	}
	return s[0] && s[1] && has_pair(sids, s) ? 2 : 0;
}

static bool read_number(struct field f, uint32_t *mask)
{
	char text[16], *end;
	unsigned long long v;

	if (f.len == 0 || f.len >= sizeof(text) || !isdigit((unsigned char)f.s[0]))
		return false;
	memcpy(text, f.s, f.len);
	text[f.len] = '\0';
	v = strtoull(text, &end, 0);
	*mask = (uint32_t)v;
	return !*end && v <= UINT32_MAX;
}

static bool may_write(struct field f)
{
	uint32_t mask;

	if (read_number(f, &mask))
		return mask & WRITING_MASK;
	for (size_t i = 0; i + 1 < f.len; i += 2) {
		if (has_pair(writing, f.s + i))
			return true;
	}
	return false;
}

static const char *check_ace(const struct field *f, size_t n, struct sddl *out, bool is_dacl)
{
	bool known = false;
	uint32_t mask;

	if (n < 6)
		return "an entry with fewer than six fields";
	for (size_t i = 0; i < sizeof(ace_types) / sizeof(ace_types[0]); i++)
		known |= strlen(ace_types[i]) == f[0].len &&
			 strncasecmp(ace_types[i], f[0].s, f[0].len) == 0;
	if (!known)
		return "an entry of an unknown type";
	if (!are_pairs(f[1], ace_flags))
		return "an entry with unknown flags";
	if (!read_number(f[2], &mask) && (f[2].len == 0 || !are_pairs(f[2], rights)))
		return "an entry with unknown rights";
	if ((f[3].len && f[3].len != 36) || (f[4].len && f[4].len != 36))
		return "an entry with a GUID of another form";
	if (sid_length(f[5].s) == 0 || sid_length(f[5].s) != f[5].len)
		return "an entry with an unknown SID";
	if (is_dacl && toupper((unsigned char)f[0].s[f[0].len - 1]) == 'A' && f[0].len < 2 &&
		may_write(f[2])) {
		for (const char *who = everyone; *who; who += 3) {
			if (f[5].len == 2 && strncasecmp(f[5].s, who, 2) == 0)
				out->open_to = who;
		}
		if (f[5].len == 7 && strncasecmp(f[5].s, "S-1-1-0", 7) == 0)
			out->open_to = everyone;
	}
	return NULL;
}

/* One "(…)"; *at is moved behind it. */
static const char *parse_ace(const char **at, struct sddl *out, bool is_dacl)
{
	struct field f[7] = { { *at + 1, 0 } };
	size_t n = 0, depth = 0;
	const char *s;

	for (s = *at + 1; *s && (*s != ')' || depth); s++) {
		depth += *s == '(';
		depth -= *s == ')';
		if (*s != ';' || depth) {
			f[n].len++;
			continue;
		}
		if (++n == sizeof(f) / sizeof(f[0]))
			return "an entry with more than seven fields";
		f[n].s = s + 1;
	}
	if (!*s)
		return "an entry that is not closed";
	*at = s + 1;
	return check_ace(f, n + 1, out, is_dacl);
}

static const char *parse_acl(const char **at, struct sddl *out, bool is_dacl)
{
	const char *why = NULL;

	if (strncmp(*at, "NO_ACCESS_CONTROL", 17) == 0) {
		*at += 17;
		if (is_dacl)
			out->open_to = everyone;
		return NULL;
	}
	while (**at && **at != '(') {
		if ((*at)[0] == 'A' && ((*at)[1] == 'R' || (*at)[1] == 'I'))
			*at += 2;
		else if (**at == 'P')
			*at += 1;
		else
			return (*at)[1] == ':' ? NULL : "unknown flags of a list";
	}
	while (!why && **at == '(')
		why = parse_ace(at, out, is_dacl);
	return why;
}

int sddl_parse(const char *text, struct sddl *out, const char **why)
{
	unsigned seen = 0;

	*out = (struct sddl){ 0 };
	*why = *text ? NULL : "an empty string";
	while (!*why && *text) {
		static const char kinds[] = "OGDS";
		const char *kind = strchr(kinds, *text);
		unsigned bit = kind ? 1u << (kind - kinds) : 0;

		if (!kind || text[1] != ':' || seen & bit) {
			*why = "something else than O:, G:, D: and S:, each once";
			break;
		}
		seen |= bit;
		text += 2;
		if (*kind == 'D' || *kind == 'S') {
			out->has_dacl |= *kind == 'D';
			*why = parse_acl(&text, out, *kind == 'D');
			continue;
		}
		if (sid_length(text) == 0)
			*why = "an unknown SID";
		text += sid_length(text);
	}
	if (!*why && !out->has_dacl)
		*why = "no DACL (D:)";
	return *why ? -EINVAL : 0;
}
