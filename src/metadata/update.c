/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * update.xml for XenServer 7.1 and later and XCP-ng: xapi's pool_update and the installer read it.
 */
#include <inttypes.h>

#include "metadata/disk.h"
#include "metadata/xml.h"

void disk_write_update_xml(const struct disk *d, const char *key, struct strbuf *sb)
{
	const struct conf *c = d->conf;
	AUTO_FREE char *description = conf_description(c);
	uint64_t size = 0;

	for (size_t i = 0; i < d->n; i++)
		size += d->v[i].rpm.installed_size;

	strbuf_adds(sb, "<update");
	xml_add_attr(sb, "name-label", c->label);
	xml_add_attr(sb, "uuid", c->uuid);
	xml_add_attr(sb, "version", c->version);
	strbuf_addf(sb, " control=\"control-%s\"", c->label);
	xml_add_attr(sb, "key", key);
	strbuf_addf(sb, " installation-size=\"%" PRIu64 "\"", size);
	xml_add_attr(sb, "after-apply-guidance", c->guidance);
	xml_add_attr(sb, "enforce-homogeneity", "false");
	strbuf_adds(sb, ">\n  <name-description>");
	xml_add_text(sb, description);
	strbuf_adds(sb, "</name-description>\n</update>\n");
}
