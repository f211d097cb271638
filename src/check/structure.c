/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check/check.h"

static bool there(const struct check *k, const char *path)
{
	return medium_find(&k->c->medium, path) != NULL;
}

static void check_pair(struct check *k, const char *a, const char *b)
{
	if (there(k, a) != there(k, b))
		findings_add(k->f, RULE_MD_PAIR, there(k, a) ? b : a, "it is missing, %s is there",
			there(k, a) ? a : b);
}

static void check_info(struct check *k)
{
	const struct conf *conf = &k->c->conf;
	const struct contents_text *eula = contents_text(k->c, "EULA");

	if (!k->c->has_conf) {
		findings_add(k->f, RULE_MD_NO_INFO, "disk.info", "it is not on the medium");
		return;
	}
	if (conf->eula && (!eula || eula->len == 0))
		findings_add(k->f, RULE_MD_EULA, "EULA", "it is %s", eula ? "empty" : "missing");
	for (size_t i = 0; i < conf->noverrides; i++)
		findings_add(
			k->f, RULE_MD_OVERRIDE, "disk.info", "override: %s", conf->overrides[i]);
	if ((conf->formats & CONF_XS && !k->has_xs) || (conf->formats & CONF_YUM && !k->has_yum))
		findings_add(k->f, RULE_MD_FORMAT, k->c->medium.name,
			"disk.info promises the format %s, which is not there",
			conf->formats & CONF_XS && !k->has_xs ? "xs" : "yum");
}

void check_structure(struct check *k)
{
	k->has_xs = there(k, "XS-REPOSITORY") || there(k, "XS-PACKAGES");
	k->has_yum = there(k, "update.xml") || there(k, "repodata/repomd.xml");
	if (!k->has_xs && !k->has_yum)
		findings_add(k->f, RULE_MD_FORMAT, k->c->medium.name,
			"neither XS-REPOSITORY nor update.xml is in its root");
	check_pair(k, "XS-REPOSITORY", "XS-PACKAGES");
	check_pair(k, "update.xml", "repodata/repomd.xml");
	if (there(k, "XS-REPOSITORY-LIST"))
		findings_add(k->f, RULE_MD_LIST, "XS-REPOSITORY-LIST", "it is there");
	check_info(k);
}
