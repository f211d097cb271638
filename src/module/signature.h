/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_MODULE_SIGNATURE_H
#define DDK_MODULE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/strbuf.h"

/*
 * What is appended to a signed module: in Linux 3.7 to 4.2 the signer's name, its key id, and an
 * RSA signature behind its length (two bytes, big-endian); from 4.3 on a PKCS#7 message alone. Then
 * struct module_signature of include/linux/module_signature.h, and the magic string.
 */
struct module_signature_parts {
	bool is_cms;
	unsigned hash; /* of the older form: enum pkey_hash_algo */
	const unsigned char *data;
	size_t data_size;
	unsigned char key_id_size, signer_size; /* both lie before data, the signer first */
	size_t content_size;			/* what was signed, from the start of the file */
};

/* Takes the end of an uncompressed module apart; false when there is no sound trailer. */
bool module_signature_split(
	struct module_signature_parts *p, const unsigned char *image, size_t size);
/* Appends data and what follows it. Signer and key id are the caller's to put before. */
void module_signature_append(struct strbuf *out, const struct module_signature_parts *p);
/* The name of a hash of the older form, "" when there is none of that number. */
const char *module_signature_hash(unsigned id);

#endif
