/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <string.h>
#include <strings.h>

#include "command.h"
#include "util/alloc.h"
#include "util/diag.h"
#include "windows/catalog.h"
#include "windows/ctl.h"

/* CRYPTCAT_ATTR_AUTHENTICATED, _NAMEASCII and _DATAASCII: what inf2cat sets. */
#define NAMEVALUE_FLAGS 0x10010001

/* SpcLink with the file name "<<<Obsolete>>>", the one that Authenticode prescribes. */
#define OBSOLETE "\xa2\x1e\x80\x1c\0<\0<\0<\0O\0b\0s\0o\0l\0e\0t\0e\0>\0>\0>"
static const char pe_value[] = "\x30\x25\x03\x01\x00\xa0\x20" OBSOLETE;
static const char flat_value[] = OBSOLETE;
/* CryptCATPutMemberInfo leaves the value of version 2 empty. */
static const char memberinfo2_value[] = "\x82\x00";

/* What is read of a catalog's list of hardware ids. */
enum { HWIDS_MAX = 1024 };

static const struct {
	const char *name, *catalog, *version;
} systems[] = {
	{ "7_X86", "7X86", "2:6.1" },
	{ "7_X64", "7X64", "2:6.1" },
	{ "8_X86", "8X86", "2:6.2" },
	{ "8_X64", "8X64", "2:6.2" },
	{ "6_3_X86", "_v63", "2:6.3" },
	{ "6_3_X64", "_v63_X64", "2:6.3" },
	{ "10_X86", "_v100", "2:10.0" },
	{ "10_X64", "_v100_X64", "2:10.0" },
};

/* libcrypto gives nothing only where there is no memory, or where we gave it nonsense. */
static void *need(void *p)
{
	if (!p) {
		diag_error("libcrypto: %s", ERR_reason_error_string(ERR_peek_last_error()));
		exit(DDK_IO);
	}
	return p;
}

static void need_true(int done)
{
	static char something;

	need(done ? &something : NULL);
}

void catalog_release(struct catalog *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].name);
	for (size_t i = 0; i < c->n_hwids; i++)
		free(c->hwids[i]);
	free(c->v);
	free(c->hwids);
	free(c->os);
	free(c->versions);
	*c = (struct catalog){ 0 };
}

static const char *suffix(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : "";
}

int catalog_digest(
	struct catalog_member *m, const char *name, const void *data, size_t size, const char **why)
{
	/* Windows hashes these through the loader's format, scripts and archives through their own.
	 */
	static const char *const images[] = { "sys", "dll", "exe", "efi", "ocx" };
	static const char *const others[] = { "cab", "msi", "msp", "msm", "ps1", "psm1", "psd1",
		"js", "vbs", "wsf", "appx", "cat" };
	bool is_image = pe_claims(data, size);

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcasecmp(suffix(name), others[i]) == 0) {
			*why = "is of a kind that has a hash of its own, which is not made here";
			return -EINVAL;
		}
	}
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		is_image |= strcasecmp(suffix(name), images[i]) == 0;
	m->is_pe = is_image;
	if (is_image)
		return pe_digest(data, size, m->digest, why);
	need_true(EVP_Digest(data, size, m->digest, NULL, EVP_sha256(), NULL));
	return 0;
}

void catalog_add(struct catalog *c, const struct catalog_member *m)
{
	c->v = xgrow(c->v, c->n, &c->cap, sizeof(*c->v));
	c->v[c->n] = *m;
	c->v[c->n++].name = xstrdup(m->name);
}

static void append(char **list, const char *word)
{
	char *old = *list, *at = old ? strstr(old, word) : NULL;
	size_t len = strlen(word);

	/* A version comes with each of its architectures. */
	if (at && (at[len] == ',' || !at[len]) && (at == old || at[-1] == ','))
		return;
	*list = old ? xasprintf("%s,%s", old, word) : xstrdup(word);
	free(old);
}

int catalog_add_os(struct catalog *c, const char *name)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (strcasecmp(name, systems[i].name) == 0) {
			append(&c->os, systems[i].catalog);
			append(&c->versions, systems[i].version);
			return 0;
		}
	}
	return -EINVAL;
}

void catalog_add_hwid(struct catalog *c, const char *id)
{
	c->hwids = xgrow(c->hwids, c->n_hwids, &c->cap_hwids, sizeof(*c->hwids));
	c->hwids[c->n_hwids++] = xstrdup(id);
}

static ASN1_OBJECT *oid(const char *text)
{
	return need(OBJ_txt2obj(text, 1));
}

static ASN1_TYPE *any(const unsigned char *der, size_t len)
{
	return need(d2i_ASN1_TYPE(NULL, &der, (long)len));
}

