/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CONTENTS_H
#define DDK_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "medium/medium.h"
#include "medium/windows.h"
#include "metadata/conf.h"
#include "metadata/roles.h"
#include "module/module.h"
#include "rpm/rpmfile.h"
#include "sign/trust.h"
#include "util/digest.h"

struct contents_module {
	char *path; /* inside the RPM */
	struct module module;
	enum verdict verdict; /* of its signature */
};

struct contents_rpm {
	char *path;	      /* inside the medium */
	struct digest digest; /* md5, sha256, size; not of source RPMs in SRPMS/ */
	bool readable;	      /* rpm is filled in */
	bool bare;	      /* no RPM, but the one module of a medium that is a .ko */
	struct rpmfile rpm;
	enum verdict verdict; /* of its signature */
	enum role role;
	char *uname; /* the kernel its modules are for, or NULL */
	struct contents_module *modules;
	size_t n_modules;
	size_t cap_modules;
};

/* A file that is kept whole: metadata, scripts, the licence. */
struct contents_text {
	char *path;
	mode_t mode;
	char *data; /* NUL behind the last byte */
	size_t len;
	struct digest digest;
};

/* Any other file. */
struct contents_file {
	char *path;
	struct digest digest;
	struct windows_file *windows; /* below WINDOWS_FOLDER, or NULL */
};

/* All that the rules and `ddk show` want to know of a medium, read in one pass. */
struct contents {
	struct medium medium;
	struct digest image; /* of an ISO, those that a file beside it gives */
	struct contents_rpm *rpms;
	size_t n_rpms, cap_rpms;
	struct contents_text *texts;
	size_t n_texts, cap_texts;
	size_t text_bytes;
	struct contents_file *files;
	size_t n_files, cap_files;
	bool has_conf; /* disk.info is there; conf holds what is sound of it */
	struct conf conf;
	const struct trust *trust; /* the caller's, or NULL: nothing was verified */
	struct findings *findings; /* where reading reports to */
};

#define AUTO_CONTENTS __attribute__((cleanup(contents_release)))

/* What is kept of texts and metadata, together, in bytes. */
#define CONTENTS_TEXT_MAX ((size_t)64 << 20)

/*
 * Reads a medium. What is wrong with files becomes findings in f, which has to live until the
 * release. Returns 0 or a negative errno when path cannot be read at all.
 */
int contents_read(struct contents *c, const char *path, struct findings *f);
/*
 * The same, and verifies what is signed with t, which has to live until the release. Where t was
 * given no certificates or no keys, those in the root of the medium are added to it (TRUST_CERT,
 * TRUST_KEY_PREFIX).
 */
int contents_read_verified(
	struct contents *c, const char *path, struct trust *t, struct findings *f);
/* Whether a file in the root of a medium holds a certificate or OpenPGP keys. */
bool contents_is_cert(const char *path);
bool contents_is_key(const char *path);
/* By path inside the medium; two names of one file on an ISO find the same. NULL when absent. */
const struct contents_text *contents_text(const struct contents *c, const char *path);
const struct contents_rpm *contents_rpm(const struct contents *c, const char *path);
/* The digests of any file that is no source RPM, or NULL. */
const struct digest *contents_digest(const struct contents *c, const char *path);
/* What is known of a file below WINDOWS_FOLDER, or NULL. */
const struct windows_file *contents_windows(const struct contents *c, const char *path);
/* The binary RPM of that name, or NULL. */
const struct contents_rpm *contents_rpm_named(const struct contents *c, const char *name);
void contents_release(struct contents *c);

#endif
