/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "windows/ctl.h"

ASN1_SEQUENCE(CTL_ATTRIBUTE) = {
	ASN1_SIMPLE(CTL_ATTRIBUTE, type, ASN1_OBJECT),
	ASN1_SET_OF(CTL_ATTRIBUTE, values, ASN1_ANY),
} ASN1_SEQUENCE_END(CTL_ATTRIBUTE)

ASN1_SEQUENCE(CTL_MEMBER) = {
	ASN1_SIMPLE(CTL_MEMBER, tag, ASN1_OCTET_STRING),
	ASN1_SET_OF_OPT(CTL_MEMBER, attributes, CTL_ATTRIBUTE),
} ASN1_SEQUENCE_END(CTL_MEMBER)

ASN1_SEQUENCE(CTL_LIST) = {
	ASN1_SEQUENCE_OF(CTL_LIST, usage, ASN1_OBJECT),
	ASN1_OPT(CTL_LIST, identifier, ASN1_OCTET_STRING),
	ASN1_OPT(CTL_LIST, sequence, ASN1_INTEGER),
	ASN1_SIMPLE(CTL_LIST, this_update, ASN1_TIME),
	ASN1_OPT(CTL_LIST, next_update, ASN1_TIME),
	ASN1_SIMPLE(CTL_LIST, algorithm, X509_ALGOR),
	ASN1_SEQUENCE_OF_OPT(CTL_LIST, members, CTL_MEMBER),
	ASN1_EXP_SEQUENCE_OF_OPT(CTL_LIST, extensions, X509_EXTENSION, 0),
} ASN1_SEQUENCE_END(CTL_LIST)

ASN1_SEQUENCE(CTL_NAMEVALUE) = {
	ASN1_SIMPLE(CTL_NAMEVALUE, name, ASN1_BMPSTRING),
	ASN1_SIMPLE(CTL_NAMEVALUE, flags, ASN1_INTEGER),
	ASN1_SIMPLE(CTL_NAMEVALUE, value, ASN1_OCTET_STRING),
} ASN1_SEQUENCE_END(CTL_NAMEVALUE)

ASN1_SEQUENCE(CTL_SUBJECT) = {
	ASN1_SIMPLE(CTL_SUBJECT, type, ASN1_OBJECT),
	ASN1_OPT(CTL_SUBJECT, value, ASN1_ANY),
} ASN1_SEQUENCE_END(CTL_SUBJECT)

ASN1_SEQUENCE(CTL_INDIRECT) = {
	ASN1_SIMPLE(CTL_INDIRECT, subject, CTL_SUBJECT),
	ASN1_SIMPLE(CTL_INDIRECT, digest, X509_SIG),
} ASN1_SEQUENCE_END(CTL_INDIRECT)

IMPLEMENT_ASN1_FUNCTIONS(CTL_ATTRIBUTE)
IMPLEMENT_ASN1_FUNCTIONS(CTL_MEMBER)
IMPLEMENT_ASN1_FUNCTIONS(CTL_LIST)
IMPLEMENT_ASN1_FUNCTIONS(CTL_NAMEVALUE)
IMPLEMENT_ASN1_FUNCTIONS(CTL_SUBJECT)
IMPLEMENT_ASN1_FUNCTIONS(CTL_INDIRECT)

int ctl_is_oid(const ASN1_OBJECT *o, const char *oid)
{
	char text[80];
	int n = o ? OBJ_obj2txt(text, sizeof(text), o, 1) : 0;

	return n > 0 && n < (int)sizeof(text) && strcmp(text, oid) == 0;
}

/* An image's attribute certificate is filled up with zeros to a multiple of 8. */
static bool is_padding(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i])
			return false;
	}
	return n < 8;
}

PKCS7 *ctl_open(const void *der, size_t size, const char *oid, const ASN1_STRING **content)
{
	const unsigned char *p = der;
	const PKCS7 *inner;
	size_t rest;
	PKCS7 *p7;

	if (size > INT_MAX)
		return NULL;
	p7 = d2i_PKCS7(NULL, &p, (long)size);
	if (!p7)
		return NULL;
	rest = size - (size_t)(p - (const unsigned char *)der);
	inner = PKCS7_type_is_signed(p7) && p7->d.sign ? p7->d.sign->contents : NULL;
	if ((rest && (strcmp(oid, OID_INDIRECT) != 0 || !is_padding(p, rest))) || !inner ||
		!ctl_is_oid(inner->type, oid) || !inner->d.other ||
		inner->d.other->type != V_ASN1_SEQUENCE) {
		PKCS7_free(p7);
		return NULL;
	}
	*content = inner->d.other->value.sequence;
	return p7;
}
