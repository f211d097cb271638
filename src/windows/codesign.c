/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <string.h>
#include <time.h>

#include "util/alloc.h"
#include "windows/codesign.h"
#include "windows/ctl.h"
#include "windows/peimage.h"

/* Counter signatures: PKCS #9, and Microsoft's with a time stamp token of RFC 3161. */
#define OID_COUNTERSIGNATURE "1.2.840.113549.1.9.6"
#define OID_TIMESTAMP	     "1.3.6.1.4.1.311.3.3.1"
#define OID_SHA256	     "2.16.840.1.101.3.4.2.1"

char *codesign_name(const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *data = NULL, *text;
	long len = 0;

	if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253) >= 0)
		len = BIO_get_mem_data(out, &data);
	text = xstrndup(len > 0 ? data : "?", len > 0 ? (size_t)len : 1);
	BIO_free(out);
	return text;
}

static long long seconds(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? (long long)timegm(&tm) : 0;
}

static void take_certificate(struct codesign *s, X509 *x)
{
	s->signer = codesign_name(X509_get_subject_name(x));
	s->issuer = codesign_name(X509_get_issuer_name(x));
	s->not_before = seconds(X509_get0_notBefore(x));
	s->not_after = seconds(X509_get0_notAfter(x));
	s->is_microsofts = strstr(s->issuer, "O=Microsoft Corporation") != NULL;
}

static bool is_stamped(PKCS7_SIGNER_INFO *info)
{
	for (int i = 0; i < sk_X509_ATTRIBUTE_num(info->unauth_attr); i++) {
		const ASN1_OBJECT *o =
			X509_ATTRIBUTE_get0_object(sk_X509_ATTRIBUTE_value(info->unauth_attr, i));

		if (ctl_is_oid(o, OID_COUNTERSIGNATURE) || ctl_is_oid(o, OID_TIMESTAMP))
			return true;
	}
	return false;
}

/*
 * What is signed is the content without its own tag and length. Not PKCS7_verify: it loses memory
 * over a message whose digests it does not know.
 */
static bool is_good(PKCS7 *p7, PKCS7_SIGNER_INFO *info, X509 *signer, const ASN1_STRING *content)
{
	const unsigned char *p = content->data;
	unsigned char block[4096];
	BIO *in, *digests;
	long length;
	int tag, class;
	bool good;

	if (ASN1_get_object(&p, &length, &tag, &class, content->length) & 0x80)
		return false;
	in = BIO_new_mem_buf(p, (int)length);
	digests = in ? PKCS7_dataInit(p7, in) : NULL;
	if (!digests) {
		BIO_free(in);
		return false;
	}
	while (BIO_read(digests, block, sizeof(block)) > 0)
		;
	good = PKCS7_signatureVerify(digests, p7, info, signer) == 1;
	BIO_free_all(digests);
	return good;
}

static void read_signature(struct codesign *s, PKCS7 *p7, const ASN1_STRING *content)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(p7);
	STACK_OF(X509) *signers = NULL;
	PKCS7_SIGNER_INFO *info;
	int n = sk_PKCS7_SIGNER_INFO_num(infos);

	if (n <= 0)
		return;
	s->is_signed = true;
	signers = PKCS7_get0_signers(p7, NULL, 0);
	if (n != 1 || sk_X509_num(signers) != 1) {
		s->wrong = xstrdup("it has not one signature with its certificate");
	} else {
		info = sk_PKCS7_SIGNER_INFO_value(infos, 0);
		take_certificate(s, sk_X509_value(signers, 0));
		s->is_stamped = is_stamped(info);
		if (!is_good(p7, info, sk_X509_value(signers, 0), content))
			s->wrong = xasprintf(
				"the signature of %s does not fit the content", s->signer);
	}
	sk_X509_free(signers);
}

void codesign_catalog(struct codesign *s, const void *der, size_t size)
{
	const ASN1_STRING *content = NULL;
	PKCS7 *p7 = ctl_open(der, size, OID_CTL, &content);

	*s = (struct codesign){ 0 };
	if (p7)
		read_signature(s, p7, content);
	else
		s->wrong = xstrdup("it is no catalog");
	PKCS7_free(p7);
	ERR_clear_error();
}

/* Whether the signed digest is the image's; NULL, or what is wrong. */
static const char *compare(const ASN1_STRING *content, const void *image, size_t size)
{
	const unsigned char *p = content->data;
	CTL_INDIRECT *what = d2i_CTL_INDIRECT(NULL, &p, content->length);
	unsigned char digest[PE_DIGEST_SIZE];
	const ASN1_OBJECT *kind = NULL;
	const ASN1_OCTET_STRING *value = NULL;
	const X509_ALGOR *algorithm = NULL;
	const char *why = NULL;

	if (!what || !ctl_is_oid(what->subject->type, OID_PE_IMAGE)) {
		CTL_INDIRECT_free(what);
		return "what it signs is no image";
	}
	X509_SIG_get0(what->digest, &algorithm, &value);
	X509_ALGOR_get0(&kind, NULL, NULL, algorithm);
	if (!ctl_is_oid(kind, OID_SHA256))
		why = "its digest is not SHA-256, which is what Windows takes of drivers today";
	else if (pe_digest(image, size, digest, &why) == 0 &&
		 (ASN1_STRING_length(value) != PE_DIGEST_SIZE ||
			 memcmp(ASN1_STRING_get0_data(value), digest, PE_DIGEST_SIZE) != 0))
		why = "the signature is one of another file, or the file was changed since";
	CTL_INDIRECT_free(what);
	return why;
}

void codesign_image(struct codesign *s, const void *image, size_t size)
{
	const ASN1_STRING *content = NULL;
	struct pe_facts facts;
	const char *why;
	PKCS7 *p7;

	*s = (struct codesign){ 0 };
	if (pe_facts(image, size, &facts, &why) < 0) {
		s->wrong = xasprintf("it %s", why);
		return;
	}
	if (!facts.signature)
		return;
	s->is_signed = true;
	p7 = ctl_open(facts.signature, facts.signature_size, OID_INDIRECT, &content);
	if (!p7) {
		s->wrong = xstrdup("its signature cannot be read");
	} else {
		read_signature(s, p7, content);
		why = s->wrong ? NULL : compare(content, image, size);
		if (why)
			s->wrong = xstrdup(why);
	}
	PKCS7_free(p7);
	ERR_clear_error();
}

void codesign_release(struct codesign *s)
{
	free(s->wrong);
	free(s->signer);
	free(s->issuer);
	*s = (struct codesign){ 0 };
}
