/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates, OpenPGP keys and signed modules from any bytes; the first says which. */
#include <stdint.h>
#include <stdlib.h>

#include "sign/trust.h"
#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* librpm loses a little over keys that it gives up on. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void verify(const uint8_t *data, size_t size)
{
	AUTO_TRUST struct trust t = { 0 };
	AUTO_FREE char *why = NULL;
	/* The first half is a certificate, the second a module. */
	size_t half = size / 2;

	if (trust_add_cert(&t, data, half, &why) < 0)
		return;
	for (size_t i = 0; i < t.n_certs; i++) {
		AUTO_FREE char *name = trust_cert_name(t.certs[i]);
		AUTO_FREE char *fault = trust_cert_fault(t.certs[i]);

		(void)name;
		(void)fault;
	}
	trust_module(&t, data + half, size - half);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_TRUST struct trust t = { 0 };
	AUTO_FREE char *why = NULL;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		verify(data + 1, size - 1);
	else
		trust_add_key(&t, data + 1, size - 1, &why);
	return 0;
}
