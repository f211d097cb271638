/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "module/module.h"
#include "module/signature.h"
#include "sign/trust.h"
#include "util/cleanup.h"

/* The signer's certificate is looked up among ours; dates and chains are nothing to a kernel. */
static enum verdict verify_cms(
	const struct trust *t, const struct module_signature_parts *p, const unsigned char *content)
{
	const unsigned char *der = p->data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &der, (long)p->data_size);
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(content, (int)p->content_size);
	enum verdict v = VERDICT_CONTENT;
	const unsigned flags = CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN;

	for (size_t i = 0; certs && i < t->n_certs; i++)
		sk_X509_push(certs, t->certs[i]);
	if (cms && certs && in && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed) {
		if (CMS_set1_signers_certs(cms, certs, flags) <= 0)
			v = VERDICT_STRANGER;
		else if (CMS_verify(cms, certs, NULL, in, NULL, flags) == 1)
			v = VERDICT_GOOD;
	}
	BIO_free(in);
	sk_X509_free(certs);
	CMS_ContentInfo_free(cms);
	return v;
}

static bool verify_rsa(X509 *cert, const EVP_MD *md, const unsigned char *signature, size_t size,
	const unsigned char *content, size_t content_size)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = X509_get0_pubkey(cert);
	bool good = ctx && key && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, signature, size, content, content_size) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

static bool has_key_id(X509 *cert, const unsigned char *id, size_t size)
{
	const ASN1_OCTET_STRING *have = X509_get0_subject_key_id(cert);

	return have && (size_t)ASN1_STRING_length(have) == size &&
	       memcmp(ASN1_STRING_get0_data(have), id, size) == 0;
}

static enum verdict verify_old(
	const struct trust *t, const struct module_signature_parts *p, const unsigned char *content)
{
	const EVP_MD *md = EVP_get_digestbyname(module_signature_hash(p->hash));
	enum verdict v = VERDICT_STRANGER;

	if (!md || p->data_size < 2 || (size_t)(p->data[0] << 8 | p->data[1]) != p->data_size - 2)
		return VERDICT_CONTENT;
	for (size_t i = 0; i < t->n_certs; i++) {
		if (!has_key_id(t->certs[i], p->data - p->key_id_size, p->key_id_size))
			continue;
		v = VERDICT_CONTENT;
		if (verify_rsa(t->certs[i], md, p->data + 2, p->data_size - 2, content,
			    p->content_size))
			return VERDICT_GOOD;
	}
	return v;
}

enum verdict trust_module(const struct trust *t, const void *image, size_t size)
{
	AUTO_FREE void *inflated = NULL;
	struct module_signature_parts p;
	size_t inflated_size;
	enum verdict v;
	int r;

	if (t->n_certs == 0)
		return VERDICT_NONE;
	r = module_inflate(image, size, MODULE_SIZE_MAX, &inflated, &inflated_size);
	if (r < 0)
		return VERDICT_NONE;
	if (r > 0) {
		image = inflated;
		size = inflated_size;
	}
	if (!module_signature_split(&p, image, size))
		return VERDICT_NONE;
	v = p.is_cms ? verify_cms(t, &p, image) : verify_old(t, &p, image);
	ERR_clear_error();
	return v;
}
