/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/module.h"
#include "module/symvers.h"
#include "util/alloc.h"
#include "util/strbuf.h"

/* A kernel's own file has about 2 MiB. */
#define SYMVERS_SIZE_MAX ((size_t)64 << 20)

static size_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 32);
}

/* The slot that holds symbol, or the free one where it belongs. */
static size_t *slot_of(const struct symvers *s, const char *symbol)
{
	size_t i = hash(symbol) & (s->n_slots - 1);

	while (s->slots[i] && strcmp(s->v[s->slots[i] - 1].symbol, symbol) != 0)
		i = (i + 1) & (s->n_slots - 1);
	return &s->slots[i];
}

static void grow_slots(struct symvers *s)
{
	if (s->n_slots && s->n < s->n_slots / 2)
		return;
	free(s->slots);
	s->n_slots = s->n_slots ? s->n_slots * 2 : 1024;
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++)
		*slot_of(s, s->v[i].symbol) = i + 1;
}

static void add_module(struct symvers *s, const char *path)
{
	char *name;

	if (strcmp(path, "vmlinux") == 0 || path[0] == '[')
		return;
	name = module_name_of(path);
	/* Lines of one module mostly stand together. */
	if (s->n_modules && strcmp(s->modules[s->n_modules - 1], name) == 0) {
		free(name);
		return;
	}
	s->modules = xgrow(s->modules, s->n_modules, &s->modules_cap, sizeof(*s->modules));
	s->modules[s->n_modules++] = name;
	s->modules_sorted = false;
}

static bool is_export(const char *s)
{
	return strncmp(s, "EXPORT_", 7) == 0;
}

/* Cuts line at its tabs; false when it is no Module.symvers line. */
static bool parse_line(char *line, struct symvers_entry *e)
{
	char *field[5] = { "", "", "", "", "" };
	size_t n = 0;
	char *end;
	unsigned long crc;

	for (char *p = line; p && n < 5; n++) {
		field[n] = p;
		p = strchr(p, '\t');
		if (p)
			*p++ = '\0';
		if (n == 4 && p)
			return false;
	}
	if (n < 3 || strncmp(field[0], "0x", 2) != 0)
		return false;
	errno = 0;
	crc = strtoul(field[0], &end, 16);
	if (*end || end == field[0] + 2 || errno || crc > UINT32_MAX || !*field[1])
		return false;
	if (n == 5 && is_export(field[4])) { /* the order of Linux 5.4 */
		char *ns = field[2];

		field[2] = field[3];
		field[3] = field[4];
		field[4] = ns;
	}
	if (!*field[2] || (n > 3 && !is_export(field[3])))
		return false;
	*e = (struct symvers_entry){
		.symbol = field[1],
		.module = field[2],
		.ns = field[4],
		.crc = (uint32_t)crc,
		.gpl = strstr(field[3], "_GPL") != NULL,
	};
	return true;
}

/*
 * The manner of Red Hat and XCP-ng: the line "[kernel_abi_whitelist]", then indented names. *list
 * is the line in brackets that the names stand under.
 */
static bool parse_listed(char *line, const char **list, struct symvers_entry *e)
{
	size_t len = strlen(line);

	while (len && strchr(" \t\r", line[len - 1]))
		line[--len] = '\0';
	line += strspn(line, " \t");
	*e = (struct symvers_entry){ .ns = "" };
	if (!*line || *line == '#')
		return true;
	if (*line == '[') {
		*list = line;
		return strcspn(line, "]") == strlen(line) - 1 && strlen(line) > 2;
	}
	if (strpbrk(line, " \t,;=[]"))
		return false;
	e->symbol = line;
	e->module = *list;
	return true;
}

void symvers_add(struct symvers *s, const struct symvers_entry *e)
{
	size_t *slot;

	grow_slots(s);
	slot = slot_of(s, e->symbol);
	if (!*slot) {
		s->v = xgrow(s->v, s->n, &s->cap, sizeof(*s->v));
		s->v[s->n++] = *e;
		*slot = s->n;
	}
	add_module(s, e->module);
}

int symvers_parse(struct symvers *s, const char *text, size_t len, size_t *line)
{
	char *copy = xstrndup(text, len);
	const char *list = NULL;
	size_t at = 0;

	*line = 0;
	s->texts = xgrow(s->texts, s->n_texts, &s->texts_cap, sizeof(*s->texts));
	s->texts[s->n_texts++] = copy;
	/* A NUL inside would hide the rest. */
	if (strlen(copy) != len) {
		*line = 1;
		return -EINVAL;
	}
	for (char *p = copy; *p;) {
		char *end = strchrnul(p, '\n');
		bool last = !*end;
		struct symvers_entry e;

		*end = '\0';
		at++;
		e.symbol = NULL;
		if (list || *p == '[' || *p == '#' ? !parse_listed(p, &list, &e)
						   : *p && !parse_line(p, &e)) {
			*line = at;
			return -EINVAL;
		}
		if (e.symbol)
			symvers_add(s, &e);
		p = last ? end : end + 1;
	}
	return 0;
}

int symvers_read(struct symvers *s, const char *path, size_t *line)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int r = strbuf_read_file(&sb, path, SYMVERS_SIZE_MAX);

	*line = 0;
	return r < 0 ? r : symvers_parse(s, sb.buf ? sb.buf : "", sb.len, line);
}

const struct symvers_entry *symvers_find(const struct symvers *s, const char *symbol)
{
	size_t slot = s->n_slots ? *slot_of(s, symbol) : 0;

	return slot ? &s->v[slot - 1] : NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool symvers_has_module(struct symvers *s, const char *name)
{
	if (!s->modules_sorted && s->n_modules)
		qsort(s->modules, s->n_modules, sizeof(*s->modules), compare);
	s->modules_sorted = true;
	return s->n_modules &&
	       bsearch(&name, s->modules, s->n_modules, sizeof(*s->modules), compare);
}

void symvers_release(struct symvers *s)
{
	for (size_t i = 0; i < s->n_texts; i++)
		free(s->texts[i]);
	for (size_t i = 0; i < s->n_modules; i++)
		free(s->modules[i]);
	free(s->texts);
	free(s->modules);
	free(s->slots);
	free(s->v);
	*s = (struct symvers){ 0 };
}
