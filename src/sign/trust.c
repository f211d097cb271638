/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmpgp.h>

#include "sign/trust.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static void add_one(struct trust *t, X509 *cert)
{
	t->certs = xgrow(t->certs, t->n_certs, &t->cap_certs, sizeof(X509 *));
	t->certs[t->n_certs++] = cert;
}

int trust_add_cert(struct trust *t, const void *data, size_t size, char **why)
{
	const unsigned char *der = data;
	BIO *in = BIO_new_mem_buf(data, size > TRUST_FILE_MAX ? 0 : (int)size);
	size_t before = t->n_certs;
	X509 *cert;

	while (in && t->n_certs < TRUST_MAX && (cert = PEM_read_bio_X509(in, NULL, NULL, NULL)))
		add_one(t, cert);
	BIO_free(in);
	if (t->n_certs == before && t->n_certs < TRUST_MAX && size <= TRUST_FILE_MAX) {
		cert = d2i_X509(NULL, &der, (long)size);
		if (cert)
			add_one(t, cert);
	}
	ERR_clear_error();
	if (t->n_certs > before)
		return 0;
	*why = xstrdup("no X.509 certificate, neither PEM nor DER");
	return -EINVAL;
}

/* Subkeys too: a signature may be by one of them. */
static void add_pubkey(struct trust *t, rpmPubkey key)
{
	int n = 0;
	rpmPubkey *subkeys = rpmGetSubkeys(key, &n);

	if (!t->keyring)
		t->keyring = rpmKeyringNew();
	rpmKeyringAddKey(t->keyring, key);
	for (int i = 0; i < n; i++) {
		rpmKeyringAddKey(t->keyring, subkeys[i]);
		rpmPubkeyFree(subkeys[i]);
	}
	free(subkeys);
}

static size_t add_packets(struct trust *t, const uint8_t *p, size_t size)
{
	size_t n = 0;

	while (size && n < TRUST_MAX) {
		size_t len = 0;
		rpmPubkey key;

		if (pgpPubKeyCertLen(p, size, &len) != 0 || len == 0 || len > size)
			break;
		key = rpmPubkeyNew(p, len);
		if (!key)
			break;
		add_pubkey(t, key);
		rpmPubkeyFree(key);
		strbuf_add(&t->keys, p, len);
		p += len;
		size -= len;
		n++;
	}
	return n;
}

int trust_add_key(struct trust *t, const void *data, size_t size, char **why)
{
	AUTO_FREE char *text = NULL;
	uint8_t *packets = NULL;
	size_t len = 0, n = 0;

	/* The top bit of the first byte tells an OpenPGP packet from armour, which is text. */
	if (size && size <= TRUST_FILE_MAX && *(const unsigned char *)data & 0x80) {
		n = add_packets(t, data, size);
	} else if (size <= TRUST_FILE_MAX) {
		text = xstrndup(data, size);
		if (pgpParsePkts(text, &packets, &len) == PGPARMOR_PUBKEY)
			n = add_packets(t, packets, len);
		free(packets);
	}
	if (n)
		return 0;
	*why = xstrdup("no OpenPGP public key that librpm can use");
	return -EINVAL;
}

static int read_file(struct trust *t, const char *path,
	int (*add)(struct trust *, const void *, size_t, char **), char **why)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *reason = NULL;
	int r = strbuf_read_file(&sb, path, TRUST_FILE_MAX);

	if (r == 0)
		r = add(t, sb.buf ? sb.buf : "", sb.len, &reason);
	if (r < 0)
		*why = xasprintf("%s: %s", path, reason ? reason : strerror(-r));
	return r;
}

int trust_read_cert(struct trust *t, const char *path, char **why)
{
	t->given_certs = true;
	return read_file(t, path, trust_add_cert, why);
}

int trust_read_key(struct trust *t, const char *path, char **why)
{
	t->given_keys = true;
	return read_file(t, path, trust_add_key, why);
}

char *trust_cert_name(const X509 *cert)
{
	char buf[256];
	X509_NAME *name = X509_get_subject_name(cert);

	if (X509_NAME_get_text_by_NID(name, NID_commonName, buf, sizeof(buf)) <= 0)
		X509_NAME_oneline(name, buf, sizeof(buf));
	return xstrdup(buf);
}

static char *date_text(const ASN1_TIME *when)
{
	struct tm tm;
	char buf[32] = "?";

	if (ASN1_TIME_to_tm(when, &tm) == 1)
		strftime(buf, sizeof(buf), "%Y-%m-%d", &tm);
	return xstrdup(buf);
}

char *trust_cert_fault(const X509 *cert)
{
	const ASN1_TIME *from = X509_get0_notBefore(cert), *to = X509_get0_notAfter(cert);
	AUTO_FREE char *date = NULL;

	if (X509_cmp_current_time(to) <= 0) {
		date = date_text(to);
		return xasprintf("it expired on %s", date);
	}
	if (X509_cmp_current_time(from) >= 0) {
		date = date_text(from);
		return xasprintf("it is not valid before %s", date);
	}
	return NULL;
}

void trust_release(struct trust *t)
{
	for (size_t i = 0; i < t->n_certs; i++)
		X509_free(t->certs[i]);
	free(t->certs);
	rpmKeyringFree(t->keyring);
	strbuf_release(&t->keys);
	*t = (struct trust){ 0 };
}
