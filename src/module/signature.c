/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "module/module.h"
#include "module/signature.h"
#include "util/alloc.h"
#include "util/strbuf.h"

static const char magic[] = "~Module signature appended~\n";

/* Layout of struct module_signature: algo, hash, id_type, signer_len, key_id_len, pad[3], sig_len.
 */
enum { INFO_SIZE = 12, MAGIC_SIZE = sizeof(magic) - 1, ID_X509 = 1, ID_PKCS7 = 2, ALGO_RSA = 1 };

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

bool module_signature_split(
	struct module_signature_parts *p, const unsigned char *image, size_t size)
{
	const unsigned char *info;
	uint32_t sig_len;
	size_t room;

	if (size < MAGIC_SIZE + INFO_SIZE ||
		memcmp(image + size - MAGIC_SIZE, magic, MAGIC_SIZE) != 0)
		return false;
	room = size - MAGIC_SIZE - INFO_SIZE;
	info = image + room;
	memcpy(&sig_len, info + 8, sizeof(sig_len));
	sig_len = be32toh(sig_len);
	if (sig_len == 0 || sig_len > room || (size_t)info[3] + info[4] > room - sig_len)
		return false;
	*p = (struct module_signature_parts){
		.is_cms = info[2] == ID_PKCS7,
		.hash = info[1],
		.data = info - sig_len,
		.data_size = sig_len,
		.key_id_size = info[4],
		.signer_size = info[3],
		.content_size = room - sig_len - info[3] - info[4],
	};
	return true;
}

/* Whether the bytes before the magic are a sound signature; sets s->size to what it takes. */
static bool read_trailer(struct module_signature *s, const unsigned char *image, size_t size)
{
	struct module_signature_parts p;
	const char *key_id;

	if (!module_signature_split(&p, image, size))
		return false;
	s->size = size - p.content_size;
	if (p.is_cms)
		return read_cms(s, p.data, p.data_size);
	key_id = (const char *)p.data - p.key_id_size;
	replace(&s->signer, xstrndup(key_id - p.signer_size, p.signer_size));
	replace(&s->key_id, hex((const unsigned char *)key_id, p.key_id_size));
	replace(&s->hash, xstrdup(module_signature_hash(p.hash)));
	return true;
}

const char *module_signature_hash(unsigned id)
{
	/* enum pkey_hash_algo of Linux 3.7 */
	static const char *const names[] = { "md4", "md5", "sha1", "ripemd160", "sha256", "sha384",
		"sha512", "sha224" };

	return id < sizeof(names) / sizeof(names[0]) ? names[id] : "";
}

void module_signature_append(struct strbuf *out, const struct module_signature_parts *p)
{
	unsigned char info[INFO_SIZE] = { 0, (unsigned char)p->hash, p->is_cms ? ID_PKCS7 : ID_X509,
		p->signer_size, p->key_id_size };
	uint32_t length = htobe32((uint32_t)p->data_size);

	/* struct module_signature: PKCS#7 says all that there is to say itself. */
	info[0] = p->is_cms ? 0 : ALGO_RSA;
	memcpy(info + 8, &length, sizeof(length));
	strbuf_add(out, p->data, p->data_size);
	strbuf_add(out, info, sizeof(info));
	strbuf_add(out, magic, MAGIC_SIZE);
}

void module_read_signature(struct module_signature *s, const unsigned char *image, size_t size)
{
	s->signer = xstrdup("");
	s->key_id = xstrdup("");
	s->hash = xstrdup("");
	if (size < MAGIC_SIZE || memcmp(image + size - MAGIC_SIZE, magic, MAGIC_SIZE) != 0)
		return;
	s->present = true;
	s->malformed = !read_trailer(s, image, size);
	/* Lengths of a damaged one would cut into the module. */
	if (s->malformed)
		s->size = MAGIC_SIZE;
}
