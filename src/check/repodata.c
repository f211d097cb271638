/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/xml.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char repomd[] = "repodata/repomd.xml";

enum { PACKAGES_MAX = 5000 };

static bool is_gzip(const struct contents_text *t)
{
	return t->len > 2 && memcmp(t->data, "\x1f\x8b", 2) == 0;
}

/* Parses a file of repodata, inflating it where needed; NULL after a finding. */
static xmlDoc *parse(struct check *k, const struct contents_text *t)
{
	AUTO_FREE void *inflated = NULL;
	AUTO_FREE char *why = NULL;
	size_t size;
	int r = module_inflate(t->data, t->len, XML_SIZE_MAX, &inflated, &size);
	xmlDoc *doc = NULL;

	if (r >= 0)
		doc = xml_parse(r ? inflated : t->data, r ? size : t->len, &why);
	if (!doc)
		findings_add(k->f, RULE_YU_REPOMD, t->path, "%s",
			why ? why : "it does not decompress within bounds");
	return doc;
}

static void check_checksum_type(struct check *k, const char *file, const xmlNode *checksum)
{
	AUTO_FREE char *type = xml_attr(checksum, "type");

	if (strcmp(type, "sha256") != 0)
		findings_add(k->f, RULE_YU_SHA256, file, "a checksum is of type '%s'", type);
}

/* The file that a <data> of repomd.xml names, held against what is said of it; or NULL. */
static const struct contents_text *check_data(struct check *k, const xmlNode *data)
{
	const xmlNode *sum = xml_child(data, "checksum");
	AUTO_FREE char *type = xml_attr(data, "type");
	AUTO_FREE char *href = xml_attr(xml_child(data, "location"), "href");
	AUTO_FREE char *size = xml_text(xml_child(data, "size"));
	AUTO_FREE char *checksum = xml_text(sum);
	const struct contents_text *t = contents_text(k->c, href);

	check_checksum_type(k, repomd, sum);
	if (!t) {
		findings_add(
			k->f, RULE_YU_DIGEST, repomd, "%s: '%s' is not on the medium", type, href);
		return NULL;
	}
	if (strcmp(checksum, t->digest.sha256) != 0)
		findings_add(k->f, RULE_YU_DIGEST, repomd, "%s: sha256 '%.64s', the file has %s",
			href, checksum, t->digest.sha256);
	if (*size && strtoull(size, NULL, 10) != t->len)
		findings_add(k->f, RULE_YU_DIGEST, repomd, "%s: size '%.20s', the file has %zu",
			href, size, t->len);
	return t;
}

static void check_evr(struct check *k, const char *file, const xmlNode *version,
	const struct contents_rpm *r, const char *href)
{
	AUTO_FREE char *epoch = xml_attr(version, "epoch");
	AUTO_FREE char *ver = xml_attr(version, "ver");
	AUTO_FREE char *rel = xml_attr(version, "rel");

	if (strcmp(ver, r->rpm.version) != 0 || strcmp(rel, r->rpm.release) != 0 ||
		strtoul(epoch, NULL, 10) != (r->rpm.has_epoch ? r->rpm.epoch : 0))
		findings_add(k->f, RULE_YU_PACKAGE, file,
			"%s: version '%s:%s-%s', the RPM has %u:%s-%s", href, epoch, ver, rel,
			r->rpm.has_epoch ? r->rpm.epoch : 0, r->rpm.version, r->rpm.release);
}

