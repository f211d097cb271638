/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_ROLES_H
#define DDK_ROLES_H

#include <stdbool.h>
#include <stddef.h>

#include "metadata/report.h"
#include "rpm/rpmfile.h"

/* What an RPM is for on a disk: decided from the RPM itself, never from its file name. */
enum role {
	ROLE_MODULE,  /* kernel modules of one kernel */
	ROLE_DATA,    /* DRIVER-data, or any RPM with firmware and no module */
	ROLE_RPM,     /* anything else that is installed */
	ROLE_UPDATE,  /* update-LABEL: what yum and dnf install for the whole disk */
	ROLE_CONTROL, /* control-LABEL: what update.xml names as control package */
};

/*
 * label and driver are those of disk.conf. Without them (a disk that has no disk.info) they are
 * NULL: then any update-… and control-… RPM that holds no file counts as such, and any NAME-data.
 */
enum role role_of(const struct rpmfile *r, const char *label, const char *driver);
/* "module", "data", "rpm", "update" or "control". */
const char *role_name(enum role role);
/* Files under /lib/firmware or /usr/lib/firmware: such an RPM must be there before the modules. */
bool role_has_firmware(const struct rpmfile *r);
/*
 * Holds every path of the RPM against the places its role may use, and reports each kind of breach
 * once with its first path. A module RPM has to be of one kernel: *uname gets it (points into the
 * RPM's own file list, not NUL-terminated; *uname_len bytes), else NULL. where is the file's name.
 */
void role_check_files(const struct rpmfile *r, enum role role, const char *where,
	struct reporter *rep, const char **uname, size_t *uname_len);

struct role_package {
	const char *file; /* file name, for messages */
	const struct rpmfile *rpm;
};

/*
 * Reports RPMs that rpm cannot install side by side: two of one NAME (a multilib pair of one
 * version and two architectures is fine), and two that own one path with different content.
 */
void role_check_coinstall(const struct role_package *v, size_t n, struct reporter *rep);
/*
 * Who requires whom: element [i * n + k] says whether v[i] names in its Requires something that
 * v[k] provides or holds as a file, and i is not k. Versions are not looked at. The caller frees
 * it.
 */
bool *role_requires(const struct role_package *v, size_t n);
/*
 * Reports each package that v[update], the update-LABEL package, does not require, directly or
 * through others: the group drivers would not install it. Control packages do not belong in v.
 */
void role_check_update(const struct role_package *v, size_t n, size_t update, struct reporter *rep);
/* Whether packages of arch can be installed on a disk for disk_arch. */
bool role_arch_fits(const char *arch, const char *disk_arch);

#endif
