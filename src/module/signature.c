/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "module/module.h"
#include "util/alloc.h"
#include "util/strbuf.h"

static const char magic[] = "~Module signature appended~\n";

/* Layout of struct module_signature: algo, hash, id_type, signer_len, key_id_len, pad[3], sig_len.
 */
enum { INFO_SIZE = 12, MAGIC_SIZE = sizeof(magic) - 1, ID_PKCS7 = 2 };

static char *hex(const unsigned char *p, size_t n)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < n && i < 64; i++)
		strbuf_addf(&sb, "%02x", p[i]);
	return strbuf_detach(&sb);
}

static char *name_text(X509_NAME *name)
{
	char buf[256];

	if (X509_NAME_get_text_by_NID(name, NID_commonName, buf, sizeof(buf)) > 0)
		return xstrdup(buf);
	X509_NAME_oneline(name, buf, sizeof(buf));
	return xstrdup(buf);
}

static void replace(char **p, char *s)
{
	free(*p);
	*p = s;
}

static bool read_cms(struct module_signature *s, const unsigned char *der, size_t size)
{
	const unsigned char *p = der;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)size);
	STACK_OF(CMS_SignerInfo) *signers = NULL;
	bool good = false;

	/* The getter fails, and says so, on a CMS that holds no signed data. */
	if (cms && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		signers = CMS_get0_SignerInfos(cms);
	if (signers && sk_CMS_SignerInfo_num(signers) > 0) {
		CMS_SignerInfo *si = sk_CMS_SignerInfo_value(signers, 0);
		ASN1_OCTET_STRING *key_id = NULL;
		X509_NAME *issuer = NULL;
		ASN1_INTEGER *serial = NULL;
		X509_ALGOR *digest = NULL;
		const ASN1_OBJECT *alg = NULL;

		good = CMS_SignerInfo_get0_signer_id(si, &key_id, &issuer, &serial) == 1;
		if (issuer)
			replace(&s->signer, name_text(issuer));
		if (key_id)
			replace(&s->key_id, hex(ASN1_STRING_get0_data(key_id),
						    (size_t)ASN1_STRING_length(key_id)));
		else if (serial)
			replace(&s->key_id, hex(ASN1_STRING_get0_data(serial),
						    (size_t)ASN1_STRING_length(serial)));
		CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
		if (digest)
			X509_ALGOR_get0(&alg, NULL, NULL, digest);
		if (alg) {
			const char *sn = OBJ_nid2sn(OBJ_obj2nid(alg));

			replace(&s->hash, xstrdup(sn ? sn : ""));
			for (char *c = s->hash; *c; c++)
				*c |= *c >= 'A' && *c <= 'Z' ? 0x20 : 0;
		}
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return good;
}

/* Whether the bytes before the magic are a sound signature; sets s->size to what it takes. */
static bool read_trailer(struct module_signature *s, const unsigned char *image, size_t size)
{
	const unsigned char *info = image + size - MAGIC_SIZE - INFO_SIZE;
	size_t room = size - MAGIC_SIZE - INFO_SIZE;
	uint32_t sig_len;

	memcpy(&sig_len, info + 8, sizeof(sig_len));
	sig_len = be32toh(sig_len);
	/* Before PKCS#7 (Linux 4.3) the signer's name and key id stood in front of the signature.
	 */
	if (sig_len == 0 || sig_len > room || (size_t)info[3] + info[4] > room - sig_len)
		return false;
	s->size = MAGIC_SIZE + INFO_SIZE + sig_len + info[3] + info[4];
	if (info[2] == ID_PKCS7)
		return read_cms(s, info - sig_len, sig_len);
	replace(&s->signer, xstrndup((const char *)info - sig_len - info[4] - info[3], info[3]));
	replace(&s->key_id, hex(info - sig_len - info[4], info[4]));
	return true;
}

void module_read_signature(struct module_signature *s, const unsigned char *image, size_t size)
{
	s->signer = xstrdup("");
	s->key_id = xstrdup("");
	s->hash = xstrdup("");
	if (size < MAGIC_SIZE || memcmp(image + size - MAGIC_SIZE, magic, MAGIC_SIZE) != 0)
		return;
	s->present = true;
	s->malformed = size < MAGIC_SIZE + INFO_SIZE || !read_trailer(s, image, size);
	/* Lengths of a damaged one would cut into the module. */
	if (s->malformed)
		s->size = MAGIC_SIZE;
}