#define ANY_CONSTANT(s) any((const unsigned char *)(s), sizeof(s) - 1)

/* ASCII in, two bytes a character out; the NUL is not counted. */
static unsigned char *wide(const char *s, bool big_endian)
{
	size_t n = strlen(s);
	unsigned char *w = xcalloc(n + 1, 2);

	for (size_t i = 0; i < n; i++)
		w[2 * i + (big_endian ? 1 : 0)] = (unsigned char)s[i];
	return w;
}

/* The encoding of a CAT_NAMEVALUE. */
static ASN1_OCTET_STRING *namevalue(const char *name, const char *value)
{
	AUTO_FREE unsigned char *n = wide(name, true);
	AUTO_FREE unsigned char *v = wide(value, false);
	CTL_NAMEVALUE *nv = need(CTL_NAMEVALUE_new());
	ASN1_OCTET_STRING *out = need(ASN1_OCTET_STRING_new());
	unsigned char *der = NULL;
	int len;

	need_true(ASN1_STRING_set(nv->name, n, (int)(2 * strlen(name))));
	need_true(ASN1_INTEGER_set(nv->flags, NAMEVALUE_FLAGS));
	need_true(ASN1_STRING_set(nv->value, v, (int)(2 * strlen(value) + 2)));
	len = i2d_CTL_NAMEVALUE(nv, &der);
	need_true(len > 0);
	ASN1_STRING_set0(out, der, len);
	CTL_NAMEVALUE_free(nv);
	return out;
}

static void add_attribute(CTL_MEMBER *m, const char *type, ASN1_TYPE *value)
{
	CTL_ATTRIBUTE *a = need(CTL_ATTRIBUTE_new());

	ASN1_OBJECT_free(a->type);
	a->type = oid(type);
	need_true(sk_ASN1_TYPE_push(a->values, value));
	need_true(sk_CTL_ATTRIBUTE_push(m->attributes, a));
}

static void add_name_attribute(CTL_MEMBER *m, const char *name, const char *value)
{
	ASN1_OCTET_STRING *nv = namevalue(name, value);

	add_attribute(m, OID_NAMEVALUE, any(nv->data, (size_t)nv->length));
	ASN1_OCTET_STRING_free(nv);
}

static void add_indirect(CTL_MEMBER *out, const struct catalog_member *m)
{
	CTL_INDIRECT *i = need(CTL_INDIRECT_new());
	unsigned char *der = NULL;
	ASN1_OCTET_STRING *digest;
	X509_ALGOR *algorithm;
	int len;

	ASN1_OBJECT_free(i->subject->type);
	i->subject->type = oid(m->is_pe ? OID_PE_IMAGE : OID_FLAT_FILE);
	i->subject->value = m->is_pe ? ANY_CONSTANT(pe_value) : ANY_CONSTANT(flat_value);
	X509_SIG_getm(i->digest, &algorithm, &digest);
	need_true(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL));
	need_true(ASN1_OCTET_STRING_set(digest, m->digest, PE_DIGEST_SIZE));
	len = i2d_CTL_INDIRECT(i, &der);
	need_true(len > 0);
	add_attribute(out, OID_INDIRECT, any(der, (size_t)len));
	OPENSSL_free(der);
	CTL_INDIRECT_free(i);
}

static CTL_MEMBER *encode_member(const struct catalog *c, const struct catalog_member *m)
{
	CTL_MEMBER *out = need(CTL_MEMBER_new());

	out->attributes = need(sk_CTL_ATTRIBUTE_new_null());
	need_true(ASN1_OCTET_STRING_set(out->tag, m->digest, PE_DIGEST_SIZE));
	add_name_attribute(out, "File", m->name);
	if (c->versions)
		add_name_attribute(out, "OSAttr", c->versions);
	add_attribute(out, OID_MEMBERINFO2, ANY_CONSTANT(memberinfo2_value));
	add_indirect(out, m);
	return out;
}

static void add_extension(CTL_LIST *list, const char *name, const char *value)
{
	ASN1_OCTET_STRING *nv = namevalue(name, value);
	ASN1_OBJECT *type = oid(OID_NAMEVALUE);

	if (!list->extensions)
		list->extensions = need(sk_X509_EXTENSION_new_null());
	need_true(sk_X509_EXTENSION_push(
		list->extensions, need(X509_EXTENSION_create_by_OBJ(NULL, type, 0, nv))));
	ASN1_OBJECT_free(type);
	ASN1_OCTET_STRING_free(nv);
}

