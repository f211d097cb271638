/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/xml.h"
#include "metadata/rules.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char file[] = "XS-REPOSITORY";

static void check_value(struct check *k, enum rule_id rule, const char *element, const char *attr,
	const char *value, const char *(*form)(const char *))
{
	const char *fault = *value ? form(value) : NULL;

	if (fault)
		findings_add(k->f, rule, file, "<%s> %s='%s': %s", element, attr, value, fault);
}

static void check_description(struct check *k, const xmlNode *repository)
{
	const xmlNode *first = repository->children;
	const xmlNode *description = xml_child(repository, "description");
	AUTO_FREE char *text = xml_text(description);

	while (first && first->type != XML_ELEMENT_NODE)
		first = first->next;
	if (!description)
		findings_add(k->f, RULE_XR_DESCRIPTION, file, "there is no <description>");
	else if (first != description)
		findings_add(k->f, RULE_XR_DESCRIPTION, file, "<%s> stands before <description>",
			first->name);
	else if (!text[strspn(text, " \t\r\n")])
		findings_add(k->f, RULE_XR_DESCRIPTION, file, "<description> is empty");
	else if (description->children->type != XML_TEXT_NODE)
		findings_add(
			k->f, RULE_XR_DESCRIPTION, file, "<description> does not start with text");
}

/* The parsed text no longer shows which characters were written as entities. */
static void check_entities(struct check *k, const struct contents_text *t)
{
	const char *start = strstr(t->data, "<description>");
	const char *end = start ? strstr(start, "</description>") : NULL;

	if (end && memchr(start, '&', (size_t)(end - start)))
		findings_add(k->f, RULE_XR_ENTITY, file, "the description has entities: '%.*s'",
			(int)(end - start) - 13, start + 13);
}

static void check_requires_one(struct check *k, const xmlNode *node)
{
	static const char *const must[] = { "originator", "name", "test", "version" };
	AUTO_FREE char *originator = xml_attr(node, "originator");
	AUTO_FREE char *name = xml_attr(node, "name");
	AUTO_FREE char *version = xml_attr(node, "version");
	AUTO_FREE char *build = xml_attr(node, "build");
	AUTO_FREE char *test = xml_attr(node, "test");

	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		AUTO_FREE char *value = xml_attr(node, must[i]);

		if (!*value)
			findings_add(k->f, RULE_XR_REQUIRES, file, "<requires> of %s:%s has no %s",
				originator, name, must[i]);
	}
	check_value(k, RULE_XR_REQUIRES, "requires", "originator", originator, rule_identifier);
	check_value(k, RULE_XR_REQUIRES, "requires", "name", name, rule_identifier);
	check_value(k, RULE_XR_REQUIRES, "requires", "version", version, rule_version);
	check_value(k, RULE_XR_REQUIRES, "requires", "build", build, rule_build);
	check_value(k, RULE_XR_TEST, "requires", "test", test, rule_test);
}

static bool requires_product(const xmlNode *node, const char *identifier, const char *version)
{
	AUTO_FREE char *originator = xml_attr(node, "originator");
	AUTO_FREE char *name = xml_attr(node, "name");
	AUTO_FREE char *test = xml_attr(node, "test");
	AUTO_FREE char *have = xml_attr(node, "version");
	AUTO_FREE char *id = xasprintf("%s:%s", originator, name);

	return strcmp(id, identifier) == 0 && strcmp(test, "eq") == 0 &&
	       (!version || strcmp(have, version) == 0);
}

static void check_requires(struct check *k, const xmlNode *repository)
{
	static const char *const attrs[] = { "originator", "name", "test", "version", "build",
		"product", NULL };
	static const char *const children[] = { NULL };
	const struct conf *conf = k->c->has_conf ? &k->c->conf : NULL;
	bool base = false;

	for (const xmlNode *n = xml_child(repository, "requires"); n; n = xml_next(n, "requires")) {
		check_requires_one(k, n);
		xml_check_known(n, attrs, children, RULE_XR_UNKNOWN, file, k->f);
		if (conf && conf->base && *conf->base)
			base |= requires_product(n, conf->base, conf->base_version);
		else
			base |= requires_product(n, "xs:main", NULL) ||
				requires_product(n, "xcp:main", NULL);
	}
	if (base)
		return;
	if (conf && conf->base && *conf->base)
		findings_add(k->f, RULE_XR_BASE, file, "no <requires> of %s eq %s", conf->base,
			conf->base_version);
	else
		findings_add(k->f, RULE_XR_NO_BASE, file,
			"no <requires> of a product such as xs:main with test eq");
}

