/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_REPORT_HTML_H
#define DDK_REPORT_HTML_H

#include "diff/diff.h"
#include "medium/show.h"
#include "report/facts.h"
#include "util/strbuf.h"

/* What a report tells; everything is the caller's. */
struct report {
	const struct show *show;
	const struct findings *findings;   /* of `ddk check` */
	const struct diff *diff;	   /* against the disk before, or NULL */
	const struct findings *versioning; /* of that diff */
	const struct facts *facts;
	const struct contents *sources; /* source RPMs beside the medium */
	size_t n_sources;
	const char *image_sha256; /* of an ISO, else "" */
};

/*
 * One HTML page that needs nothing else: well-formed as XML too, no scripts, and a policy in it
 * that forbids loading anything. All strings of the medium are escaped.
 */
void report_html(const struct report *r, struct strbuf *sb);

/* Parts of it. */
void report_style(struct strbuf *sb);
void report_matrix(const struct report *r, struct strbuf *sb);
void report_modules(const struct report *r, struct strbuf *sb);
void report_findings(const struct report *r, struct strbuf *sb);
void report_changes(const struct report *r, struct strbuf *sb);
void report_provenance(const struct report *r, struct strbuf *sb);

/* Text of a page: printable ASCII, escaped; NULL is "". */
void html_text(struct strbuf *sb, const char *s);
/* "<TAG>text</TAG>", where tag may have attributes that need no escapes. */
void html_element(struct strbuf *sb, const char *tag, const char *text);
/* A table that scrolls by itself where the page is narrow; columns is NULL-terminated. */
void html_table(struct strbuf *sb, const char *const *columns);
void html_table_end(struct strbuf *sb);
/* A term and what it is, in a <dl>; nothing when text is empty. */
void html_term(struct strbuf *sb, const char *term, const char *text);

#endif
