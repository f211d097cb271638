/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check/findings.h"
#include "metadata/xml.h"
#include "report/report.h"

void html_text(struct strbuf *sb, const char *s)
{
	AUTO_FREE char *shown = printable(s ? s : "");

	xml_add_text(sb, shown);
}

void html_element(struct strbuf *sb, const char *tag, const char *text)
{
	strbuf_addf(sb, "<%s>", tag);
	html_text(sb, text);
	strbuf_addf(sb, "</%.*s>", (int)strcspn(tag, " "), tag);
}

void html_table(struct strbuf *sb, const char *const *columns)
{
	strbuf_adds(sb, "<div class=\"wide\"><table><thead><tr>");
	for (; *columns; columns++)
		html_element(sb, "th scope=\"col\"", *columns);
	strbuf_adds(sb, "</tr></thead><tbody>\n");
}

void html_table_end(struct strbuf *sb)
{
	strbuf_adds(sb, "</tbody></table></div>\n");
}

void html_term(struct strbuf *sb, const char *term, const char *text)
{
	if (!text || !*text)
		return;
	html_element(sb, "dt", term);
	html_element(sb, "dd", text);
	strbuf_addch(sb, '\n');
}

static size_t count(const struct findings *f, enum severity s)
{
	return f ? f->count[s] : 0;
}

static void add_count(struct strbuf *sb, const struct findings *f, enum severity s)
{
	size_t n = count(f, s);

	strbuf_addf(sb, "<li class=\"%s\"><b>%zu</b> %s%s</li>", n ? severity_name(s) : "none", n,
		severity_name(s), n == 1 ? "" : "s");
}

static void add_verdict(const struct report *r, struct strbuf *sb)
{
	strbuf_adds(sb, "<ul class=\"verdict\">");
	add_count(sb, r->findings, SEVERITY_ERROR);
	add_count(sb, r->findings, SEVERITY_WARNING);
	add_count(sb, r->findings, SEVERITY_NOTE);
	if (r->diff) {
		bool kept = !findings_fail(r->versioning, false);

		strbuf_addf(sb, "<li class=\"%s\">versioning %s</li>", kept ? "none" : "error",
			kept ? "kept" : "not kept");
	}
	strbuf_adds(sb, "</ul>\n");
}

static void add_overview(const struct report *r, struct strbuf *sb)
{
	const struct show *s = r->show;
	const struct conf *conf = s->c->has_conf ? &s->c->conf : NULL;

	strbuf_adds(sb, "<dl>\n");
	html_term(sb, "Vendor", conf ? conf->vendor : "");
	html_term(sb, "Originator", s->originator);
	html_term(sb, "For release", conf ? conf->release : "");
	html_term(sb, "Product", s->product);
	for (size_t i = 0; i < s->n_requires; i++)
		html_term(sb, i ? "and" : "Requires", s->requires[i]);
	for (size_t i = 0; conf && i < conf->nexcludes; i++) {
		html_term(sb, "Left out", conf->excludes[i].flavour);
		html_term(sb, "because", conf->excludes[i].reason);
	}
	for (size_t i = 0; conf && i < conf->noverrides; i++)
		html_term(sb, "Overridden", conf->overrides[i]);
	html_term(sb, "Formats",
		s->has_xs && s->has_yum ? "xs, yum"
		: s->has_xs		? "xs"
		: s->has_yum		? "yum"
					: "none");
	html_term(sb, "Volume", s->c->medium.iso.volume_id);
	html_term(sb, "SHA-256", r->image_sha256);
	strbuf_adds(sb, "</dl>\n");
}

/* The policy keeps whatever an escape should miss from loading or running anything. */
static void add_head(const struct report *r, struct strbuf *sb)
{
	const char *label = *r->show->label ? r->show->label : "driver disk";

	strbuf_adds(sb,
		"<!DOCTYPE html>\n"
		"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\"/>\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		"<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
	html_text(sb, label);
	strbuf_addch(sb, ' ');
	html_text(sb, r->show->version);
	strbuf_adds(sb, "</title>\n<style>\n");
	report_style(sb);
	strbuf_adds(sb, "</style>\n</head>\n<body>\n<header>\n<h1>");
	html_text(sb, label);
	strbuf_addch(sb, ' ');
	html_text(sb, r->show->version);
	strbuf_adds(sb, "</h1>\n");
	html_element(sb, "p", r->show->text);
	strbuf_addch(sb, '\n');
}

static void add_section(const struct report *r, struct strbuf *sb, const char *id,
	const char *title, void (*body)(const struct report *r, struct strbuf *sb))
{
	strbuf_addf(sb, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
	body(r, sb);
	strbuf_adds(sb, "</section>\n");
}

void report_html(const struct report *r, struct strbuf *sb)
{
	static const struct {
		const char *id, *title;
		void (*body)(const struct report *r, struct strbuf *sb);
	} sections[] = {
		{ "matrix", "What loads where", report_matrix },
		{ "modules", "Modules", report_modules },
		{ "findings", "Findings", report_findings },
		{ "changes", "Differences", report_changes },
		{ "provenance", "Where it comes from", report_provenance },
	};

	add_head(r, sb);
	add_verdict(r, sb);
	add_overview(r, sb);
	strbuf_adds(sb, "<nav><ul>");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		strbuf_addf(
			sb, "<li><a href=\"#%s\">%s</a></li>", sections[i].id, sections[i].title);
	strbuf_adds(sb, "</ul></nav>\n</header>\n<main>\n");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		add_section(r, sb, sections[i].id, sections[i].title, sections[i].body);
	strbuf_adds(sb, "</main>\n<footer><p>Written by ddk " DDK_VERSION " of the Driver Disk "
			"Kit.</p></footer>\n</body>\n</html>\n");
}
