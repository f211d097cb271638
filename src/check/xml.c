/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>

#include "check/xml.h"
#include "util/alloc.h"

/* The longest that a reader or writer of these files knows has some 500 bytes. */
enum { TAG_MAX = 4096 };

/* Behind the end of what starts at p, with quoted strings skipped in tags; end when it has none. */
static const char *markup_end(const char *p, const char *end)
{
	static const struct {
		const char *start, *stop;
	} kinds[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };
	size_t n = (size_t)(end - p);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].start);
		const char *stop;

		if (n < len || memcmp(p, kinds[i].start, len) != 0)
			continue;
		stop = memmem(p + len, n - len, kinds[i].stop, strlen(kinds[i].stop));
		return stop ? stop + strlen(kinds[i].stop) : end;
	}
	for (; p < end && *p != '>'; p++) {
		if (*p == '"' || *p == '\'') {
			p = memchr(p + 1, *p, (size_t)(end - p) - 1);
			if (!p)
				return end;
		}
	}
	return p < end ? p + 1 : end;
}

/*
 * libxml2 before 2.12 compares each attribute of a tag with each other one, so a tag of megabytes
 * would keep it busy for hours.
 */
static bool has_long_tag(const char *data, size_t len)
{
	const char *end = data + len;
	const char *p = data;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		const char *next = markup_end(p, end);

		if (next - p > TAG_MAX && p + 1 < end && p[1] != '!' && p[1] != '?')
			return true;
		p = next;
	}
	return false;
}

xmlDoc *xml_parse(const char *data, size_t len, char **why)
{
	xmlParserCtxt *ctxt;
	xmlDoc *doc;

	*why = NULL;
	if (len > XML_SIZE_MAX) {
		*why = xasprintf("it has %zu bytes; the limit is %zu", len, XML_SIZE_MAX);
		return NULL;
	}
	/* Also keeps out encodings in which the next test would see nothing. */
	if (memchr(data, '\0', len)) {
		*why = xstrdup("it has a NUL byte");
		return NULL;
	}
	if (memmem(data, len, "<!DOCTYPE", 9)) {
		*why = xstrdup("it has a document type, which no reader wants");
		return NULL;
	}
	if (has_long_tag(data, len)) {
		*why = xasprintf("it has a tag of more than %d bytes", TAG_MAX);
		return NULL;
	}
	ctxt = xmlNewParserCtxt();
	if (!ctxt) {
		*why = xstrdup("out of memory");
		return NULL;
	}
	doc = xmlCtxtReadMemory(ctxt, data, (int)len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (!doc || !xmlDocGetRootElement(doc)) {
		const xmlError *e = xmlCtxtGetLastError(ctxt);
		const char *text = e && e->message ? e->message : "it is empty";

		*why = xasprintf(
			"line %d: not XML: %.*s", e ? e->line : 1, (int)strcspn(text, "\n"), text);
		xmlFreeDoc(doc);
		doc = NULL;
	}
	xmlFreeParserCtxt(ctxt);
	return doc;
}

void xml_release(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

static char *take(xmlChar *s)
{
	char *copy = s ? xstrdup((const char *)s) : NULL;

	xmlFree(s);
	return copy;
}

char *xml_attr(const xmlNode *node, const char *name)
{
	char *s = node ? take(xmlGetNoNsProp(node, (const xmlChar *)name)) : NULL;

	return s ? s : xstrdup("");
}

char *xml_text(const xmlNode *node)
{
	char *s = node ? take(xmlNodeGetContent(node)) : NULL;

	return s ? s : xstrdup("");
}

bool xml_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *find(const xmlNode *node, const char *name)
{
	for (; node; node = node->next) {
		if (xml_is(node, name))
			return node;
	}
	return NULL;
}

const xmlNode *xml_child(const xmlNode *node, const char *name)
{
	return node ? find(node->children, name) : NULL;
}

const xmlNode *xml_next(const xmlNode *node, const char *name)
{
	return find(node->next, name);
}

static bool listed(const char *const *list, const xmlChar *name)
{
	for (; *list; list++) {
		if (strcmp(*list, (const char *)name) == 0)
			return true;
	}
	return false;
}

void xml_check_known(const xmlNode *node, const char *const *attrs, const char *const *children,
	enum rule_id rule, const char *file, struct findings *f)
{
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		if (!listed(attrs, a->name))
			findings_add(
				f, rule, file, "<%s> has an attribute '%s'", node->name, a->name);
	}
	for (const xmlNode *n = node->children; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && !listed(children, n->name))
			findings_add(f, rule, file, "<%s> has a child <%s>", node->name, n->name);
	}
}
