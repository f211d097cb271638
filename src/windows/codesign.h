/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CODESIGN_H
#define DDK_CODESIGN_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

/*
 * An Authenticode signature as far as it can be told without knowing whom to trust: whether it is
 * one of these very bytes, who made it, and from when to when his certificate holds.
 */
struct codesign {
	bool is_signed;
	char *wrong;	      /* what does not fit, or NULL */
	char *signer;	      /* "CN=…", NULL where there is none */
	char *issuer;	      /* of his certificate */
	long long not_before; /* seconds since 1970 */
	long long not_after;
	bool is_stamped;    /* with a time stamp it holds when the certificate no longer does */
	bool is_microsofts; /* the issuer calls itself so: nobody else's loads outside of test mode
			     */
};

#define AUTO_CODESIGN CLEANUP(codesign_release)

/* Of a catalog, in DER. */
void codesign_catalog(struct codesign *s, const void *der, size_t size);
/* The one inside of a sound PE image; of several the first. */
void codesign_image(struct codesign *s, const void *image, size_t size);
void codesign_release(struct codesign *s);

/* The subject, or issuer, of a certificate on one line; the caller frees it. */
char *codesign_name(const X509_NAME *name);

#endif