static void check_package(struct check *k, const char *file, const xmlNode *package)
{
	const xmlNode *sum = xml_child(package, "checksum");
	AUTO_FREE char *name = xml_text(xml_child(package, "name"));
	AUTO_FREE char *href = xml_attr(xml_child(package, "location"), "href");
	AUTO_FREE char *size = xml_attr(xml_child(package, "size"), "package");
	AUTO_FREE char *checksum = xml_text(sum);
	const struct contents_rpm *r = contents_rpm(k->c, href);

	k->yum = xgrow(k->yum, k->n_yum, &k->cap_yum, sizeof(*k->yum));
	k->yum[k->n_yum++] = (struct yum_package){ xstrdup(name), xstrdup(href) };
	check_checksum_type(k, file, sum);
	if (!r) {
		findings_add(
			k->f, RULE_YU_PACKAGE, file, "%s: '%s' is not on the medium", name, href);
		return;
	}
	if (strcmp(checksum, r->digest.sha256) != 0)
		findings_add(k->f, RULE_YU_PACKAGE, file, "%s: sha256 '%.64s', the file has %s",
			href, checksum, r->digest.sha256);
	if (strtoull(size, NULL, 10) != r->digest.size)
		findings_add(k->f, RULE_YU_PACKAGE, file, "%s: size '%.20s', the file has %llu",
			href, size, (unsigned long long)r->digest.size);
	if (!r->readable)
		return;
	if (r->rpm.is_source)
		findings_add(k->f, RULE_MD_SOURCE_LISTED, file, "%s is a source RPM", href);
	if (strcmp(name, r->rpm.name) != 0)
		findings_add(k->f, RULE_YU_PACKAGE, file, "%s: name '%s', the RPM has '%s'", href,
			name, r->rpm.name);
	check_evr(k, file, xml_child(package, "version"), r, href);
}

static void check_primary(struct check *k, const struct contents_text *t)
{
	AUTO_XML xmlDoc *doc = NULL;
	const xmlNode *p;

	if (!is_gzip(t))
		findings_add(k->f, RULE_YU_GZIP, t->path, "it is not gzip");
	doc = parse(k, t);
	if (!doc)
		return;
	p = xml_child(xmlDocGetRootElement(doc), "package");
	for (; p && k->n_yum < PACKAGES_MAX; p = xml_next(p, "package"))
		check_package(k, t->path, p);
	if (p)
		findings_add(k->f, RULE_YU_REPOMD, t->path, "it lists more than %d packages",
			PACKAGES_MAX);
}

static size_t check_members(struct check *k, const char *file, const char *id, const xmlNode *group)
{
	size_t n = 0;
	const xmlNode *q = xml_child(xml_child(group, "packagelist"), "packagereq");

	for (; q; q = xml_next(q, "packagereq"), n++) {
		AUTO_FREE char *name = xml_text(q);

		if (!check_yum_find(k, name))
			findings_add(k->f, RULE_YU_GROUP_PACKAGE, file,
				"group %s lists '%s', which is no package of repodata", id, name);
	}
	return n;
}

static void check_groups(struct check *k, const struct contents_text *t)
{
	static const char *const wanted[] = { "drivers", "update" };
	AUTO_XML xmlDoc *doc = parse(k, t);

	if (!doc)
		return;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const xmlNode *g = xml_child(xmlDocGetRootElement(doc), "group");
		bool found = false;

		for (; g; g = xml_next(g, "group")) {
			AUTO_FREE char *id = xml_text(xml_child(g, "id"));

			if (strcmp(id, wanted[i]) != 0)
				continue;
			found = true;
			if (check_members(k, t->path, id, g) == 0)
				findings_add(k->f, RULE_YU_GROUP, t->path,
					"group %s lists no package", id);
		}
		if (!found)
			findings_add(
				k->f, RULE_YU_GROUP, t->path, "there is no group '%s'", wanted[i]);
	}
}

void check_repodata(struct check *k)
{
	const struct contents_text *t = contents_text(k->c, repomd);
	const struct contents_text *primary = NULL, *group = NULL;
	AUTO_XML xmlDoc *doc = NULL;
	const xmlNode *d;

	if (!t)
		return;
	doc = parse(k, t);
	if (!doc)
		return;
	d = xml_child(xmlDocGetRootElement(doc), "data");
	for (int n = 0; d && n < 100; d = xml_next(d, "data"), n++) {
		AUTO_FREE char *type = xml_attr(d, "type");
		const struct contents_text *file = check_data(k, d);

		if (strcmp(type, "primary") == 0)
			primary = file;
		else if (strcmp(type, "group") == 0 || (strcmp(type, "group_gz") == 0 && !group))
			group = file;
	}
	if (!primary)
		findings_add(k->f, RULE_YU_REPOMD, repomd, "it names no primary file");
	else
		check_primary(k, primary);
	if (!group)
		findings_add(k->f, RULE_YU_REPOMD, repomd, "it names no group file");
	else
		check_groups(k, group);
}
