/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check/check.h"
#include "check/xml.h"
#include "metadata/rules.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char file[] = "update.xml";

static void check_value(struct check *k, enum rule_id rule, const xmlNode *update, const char *attr,
	const char *(*form)(const char *))
{
	AUTO_FREE char *value = xml_attr(update, attr);
	const char *fault = *value ? form(value) : NULL;

	if (fault)
		findings_add(k->f, rule, file, "%s='%s': %s", attr, value, fault);
}

/* Readers take hex digits of either case; rule_uuid is for what the kit writes. */
static const char *uuid_fault(const char *v)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (strlen(v) != strlen(form))
		return "it has not the form 8-4-4-4-12";
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '-' ? v[i] != '-' : !strchr("0123456789abcdefABCDEF", v[i]))
			return "it has not the form 8-4-4-4-12 of hexadecimal digits";
	}
	return NULL;
}

static const char *number_fault(const char *v)
{
	return v[strspn(v, "0123456789")] || strlen(v) > 18 ? "it is no decimal number" : NULL;
}

static const char *boolean_fault(const char *v)
{
	return strcmp(v, "true") && strcmp(v, "false") ? "it is neither true nor false" : NULL;
}

static void check_description(struct check *k, const xmlNode *update)
{
	const xmlNode *d = xml_child(update, "name-description");

	if (!d)
		findings_add(k->f, RULE_YU_DESCRIPTION, file, "there is no <name-description>");
	else if (xml_next(d, "name-description"))
		findings_add(
			k->f, RULE_YU_DESCRIPTION, file, "there are several <name-description>");
	else if (!d->children || d->children->next || d->children->type != XML_TEXT_NODE)
		findings_add(k->f, RULE_YU_DESCRIPTION, file,
			"<name-description> does not hold exactly one run of text");
}

static void check_agree(struct check *k, const xmlNode *update)
{
	const struct conf *conf = &k->c->conf;
	AUTO_FREE char *label = xml_attr(update, "name-label");
	AUTO_FREE char *uuid = xml_attr(update, "uuid");
	AUTO_FREE char *text = xml_text(xml_child(update, "name-description"));
	AUTO_FREE char *version = xml_attr(update, "version");
	AUTO_FREE char *wanted = NULL;

	if (!k->c->has_conf || findings_has(k->f, RULE_MD_INFO))
		return;
	if (strcmp(label, conf->label) != 0)
		findings_add(k->f, RULE_MD_AGREE, file, "name-label='%s', disk.info has '%s'",
			label, conf->label);
	if (strcasecmp(uuid, conf->uuid) != 0)
		findings_add(k->f, RULE_MD_AGREE, file, "uuid='%s', disk.info has '%s'", uuid,
			conf->uuid);
	if (strcmp(version, conf->version) != 0)
		findings_add(k->f, RULE_MD_AGREE, file, "version='%s', disk.info has '%s'", version,
			conf->version);
	wanted = conf_description(conf);
	if (strcmp(text, wanted) != 0)
		findings_add(k->f, RULE_MD_AGREE, file, "description '%s', disk.info has '%s'",
			text, wanted);
}

static void check_update(struct check *k, const xmlNode *update)
{
	static const char *const must[] = { "name-label", "uuid", "version", "control" };

	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		AUTO_FREE char *value = xml_attr(update, must[i]);

		if (!*value)
			findings_add(k->f, RULE_YU_ATTRIBUTE, file, "<update> has no %s", must[i]);
	}
	check_value(k, RULE_YU_LABEL, update, "name-label", rule_identifier);
	check_value(k, RULE_YU_UUID, update, "uuid", uuid_fault);
	check_value(k, RULE_YU_GUIDANCE, update, "after-apply-guidance", rule_guidance);
	check_value(k, RULE_YU_NUMBER, update, "installation-size", number_fault);
	check_value(k, RULE_YU_NUMBER, update, "enforce-homogeneity", boolean_fault);
	check_description(k, update);
	check_agree(k, update);
	if (!medium_find(&k->c->medium, "update.xml.asc") &&
		!medium_find(&k->c->medium, "repodata/repomd.xml.asc"))
		findings_add(k->f, RULE_YU_UNSIGNED, file, "the disk is not signed");
}

/* The installer installs both by name, so they have to be in the repository. */
static void check_control(struct check *k, const xmlNode *update)
{
	AUTO_FREE char *control = xml_attr(update, "control");
	AUTO_FREE char *label = xml_attr(update, "name-label");
	AUTO_FREE char *helper = xasprintf("update-%s", label);

	if (*control && !check_yum_find(k, control))
		findings_add(k->f, RULE_YU_CONTROL, file, "control='%s' is no package of repodata",
			control);
	if (*label && !check_yum_find(k, helper))
		findings_add(k->f, RULE_YU_CONTROL, file, "%s is no package of repodata", helper);
}

void check_update_xml(struct check *k)
{
	const struct contents_text *t = contents_text(k->c, file);
	AUTO_FREE char *why = NULL;
	AUTO_XML xmlDoc *doc = NULL;
	const xmlNode *root;

	if (!t)
		return;
	doc = xml_parse(t->data, t->len, &why);
	if (!doc) {
		findings_add(k->f, RULE_YU_XML, file, "%s", why);
		return;
	}
	root = xmlDocGetRootElement(doc);
	if (!xml_is(root, "update")) {
		findings_add(k->f, RULE_YU_XML, file, "the root is <%s>, not <update>", root->name);
		return;
	}
	check_update(k, root);
	check_control(k, root);
}
