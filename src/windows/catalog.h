/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CATALOG_H
#define DDK_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"
#include "util/strbuf.h"
#include "windows/peimage.h"

/*
 * Security catalogs: a PKCS #7 whose content is a certificate trust list (CTL,
 * 1.3.6.1.4.1.311.10.1) of files by their SHA-256, in the form of version 2 that Windows 8 and
 * later read. Windows 7 looks for SHA-1 and so finds nothing in these; there the embedded
 * signatures of the .sys files count. OIDs and attributes: wintrust.h, mssip.h and
 * CryptCATPutMemberInfo's documentation.
 */

/* What we read of a catalog: Windows has larger ones, driver packages do not. */
#define CATALOG_MAX	    (16u << 20)
#define CATALOG_MEMBERS_MAX 65536

struct catalog_member {
	char *name; /* without a directory; "" where a foreign catalog gives none */
	unsigned char digest[PE_DIGEST_SIZE];
	bool is_pe; /* the digest is the Authenticode hash, else that of the whole file */
};

struct catalog {
	struct catalog_member *v;
	size_t n;
	size_t cap;
	long long epoch; /* when it was made, seconds since 1970 */
	char *os;	 /* names as inf2cat has them, "7X64,_v100_X64", or NULL */
	char *versions;	 /* "2:6.1,2:10.0", or NULL */
	char **hwids;
	size_t n_hwids;
	size_t cap_hwids;
};

#define AUTO_CATALOG CLEANUP(catalog_release)

void catalog_release(struct catalog *c);

/* The member that such bytes make. Returns 0, or -EINVAL with *why set to a constant text. */
int catalog_digest(struct catalog_member *m, const char *name, const void *data, size_t size,
	const char **why);
/* Takes a copy of the member. */
void catalog_add(struct catalog *c, const struct catalog_member *m);
/*
 * Adds one of the system names that the --os option of `ddk catalog` knows. Returns 0, or -EINVAL
 * for an unknown one.
 */
int catalog_add_os(struct catalog *c, const char *name);
void catalog_add_hwid(struct catalog *c, const char *id);

/*
 * Appends the catalog in DER, unsigned. Members are sorted by digest, as readers look them up; the
 * list's identifier is made of its content, so that equal input gives equal bytes.
 */
void catalog_encode(struct catalog *c, struct strbuf *out);
/* Reads one, signed or not. Returns 0, or -EINVAL and a text in *error that the caller frees. */
int catalog_decode(struct catalog *c, const void *der, size_t size, char **error);

enum catalog_signature {
	CATALOG_UNSIGNED,
	CATALOG_SIGNED,	 /* nothing was verified: no CA was given */
	CATALOG_TRUSTED, /* the signature is good, and leads to the CA */
	CATALOG_BAD,
};

/*
 * Holds the catalog's signature against the certificates of the PEM file ca, or only looks at it
 * where ca is NULL. *text, which the caller frees, is the signer's name, or what is wrong.
 * Returns an enum catalog_signature, or -EIO when ca cannot be read.
 */
int catalog_signature(const void *der, size_t size, const char *ca, char **text);

#endif
