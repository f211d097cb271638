/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "util/alloc.h"
#include "windows/catalog.h"
#include "windows/ctl.h"

static char *name_text(const X509 *x)
{
	AUTO_FREE char *text = NULL;
	BIO *out = BIO_new(BIO_s_mem());
	char *data = NULL;
	long len = 0;

	if (out && X509_NAME_print_ex(out, X509_get_subject_name(x), 0, XN_FLAG_RFC2253) >= 0)
		len = BIO_get_mem_data(out, &data);
	text = xstrndup(len > 0 ? data : "?", len > 0 ? (size_t)len : 1);
	BIO_free(out);
	return xstrdup(text);
}

/*
 * The signature is over the list without its own tag and length, as Authenticode has it; the chain
 * is looked at apart, because PKCS7_verify would want a certificate for mail.
 */
static bool is_good(PKCS7 *p7, const ASN1_STRING *list)
{
	const unsigned char *p = list->data;
	long length;
	int tag, class;
	BIO *content;
	bool good;

	if (ASN1_get_object(&p, &length, &tag, &class, list->length) & 0x80)
		return false;
	content = BIO_new_mem_buf(p, (int)length);
	good = content && PKCS7_verify(p7, NULL, NULL, content, NULL, PKCS7_NOVERIFY) == 1;
	BIO_free(content);
	return good;
}

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

static int verify(PKCS7 *p7, const ASN1_STRING *list, X509 *signer, X509_STORE *store, char **text)
{
	AUTO_FREE char *name = name_text(signer);
	AUTO_FREE char *why = NULL;

	if (!is_good(p7, list)) {
		*text = xasprintf("the signature of %s does not fit the content", name);
		return CATALOG_BAD;
	}
	why = distrust(signer, p7, store);
	*text = why ? xasprintf("signed by %s: %s", name, why) : xstrdup(name);
	return why ? CATALOG_BAD : CATALOG_TRUSTED;
}

int catalog_signature(const void *der, size_t size, const char *ca, char **text)
{
	const ASN1_STRING *list = NULL;
	PKCS7 *p7 = ctl_open(der, size, &list);
	STACK_OF(X509) *signers = NULL;
	X509_STORE *store = NULL;
	int r = CATALOG_BAD, n;

	*text = NULL;
	if (!p7) {
		*text = xstrdup("no catalog");
		goto end;
	}
	n = sk_PKCS7_SIGNER_INFO_num(PKCS7_get_signer_info(p7));
	if (n <= 0) {
		r = CATALOG_UNSIGNED;
		*text = xstrdup("unsigned");
		goto end;
	}
	signers = PKCS7_get0_signers(p7, NULL, 0);
	if (n != 1 || sk_X509_num(signers) != 1) {
		*text = xstrdup("not one signature with its certificate");
		goto end;
	}
	if (!ca) {
		r = CATALOG_SIGNED;
		*text = name_text(sk_X509_value(signers, 0));
		goto end;
	}
	store = X509_STORE_new();
	if (!store || !X509_STORE_load_file(store, ca)) {
		r = -EIO;
		goto end;
	}
	r = verify(p7, list, sk_X509_value(signers, 0), store, text);
end:
	ERR_clear_error();
	X509_STORE_free(store);
	sk_X509_free(signers);
	PKCS7_free(p7);
	return r;
}