static int by_digest(const void *a, const void *b)
{
	const struct catalog_member *x = a, *y = b;
	int r = memcmp(x->digest, y->digest, PE_DIGEST_SIZE);

	return r ? r : strcmp(x->name, y->name);
}

static CTL_LIST *make_list(struct catalog *c)
{
	CTL_LIST *list = need(CTL_LIST_new());

	need_true(sk_ASN1_OBJECT_push(list->usage, oid(OID_CATALOG_LIST)));
	ASN1_TIME_free(list->this_update);
	list->this_update = need(ASN1_TIME_set(NULL, (time_t)c->epoch));
	need_true(X509_ALGOR_set0(list->algorithm, oid(OID_CATALOG_MEMBER2), V_ASN1_NULL, NULL));
	list->members = need(sk_CTL_MEMBER_new_null());
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_digest);
	for (size_t i = 0; i < c->n; i++)
		need_true(sk_CTL_MEMBER_push(list->members, encode_member(c, &c->v[i])));
	if (c->os)
		add_extension(list, "OS", c->os);
	for (size_t i = 0; i < c->n_hwids; i++) {
		AUTO_FREE char *name = xasprintf("HWID%zu", i + 1);

		add_extension(list, name, c->hwids[i]);
	}
	return list;
}

void catalog_encode(struct catalog *c, struct strbuf *out)
{
	CTL_LIST *list = make_list(c);
	PKCS7 *p7 = need(PKCS7_new()), *content = need(PKCS7_new());
	unsigned char *der = NULL, digest[PE_DIGEST_SIZE];
	int len = i2d_CTL_LIST(list, &der);

	need_true(len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL));
	OPENSSL_free(der);
	der = NULL;
	list->identifier = need(ASN1_OCTET_STRING_new());
	need_true(ASN1_OCTET_STRING_set(list->identifier, digest, 16));
	len = i2d_CTL_LIST(list, &der);
	need_true(len > 0);
	content->type = oid(OID_CTL);
	content->d.other = any(der, (size_t)len);
	OPENSSL_free(der);
	der = NULL;
	need_true(PKCS7_set_type(p7, NID_pkcs7_signed));
	need_true(PKCS7_set_content(p7, content));
	len = i2d_PKCS7(p7, &der);
	need_true(len > 0);
	strbuf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	PKCS7_free(p7);
	CTL_LIST_free(list);
}

/* UTF-16LE to ASCII, with a question mark for anything else; the caller frees it. */
static char *decode_text(const ASN1_OCTET_STRING *value)
{
	struct strbuf sb = STRBUF_INIT;

	for (int i = 0; i + 1 < value->length; i += 2) {
		const unsigned char *c = value->data + i;

		if (!c[0] && !c[1])
			break;
		strbuf_addch(&sb, c[1] == 0 && c[0] >= 0x20 && c[0] < 0x7f ? (char)c[0] : '?');
	}
	return strbuf_detach(&sb);
}

/* The name in "File". */
static void decode_name(struct catalog_member *m, const ASN1_TYPE *value)
{
	static const char file[] = "\0F\0i\0l\0e";
	const unsigned char *p;
	CTL_NAMEVALUE *nv;

	if (value->type != V_ASN1_SEQUENCE)
		return;
	p = value->value.sequence->data;
	nv = d2i_CTL_NAMEVALUE(NULL, &p, value->value.sequence->length);
	if (nv && nv->name->length == sizeof(file) - 1 &&
		memcmp(nv->name->data, file, sizeof(file) - 1) == 0) {
		free(m->name);
		m->name = decode_text(nv->value);
	}
	CTL_NAMEVALUE_free(nv);
}

static const char *decode_indirect(struct catalog_member *m, const ASN1_TYPE *value)
{
	const char *why = NULL;
	const ASN1_OCTET_STRING *digest;
	const X509_ALGOR *algorithm;
	const unsigned char *p;
	CTL_INDIRECT *i;

	if (value->type != V_ASN1_SEQUENCE)
		return "a hash of unknown form";
	p = value->value.sequence->data;
	i = d2i_CTL_INDIRECT(NULL, &p, value->value.sequence->length);
	if (!i)
		return "a hash of unknown form";
	X509_SIG_get0(i->digest, &algorithm, &digest);
	m->is_pe = ctl_is_oid(i->subject->type, OID_PE_IMAGE);
	if (!m->is_pe && !ctl_is_oid(i->subject->type, OID_FLAT_FILE))
		why = "a hash of a kind of file that is not known here";
	else if (OBJ_obj2nid(algorithm->algorithm) != NID_sha256)
		why = "a hash that is no SHA-256";
	else if (digest->length != PE_DIGEST_SIZE ||
		 memcmp(digest->data, m->digest, PE_DIGEST_SIZE) != 0)
		why = "a hash that differs from its own tag";
	CTL_INDIRECT_free(i);
	return why;
}

