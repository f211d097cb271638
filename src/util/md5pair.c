/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "util/md5pair.h"

enum { BLOCK = 64 };

/* The four rounds of RFC 1321, 3.4, the first two with one operation less. */
#define F(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define G(b, c, d) ((c) ^ ((d) & ((b) ^ (c))))
#define H(b, c, d) ((b) ^ (c) ^ (d))
#define I(b, c, d) ((c) ^ ((b) | ~(d)))

static inline uint32_t word(const unsigned char *block, int i)
{
	uint32_t w;

	memcpy(&w, block + 4 * i, sizeof(w));
	return le32toh(w);
}

static inline uint32_t rotate(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* One step in each chain. */
#define STEP(f, a, b, c, d, k, s, t)                                                               \
	do {                                                                                       \
		a##0 += f(b##0, c##0, d##0) + word(p, k) + (t);                                    \
		a##1 += f(b##1, c##1, d##1) + word(q, k) + (t);                                    \
		a##0 = b##0 + rotate(a##0, s);                                                     \
		a##1 = b##1 + rotate(a##1, s);                                                     \
	} while (0)
#define FOUR(f, k0, k1, k2, k3, s0, s1, s2, s3, t0, t1, t2, t3)                                    \
	do {                                                                                       \
		STEP(f, a, b, c, d, k0, s0, t0);                                                   \
		STEP(f, d, a, b, c, k1, s1, t1);                                                   \
		STEP(f, c, d, a, b, k2, s2, t2);                                                   \
		STEP(f, b, c, d, a, k3, s3, t3);                                                   \
	} while (0)

static void two(
	uint32_t s[4], uint32_t t[4], const unsigned char *p, const unsigned char *q, size_t blocks)
{
	uint32_t a0 = s[0], b0 = s[1], c0 = s[2], d0 = s[3];
	uint32_t a1 = t[0], b1 = t[1], c1 = t[2], d1 = t[3];

	for (; blocks; blocks--, p += BLOCK, q += BLOCK) {
		/* clang-format off */
		FOUR(F, 0, 1, 2, 3, 7, 12, 17, 22, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee);
		FOUR(F, 4, 5, 6, 7, 7, 12, 17, 22, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501);
		FOUR(F, 8, 9, 10, 11, 7, 12, 17, 22, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be);
		FOUR(F, 12, 13, 14, 15, 7, 12, 17, 22, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821);
		FOUR(G, 1, 6, 11, 0, 5, 9, 14, 20, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa);
		FOUR(G, 5, 10, 15, 4, 5, 9, 14, 20, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8);
		FOUR(G, 9, 14, 3, 8, 5, 9, 14, 20, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed);
		FOUR(G, 13, 2, 7, 12, 5, 9, 14, 20, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a);
		FOUR(H, 5, 8, 11, 14, 4, 11, 16, 23, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c);
		FOUR(H, 1, 4, 7, 10, 4, 11, 16, 23, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70);
		FOUR(H, 13, 0, 3, 6, 4, 11, 16, 23, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05);
		FOUR(H, 9, 12, 15, 2, 4, 11, 16, 23, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665);
		FOUR(I, 0, 7, 14, 5, 6, 10, 15, 21, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039);
		FOUR(I, 12, 3, 10, 1, 6, 10, 15, 21, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1);
		FOUR(I, 8, 15, 6, 13, 6, 10, 15, 21, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1);
		FOUR(I, 4, 11, 2, 9, 6, 10, 15, 21, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391);
		/* clang-format on */
		s[0] = a0 += s[0], s[1] = b0 += s[1], s[2] = c0 += s[2], s[3] = d0 += s[3];
		t[0] = a1 += t[0], t[1] = b1 += t[1], t[2] = c1 += t[2], t[3] = d1 += t[3];
	}
}

/* One alone: the other chain runs idle. */
static void one(struct md5_lane *lane, const unsigned char *data, size_t blocks)
{
	uint32_t idle[4] = { 0 };

	two(lane->state, idle, data, data, blocks);
}

void md5_pair_begin(struct md5_pair *p, uint64_t skip)
{
	static const struct md5_lane start = { .state = { 0x67452301, 0xefcdab89, 0x98badcfe,
						       0x10325476 } };

	p->lane[0] = p->lane[1] = start;
	p->lane[1].skip = skip;
}

/* Takes from data what is to be left out, and what completes a block that was begun. */
static void begin(struct md5_lane *lane, const unsigned char **data, size_t *len)
{
	size_t n = lane->skip < *len ? (size_t)lane->skip : *len;
	size_t have = lane->size % BLOCK;

	lane->skip -= n;
	*data += n;
	*len -= n;
	if (!have)
		return;
	n = *len < BLOCK - have ? *len : BLOCK - have;
	memcpy(lane->part + have, *data, n);
	lane->size += n;
	*data += n;
	*len -= n;
	if (have + n == BLOCK)
		one(lane, lane->part, 1);
}

void md5_pair_add(struct md5_pair *p, const void *data, size_t len)
{
	const unsigned char *at[2] = { data, data };
	size_t left[2] = { len, len }, both;

	for (int l = 0; l < 2; l++)
		begin(&p->lane[l], &at[l], &left[l]);
	both = (left[0] < left[1] ? left[0] : left[1]) / BLOCK;
	two(p->lane[0].state, p->lane[1].state, at[0], at[1], both);
	for (int l = 0; l < 2; l++) {
		size_t alone = left[l] / BLOCK - both;

		one(&p->lane[l], at[l] + both * BLOCK, alone);
		p->lane[l].size += left[l];
		memcpy(p->lane[l].part, at[l] + (both + alone) * BLOCK, left[l] % BLOCK);
	}
}

static void end(struct md5_lane *lane, char hex[33])
{
	unsigned char tail[2 * BLOCK] = { 0 };
	size_t have = lane->size % BLOCK, len = have < BLOCK - 8 ? BLOCK : 2 * BLOCK;
	uint64_t bits = htole64(lane->size * 8);

	memcpy(tail, lane->part, have);
	tail[have] = 0x80;
	memcpy(tail + len - sizeof(bits), &bits, sizeof(bits));
	one(lane, tail, len / BLOCK);
	for (int i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", lane->state[i / 4] >> 8 * (i % 4) & 0xff);
}

void md5_pair_end(struct md5_pair *p, char whole[33], char rest[33])
{
	end(&p->lane[0], whole);
	end(&p->lane[1], rest);
}
