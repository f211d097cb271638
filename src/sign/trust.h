/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_TRUST_H
#define DDK_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

struct x509_st;
struct rpmKeyring_s;

/* What a signature turned out to be. */
enum verdict {
	VERDICT_NONE, /* nothing is signed, or nothing is there to verify it with */
	VERDICT_GOOD,
	VERDICT_CONTENT,  /* it does not fit the content */
	VERDICT_STRANGER, /* it was made with another key */
	VERDICT_EXPIRED,  /* good, but the key has expired or was revoked */
	VERDICT_UNABLE,	  /* the program that would verify it is not there */
};

/*
 * What signatures are verified with: certificates for modules, OpenPGP keys for RPMs and metadata.
 * An empty one is all zeros.
 */
struct trust {
	struct x509_st **certs;
	size_t n_certs, cap_certs;
	struct rpmKeyring_s *keyring; /* NULL without keys */
	struct strbuf keys;	      /* the same keys, binary */
	bool given_certs;	      /* by the user: those on the medium do not count */
	bool given_keys;
};

#define AUTO_TRUST __attribute__((cleanup(trust_release)))

/* Bound of a key or certificate file, in bytes, and how many are taken. */
#define TRUST_FILE_MAX ((size_t)256 << 10)
#define TRUST_MAX      16

/* What the kit calls them in the root of a disk. */
#define TRUST_CERT	 "module-signing.der"
#define TRUST_KEY_PREFIX "RPM-GPG-KEY-"

/*
 * Adds a certificate (PEM or DER) or the public keys of an OpenPGP file (armoured or not). Returns
 * 0, or -EINVAL with *why a line without the file's name (the caller frees it).
 */
int trust_add_cert(struct trust *t, const void *data, size_t size, char **why);
int trust_add_key(struct trust *t, const void *data, size_t size, char **why);
/* The same from files, which count as given; *why names the file. Also other negative errnos. */
int trust_read_cert(struct trust *t, const char *path, char **why);
int trust_read_key(struct trust *t, const char *path, char **why);
void trust_release(struct trust *t);

/* "CN of certificate"; the caller frees it. */
char *trust_cert_name(const struct x509_st *cert);
/* NULL, or why a certificate is of no use today ("it expired on …"); the caller frees it. */
char *trust_cert_fault(const struct x509_st *cert);

/* A module as it lies in the package, perhaps compressed, against the certificates. */
enum verdict trust_module(const struct trust *t, const void *image, size_t size);
/*
 * A signed RPM, whole, against the keys; with key, also whether that key is valid today. Not for
 * two threads at once, as everything of rpm/rpmfile.h.
 */
enum verdict trust_rpm(const struct trust *t, int fd, bool key);
/*
 * A detached signature against the keys, by gpgv. *said gets the key id that it names, or "" (the
 * caller frees it).
 */
enum verdict trust_detached(const struct trust *t, const void *data, size_t size,
	const void *signature, size_t signature_size, char **said);

#endif
