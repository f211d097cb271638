/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CONF_H
#define DDK_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "metadata/report.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

/*
 * What make says about a disk: disk.conf, and disk.info on the disk, which is the same with the
 * uuid filled in. Lines key=value; pure ASCII apart from comments. The character rules are those of
 * the readers of XS-REPOSITORY and update.xml; README.Repositoryformat lists them.
 */

enum {
	CONF_XS = 1 << 0,
	CONF_YUM = 1 << 1,
};

enum {
	CONF_SIGNED_MODULES = 1 << 0,
	CONF_SIGNED_RPMS = 1 << 1,
};

/* Lines of one key. */
enum { CONF_REPEATS_MAX = 256 };

struct conf_requires {
	char *originator;
	char *name;
	char *test; /* eq ne lt gt le ge */
	char *version;
	char *build; /* "" when there is none */
};

struct conf_kernel {
	char *flavour;
	char *uname;
	char *kver;
	char *pair; /* kernels of one pair belong together */
};

struct conf_exclude {
	char *flavour;
	char *reason;
};

/* A package for Windows guests. */
struct conf_guest {
	char *package; /* its folder below windows-pv/ */
	bool x64, x86;
};

/* Strings are never NULL after conf_parse; an absent optional value is "". */
struct conf {
	char *kit;
	char *release;
	char *driver;
	char *label;
	char *originator;
	char *vendor;
	char *text;
	char *version;
	char *build;
	char *uuid; /* lower case; derived when the file leaves it empty */
	char *product;
	char *product_version;
	char *product_build; /* for whoever reads disk.info */
	char *platform;
	char *platform_version;
	char *base; /* ORIGINATOR:NAME */
	char *base_version;
	char *arch;
	char *guidance; /* words of update.xml after-apply-guidance, with commas */
	unsigned formats;
	unsigned signatures; /* what the release requires to be signed */
	bool eula;
	struct conf_requires *requires;
	size_t nrequires;
	struct conf_kernel *kernels;
	size_t nkernels;
	struct conf_exclude *excludes;
	size_t nexcludes;
	char **overrides;
	size_t noverrides;
	struct conf_guest *guests;
	size_t nguests;
};

#define AUTO_CONF CLEANUP(conf_release)

/*
 * Parses len bytes. Findings carry "NAME:LINE". Returns 0, or -EINVAL after at least one finding;
 * *c must be released either way and holds every value that was sound.
 */
int conf_parse(
	struct conf *c, const char *name, const char *data, size_t len, struct reporter *rep);
/* Reads and parses a file. Also returns other negative errnos, then with one finding that says so.
 */
int conf_read(struct conf *c, const char *path, struct reporter *rep);
void conf_release(struct conf *c);

/*
 * Reads from the staged disk dir what it has for Windows guests, in the place of what c says so
 * far. Returns 0; -EINVAL after findings; another negative errno after one that says so.
 */
int conf_read_guests(struct conf *c, const char *dir, struct reporter *rep);

/* The kernel= line of a uname, or NULL. */
const struct conf_kernel *conf_find_kernel(const struct conf *c, const char *uname);
/* The text with " (override: …)" for each override: what every reader shows. The caller frees. */
char *conf_description(const struct conf *c);
/* Appends the canonical text of disk.info: every key, in a fixed order. */
void conf_write(const struct conf *c, struct strbuf *sb);
/*
 * The identifier of a disk without one: RFC 4122 version 5 (SHA-1) of originator, label, release
 * and version under the kit's own name space. The caller frees.
 */
char *conf_derive_uuid(const struct conf *c);
/* The same for any name. */
char *conf_uuid_of(const char *name);

#endif
