/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_XML_H
#define DDK_XML_H

#include "util/strbuf.h"

/*
 * s is printable ASCII (metadata/rules.h). Only what XML demands is escaped: some readers decode no
 * entities and show them as they stand.
 */
void xml_add_text(struct strbuf *sb, const char *s);
/* ' NAME="VALUE"', escaped. */
void xml_add_attr(struct strbuf *sb, const char *name, const char *value);

#endif
