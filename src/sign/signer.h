/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SIGNER_H
#define DDK_SIGNER_H

#include <stddef.h>

#include "util/strbuf.h"

struct ui_method_st;

/* A private key, its certificate and a digest: what modules are signed with. */
struct signer {
	struct evp_pkey_st *key;
	struct x509_st *cert;
	const struct evp_md_st *md;
};

#define AUTO_SIGNER __attribute__((cleanup(signer_release)))

/*
 * Opens a key (a file, or a URI of an OpenSSL store such as pkcs11:…) and a certificate (PEM or
 * DER). The pass phrase of a key is taken from KBUILD_SIGN_PIN, as by the kernel's own tool.
 * Returns 0, or -EINVAL or -EIO with *why one line (the caller frees it); s needs signer_release
 * either way.
 */
int signer_open(struct signer *s, const char *key, const char *cert, const char *hash, char **why);
/*
 * Appends the module with a signature to out, in the form that the kernel of its vermagic reads. A
 * signature that it has already is replaced. Returns 0 or -EINVAL with *why (the caller frees it).
 */
int signer_sign(const struct signer *s, const char *file, const void *image, size_t size,
	struct strbuf *out, char **why);
void signer_release(struct signer *s);

/* Part of signer_open: a key by libp11's engine, or NULL. ui is asked for the PIN. */
struct evp_pkey_st *signer_engine_key(const char *uri, struct ui_method_st *ui);

#endif
