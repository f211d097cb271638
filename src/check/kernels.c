/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static void check_module(
	struct check *k, const struct contents_rpm *r, const struct contents_module *cm)
{
	const struct module *m = &cm->module;
	const char *magic = module_info(m, "vermagic");
	const char *license = module_info(m, "license");
	size_t len = magic ? strcspn(magic, " ") : 0;
	AUTO_FREE char *file = r->bare ? xstrdup(cm->path) : xasprintf("%s:%s", r->path, cm->path);
	const char *dir;
	size_t dir_len;

	dir = rpmfile_module_uname(cm->path, &dir_len);
	if (!dir && !r->bare)
		return;
	if (len == 0)
		findings_add(k->f, RULE_KO_VERMAGIC, file, "it has no vermagic");
	else if (dir && (len != dir_len || strncmp(magic, dir, len) != 0))
		findings_add(k->f, RULE_KO_VERMAGIC, file,
			"it was built for %.*s and lies in the folder of %.*s", (int)len, magic,
			(int)dir_len, dir);
	if (!license || !*license)
		findings_add(k->f, RULE_KO_LICENSE, file, "it states no licence");
	if (m->signature.malformed)
		findings_add(k->f, RULE_KO_SIGNATURE, file, "its signature is damaged");
}

static bool has_modules_for(const struct check *k, const char *uname)
{
	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const char *have = k->c->rpms[i].uname;

		if (have && strcmp(have, uname) == 0)
			return true;
	}
	return false;
}

static const struct conf_exclude *excluded(const struct check *k, const char *flavour)
{
	const struct conf *c = &k->c->conf;

	for (size_t i = 0; k->c->has_conf && i < c->nexcludes; i++) {
		if (strcmp(c->excludes[i].flavour, flavour) == 0)
			return &c->excludes[i];
	}
	return NULL;
}

/* Each pair has a line for every flavour that any pair has, and each line has its modules. */
static void check_conf_kernels(struct check *k)
{
	const struct conf *c = &k->c->conf;

	for (size_t i = 0; i < c->nkernels; i++) {
		const struct conf_kernel *a = &c->kernels[i];

		if (!has_modules_for(k, a->uname))
			findings_add(k->f, RULE_XP_TWIN, "disk.info",
				"no RPM has modules for the %s kernel %s", a->flavour, a->uname);
		for (size_t j = 0; j < c->nkernels; j++) {
			const char *flavour = c->kernels[j].flavour;
			bool twin = excluded(k, flavour) != NULL;

			for (size_t n = 0; n < j; n++)
				twin |= strcmp(c->kernels[n].flavour, flavour) == 0;
			for (size_t n = 0; n < c->nkernels; n++)
				twin |= strcmp(c->kernels[n].pair, a->pair) == 0 &&
					strcmp(c->kernels[n].flavour, flavour) == 0;
			if (!twin)
				findings_add(k->f, RULE_XP_TWIN, "disk.info",
					"kernel %s (%s, pair %s) has no %s twin", a->uname,
					a->flavour, a->pair, flavour);
		}
	}
	for (size_t i = 0; i < c->nexcludes; i++)
		findings_add(k->f, RULE_XP_EXCLUDED, "disk.info", "flavour %s: %s",
			c->excludes[i].flavour, c->excludes[i].reason);
}

/* Kernels of the 2.6 era end in their flavour: 2.6.32.43-0.4.1.xs1.6.10.734.170748xen. */
static void check_suffix_twin(struct check *k, const struct contents_rpm *r)
{
	static const char *const flavours[] = { "xen", "kdump" };
	size_t len = strlen(r->uname);

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(flavours[i]);
		const char *other = flavours[1 - i];
		AUTO_FREE char *twin = NULL;

		if (len <= n || strcmp(r->uname + len - n, flavours[i]) != 0)
			continue;
		twin = xasprintf("%.*s%s", (int)(len - n), r->uname, other);
		if (!has_modules_for(k, twin) && !excluded(k, other))
			findings_add(k->f, RULE_XP_TWIN, r->path,
				"it is for %s, and no RPM has modules for %s", r->uname, twin);
	}
}

/* One of the names that the 2009 pack builder derives the flavour from. */
static void check_name_twin(struct check *k, const struct contents_rpm *r)
{
	static const char *const parts[] = { "-modules-xen-", "-modules-kdump-" };
	static const char *const flavours[] = { "xen", "kdump" };

	for (size_t i = 0; i < 2; i++) {
		const char *at = strstr(r->rpm.name, parts[i]);
		AUTO_FREE char *twin = NULL;

		/* With disk.info its pairs say it: kvers of Debian's flavours differ. */
		if (!at || k->c->has_conf)
			continue;
		twin = xasprintf("%.*s%s%s", (int)(at - r->rpm.name), r->rpm.name, parts[1 - i],
			at + strlen(parts[i]));
		if (!contents_rpm_named(k->c, twin))
			findings_add(k->f, RULE_XP_TWIN, r->path,
				"%s is not on the disk: no %s twin", twin, flavours[1 - i]);
	}
}

void check_kernels(struct check *k)
{
	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		for (size_t j = 0; j < r->n_modules; j++)
			check_module(k, r, &r->modules[j]);
		if (!r->uname)
			continue;
		if (k->c->has_conf && k->c->conf.nkernels &&
			!conf_find_kernel(&k->c->conf, r->uname))
			findings_add(k->f, RULE_XP_FOREIGN, r->path,
				"its modules are for %s, which disk.info does not name", r->uname);
		/* The twin of an RPM seen alone may lie anywhere. */
		if (k->c->medium.is_single)
			continue;
		check_suffix_twin(k, r);
		check_name_twin(k, r);
	}
	if (k->c->has_conf)
		check_conf_kernels(k);
}
