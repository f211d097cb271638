/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"

const struct xs_package *check_xs_find(const struct check *k, const char *file)
{
	for (size_t i = 0; i < k->n_xs; i++) {
		if (strcmp(k->xs[i].file, file) == 0)
			return &k->xs[i];
	}
	return NULL;
}

const struct yum_package *check_yum_find(const struct check *k, const char *name)
{
	for (size_t i = 0; i < k->n_yum; i++) {
		if (strcmp(k->yum[i].name, name) == 0)
			return &k->yum[i];
	}
	return NULL;
}

void check_gather(struct check *k)
{
	check_structure(k);
	check_xs_repository(k);
	check_xs_packages(k);
	check_repodata(k);
}

void check_release(struct check *k)
{
	for (size_t i = 0; i < k->n_xs; i++) {
		free(k->xs[i].file);
		free(k->xs[i].label);
		free(k->xs[i].type);
		free(k->xs[i].kernel);
	}
	for (size_t i = 0; i < k->n_yum; i++) {
		free(k->yum[i].name);
		free(k->yum[i].href);
	}
	free(k->xs);
	free(k->yum);
}

void check_medium(const struct contents *c, const struct check_tools *tools, struct findings *f)
{
	struct check k = { .c = c, .f = f, .tools = tools };

	if (c->medium.is_single) {
		check_rpms(&k);
		check_kernels(&k);
		check_modules(&k);
		check_trust(&k);
		return;
	}
	check_gather(&k);
	check_update_xml(&k);
	check_rpms(&k);
	check_kernels(&k);
	check_modules(&k);
	check_trust(&k);
	check_script(&k);
	check_iso(&k);
	check_windows(&k);
	check_release(&k);
}
