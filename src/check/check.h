/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CHECK_H
#define DDK_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "check/findings.h"
#include "medium/contents.h"

/* One <package> of XS-PACKAGES; absent attributes are "". */
struct xs_package {
	char *file;
	char *label;
	char *type;
	char *kernel;
	const struct contents_rpm *rpm; /* the readable RPM of that file, or NULL */
};

/* One <package> of primary.xml. */
struct yum_package {
	char *name;
	char *href;
};

/* Programs that parse scripts, which they never run: absolute paths, or NULL for none. */
struct check_tools {
	const char *dash;
	const char *shellcheck;
};

/* What the topics learn from each other; each runs after those whose results it uses. */
struct check {
	const struct contents *c;
	struct findings *f;
	const struct check_tools *tools;
	bool has_xs;  /* XS-REPOSITORY or XS-PACKAGES is there */
	bool has_yum; /* update.xml or repodata/repomd.xml is there */
	struct xs_package *xs;
	size_t n_xs, cap_xs;
	struct yum_package *yum;
	size_t n_yum, cap_yum;
};

/*
 * Fills in xs and yum and what else the topics learn, for whoever wants to know what is on a
 * medium; k->f gets what they find on the way. check_release frees it.
 */
void check_gather(struct check *k);
void check_release(struct check *k);
/*
 * Applies every rule to a medium that was read into c; f gets what they find. A medium that is one
 * RPM or module is held against the rules about these only.
 */
void check_medium(const struct contents *c, const struct check_tools *tools, struct findings *f);
/* The programs that are installed; shellcheck, which takes seconds, where it is asked for. */
struct check_tools check_find_tools(bool shellcheck);

/* The topics, one file each. */
void check_structure(struct check *k);
void check_xs_repository(struct check *k);
void check_xs_packages(struct check *k); /* fills xs */
void check_update_xml(struct check *k);
void check_repodata(struct check *k); /* fills yum */
void check_rpms(struct check *k);     /* wants xs and yum */
void check_kernels(struct check *k);
void check_modules(struct check *k);
void check_scriptlets(struct check *k, const struct contents_rpm *r);
void check_script(struct check *k);
void check_trust(struct check *k); /* wants has_yum */
void check_iso(struct check *k);
void check_windows(struct check *k);

const struct xs_package *check_xs_find(const struct check *k, const char *file);
const struct yum_package *check_yum_find(const struct check *k, const char *name);

#endif
