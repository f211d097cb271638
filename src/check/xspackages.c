/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/xml.h"
#include "metadata/rules.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char list[] = "XS-PACKAGES";

/* A disk has some ten packages; beyond this the list is hostile. */
enum { PACKAGES_MAX = 5000 };

static void check_attributes(struct check *k, const xmlNode *node, const struct xs_package *p)
{
	static const char *const known[] = { "label", "type", "size", "md5", "kernel", "root",
		"options", "optional", NULL };
	static const char *const children[] = { NULL };
	static const char *const types[] = { "rpm", "driver-rpm", "tbz2", "driver", "firmware" };
	size_t type = 0;

	for (size_t i = 0; i < 6; i++) {
		AUTO_FREE char *value = xml_attr(node, known[i]);
		bool wanted = i < 4 || (i == 4 && strcmp(p->type, "driver-rpm") == 0) ||
			      (i == 5 && (strcmp(p->type, "tbz2") == 0 ||
						 strcmp(p->type, "driver") == 0));

		if (wanted && !*value)
			findings_add(k->f, RULE_XP_ATTRIBUTE, list, "%s: <package> has no %s",
				p->file, known[i]);
	}
	xml_check_known(node, known, children, RULE_XP_UNKNOWN, list, k->f);
	while (type < 5 && strcmp(p->type, types[type]) != 0)
		type++;
	if (*p->type && type == 5)
		findings_add(k->f, RULE_XP_TYPE, list, "%s: type '%s'", p->file, p->type);
	else if (type >= 2 && type < 5)
		findings_add(k->f, RULE_XP_OLD_TYPE, list, "%s: type '%s'", p->file, p->type);
}

static void check_md5(
	struct check *k, const xmlNode *node, const struct xs_package *p, const struct digest *d)
{
	AUTO_FREE char *md5 = xml_attr(node, "md5");

	if (!*md5)
		return;
	if (strlen(md5) != 32 || strspn(md5, "0123456789abcdef") != 32)
		findings_add(k->f, RULE_XP_MD5_FORM, list, "%s: md5 '%s'", p->file, md5);
	else if (d && strcmp(md5, d->md5) != 0)
		findings_add(k->f, RULE_XP_MD5, list, "%s: md5 %s, the file has %s", p->file, md5,
			d->md5);
}

static void check_size(
	struct check *k, const xmlNode *node, const struct xs_package *p, const struct digest *d)
{
	AUTO_FREE char *size = xml_attr(node, "size");
	unsigned long long n;

	if (!*size)
		return;
	if (strlen(size) > 18 || strspn(size, "0123456789") != strlen(size)) {
		findings_add(k->f, RULE_XP_SIZE, list, "%s: size '%s' is no decimal number",
			p->file, size);
		return;
	}
	n = strtoull(size, NULL, 10);
	if (n < 100)
		findings_add(k->f, RULE_XP_SMALL, list, "%s: size %llu", p->file, n);
	if (d && n != d->size)
		findings_add(k->f, RULE_XP_SIZE, list, "%s: size %llu, the file has %llu", p->file,
			n, (unsigned long long)d->size);
}