static const char *decode_member(struct catalog_member *m, const CTL_MEMBER *in)
{
	bool has_digest = false;

	if (in->tag->length != PE_DIGEST_SIZE)
		return "a tag that is no SHA-256";
	memcpy(m->digest, in->tag->data, PE_DIGEST_SIZE);
	for (int i = 0; i < sk_CTL_ATTRIBUTE_num(in->attributes); i++) {
		const CTL_ATTRIBUTE *a = sk_CTL_ATTRIBUTE_value(in->attributes, i);
		const ASN1_TYPE *value = sk_ASN1_TYPE_value(a->values, 0);
		const char *why = NULL;

		if (!value)
			return "an attribute without a value";
		if (ctl_is_oid(a->type, OID_NAMEVALUE))
			decode_name(m, value);
		if (!ctl_is_oid(a->type, OID_INDIRECT))
			continue;
		why = has_digest ? "two hashes" : decode_indirect(m, value);
		if (why)
			return why;
		has_digest = true;
	}
	return has_digest ? NULL : "no hash";
}

/* "OS", "HWID1" and so on; the names of others are passed over. */
static void decode_extensions(struct catalog *c, const CTL_LIST *list)
{
	static const char hwid[] = "\0H\0W\0I\0D", os[] = "\0O\0S";

	for (int i = 0; i < sk_X509_EXTENSION_num(list->extensions) && i < HWIDS_MAX; i++) {
		const ASN1_OCTET_STRING *data =
			X509_EXTENSION_get_data(sk_X509_EXTENSION_value(list->extensions, i));
		const unsigned char *p = ASN1_STRING_get0_data(data);
		CTL_NAMEVALUE *nv = d2i_CTL_NAMEVALUE(NULL, &p, ASN1_STRING_length(data));

		if (nv && nv->name->length >= (int)sizeof(hwid) - 1 &&
			memcmp(nv->name->data, hwid, sizeof(hwid) - 1) == 0) {
			AUTO_FREE char *id = decode_text(nv->value);

			catalog_add_hwid(c, id);
		} else if (nv && !c->os && nv->name->length == sizeof(os) - 1 &&
			   memcmp(nv->name->data, os, sizeof(os) - 1) == 0) {
			c->os = decode_text(nv->value);
		}
		CTL_NAMEVALUE_free(nv);
	}
}

static char *decode_list(struct catalog *c, const CTL_LIST *list)
{
	int n = sk_CTL_MEMBER_num(list->members);
	struct tm tm;

	if (sk_ASN1_OBJECT_num(list->usage) != 1 ||
		!ctl_is_oid(sk_ASN1_OBJECT_value(list->usage, 0), OID_CATALOG_LIST))
		return xstrdup("is a trust list of another kind than a catalog");
	if (!ctl_is_oid(list->algorithm->algorithm, OID_CATALOG_MEMBER2))
		return xstrdup("is a catalog of version 1; make it of version 2, with SHA-256");
	if (n > CATALOG_MEMBERS_MAX)
		return xasprintf("has %d members; up to %d are read", n, CATALOG_MEMBERS_MAX);
	if (!ASN1_TIME_to_tm(list->this_update, &tm))
		return xstrdup("has a date that is none");
	c->epoch = timegm(&tm);
	decode_extensions(c, list);
	for (int i = 0; i < n; i++) {
		struct catalog_member m = { .name = xstrdup("") };
		const char *why = decode_member(&m, sk_CTL_MEMBER_value(list->members, i));

		if (!why)
			catalog_add(c, &m);
		free(m.name);
		if (why)
			return xasprintf("member %d has %s", i + 1, why);
	}
	return NULL;
}

int catalog_decode(struct catalog *c, const void *der, size_t size, char **error)
{
	const ASN1_STRING *bytes = NULL;
	PKCS7 *p7 = ctl_open(der, size, OID_CTL, &bytes);
	const unsigned char *p;
	CTL_LIST *list;

	*error = NULL;
	if (!p7) {
		ERR_clear_error();
		*error = xstrdup("is no catalog: not a PKCS #7 with a trust list in it");
		return -EINVAL;
	}
	p = bytes->data;
	list = d2i_CTL_LIST(NULL, &p, bytes->length);
	if (!list || p != bytes->data + bytes->length)
		*error = xstrdup("is no catalog: its trust list is malformed");
	else
		*error = decode_list(c, list);
	ERR_clear_error();
	CTL_LIST_free(list);
	PKCS7_free(p7);
	return *error ? -EINVAL : 0;
}
