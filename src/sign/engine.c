/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys in tokens through libp11's engine, for systems whose OpenSSL has no provider of pkcs11:
 * addresses, Debian 12 and RHEL 9 among them. OpenSSL 4 has no engines any more.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <stddef.h>

#include <openssl/opensslconf.h>
#ifndef OPENSSL_NO_ENGINE
#include <openssl/engine.h>
#endif

#include "sign/signer.h"

#ifdef OPENSSL_NO_ENGINE
struct evp_pkey_st *signer_engine_key(const char *uri, struct ui_method_st *ui)
{
	(void)uri;
	(void)ui;
	return NULL;
}
#else
struct evp_pkey_st *signer_engine_key(const char *uri, struct ui_method_st *ui)
{
	EVP_PKEY *key = NULL;
	ENGINE *e;

	ENGINE_load_builtin_engines();
	e = ENGINE_by_id("pkcs11");
	if (e && ENGINE_init(e)) {
		/* The key holds on to the engine. */
		key = ENGINE_load_private_key(e, uri, ui, NULL);
		ENGINE_finish(e);
	}
	ENGINE_free(e);
	return key;
}
#endif
