/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a catalog, its signature, and as a PE image with its own. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "windows/catalog.h"
#include "windows/codesign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_CATALOG struct catalog c = { 0 };
	AUTO_FREE char *error = NULL;
	AUTO_FREE char *text = NULL;
	unsigned char digest[PE_DIGEST_SIZE];
	const char *why;

	/* What is read can be written, and says the same then. */
	if (catalog_decode(&c, data, size, &error) == 0 && c.epoch >= 0 && c.n < 100) {
		AUTO_STRBUF struct strbuf der = STRBUF_INIT;
		AUTO_CATALOG struct catalog again = { 0 };
		AUTO_FREE char *wrong = NULL;

		catalog_encode(&c, &der);
		if (catalog_decode(&again, der.buf, der.len, &wrong) < 0 || again.n != c.n)
			abort();
	}
	/* Nothing was given to trust. */
	if (catalog_signature(data, size, NULL, &text) == CATALOG_TRUSTED)
		abort();
	pe_digest(data, size, digest, &why);
	{
		AUTO_CODESIGN struct codesign image = { 0 };
		AUTO_CODESIGN struct codesign list = { 0 };

		codesign_image(&image, data, size);
		codesign_catalog(&list, data, size);
		/* Nobody's name without a signature. */
		if ((image.signer && !image.is_signed) || (list.signer && !list.is_signed))
			abort();
	}
	return 0;
}
