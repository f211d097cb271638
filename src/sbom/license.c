/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "sbom/sbom.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Identifiers of the SPDX list that have no dash, among those a driver disk may meet. */
static bool is_plain_id(const char *word, size_t len)
{
	static const char *const ids[] = { "MIT", "ISC", "X11", "Zlib", "0BSD", "curl", "Intel",
		"OpenSSL", "NTP", "Unlicense" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (strlen(ids[i]) == len && strncmp(ids[i], word, len) == 0)
			return true;
	}
	return false;
}

/* A word that looks like GPL-2.0-only, BSD-3-Clause or LicenseRef-Acme. */
static bool is_id(const char *word, size_t len)
{
	static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    ".-";
	const char *dash = memchr(word, '-', len);

	if (strspn(word, legal) < len || !strchr(legal, word[0]) || word[0] == '-')
		return false;
	return is_plain_id(word, len) || (dash && dash + 1 < word + len);
}

static bool is_operator(const char *word, size_t len)
{
	return (len == 3 && strncmp(word, "AND", 3) == 0) ||
	       (len == 2 && strncmp(word, "OR", 2) == 0) ||
	       (len == 4 && strncmp(word, "WITH", 4) == 0);
}

/* Whether text has the form of an SPDX license expression (SPDX 2.3, annex D). */
static bool is_expression(const char *text)
{
	bool want_id = true;
	int depth = 0;

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, " ()");

		if (*p == ' ' || *p == '(' || *p == ')') {
			if ((*p == '(' && (!want_id || ++depth > 20)) ||
				(*p == ')' && (want_id || --depth < 0)))
				return false;
			p++;
			continue;
		}
		if (want_id ? !is_id(p, len) : !is_operator(p, len))
			return false;
		want_id = !want_id;
		p += len;
	}
	return !want_id && depth == 0;
}

json_t *sbom_licenses(const char *license)
{
	if (is_expression(license))
		return json_pack("[{s:o}]", "expression", sbom_text(license));
	return json_pack("[{s:{s:o}}]", "license", "name", sbom_text(license));
}

json_t *sbom_purl(const struct show *show, const struct rpmfile *r)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    ".-_~";
	AUTO_FREE char *version = xasprintf("%s-%s", r->version, r->release);
	const char *const parts[] = { show->originator, r->name, version,
		r->is_source ? "src" : r->arch };
	static const char *const before[] = { "/", "/", "@", "?arch=" };
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, "pkg:rpm");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!*parts[i])
			continue;
		strbuf_adds(&sb, before[i]);
		for (const char *p = parts[i]; *p; p++) {
			if (strchr(plain, *p))
				strbuf_addch(&sb, *p);
			else
				strbuf_addf(&sb, "%%%02X", (unsigned char)*p);
		}
	}
	if (r->has_epoch)
		strbuf_addf(&sb, "&epoch=%u", r->epoch);
	return json_string(sb.buf);
}