static const char *name_fault(const char *name)
{
	if (!*name)
		return "there is no file name";
	if (name[strspn(
		    name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~^-/")])
		return "it has a blank or another character that is not allowed";
	if (name[0] == '/' || strstr(name, "..") || name[0] == '-')
		return "it leads out of the disk or reads as an option";
	return NULL;
}

/* What the RPM is decides what its line has to say. */
static void check_role(struct check *k, const struct xs_package *p)
{
	const struct contents_rpm *r = p->rpm;
	bool driver = strcmp(p->type, "driver-rpm") == 0;
	bool any = strcmp(p->kernel, "any") == 0;

	if (r->rpm.is_source) {
		findings_add(k->f, RULE_MD_SOURCE_LISTED, list, "%s is a source RPM", p->file);
		return;
	}
	if (r->role == ROLE_UPDATE || r->role == ROLE_CONTROL) {
		findings_add(k->f, RULE_XP_HELPER, list, "%s is listed", p->file);
		return;
	}
	if (r->uname && !driver)
		findings_add(k->f, RULE_XP_ROLE, list, "%s has modules for %s, its type is '%s'",
			p->file, r->uname, p->type);
	else if (r->uname && strcmp(p->kernel, r->uname) != 0)
		findings_add(k->f, RULE_XP_KERNEL, list,
			"%s: kernel '%s', its modules lie in /lib/modules/%s", p->file, p->kernel,
			r->uname);
	else if (!r->uname && driver && !any)
		findings_add(k->f, RULE_XP_ROLE, list, "%s has no modules, its kernel is '%s'",
			p->file, p->kernel);
	else if (!r->uname && !driver && role_has_firmware(&r->rpm))
		findings_add(k->f, RULE_XP_ROLE, list,
			"%s has firmware, its type is '%s'; it should be driver-rpm kernel=\"any\"",
			p->file, p->type);
	if (strcmp(p->type, "rpm") == 0 && *p->label && strcmp(p->label, r->rpm.name) != 0)
		findings_add(k->f, RULE_XP_LABEL, list, "%s: label '%s', the RPM's name is '%s'",
			p->file, p->label, r->rpm.name);
}

static void check_package(struct check *k, const xmlNode *node)
{
	AUTO_FREE char *raw = xml_text(node);
	const char *start = raw + strspn(raw, " \t\r\n");
	size_t len = strlen(start);
	const struct digest *d;
	const char *fault;
	struct xs_package p = {
		.label = xml_attr(node, "label"),
		.type = xml_attr(node, "type"),
		.kernel = xml_attr(node, "kernel"),
	};

	while (len && strchr(" \t\r\n", start[len - 1]))
		len--;
	p.file = xstrndup(start, len);
	fault = name_fault(p.file);
	if (fault)
		findings_add(k->f, RULE_XP_NAME, list, "'%s': %s", p.file, fault);
	else if (len != strlen(raw))
		findings_add(
			k->f, RULE_XP_NAME, list, "'%s': there are blanks round the name", p.file);
	if (check_xs_find(k, p.file))
		findings_add(k->f, RULE_XP_TWICE, list, "%s stands there twice", p.file);
	d = contents_digest(k->c, p.file);
	p.rpm = contents_rpm(k->c, p.file);
	if (p.rpm && !p.rpm->readable)
		p.rpm = NULL;
	if (!d && *p.file)
		findings_add(k->f, RULE_XP_FILE, list, "%s is not on the medium", p.file);
	check_attributes(k, node, &p);
	check_md5(k, node, &p, d);
	check_size(k, node, &p, d);
	if (p.rpm)
		check_role(k, &p);
	k->xs = xgrow(k->xs, k->n_xs, &k->cap_xs, sizeof(*k->xs));
	k->xs[k->n_xs++] = p;
}

static void check_order(struct check *k)
{
	const struct xs_package *module = NULL;

	for (size_t i = 0; i < k->n_xs; i++) {
		const struct xs_package *p = &k->xs[i];

		if (!p->rpm)
			continue;
		if (p->rpm->uname)
			module = p;
		else if (module && role_has_firmware(&p->rpm->rpm))
			findings_add(k->f, RULE_XP_ORDER, list, "%s stands behind %s", p->file,
				module->file);
	}
}

void check_xs_packages(struct check *k)
{
	static const char *const names[] = { "label", "type", "size", "md5", "kernel", "options",
		NULL };
	static const char *const whole[] = { "package", NULL };
	const struct contents_text *t = contents_text(k->c, list);
	AUTO_FREE char *why = NULL;
	AUTO_XML xmlDoc *doc = NULL;
	const xmlNode *root;

	if (!t)
		return;
	check_ascii(t, RULE_XP_ASCII, k->f);
	doc = xml_parse(t->data, t->len, &why);
	if (!doc) {
		findings_add(k->f, RULE_XP_XML, list, "%s", why);
		return;
	}
	check_lines(t, names, whole, RULE_XP_LINE, k->f);
	root = xmlDocGetRootElement(doc);
	for (const xmlNode *n = root->children; n; n = n->next) {
		if (k->n_xs == PACKAGES_MAX) {
			findings_add(k->f, RULE_XP_XML, list, "it lists more than %d packages",
				PACKAGES_MAX);
			break;
		}
		if (xml_is(n, "package"))
			check_package(k, n);
		else if (n->type == XML_ELEMENT_NODE)
			findings_add(k->f, RULE_XP_UNKNOWN, list, "<%s> has a child <%s>",
				root->name, n->name);
	}
	if (k->n_xs == 0)
		findings_add(k->f, RULE_XP_EMPTY, list, "it lists no package");
	check_order(k);
}
