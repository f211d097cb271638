/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "medium/cpioguard.h"

enum {
	HEADER = 110,
	MODE = 14,
	FILESIZE = 54,
	NAMESIZE = 94,
	NAME_MAX_BYTES = 4096, /* as rpm has it */
	LINK_MAX_BYTES = 65536,
};

static const char trailer[] = "TRAILER!!!";

/* libarchive looks for the next header behind one that is not all digits, and would lose us. */
static bool is_hex(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isxdigit(p[i]))
			return false;
	}
	return true;
}

static uint32_t field(const unsigned char *p)
{
	char text[9] = "";

	memcpy(text, p, 8);
	return (uint32_t)strtoul(text, NULL, 16);
}

static uint64_t padded(uint64_t n)
{
	return (n + 3) & ~3ULL;
}

/* A whole header, and the trailer's name where it has that length. */
static const char *take_header(struct cpio_guard *g, uint32_t name)
{
	uint32_t mode = field(g->header + MODE), size = field(g->header + FILESIZE);
	uint64_t taken = name == sizeof(trailer) ? sizeof(g->header) : HEADER;

	if (name == sizeof(trailer) && memcmp(g->header + HEADER, trailer, sizeof(trailer)) == 0) {
		g->ended = true;
		return NULL;
	}
	if (S_ISLNK(mode) && size > LINK_MAX_BYTES)
		return "a link in it has more than 65536 bytes";
	g->skip = padded(HEADER + (uint64_t)name) - taken + padded(size);
	g->have = 0;
	return NULL;
}

/* Takes bytes for the header; *used tells how many of n. */
static const char *collect(struct cpio_guard *g, const unsigned char *p, size_t n, size_t *used)
{
	size_t want = g->have < HEADER ? HEADER : sizeof(g->header);
	uint32_t name;

	*used = want - g->have < n ? want - g->have : n;
	memcpy(g->header + g->have, p, *used);
	g->have += *used;
	if (g->have < want)
		return NULL;
	if (memcmp(g->header, "070701", 6) != 0 && memcmp(g->header, "070702", 6) != 0)
		return "it is no cpio archive of the kind that rpm writes";
	if (!is_hex(g->header, HEADER))
		return "a header of its cpio archive is damaged";
	name = field(g->header + NAMESIZE);
	if (name == 0 || name > NAME_MAX_BYTES)
		return "a name in it is empty or has more than 4096 bytes";
	if (name == sizeof(trailer) && want == HEADER)
		return NULL;
	return take_header(g, name);
}

const char *cpio_guard_look(struct cpio_guard *g, const void *data, size_t n)
{
	const unsigned char *p = data;

	while (n && !g->ended) {
		const char *why = NULL;
		size_t used;

		if (g->skip) {
			used = g->skip < n ? (size_t)g->skip : n;
			g->skip -= used;
		} else {
			why = collect(g, p, n, &used);
		}
		if (why)
			return why;
		p += used;
		n -= used;
	}
	return NULL;
}
