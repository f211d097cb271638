/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_PEIMAGE_H
#define DDK_PEIMAGE_H

#include <stdbool.h>
#include <stddef.h>

#define PE_DIGEST_SIZE 32 /* SHA-256 */

/*
 * The Authenticode hash of a PE image ("Windows Authenticode Portable Executable Signature
 * Format"): SHA-256 of the file without its checksum, the directory entry of the signature and the
 * signature itself, so that signing a file leaves it as it was. A file without a signature counts
 * as filled up with zeros to a multiple of 8, because signing fills it so.
 * Returns 0, or -EINVAL for what is no sound PE image, with *why set to a constant text.
 */
int pe_digest(
	const void *image, size_t size, unsigned char digest[PE_DIGEST_SIZE], const char **why);

/* Whether a file says that it is one; pe_digest may still refuse it. */
bool pe_claims(const void *image, size_t size);

#define PE_MACHINE_X86 0x014c
#define PE_MACHINE_X64 0x8664

struct pe_facts {
	unsigned machine;
	bool has_version;		/* a version resource; the rest is 0 without */
	unsigned short version[4];	/* of the file */
	const unsigned char *signature; /* PKCS #7 in DER inside of the image, or NULL */
	size_t signature_size;
};

/*
 * What an image says of itself. A version resource that does not hold together counts as none.
 * Returns 0, or -EINVAL as pe_digest does.
 */
int pe_facts(const void *image, size_t size, struct pe_facts *f, const char **why);
/* Where the attribute certificates begin, or size where there are none; errors as pe_digest's. */
int pe_signature(const void *image, size_t size, size_t *at, const char **why);

#endif