static void check_agree(struct check *k, const xmlNode *repository)
{
	const struct conf *conf = &k->c->conf;
	AUTO_FREE char *text = xml_text(xml_child(repository, "description"));
	AUTO_FREE char *wanted = NULL;
	const struct {
		const char *attr;
		const char *value;
	} same[] = {
		{ "originator", conf->originator },
		{ "name", conf->label },
		{ "version", conf->version },
		{ "build", conf->build },
		{ "product", conf->product },
	};

	if (!k->c->has_conf || findings_has(k->f, RULE_MD_INFO))
		return;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		AUTO_FREE char *value = xml_attr(repository, same[i].attr);

		if (strcmp(value, same[i].value) != 0)
			findings_add(k->f, RULE_MD_AGREE, file, "%s='%s', disk.info has '%s'",
				same[i].attr, value, same[i].value);
	}
	wanted = conf_description(conf);
	if (strcmp(text, wanted) != 0)
		findings_add(k->f, RULE_MD_AGREE, file, "description '%s', disk.info has '%s'",
			text, wanted);
}

static void check_repository(struct check *k, const xmlNode *repository)
{
	static const char *const attrs[] = { "originator", "name", "product", "version", "build",
		"memory-requirement-mb", "enforce-homogeneity", "hidden", NULL };
	static const char *const children[] = { "description", "requires", NULL };
	AUTO_FREE char *originator = xml_attr(repository, "originator");
	AUTO_FREE char *name = xml_attr(repository, "name");
	AUTO_FREE char *version = xml_attr(repository, "version");
	AUTO_FREE char *build = xml_attr(repository, "build");

	for (size_t i = 0; i < 4; i++) {
		AUTO_FREE char *value = xml_attr(repository, attrs[i]);

		if (!*value)
			findings_add(
				k->f, RULE_XR_ATTRIBUTE, file, "<repository> has no %s", attrs[i]);
	}
	check_value(k, RULE_XR_IDENTIFIER, "repository", "originator", originator, rule_identifier);
	check_value(k, RULE_XR_IDENTIFIER, "repository", "name", name, rule_identifier);
	check_value(k, RULE_XR_VERSION, "repository", "version", version, rule_version);
	if (*build && (rule_build(build) || strspn(build, "0123456789") == strlen(build)))
		findings_add(k->f, RULE_XR_BUILD, file, "<repository> build='%s'", build);
	xml_check_known(repository, attrs, children, RULE_XR_UNKNOWN, file, k->f);
	check_description(k, repository);
	check_requires(k, repository);
	check_agree(k, repository);
}

void check_xs_repository(struct check *k)
{
	static const char *const names[] = { "originator", "name", "product", "version", "build",
		"test", NULL };
	static const char *const whole[] = { "description", NULL };
	const struct contents_text *t = contents_text(k->c, file);
	AUTO_FREE char *why = NULL;
	AUTO_XML xmlDoc *doc = NULL;
	const xmlNode *root;

	if (!t)
		return;
	check_ascii(t, RULE_XR_ASCII, k->f);
	doc = xml_parse(t->data, t->len, &why);
	if (!doc) {
		findings_add(k->f, RULE_XR_XML, file, "%s", why);
		return;
	}
	check_lines(t, names, whole, RULE_XR_LINE, k->f);
	check_entities(k, t);
	/* Readers take the first <repository> anywhere; anything but the root is a mistake. */
	root = xmlDocGetRootElement(doc);
	if (!xml_is(root, "repository"))
		findings_add(
			k->f, RULE_XR_XML, file, "the root is <%s>, not <repository>", root->name);
	else
		check_repository(k, root);
}
