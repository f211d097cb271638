/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/digest.h"
#include "util/fanout.h"

#include "command.h"

enum { N_ALGOS = 3, BLOCK = 1 << 18, THREAD_FROM = 4 << 20 };

struct digest_ctx {
	EVP_MD_CTX *md[N_ALGOS];
	uint64_t size;
};

static const EVP_MD *algorithm(int i)
{
	switch (i) {
	case 0:
		return EVP_md5();
	case 1:
		return EVP_sha1();
	default:
		return EVP_sha256();
	}
}

/* libcrypto fails here only without memory, or where a policy such as FIPS forbids MD5. */
static void must(int ok)
{
	if (ok == 1)
		return;
	diag_error("libcrypto refuses MD5, SHA-1 or SHA-256; the disk format needs them: run "
		   "outside FIPS mode");
	exit(DDK_IO);
}

struct digest_ctx *digest_begin(unsigned what)
{
	struct digest_ctx *ctx = xcalloc(1, sizeof(*ctx));

	for (int i = 0; i < N_ALGOS; i++) {
		if (!(what & 1U << i))
			continue;
		ctx->md[i] = EVP_MD_CTX_new();
		must(ctx->md[i] != NULL && EVP_DigestInit_ex(ctx->md[i], algorithm(i), NULL));
	}
	return ctx;
}

void digest_add(struct digest_ctx *ctx, const void *data, size_t len)
{
	for (int i = 0; i < N_ALGOS; i++) {
		if (ctx->md[i])
			must(EVP_DigestUpdate(ctx->md[i], data, len));
	}
	ctx->size += len;
}

void digest_end(struct digest_ctx *ctx, struct digest *d)
{
	char *hex[N_ALGOS] = { NULL, NULL, NULL };

	if (d) {
		*d = (struct digest){ .size = ctx->size };
		hex[0] = d->md5;
		hex[1] = d->sha1;
		hex[2] = d->sha256;
	}
	for (int i = 0; i < N_ALGOS; i++) {
		unsigned char raw[EVP_MAX_MD_SIZE];
		unsigned len = 0;

		if (ctx->md[i] && hex[i]) {
			must(EVP_DigestFinal_ex(ctx->md[i], raw, &len));
			for (unsigned k = 0; k < len; k++)
				sprintf(hex[i] + 2 * k, "%02x", raw[k]);
		}
		EVP_MD_CTX_free(ctx->md[i]);
	}
	free(ctx);
}

static void add(void *ctx, const void *data, size_t len)
{
	digest_add(ctx, data, len);
}

void digest_buffer(struct digest *d, unsigned what, const void *data, size_t len)
{
	struct digest_ctx *md5 = digest_begin(what & DIGEST_MD5);
	struct digest_ctx *rest = digest_begin(what & ~(unsigned)DIGEST_MD5);
	const struct fanout_sink sinks[2] = { { add, md5 }, { add, rest } };
	struct digest sum;

	/* MD5 takes as long as the others together: a large buffer is worth a second thread. */
	fanout_buffer(sinks, 2, data, len, len >= THREAD_FROM);
	digest_end(md5, &sum);
	digest_end(rest, d);
	memcpy(d->md5, sum.md5, sizeof(d->md5));
}

int digest_fd(struct digest *d, unsigned what, int fd)
{
	AUTO_FREE unsigned char *block = xreallocarray(NULL, BLOCK, 1);
	struct digest_ctx *ctx = digest_begin(what);
	ssize_t n;

	for (;;) {
		n = read(fd, block, BLOCK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		digest_add(ctx, block, (size_t)n);
	}
	n = n < 0 ? -errno : 0;
	digest_end(ctx, d);
	return (int)n;
}

int digest_file(struct digest *d, unsigned what, const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return digest_fd(d, what, fd);
}
