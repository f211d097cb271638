/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CTL_H
#define DDK_CTL_H

#include <openssl/asn1t.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

/* The ASN.1 of catalogs, for libcrypto's encoder and its bounds-checked decoder. */

typedef struct {
	ASN1_OBJECT *type;
	STACK_OF(ASN1_TYPE) * values;
} CTL_ATTRIBUTE;

typedef struct {
	ASN1_OCTET_STRING *tag; /* version 2: the digest itself */
	STACK_OF(CTL_ATTRIBUTE) * attributes;
} CTL_MEMBER;

typedef struct {
	STACK_OF(ASN1_OBJECT) * usage;
	ASN1_OCTET_STRING *identifier;
	ASN1_INTEGER *sequence;
	ASN1_TIME *this_update;
	ASN1_TIME *next_update;
	X509_ALGOR *algorithm;
	STACK_OF(CTL_MEMBER) * members;
	STACK_OF(X509_EXTENSION) * extensions;
} CTL_LIST;

typedef struct {
	ASN1_BMPSTRING *name;
	ASN1_INTEGER *flags;
	ASN1_OCTET_STRING *value; /* UTF-16LE with a NUL */
} CTL_NAMEVALUE;

typedef struct {
	ASN1_OBJECT *type;
	ASN1_TYPE *value;
} CTL_SUBJECT;

typedef struct {
	CTL_SUBJECT *subject;
	X509_SIG *digest;
} CTL_INDIRECT;

DECLARE_ASN1_FUNCTIONS(CTL_ATTRIBUTE)
DECLARE_ASN1_FUNCTIONS(CTL_MEMBER)
DECLARE_ASN1_FUNCTIONS(CTL_LIST)
DECLARE_ASN1_FUNCTIONS(CTL_NAMEVALUE)
DECLARE_ASN1_FUNCTIONS(CTL_SUBJECT)
DECLARE_ASN1_FUNCTIONS(CTL_INDIRECT)
DEFINE_STACK_OF(CTL_ATTRIBUTE)
DEFINE_STACK_OF(CTL_MEMBER)

#define OID_CTL		    "1.3.6.1.4.1.311.10.1"
#define OID_CATALOG_LIST    "1.3.6.1.4.1.311.12.1.1"
#define OID_CATALOG_MEMBER2 "1.3.6.1.4.1.311.12.1.3"
#define OID_NAMEVALUE	    "1.3.6.1.4.1.311.12.2.1"
#define OID_MEMBERINFO2	    "1.3.6.1.4.1.311.12.2.3"
#define OID_INDIRECT	    "1.3.6.1.4.1.311.2.1.4"
#define OID_PE_IMAGE	    "1.3.6.1.4.1.311.2.1.15"
#define OID_FLAT_FILE	    "1.3.6.1.4.1.311.2.1.25"

int ctl_is_oid(const ASN1_OBJECT *o, const char *oid);
/*
 * The PKCS #7 of a catalog (OID_CTL) or of an image's signature (OID_INDIRECT), and the encoding of
 * its content, which belongs to the PKCS #7. NULL when the bytes are something else, or there are
 * more of them than one PKCS #7 and, behind an image's, its padding.
 */
PKCS7 *ctl_open(const void *der, size_t size, const char *oid, const ASN1_STRING **content);

#endif
