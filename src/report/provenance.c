/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report/report.h"

/* Most disks have their source RPMs in SRPMS/ too. */
static bool is_on(const struct contents *c, const struct contents_rpm *r)
{
	for (size_t i = 0; i < c->n_rpms; i++) {
		if (c->rpms[i].rpm.is_source &&
			strcmp(c->rpms[i].digest.sha256, r->digest.sha256) == 0)
			return true;
	}
	return false;
}

static size_t add_from(const struct contents *c, const struct contents *but, struct strbuf *sb)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_rpms; i++) {
		const struct contents_rpm *r = &c->rpms[i];

		if (!r->readable || !r->rpm.is_source || (but && is_on(but, r)))
			continue;
		n++;
		strbuf_adds(sb, "<tr>");
		html_element(sb, "th scope=\"row\" class=\"long\"", r->path);
		html_element(sb, "td", r->rpm.license);
		strbuf_addf(sb, "<td>%llu</td><td class=\"long\"><code>%s</code></td></tr>\n",
			(unsigned long long)r->digest.size, r->digest.sha256);
	}
	return n;
}

static void add_sources(const struct report *r, struct strbuf *sb)
{
	static const char *const columns[] = { "Source RPM", "Licence", "Bytes", "SHA-256", NULL };
	AUTO_STRBUF struct strbuf rows = STRBUF_INIT;
	size_t n = add_from(r->show->c, NULL, &rows);

	for (size_t i = 0; i < r->n_sources; i++)
		n += add_from(&r->sources[i], r->show->c, &rows);
	strbuf_adds(sb, "<h3>Sources</h3>\n");
	if (n == 0) {
		strbuf_adds(sb, "<p>There are no source RPMs.</p>\n");
		return;
	}
	html_table(sb, columns);
	strbuf_add(sb, rows.buf, rows.len);
	html_table_end(sb);
}

static void add_rows(json_t *list, const char *const *keys, struct strbuf *sb)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		strbuf_adds(sb, "<tr>");
		html_element(sb, "th scope=\"row\"", facts_string(row, keys[0]));
		for (const char *const *key = keys + 1; *key; key++)
			html_element(sb, "td class=\"long\"", facts_string(row, *key));
		strbuf_adds(sb, "</tr>\n");
	}
}

static void add_list(const struct facts *f, const char *what, const char *title,
	const char *const *columns, const char *const *keys, struct strbuf *sb)
{
	json_t *list = facts_list(f, what);

	if (!json_array_size(list))
		return;
	strbuf_addf(sb, "<h3>%s</h3>\n", title);
	html_table(sb, columns);
	add_rows(list, keys, sb);
	html_table_end(sb);
}

static void add_tools(const struct facts *f, struct strbuf *sb)
{
	static const char *const columns[] = { "Tool", "Version", NULL };

	if (f->n_tools == 0)
		return;
	strbuf_adds(sb, "<h3>Toolchain</h3>\n");
	html_table(sb, columns);
	for (size_t i = 0; i < f->n_tools; i++) {
		strbuf_adds(sb, "<tr>");
		html_element(sb, "th scope=\"row\"", f->tools[i].name);
		html_element(sb, "td class=\"long\"", f->tools[i].value);
		strbuf_adds(sb, "</tr>\n");
	}
	html_table_end(sb);
}

void report_provenance(const struct report *r, struct strbuf *sb)
{
	static const char *const kernel_columns[] = { "Kernel", "Flavour", "Package", "Header tree",
		NULL };
	static const char *const kernel_keys[] = { "uname", "flavour", "package", "tree", NULL };
	static const char *const value_columns[] = { "Variable", "Value", "From", NULL };
	static const char *const value_keys[] = { "name", "value", "origin", NULL };

	add_sources(r, sb);
	add_list(r->facts, "kernels", "Kernels", kernel_columns, kernel_keys, sb);
	add_tools(r->facts, sb);
	add_list(r->facts, "values", "Configuration", value_columns, value_keys, sb);
}
