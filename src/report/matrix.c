/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "util/alloc.h"

/* Kernels or module names of a medium, each once, in the order in which they come. */
struct names {
	const char **v;
	size_t n, cap;
};

/* The place of a name in the list, which it is added to; the limit when that is full. */
static size_t place_of(struct names *s, const char *name, size_t limit)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->v[i], name) != 0)
		i++;
	if (i < s->n || i == limit)
		return i;
	s->v = xgrow(s->v, s->n, &s->cap, sizeof(*s->v));
	s->v[s->n++] = name;
	return i;
}

/* More than this no page holds; the rest is in the lists below. */
enum { KERNELS_MAX = 32, MODULES_MAX = 500 };

/* Which module of which package serves a kernel. */
struct cell {
	const struct show_package *package;
	const struct module *module;
};

struct matrix {
	struct names kernels, modules;
	struct cell *cells; /* KERNELS_MAX for each module */
	bool cut;
};

static const char *kernel_of(const struct show_package *p)
{
	return p->rpm->uname ? p->rpm->uname : "any kernel";
}

static void fill(struct matrix *x, const struct show *s)
{
	x->cells = xcalloc((size_t)KERNELS_MAX * MODULES_MAX, sizeof(*x->cells));
	for (size_t i = 0; i < s->n; i++) {
		const struct contents_rpm *r = s->v[i].rpm;
		size_t k = r->n_modules ? place_of(&x->kernels, kernel_of(&s->v[i]), KERNELS_MAX)
					: KERNELS_MAX;

		for (size_t j = 0; j < r->n_modules; j++) {
			const struct module *m = &r->modules[j].module;
			size_t at = place_of(&x->modules, m->name, MODULES_MAX);

			x->cut |= k == KERNELS_MAX || at == MODULES_MAX;
			if (k < KERNELS_MAX && at < MODULES_MAX)
				x->cells[at * KERNELS_MAX + k] = (struct cell){ &s->v[i], m };
		}
	}
}

static const char *fate_text(const struct show_package *p)
{
	return p->installer == FATE_LOADS				   ? "loads at install time"
	       : p->installer == FATE_INSTALLS || p->host == FATE_INSTALLS ? "installs"
	       : p->yum == FATE_INSTALLS				   ? "installs by yum"
									   : "lies there";
}

static void add_cell(const struct cell *c, struct strbuf *sb)
{
	const char *version = c->module ? module_info(c->module, "version") : NULL;

	if (!c->module) {
		strbuf_adds(sb, "<td class=\"none\">not built</td>");
		return;
	}
	strbuf_adds(sb, "<td><span class=\"good\">");
	html_text(sb, fate_text(c->package));
	strbuf_adds(sb, "</span>");
	if (version) {
		strbuf_adds(sb, "<br/>");
		html_text(sb, version);
	}
	strbuf_adds(sb, "</td>");
}

static void add_kernels(const struct show *s, const struct names *kernels, struct strbuf *sb)
{
	strbuf_adds(sb, "<div class=\"wide\"><table><thead><tr><th scope=\"col\">Module</th>");
	for (size_t i = 0; i < kernels->n; i++) {
		const char *flavour = "";

		for (size_t j = 0; j < s->n; j++) {
			if (strcmp(kernel_of(&s->v[j]), kernels->v[i]) == 0 && !*flavour)
				flavour = s->v[j].flavour;
		}
		strbuf_adds(sb, "<th scope=\"col\">");
		html_text(sb, kernels->v[i]);
		if (*flavour) {
			strbuf_adds(sb, "<br/><span class=\"quiet\">");
			html_text(sb, flavour);
			strbuf_adds(sb, "</span>");
		}
		strbuf_adds(sb, "</th>");
	}
	strbuf_adds(sb, "</tr></thead><tbody>\n");
}

static void add_packages(const struct show *s, struct strbuf *sb)
{
	static const char *const columns[] = { "Package", "Role", "Kernel", "Installer",
		"install.sh", "yum", "Bytes", "SHA-256", NULL };

	strbuf_adds(sb, "<h3>Packages, and what each consumer does with them</h3>\n");
	html_table(sb, columns);
	for (size_t i = 0; i < s->n; i++) {
		const struct show_package *p = &s->v[i];

		strbuf_adds(sb, "<tr>");
		html_element(sb, "th scope=\"row\" class=\"long\"", p->rpm->path);
		html_element(sb, "td", role_name(p->rpm->role));
		html_element(sb, "td", p->rpm->uname ? p->rpm->uname : "-");
		html_element(sb, "td", fate_name(p->installer));
		html_element(sb, "td", fate_name(p->host));
		html_element(sb, "td", fate_name(p->yum));
		strbuf_addf(sb, "<td>%llu</td>", (unsigned long long)p->rpm->digest.size);
		strbuf_addf(sb, "<td class=\"long\"><code>%s</code></td></tr>\n",
			p->rpm->digest.sha256);
	}
	html_table_end(sb);
}

static void add_matrix(const struct matrix *x, const struct show *s, struct strbuf *sb)
{
	add_kernels(s, &x->kernels, sb);
	for (size_t i = 0; i < x->modules.n; i++) {
		strbuf_adds(sb, "<tr>");
		html_element(sb, "th scope=\"row\"", x->modules.v[i]);
		for (size_t j = 0; j < x->kernels.n; j++)
			add_cell(&x->cells[i * KERNELS_MAX + j], sb);
		strbuf_adds(sb, "</tr>\n");
	}
	html_table_end(sb);
	if (x->cut)
		strbuf_adds(sb, "<p>There are more kernels or modules than this table has room "
				"for; the list of modules has them all.</p>\n");
}

void report_matrix(const struct report *r, struct strbuf *sb)
{
	struct matrix x = { 0 };

	fill(&x, r->show);
	if (x.modules.n == 0)
		strbuf_adds(sb, "<p>There is no kernel module on this medium.</p>\n");
	else
		add_matrix(&x, r->show, sb);
	add_packages(r->show, sb);
	free(x.kernels.v);
	free(x.modules.v);
	free(x.cells);
}
