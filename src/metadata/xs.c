/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XS-REPOSITORY and XS-PACKAGES as every reader of 5.6 to 7.0 takes them. The strictest is the
 * shell reader of older hosts: an element per line, its tag on one line, no XML declaration, no
 * blanks round a file name. It does not decode entities, so it shows &amp; as it stands; the rules
 * keep the characters that need one out of every value it compares. xapi wants the description
 * first, and to begin with text.
 */
#include <inttypes.h>
#include <string.h>

#include "util/alloc.h"
#include "metadata/disk.h"
#include "metadata/xml.h"

static void add_requires(struct strbuf *sb, const struct conf *c, const struct conf_requires *q)
{
	strbuf_adds(sb, "  <requires");
	xml_add_attr(sb, "originator", q->originator);
	xml_add_attr(sb, "name", q->name);
	xml_add_attr(sb, "test", q->test);
	xml_add_attr(sb, "product", c->product);
	xml_add_attr(sb, "version", q->version);
	if (*q->build)
		xml_add_attr(sb, "build", q->build);
	strbuf_adds(sb, "/>\n");
}

void disk_write_xs_repository(const struct disk *d, struct strbuf *sb)
{
	const struct conf *c = d->conf;
	AUTO_FREE char *description = conf_description(c);
	size_t colon = strcspn(c->base, ":");
	AUTO_FREE char *originator = xstrndup(c->base, colon);
	struct conf_requires base = { .originator = originator,
		.name = c->base + colon + 1,
		.test = "eq",
		.version = c->base_version,
		.build = "" };

	strbuf_adds(sb, "<repository");
	xml_add_attr(sb, "originator", c->originator);
	xml_add_attr(sb, "name", c->label);
	xml_add_attr(sb, "product", c->product);
	xml_add_attr(sb, "version", c->version);
	if (*c->build)
		xml_add_attr(sb, "build", c->build);
	strbuf_adds(sb, ">\n  <description>");
	xml_add_text(sb, description);
	strbuf_adds(sb, "</description>\n");
	add_requires(sb, c, &base);
	for (size_t i = 0; i < c->nrequires; i++)
		add_requires(sb, c, &c->requires[i]);
	strbuf_adds(sb, "</repository>\n");
}

void disk_write_xs_packages(const struct disk *d, struct strbuf *sb)
{
	strbuf_adds(sb, "<packages>\n");
	for (size_t i = 0; i < d->ninstalled; i++) {
		const struct disk_package *p = &d->v[i];
		bool driver = p->role == ROLE_MODULE || p->firmware;

		strbuf_adds(sb, "  <package");
		xml_add_attr(sb, "label", p->role == ROLE_MODULE ? d->conf->driver : p->rpm.name);
		xml_add_attr(sb, "type", driver ? "driver-rpm" : "rpm");
		strbuf_addf(sb, " size=\"%" PRIu64 "\"", p->digest.size);
		xml_add_attr(sb, "md5", p->digest.md5);
		if (driver)
			xml_add_attr(sb, "kernel", p->kernel ? p->kernel->uname : "any");
		strbuf_adds(sb, ">");
		xml_add_text(sb, p->file);
		strbuf_adds(sb, "</package>\n");
	}
	strbuf_adds(sb, "</packages>\n");
}
