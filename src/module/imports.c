/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/findings.h"
#include "module/imports.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static int by_file(const void *a, const void *b)
{
	const struct gate_module *const *x = a, *const *y = b;

	return strcmp((*x)->file, (*y)->file);
}

/* In the order in which the gate looks them up. */
static const struct symvers_entry *find(
	const struct gate *g, const struct symvers *own, const char *name)
{
	const struct symvers_entry *e = symvers_find(own, name);

	if (!e && g->extra)
		e = symvers_find(g->extra, name);
	return e || !g->tree ? e : symvers_find(&g->tree->symvers, name);
}

static void add_text(struct strbuf *sb, const char *s)
{
	AUTO_FREE char *shown = printable(s);

	strbuf_addf(sb, "\t%s", *shown ? shown : "-");
}

static void add_symbol(struct strbuf *sb, const struct gate *g, const struct symvers *own,
	const struct module *m, const struct module_symbol *s)
{
	const struct module_symbol *v = module_symbols_find(&m->versions, s->name);
	const struct symvers_entry *e = find(g, own, s->name);
	AUTO_FREE char *user = printable(m->name);

	strbuf_adds(sb, user);
	add_text(sb, s->name);
	if (v)
		strbuf_addf(sb, "\t0x%08x", v->crc);
	else
		strbuf_adds(sb, "\t-");
	add_text(sb, e ? e->module : "");
	add_text(sb, e ? e->ns : "");
	strbuf_addf(sb, "\t%s%s%s\n", e && e->gpl ? "gpl" : "", e && e->gpl && s->weak ? "," : "",
		s->weak ? "weak" : "");
}

void imports_write(const struct gate *g, struct strbuf *sb)
{
	AUTO_SYMVERS struct symvers own = { 0 };
	AUTO_FREE const struct gate_module **v = xcalloc(g->n, sizeof(*v));

	gate_exports(g, &own);
	for (size_t i = 0; i < g->n; i++)
		v[i] = &g->v[i];
	qsort(v, g->n, sizeof(*v), by_file);
	strbuf_adds(sb, "# module\tsymbol\tcrc\texporter\tnamespace\tflags\n");
	for (size_t i = 0; i < g->n; i++) {
		const struct module *m = &v[i]->module;

		for (size_t j = 0; j < m->undefined.n; j++)
			add_symbol(sb, g, &own, m, &m->undefined.v[j]);
	}
}
