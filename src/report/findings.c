/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

static void add_rows(const struct findings *f, enum severity severity, struct strbuf *sb)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->v[i];
		AUTO_FREE char *who = NULL;

		if (x->rule->severity != severity)
			continue;
		who = consumers_text(x->rule->consumers);
		strbuf_addf(sb, "<tr><th scope=\"row\" class=\"%s\">%s<br/>%s</th>",
			severity_name(severity), severity_name(severity), x->rule->id);
		html_element(sb, "td class=\"long\"", x->file);
		strbuf_adds(sb, "<td class=\"long\">");
		html_element(sb, "b", x->text);
		strbuf_adds(sb, "<br/>");
		html_text(sb, x->rule->what);
		strbuf_adds(sb, "</td>");
		html_element(sb, "td class=\"long\"", x->rule->cure);
		html_element(sb, "td", who);
		strbuf_adds(sb, "</tr>\n");
	}
}

static void add_table(const struct findings *f, struct strbuf *sb)
{
	static const char *const columns[] = { "Rule", "Where", "What", "Cure", "Who cares", NULL };

	html_table(sb, columns);
	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--)
		add_rows(f, (enum severity)s, sb);
	html_table_end(sb);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rule_get((enum rule_id)i);

		if (f->seen[i] > FINDINGS_MAX)
			strbuf_addf(sb, "<p>and %zu more of %s</p>\n", f->seen[i] - FINDINGS_MAX,
				rule->id);
	}
}

void report_findings(const struct report *r, struct strbuf *sb)
{
	if (r->findings->n == 0)
		strbuf_adds(sb, "<p>None: no consumer would object to this disk.</p>\n");
	else
		add_table(r->findings, sb);
}

/* The rules of versioning stand below the differences that they are about. */
static void add_versioning(const struct findings *f, struct strbuf *sb)
{
	strbuf_adds(sb, "<h3>Versioning</h3>\n");
	if (f->n == 0)
		strbuf_adds(sb, "<p>The rules of versioning are kept.</p>\n");
	else
		add_table(f, sb);
}

static void add_change(const struct diff_change *c, struct strbuf *sb)
{
	strbuf_addf(sb, "<tr><th scope=\"row\">%s</th><td>%s</td>", diff_how_name(c->how),
		diff_kind_name(c->kind));
	html_element(sb, "td class=\"long\"", c->where);
	html_element(sb, "td class=\"long\"", c->name);
	html_element(sb, "td", c->old);
	html_element(sb, "td", c->new);
	strbuf_adds(sb, "</tr>\n");
}

void report_changes(const struct report *r, struct strbuf *sb)
{
	static const char *const columns[] = { "Change", "Of", "Where", "What", "Was", "Is", NULL };
	const struct diff *d = r->diff;

	if (!d) {
		strbuf_adds(sb, "<p>The disk was not compared with one before it.</p>\n");
		return;
	}
	strbuf_adds(sb, "<p>Compared with ");
	html_text(sb, *d->old->label ? d->old->label : d->old->c->medium.name);
	strbuf_addch(sb, ' ');
	html_text(sb, d->old->version);
	strbuf_adds(sb, ".</p>\n");
	if (d->n == 0) {
		strbuf_adds(sb, "<p>Nothing of what consumers see differs.</p>\n");
	} else {
		html_table(sb, columns);
		for (size_t i = 0; i < d->n; i++)
			add_change(&d->v[i], sb);
		html_table_end(sb);
	}
	add_versioning(r->versioning, sb);
}
