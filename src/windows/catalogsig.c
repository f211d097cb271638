/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "util/alloc.h"
#include "windows/catalog.h"
#include "windows/codesign.h"
#include "windows/ctl.h"

/* NULL when the signer's certificate leads to the CA and may sign code; else what is wrong. */
static char *distrust(X509 *signer, PKCS7 *p7, X509_STORE *store)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	char *why = NULL;

	if (!ctx || !X509_STORE_CTX_init(ctx, store, signer, p7->d.sign->cert)) {
		why = xstrdup("libcrypto cannot look at the certificate");
	} else {
		X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
		if (X509_verify_cert(ctx) != 1)
			why = xstrdup(X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
		else if (!(X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) ||
			 !(X509_get_extended_key_usage(signer) & XKU_CODE_SIGN))
			why = xstrdup("its certificate is not for signing code");
	}
	X509_STORE_CTX_free(ctx);
	return why;
}

/* Whom the signature leads to, after it was found to be one of these bytes. */
static int verify(PKCS7 *p7, const char *name, X509 *signer, X509_STORE *store, char **text)
{
	AUTO_FREE char *why = distrust(signer, p7, store);

	*text = why ? xasprintf("signed by %s: %s", name, why) : xstrdup(name);
	return why ? CATALOG_BAD : CATALOG_TRUSTED;
}

int catalog_signature(const void *der, size_t size, const char *ca, char **text)
{
	AUTO_CODESIGN struct codesign s = { 0 };
	const ASN1_STRING *list = NULL;
	STACK_OF(X509) *signers = NULL;
	X509_STORE *store = NULL;
	PKCS7 *p7 = NULL;
	int r = CATALOG_BAD;

	codesign_catalog(&s, der, size);
	if (!s.is_signed && !s.wrong) {
		*text = xstrdup("unsigned");
		return CATALOG_UNSIGNED;
	}
	if (!s.signer || (ca && s.wrong)) {
		*text = xstrdup(s.wrong);
		return CATALOG_BAD;
	}
	if (!ca) {
		*text = xstrdup(s.signer);
		return CATALOG_SIGNED;
	}
	*text = NULL;
	p7 = ctl_open(der, size, OID_CTL, &list);
	signers = p7 ? PKCS7_get0_signers(p7, NULL, 0) : NULL;
	store = X509_STORE_new();
	if (!store || !X509_STORE_load_file(store, ca))
		r = -EIO;
	else
		r = verify(p7, s.signer, sk_X509_value(signers, 0), store, text);
	ERR_clear_error();
	X509_STORE_free(store);
	sk_X509_free(signers);
	PKCS7_free(p7);
	return r;
}
