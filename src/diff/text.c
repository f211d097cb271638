/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "diff/diff.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Lists of a module longer than this are cut; JSON has them whole. */
enum { LIST_MAX = 20 };

static void print_one(const struct diff_change *c, FILE *out)
{
	static const char sign[] = { '+', '-', '~' };
	bool module = c->kind >= DIFF_MODULE;
	bool plain = c->kind <= DIFF_MODULE;
	const char *bus;
	AUTO_FREE char *device = c->kind == DIFF_ALIAS ? show_device(c->name, &bus) : NULL;
	AUTO_FREE char *head = xasprintf("%s%c ", module ? "    " : "  ", sign[c->how]);
	AUTO_FREE char *text = NULL;
	const char *arrow = c->how == DIFF_CHANGED ? " -> " : "";

	if (c->kind == DIFF_PARAMETER)
		arrow = "";
	text = xasprintf("%s%s%s%s%s%s%s%s%s%s", plain ? "" : diff_kind_name(c->kind),
		plain ? "" : " ", device ? bus : "", device ? " " : "", device ? device : c->name,
		*c->old || *c->new ? " " : "", c->kind == DIFF_PARAMETER ? "" : c->old, arrow,
		c->how == DIFF_CHANGED && !*c->new &&*arrow ? "(none)" : c->new, "");
	show_wrapped(out, head, text, module ? 8 : 6);
}

/* Changes from i on that stand under one head; prints them and returns the next. */
static size_t print_group(const struct diff *d, size_t i, FILE *out)
{
	const struct diff_change *first = &d->v[i];
	size_t n = 0;

	for (; i < d->n && d->v[i].kind == first->kind && strcmp(d->v[i].where, first->where) == 0;
		i++) {
		if (++n <= LIST_MAX)
			print_one(&d->v[i], out);
	}
	if (n > LIST_MAX)
		fprintf(out, "      and %zu more of kind %s\n", n - LIST_MAX,
			diff_kind_name(first->kind));
	return i;
}

static const char *heading(enum diff_kind kind)
{
	return kind == DIFF_DISK ? "Disk" : kind == DIFF_PACKAGE ? "Packages" : "Modules";
}

void diff_print(const struct diff *d, const struct findings *f, FILE *out)
{
	const char *head = "", *where = "";
	AUTO_FREE char *title = xasprintf("%s %s -> %s %s",
		*d->old->label ? d->old->label : d->old->c->medium.name, d->old->version,
		*d->new->label ? d->new->label : d->new->c->medium.name, d->new->version);

	show_wrapped(out, "", title, 0);
	for (size_t i = 0; i < d->n;) {
		const struct diff_change *c = &d->v[i];

		if (strcmp(heading(c->kind), head) != 0) {
			head = heading(c->kind);
			fprintf(out, "\n%s\n", head);
		}
		if (strcmp(c->where, where) != 0) {
			where = c->where;
			show_wrapped(out, "  ", where, 4);
		}
		i = print_group(d, i, out);
	}
	if (d->n == 0)
		fputs("\nNothing of what consumers see differs.\n", out);
	fputs("\nVersioning\n", out);
	for (size_t i = 0; i < f->n; i++) {
		AUTO_FREE char *line =
			xasprintf("%s: %s; %s", f->v[i].file, f->v[i].text, f->v[i].rule->cure);
		AUTO_FREE char *id = xasprintf(
			"  %s %s", severity_name(f->v[i].rule->severity), f->v[i].rule->id);

		show_wrapped(out, id, line, 4);
	}
	if (f->n == 0)
		fputs("  The rules of versioning are kept.\n", out);
}
