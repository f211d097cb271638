/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libarchive reads the files of an image but does not tell whether it found Rock Ridge or Joliet,
 * nor the volume identifiers, so these few fields are read here:
 *   ECMA-119 8.1 and 8.4  volume descriptors from sector 16 on, 2048 bytes each
 *   Joliet		   a supplementary descriptor with the escape sequence %/@, %/C or %/E
 * (8.5.6) ECMA-119 9.1	   the root directory's first record
 *   SUSP 1.12 5.3	   SP, the first entry of that record's system use area
 *   RRIP 1.12 4.1	   PX or RR in it, or ER in its continuation (CE, SUSP 5.1)
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/medium.h"
#include "util/alloc.h"

enum { SECTOR = 2048, FIRST = 16, DESCRIPTORS_MAX = 64, CONTINUATIONS_MAX = 8 };

static bool read_at(int fd, void *buf, size_t n, uint64_t at)
{
	return at < (uint64_t)1 << 62 && pread(fd, buf, n, (off_t)at) == (ssize_t)n;
}

static uint32_t le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A field padded with blanks. */
static void copy_field(char *out, const unsigned char *p, size_t n)
{
	memcpy(out, p, n);
	out[n] = '\0';
	while (n && (out[n - 1] == ' ' || out[n - 1] == '\0'))
		out[--n] = '\0';
}

/* Looks through system use entries; returns whether one is of Rock Ridge. *ce is the continuation.
 */
static bool has_rock_ridge(
	const unsigned char *p, size_t n, bool *sp, uint64_t *ce_at, size_t *ce_len)
{
	*ce_len = 0;
	while (n >= 4) {
		size_t len = p[2];

		if (len < 4 || len > n)
			return false;
		if (memcmp(p, "SP", 2) == 0 && len >= 7 && p[4] == 0xbe && p[5] == 0xef)
			*sp = true;
		if (memcmp(p, "PX", 2) == 0 || memcmp(p, "RR", 2) == 0)
			return *sp;
		if (memcmp(p, "ER", 2) == 0 && len >= 8 + 10 &&
			memcmp(p + 8, "RRIP_1991A", 10) == 0)
			return *sp;
		if (memcmp(p, "CE", 2) == 0 && len >= 28) {
			*ce_at = (uint64_t)le32(p + 4) * SECTOR + le32(p + 12);
			*ce_len = le32(p + 20);
		}
		if (memcmp(p, "ST", 2) == 0)
			return false;
		p += len;
		n -= len;
	}
	return false;
}

static bool find_rock_ridge(int fd, const unsigned char *root)
{
	unsigned char buf[SECTOR];
	uint64_t at = (uint64_t)le32(root + 2) * SECTOR;
	size_t len, start, ce_len;
	bool sp = false;

	if (!read_at(fd, buf, sizeof(buf), at))
		return false;
	len = buf[0];
	start = 33 + (size_t)buf[32];
	start += start & 1;
	if (len < start)
		return false;
	if (has_rock_ridge(buf + start, len - start, &sp, &at, &ce_len))
		return true;
	for (int i = 0; i < CONTINUATIONS_MAX && sp && ce_len >= 4; i++) {
		if (ce_len > sizeof(buf) || !read_at(fd, buf, ce_len, at))
			return false;
		if (has_rock_ridge(buf, ce_len, &sp, &at, &ce_len))
			return true;
	}
	return false;
}

static bool is_joliet(const unsigned char *d)
{
	return d[88] == '%' && d[89] == '/' && (d[90] == '@' || d[90] == 'C' || d[90] == 'E');
}

int iso_facts_read(struct iso_facts *iso, int fd, char **why)
{
	unsigned char d[SECTOR];
	bool primary = false;
	off_t end = lseek(fd, 0, SEEK_END);

	*iso = (struct iso_facts){ .file_size = end > 0 ? (uint64_t)end : 0 };
	*why = NULL;
	for (int i = 0; i < DESCRIPTORS_MAX; i++) {
		if (!read_at(fd, d, sizeof(d), (uint64_t)(FIRST + i) * SECTOR)) {
			*why = xstrdup(i ? "the image ends inside of its volume descriptors"
					 : "it is too short for an ISO image");
			return -EBADMSG;
		}
		if (memcmp(d + 1, "CD001", 5) != 0) {
			*why = xstrdup(i ? "its volume descriptors have no end"
					 : "it is neither a directory nor an ISO image");
			return -EBADMSG;
		}
		if (d[0] == 255)
			break;
		if (d[0] == 1 && !primary) {
			primary = true;
			copy_field(iso->volume_id, d + 40, 32);
			copy_field(iso->application_id, d + 574, 128);
			iso->volume_size = (uint64_t)le32(d + 80) * SECTOR;
			iso->rock_ridge = find_rock_ridge(fd, d + 156);
		} else if (d[0] == 2 && is_joliet(d)) {
			iso->joliet = true;
		}
	}
	if (!primary) {
		*why = xstrdup("the image has no primary volume descriptor");
		return -EBADMSG;
	}
	return 0;
}
