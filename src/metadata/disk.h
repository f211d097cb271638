/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_DISK_H
#define DDK_DISK_H

#include "metadata/conf.h"
#include "metadata/report.h"
#include "metadata/roles.h"
#include "rpm/rpmfile.h"
#include "util/digest.h"
#include "util/strbuf.h"

struct disk_package {
	char *file; /* name in the root of the disk */
	char *path;
	struct rpmfile rpm;
	struct digest digest; /* md5, sha256 and size of the file */
	enum role role;
	bool firmware;
	const struct conf_kernel *kernel; /* of a module RPM, else NULL */
};

/*
 * The RPMs in the root of a staged disk. The first ninstalled are those of XS-PACKAGES, in its
 * order: packages with firmware, modules kernel by kernel with the flavour xen first, the others;
 * and none before a package that it requires, for old installers call rpm once per package. The
 * update- and control- RPMs follow.
 */
struct disk {
	const struct conf *conf; /* the caller's; has to outlive this */
	struct disk_package *v;
	size_t n;
	size_t ninstalled;
	const struct disk_package *update; /* NULL without the format yum */
	const struct disk_package *control;
};

#define AUTO_DISK CLEANUP(disk_release)

/*
 * Reads and judges the RPMs of dir. Returns 0; -EINVAL after findings; another negative errno when
 * the directory or a file could not be read, after one finding that says so.
 */
int disk_load(struct disk *d, const char *dir, const struct conf *c, struct reporter *rep);
void disk_release(struct disk *d);

/* The files, byte for byte, appended to sb. */
void disk_write_xs_repository(const struct disk *d, struct strbuf *sb);
void disk_write_xs_packages(const struct disk *d, struct strbuf *sb);
/* key: base name of the GPG key's file, "" for an unsigned disk. */
void disk_write_update_xml(const struct disk *d, const char *key, struct strbuf *sb);
/*
 * The installer from its template: each @TOKEN@ becomes one single-quoted shell word. Returns 0, or
 * -EINVAL after findings about tokens nobody knows.
 */
int disk_write_installer(const struct disk *d, const char *name, const char *template, size_t len,
	struct reporter *rep, struct strbuf *sb);
/*
 * Fills the existing, empty directory out with repomd.xml and what it names, for a repository whose
 * root holds the RPMs. epoch becomes revision and every date. Returns 0 or -EIO after a finding.
 */
int disk_write_repodata(
	const struct disk *d, const char *out, long long epoch, struct reporter *rep);

#endif
