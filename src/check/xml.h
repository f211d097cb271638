/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CHECK_XML_H
#define DDK_CHECK_XML_H

#include <stdbool.h>
#include <stddef.h>

#include <libxml/tree.h>

#include "check/findings.h"
#include "medium/contents.h"

/* Bound of a document, in bytes; a tree takes ten times as much. */
#define XML_SIZE_MAX ((size_t)32 << 20)

#define AUTO_XML __attribute__((cleanup(xml_release)))

/*
 * Parses a document without network, document type or entities of its own. Returns NULL, with *why
 * (the caller frees it), when it is not well-formed or too large.
 */
xmlDoc *xml_parse(const char *data, size_t len, char **why);
void xml_release(xmlDoc **doc);

/* The value of an attribute without a name space, "" when absent; the caller frees it with free().
 */
char *xml_attr(const xmlNode *node, const char *name);
/* The text inside of a node, never NULL; the caller frees it with free(). */
char *xml_text(const xmlNode *node);
bool xml_is(const xmlNode *node, const char *name);
/* The first child element of that name, or NULL; node may be NULL. */
const xmlNode *xml_child(const xmlNode *node, const char *name);
/* The next sibling element of that name, or NULL. */
const xmlNode *xml_next(const xmlNode *node, const char *name);

/* Reports attributes and child elements of node that are not in the NULL-terminated lists. */
void xml_check_known(const xmlNode *node, const char *const *attrs, const char *const *children,
	enum rule_id rule, const char *file, struct findings *f);

/*
 * Holds a file against what the shell reader of install.sh can parse: it works line by line and
 * finds an attribute by the last NAME=" of its line. names are the attributes it looks for; an
 * element in whole (NULL-terminated as names) has to end on the line it starts.
 */
void check_lines(const struct contents_text *t, const char *const *names, const char *const *whole,
	enum rule_id rule, struct findings *f);
/* Reports the first byte that is not ASCII. */
void check_ascii(const struct contents_text *t, enum rule_id rule, struct findings *f);

#endif
