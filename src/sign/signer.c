/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>

#include "module/module.h"
#include "module/signature.h"
#include "sign/signer.h"
#include "sign/trust.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Never asks: a build has no terminal. */
static int pass_phrase(char *buf, int size, int writing, void *arg)
{
	const char *pin = getenv("KBUILD_SIGN_PIN");
	size_t len = pin ? strlen(pin) : 0;

	(void)writing;
	(void)arg;
	if (len == 0 || len > (size_t)size)
		return -1;
	memcpy(buf, pin, len);
	return (int)len;
}

static EVP_PKEY *load_key(const char *uri)
{
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(pass_phrase, 0);
	OSSL_STORE_CTX *store = ui ? OSSL_STORE_open(uri, ui, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = NULL;

	while (store && !key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
		if (!info && OSSL_STORE_error(store))
			break;
	}
	OSSL_STORE_close(store);
	if (ui && !key && strncmp(uri, "pkcs11:", 7) == 0)
		key = signer_engine_key(uri, ui);
	UI_destroy_method(ui);
	return key;
}

static char *reason(void)
{
	unsigned long e = ERR_peek_last_error();
	const char *text = e ? ERR_reason_error_string(e) : NULL;

	return xstrdup(text ? text : "no reason given");
}

int signer_open(struct signer *s, const char *key, const char *cert, const char *hash, char **why)
{
	AUTO_TRUST struct trust t = { 0 };

	*s = (struct signer){ .md = EVP_get_digestbyname(hash) };
	if (!s->md) {
		*why = xasprintf("hash '%s': libcrypto has none of that name; say sha256", hash);
		return -EINVAL;
	}
	if (trust_read_cert(&t, cert, why) < 0)
		return -EIO;
	s->cert = t.certs[0];
	X509_up_ref(s->cert);
	s->key = load_key(key);
	if (!s->key) {
		AUTO_FREE char *text = reason();

		*why = xasprintf("%s: no private key that can be read (%s); a key with a pass "
				 "phrase or PIN wants it in KBUILD_SIGN_PIN%s",
			key, text,
			strncmp(key, "pkcs11:", 7) == 0
				? ", one in a token libengine-pkcs11-openssl or pkcs11-provider, "
				  "and the token's module in PKCS11_MODULE_PATH"
				: "");
		return -EIO;
	}
	if (X509_check_private_key(s->cert, s->key) != 1) {
		*why = xasprintf("%s is not the certificate of the key %s; give the two that "
				 "belong together",
			cert, key);
		return -EINVAL;
	}
	return 0;
}

/* As scripts/sign-file does: detached, without certificate, without signed attributes. */
static int sign_cms(const struct signer *s, const void *content, size_t size, struct strbuf *out)
{
	const unsigned flags = CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_STREAM;
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
	BIO *in = BIO_new_mem_buf(content, (int)size);
	unsigned char *der = NULL;
	int len = -1;

	if (cms && in &&
		CMS_add1_signer(cms, s->cert, s->key, s->md,
			CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR) &&
		CMS_final(cms, in, NULL, CMS_NOCERTS | CMS_BINARY) == 1)
		len = i2d_CMS_ContentInfo(cms, &der);
	if (len > 0)
		module_signature_append(
			out, &(struct module_signature_parts){
				     .is_cms = true, .data = der, .data_size = (size_t)len });
	OPENSSL_free(der);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return len > 0 ? 0 : -EINVAL;
}

static char *name_part(X509_NAME *name, int nid)
{
	char buf[256] = "";

	X509_NAME_get_text_by_NID(name, nid, buf, sizeof(buf));
	return xstrdup(buf);
}

/* The name by which Linux 3.7 to 4.2 knows a key: x509_fabricate_name(). */
static char *old_name(X509 *cert)
{
	X509_NAME *name = X509_get_subject_name(cert);
	AUTO_FREE char *o = name_part(name, NID_organizationName);
	AUTO_FREE char *cn = name_part(name, NID_commonName);

	if (!*o && !*cn)
		return name_part(name, NID_pkcs9_emailAddress);
	if (!*o || (*cn && (strncmp(cn, o, strlen(o)) == 0 ||
				   (strlen(cn) >= 7 && strncmp(cn, o, 7) == 0))))
		return xstrdup(cn);
	return *cn ? xasprintf("%s: %s", o, cn) : xstrdup(o);
}

static unsigned old_hash(const EVP_MD *md)
{
	unsigned id = 0;

	while (*module_signature_hash(id) && EVP_get_digestbyname(module_signature_hash(id)) != md)
		id++;
	return id;
}

static int sign_old(const struct signer *s, const void *content, size_t size, struct strbuf *out)
{
	AUTO_FREE char *name = old_name(s->cert);
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(s->cert);
	int id_size = id ? ASN1_STRING_length(id) : 0;
	unsigned char data[2 + 2048];
	size_t len = sizeof(data) - 2, name_size = strlen(name);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = EVP_PKEY_get_base_id(s->key) == EVP_PKEY_RSA && id_size > 0 && id_size < 256 &&
		    name_size < 256 && *module_signature_hash(old_hash(s->md)) && ctx &&
		    EVP_DigestSignInit(ctx, NULL, s->md, NULL, s->key) == 1 &&
		    EVP_DigestSign(ctx, data + 2, &len, content, size) == 1;

	EVP_MD_CTX_free(ctx);
	if (!good)
		return -EINVAL;
	data[0] = (unsigned char)(len >> 8);
	data[1] = (unsigned char)len;
	strbuf_add(out, name, name_size);
	strbuf_add(out, ASN1_STRING_get0_data(id), (size_t)id_size);
	module_signature_append(out, &(struct module_signature_parts){ .hash = old_hash(s->md),
					     .data = data,
					     .data_size = len + 2,
					     .key_id_size = (unsigned char)id_size,
					     .signer_size = (unsigned char)name_size });
	return 0;
}

enum form { FORM_NONE, FORM_OLD, FORM_CMS };

/* Which form of signature a kernel reads, by its version. */
static enum form form_of(const char *vermagic)
{
	unsigned major = 0, minor = 0;

	if (sscanf(vermagic, "%3u.%5u", &major, &minor) != 2 || major > 4)
		return FORM_CMS;
	if (major < 3 || (major == 3 && minor < 7))
		return FORM_NONE;
	return major == 3 || minor < 3 ? FORM_OLD : FORM_CMS;
}

int signer_sign(const struct signer *s, const char *file, const void *image, size_t size,
	struct strbuf *out, char **why)
{
	AUTO_MODULE struct module m = { 0 };
	const char *vermagic;
	int r = module_parse(&m, file, image, size, why);

	if (r < 0)
		return -EINVAL;
	if (m.compressed) {
		*why = xstrdup("it is compressed; sign first, compress after");
		return -EINVAL;
	}
	vermagic = module_info(&m, "vermagic");
	size -= m.signature.size;
	strbuf_add(out, image, size);
	ERR_clear_error();
	switch (form_of(vermagic ? vermagic : "")) {
	case FORM_NONE:
		*why = xasprintf("kernel %.*s reads no signatures of modules; leave SIGN_KEY unset "
				 "for it",
			(int)strcspn(vermagic, " "), vermagic);
		return -EINVAL;
	case FORM_OLD:
		r = sign_old(s, image, size, out);
		break;
	default:
		r = sign_cms(s, image, size, out);
	}
	if (r < 0) {
		AUTO_FREE char *text = reason();

		*why = xasprintf("libcrypto cannot sign with this key and hash: %s; kernels before "
				 "4.3 want an RSA key and a certificate with a subject key id",
			text);
	}
	return r;
}

void signer_release(struct signer *s)
{
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	*s = (struct signer){ 0 };
}
