/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rpm/rpmpgp.h>
#include <rpm/rpmtd.h>

#include "rpm/sums.h"
#include "util/fanout.h"

enum {
	THREAD_MIN = 1 << 20,  /* bytes; below, a thread costs more than it saves */
	MAPPED_MAX = 32 << 20, /* bytes; the memory that is taken stays small */
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool rpm_sums_places(struct rpm_sums *s, int fd)
{
	struct stat st;
	uint64_t at = 96; /* the lead */

	if (fstat(fd, &st) < 0)
		return false;
	for (int i = 0; i < 2; i++) {
		unsigned char intro[16];

		s->header_at = at = (at + 7) & ~7ULL; /* the signature is padded */
		if (pread(fd, intro, sizeof(intro), (off_t)at) != (ssize_t)sizeof(intro))
			return false;
		at += sizeof(intro) + (uint64_t)be32(intro + 8) * 16 + be32(intro + 12);
		if (at > (uint64_t)st.st_size)
			return false;
	}
	s->payload_at = at;
	return true;
}

static void expect_md5(struct rpm_sums *s, Header h)
{
	static const char digit[] = "0123456789abcdef";
	struct rpmtd_s td;

	if (!headerGet(h, RPMTAG_SIGMD5, &td, HEADERGET_MINMEM))
		return;
	if (rpmtdType(&td) == RPM_BIN_TYPE && td.count == 16) {
		const unsigned char *raw = td.data;

		for (size_t i = 0; i < 16; i++) {
			s->md5[2 * i] = digit[raw[i] >> 4];
			s->md5[2 * i + 1] = digit[raw[i] & 15];
		}
		s->complete = true;
	}
	rpmtdFreeData(&td);
}

static unsigned algo_bit(uint64_t algo)
{
	switch (algo) {
	case PGPHASHALGO_MD5:
		return DIGEST_MD5;
	case PGPHASHALGO_SHA1:
		return DIGEST_SHA1;
	case PGPHASHALGO_SHA256:
		return DIGEST_SHA256;
	default:
		return 0;
	}
}

/* RPMs have had this since rpm 4.14; before, and on what is not known here, complete decides. */
static void expect_payload(struct rpm_sums *s, Header h)
{
	struct rpmtd_s td;
	const char *hex;

	if (!headerIsEntry(h, RPMTAG_PAYLOADDIGEST))
		return;
	s->algo = algo_bit(headerGetNumber(h, RPMTAG_PAYLOADDIGESTALGO));
	if (!s->algo || !headerGet(h, RPMTAG_PAYLOADDIGEST, &td, HEADERGET_MINMEM)) {
		s->complete = false;
		return;
	}
	rpmtdInit(&td);
	hex = rpmtdNext(&td) == 0 ? rpmtdGetString(&td) : NULL;
	if (hex && strlen(hex) < sizeof(s->payload))
		strcpy(s->payload, hex);
	else
		s->complete = false;
	rpmtdFreeData(&td);
}

void rpm_sums_expect(struct rpm_sums *s, Header h)
{
	s->complete = false;
	s->algo = 0;
	expect_md5(s, h);
	expect_payload(s, h);
}

/* What goes into the digests inside, of a file that comes in blocks. */
struct inside {
	const struct rpm_sums *sums;
	struct digest_ctx *md5;
	struct digest_ctx *payload; /* or NULL */
	uint64_t at;
};

static void add_from(
	struct digest_ctx *ctx, uint64_t from, uint64_t at, const unsigned char *data, size_t len)
{
	size_t skip = from <= at ? 0 : from - at < len ? (size_t)(from - at) : len;

	digest_add(ctx, data + skip, len - skip);
}

static void add_inside(void *arg, const void *data, size_t len)
{
	struct inside *in = arg;

	add_from(in->md5, in->sums->header_at, in->at, data, len);
	if (in->payload)
		add_from(in->payload, in->sums->payload_at, in->at, data, len);
	in->at += len;
}

static void add_whole(void *arg, const void *data, size_t len)
{
	digest_add(arg, data, len);
}

static bool matches(struct inside *in)
{
	const struct rpm_sums *s = in->sums;
	struct digest md5, payload;
	bool good;

	digest_end(in->md5, &md5);
	good = strcmp(md5.md5, s->md5) == 0;
	if (!in->payload)
		return good;
	digest_end(in->payload, &payload);
	return good && strcasecmp(s->algo == DIGEST_MD5	   ? payload.md5
				  : s->algo == DIGEST_SHA1 ? payload.sha1
							   : payload.sha256,
			       s->payload) == 0;
}

static int read_blocks(int fd, struct fanout *f)
{
	for (;;) {
		ssize_t n = read(fd, fanout_block(f), FANOUT_BLOCK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		fanout_pass(f, (size_t)n);
	}
}

/* From memory, if it can be had there. */
static int read_mapped(int fd, size_t size, const struct fanout_sink *sinks, size_t n)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);

	if (data == MAP_FAILED)
		return -errno;
	fanout_buffer(sinks, n, data, size, size >= THREAD_MIN);
	munmap(data, size);
	return 0;
}

static int read_through(int fd, size_t size, const struct fanout_sink *sinks, size_t n)
{
	struct fanout *f = fanout_start(sinks, n, size >= THREAD_MIN);
	int r = read_blocks(fd, f);

	fanout_finish(f);
	return r;
}

int rpm_sums_pass(const struct rpm_sums *s, int fd, bool ours, unsigned what, struct digest *whole)
{
	struct inside in = { .sums = s };
	struct digest_ctx *ctx = NULL;
	struct fanout_sink sinks[2];
	struct stat st;
	size_t n = 0;
	int r = 0;

	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	if (what) {
		ctx = digest_begin(what);
		sinks[n++] = (struct fanout_sink){ add_whole, ctx };
	}
	if (s) {
		in.md5 = digest_begin(DIGEST_MD5);
		in.payload = s->algo ? digest_begin(s->algo) : NULL;
		sinks[n++] = (struct fanout_sink){ add_inside, &in };
	}
	if (!ours || st.st_size > MAPPED_MAX || read_mapped(fd, (size_t)st.st_size, sinks, n) < 0)
		r = read_through(fd, (size_t)st.st_size, sinks, n);
	if (ctx)
		digest_end(ctx, whole);
	if (s && !matches(&in) && r == 0)
		r = -EBADMSG;
	return r;
}
