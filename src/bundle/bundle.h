/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_BUNDLE_H
#define DDK_BUNDLE_H

#include <stddef.h>

/* The list of a bundle's files, beside which nothing may lie in its top folder. */
#define BUNDLE_SUMS "SHA256SUMS"

#define BUNDLE_FILES_MAX 20000
#define BUNDLE_PATH_MAX	 400
#define BUNDLE_DEPTH_MAX 8

/*
 * Unpacks a bundle of `make submission` into dir, which must not exist: a plain tar with one top
 * folder, which becomes dir. Nothing is written before the whole tar was looked through: plain
 * files and folders only, names of harmless characters that lead nowhere else and occur once, no
 * more bytes than the tar itself has. Then every file has to be in SHA256SUMS, with its digest, and
 * the other way round. Returns the number of files; -EBADMSG when the bundle is refused, or another
 * negative errno; *why says it in one line (the caller frees it), and dir is not there.
 */
int bundle_unpack(const char *bundle, const char *dir, char **why);

#endif
