/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/diag.h"
#include "windows/peimage.h"

/* Offsets of the PE/COFF specification. */
enum {
	DOS_SIZE = 64,
	DOS_PE_OFFSET = 0x3c,
	COFF_SIZE = 24, /* with the signature PE\0\0 */
	COFF_OPTIONAL_SIZE = 20,
	OPTIONAL_CHECKSUM = 64,
	MAGIC_32 = 0x10b,
	MAGIC_64 = 0x20b,
	DIRECTORIES_32 = 96,
	DIRECTORIES_64 = 112,
	DIRECTORY_SIZE = 8,
	SECURITY = 4, /* the only directory whose address is a file offset */
};

/* What is left out of the hash, as offsets in the file. */
struct holes {
	size_t checksum;
	size_t entry; /* 0: there are fewer directories */
	size_t signature;
};

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t le16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

bool pe_claims(const void *image, size_t size)
{
	const unsigned char *p = image;
	size_t at;

	if (size < DOS_SIZE || memcmp(p, "MZ", 2) != 0)
		return false;
	at = le32(p + DOS_PE_OFFSET);
	return at <= size - DOS_SIZE && size - at >= 4 && memcmp(p + at, "PE\0\0", 4) == 0;
}

static const char *find_holes(const unsigned char *p, size_t size, struct holes *h)
{
	size_t coff, optional, length, directories;
	uint32_t at, n;

	h->signature = size;
	h->entry = 0;
	if (!pe_claims(p, size))
		return "is no PE image";
	coff = le32(p + DOS_PE_OFFSET);
	optional = coff + COFF_SIZE;
	if (optional > size || coff < DOS_SIZE)
		return "has a PE header outside of the file";
	length = le16(p + coff + COFF_OPTIONAL_SIZE);
	if (length < DIRECTORIES_32 || length > size - optional)
		return "has an optional header that is cut off";
	switch (le16(p + optional)) {
	case MAGIC_32:
		directories = DIRECTORIES_32;
		break;
	case MAGIC_64:
		directories = DIRECTORIES_64;
		break;
	default:
		return "has an optional header of an unknown kind";
	}
	if (length < directories)
		return "has an optional header that is cut off";
	h->checksum = optional + OPTIONAL_CHECKSUM;
	n = le32(p + optional + directories - 4);
	if (n <= SECURITY)
		return NULL;
	if (length - directories < (SECURITY + 1) * DIRECTORY_SIZE)
		return "has fewer data directories than it says";
	h->entry = optional + directories + SECURITY * DIRECTORY_SIZE;
	at = le32(p + h->entry);
	n = le32(p + h->entry + 4);
	if (at == 0 && n == 0)
		return NULL;
	if (at < h->entry + DIRECTORY_SIZE || at % 8 != 0 || at > size || n != size - at)
		return "has a signature that does not end the file";
	h->signature = at;
	return NULL;
}

int pe_digest(
	const void *image, size_t size, unsigned char digest[PE_DIGEST_SIZE], const char **why)
{
	static const unsigned char zeros[8];
	const unsigned char *p = image;
	struct holes h;
	EVP_MD_CTX *ctx;
	size_t at;
	bool fine;

	*why = find_holes(p, size, &h);
	if (*why)
		return -EINVAL;
	ctx = EVP_MD_CTX_new();
	fine = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(ctx, p, h.checksum);
	at = h.checksum + 4;
	if (h.entry) {
		fine = fine && EVP_DigestUpdate(ctx, p + at, h.entry - at);
		at = h.entry + DIRECTORY_SIZE;
	}
	fine = fine && EVP_DigestUpdate(ctx, p + at, h.signature - at);
	if (h.signature == size && size % 8 != 0)
		fine = fine && EVP_DigestUpdate(ctx, zeros, 8 - size % 8);
	fine = fine && EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
	if (!fine) {
		diag_error("libcrypto: no SHA-256, or out of memory");
		exit(3);
	}
	return 0;
}

int pe_signature(const void *image, size_t size, size_t *at, const char **why)
{
	struct holes h;

	*why = find_holes(image, size, &h);
	if (*why)
		return -EINVAL;
	*at = h.signature;
	return 0;
}
