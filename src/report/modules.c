/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report/report.h"
#include "util/alloc.h"

/* Values of a .modinfo key, as a list that a reader can fold away. */
static void add_values(
	struct strbuf *sb, const struct module *m, const char *key, const char *title)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_info; i++) {
		if (strcmp(m->info[i].key, key) != 0)
			continue;
		if (n++ == 0)
			strbuf_addf(
				sb, "<details open=\"open\"><summary>%s</summary><ul>\n", title);
		strbuf_adds(sb, "<li><code>");
		html_text(sb, m->info[i].value);
		strbuf_adds(sb, "</code></li>\n");
	}
	if (n)
		strbuf_adds(sb, "</ul></details>\n");
}

static void add_devices(struct strbuf *sb, const struct show *s, const struct module *m)
{
	size_t n;
	struct show_claim *v = show_claims(s, m, &n);

	for (size_t i = 0; i < n; i++) {
		if (i == 0)
			strbuf_adds(sb, "<details open=\"open\"><summary>Devices</summary><ul>\n");
		strbuf_addf(sb, "<li><code>%s %s</code> ", v[i].bus, v[i].device);
		html_text(sb, v[i].vendor);
		strbuf_addch(sb, ' ');
		html_text(sb, v[i].name);
		strbuf_adds(sb, "</li>\n");
	}
	if (n)
		strbuf_adds(sb, "</ul></details>\n");
	show_claims_free(v, n);
}

static void add_module(
	struct strbuf *sb, const struct show *s, const struct show_package *p, size_t j)
{
	const struct contents_module *cm = &p->rpm->modules[j];
	const struct module *m = &cm->module;
	AUTO_FREE char *title = xasprintf("%s %s", m->name, p->rpm->uname ? p->rpm->uname : "");
	AUTO_FREE char *signer =
		xasprintf("%s%s%s%s", m->signature.signer, *m->signature.key_id ? ", key " : "",
			m->signature.key_id, m->signature.malformed ? " (damaged)" : "");

	html_element(sb, "h3", title);
	strbuf_adds(sb, "\n<dl>\n");
	html_term(sb, "What", module_info(m, "description"));
	html_term(sb, "Version", module_info(m, "version"));
	html_term(sb, "Licence", module_info(m, "license"));
	html_term(sb, "Flavour", p->flavour);
	html_term(sb, "File", cm->path);
	html_term(sb, "Needs", module_info(m, "depends"));
	html_term(sb, "Built for", module_info(m, "vermagic"));
	html_term(sb, "Signed by", m->signature.present ? signer : "nobody");
	strbuf_adds(sb, "</dl>\n");
	add_devices(sb, s, m);
	add_values(sb, m, "firmware", "Firmware");
	add_values(sb, m, "parm", "Parameters");
}

void report_modules(const struct report *r, struct strbuf *sb)
{
	const struct show *s = r->show;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = 0; j < s->v[i].rpm->n_modules; j++, n++)
			add_module(sb, s, &s->v[i], j);
	}
	if (n == 0)
		strbuf_adds(sb, "<p>None.</p>\n");
}
