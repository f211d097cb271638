/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_text.h"
#include "pv_xen.h"

static size_t drop_nul(const char *s, size_t len)
{
	return len && s[len - 1] == '\0' ? len - 1 : len;
}

static int parse_digits(const char *s, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!len)
		return PV_EINVAL;
	for (size_t i = 0; i < len; i++) {
		unsigned int d;

		if (!pv_is_digit(s[i]))
			return PV_EINVAL;
		d = (unsigned int)(s[i] - '0');
		if (v > UINT64_MAX / 10 || v * 10 > UINT64_MAX - d)
			return PV_ERANGE;
		v = v * 10 + d;
	}
	if (v > max)
		return PV_ERANGE;
	*out = v;
	return 0;
}

int pv_parse_u32(const char *s, size_t len, uint32_t *out)
{
	uint64_t v;
	int rc = parse_digits(s, drop_nul(s, len), UINT32_MAX, &v);

	if (!rc)
		*out = (uint32_t)v;
	return rc;
}

int pv_parse_u64(const char *s, size_t len, uint64_t *out)
{
	return parse_digits(s, drop_nul(s, len), UINT64_MAX, out);
}

int pv_parse_canonical_u32(const char *s, size_t len, uint32_t *out)
{
	uint64_t v;
	int rc;

	if (len > 1 && s[0] == '0')
		return PV_EINVAL;
	rc = parse_digits(s, len, UINT32_MAX, &v);
	if (!rc)
		*out = (uint32_t)v;
	return rc;
}

/* By subtraction: a 64-bit division would pull a function of the compiler's into 32-bit drivers. */
int pv_format_u64(char *buf, size_t cap, uint64_t v)
{
	static const uint64_t units[PV_U64_CHARS] = { 10000000000000000000ull,
		1000000000000000000ull, 100000000000000000ull, 10000000000000000ull,
		1000000000000000ull, 100000000000000ull, 10000000000000ull, 1000000000000ull,
		100000000000ull, 10000000000ull, 1000000000ull, 100000000ull, 10000000ull,
		1000000ull, 100000ull, 10000ull, 1000ull, 100ull, 10ull, 1ull };
	unsigned int i = 0;
	size_t n = 0;

	while (i + 1 < PV_U64_CHARS && v < units[i])
		i++;
	if (PV_U64_CHARS - i > cap)
		return PV_ENOBUFS;
	for (; i < PV_U64_CHARS; i++) {
		char digit = '0';

		for (; v >= units[i]; v -= units[i])
			digit++;
		buf[n++] = digit;
	}
	return (int)n;
}

int pv_format_hex32(char *buf, size_t cap, uint32_t v)
{
	static const char digits[] = "0123456789ABCDEF";

	if (cap < 8)
		return PV_ENOBUFS;
	for (unsigned int i = 0; i < 8; i++)
		buf[i] = digits[(v >> (28 - 4 * i)) & 0xf];
	return 8;
}

int pv_parse_hex32(const char *s, size_t len, uint32_t *out)
{
	uint32_t v = 0;

	if (len != 8)
		return PV_EINVAL;
	for (size_t i = 0; i < len; i++) {
		char c = pv_to_upper(s[i]);

		if (pv_is_digit(c))
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (uint32_t)(c - 'A' + 10);
		else
			return PV_EINVAL;
	}
	*out = v;
	return 0;
}

int pv_parse_xenbus_state(const char *s, size_t len, unsigned int *state)
{
	uint32_t v;

	*state = XenbusStateUnknown;
	if (pv_parse_u32(s, len, &v) || v < XenbusStateInitialising || v > XenbusStateReconfigured)
		return PV_EPROTO;
	*state = v;
	return 0;
}

static bool path_char(char c)
{
	return pv_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_' || c == '@';
}

int pv_path_check(const char *path, size_t len)
{
	bool absolute;

	if (!len)
		return PV_EINVAL;
	absolute = path[0] == '/';
	if (len > (absolute ? XENSTORE_ABS_PATH_MAX : XENSTORE_REL_PATH_MAX))
		return PV_E2BIG;
	if (absolute && len == 1)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (path[i] == '/') {
			if (i + 1 == len || path[i + 1] == '/')
				return PV_EINVAL;
		} else if (!path_char(path[i])) {
			return PV_EINVAL;
		}
	}
	return 0;
}

int pv_watch_path_check(const char *path, size_t len)
{
	if (len < 2 || path[0] != '@')
		return pv_path_check(path, len);
	if (len > XENSTORE_REL_PATH_MAX)
		return PV_E2BIG;
	for (size_t i = 1; i < len; i++)
		if (!path_char(path[i]) && path[i] != '/')
			return PV_EINVAL;
	return 0;
}

int pv_name_check(const char *name, size_t len, size_t max)
{
	if (!len)
		return PV_EINVAL;
	if (len > max)
		return PV_E2BIG;
	for (size_t i = 0; i < len; i++)
		if (!path_char(name[i]))
			return PV_EINVAL;
	return 0;
}

int pv_append(char *buf, size_t cap, size_t *len, const char *s, size_t n)
{
	if (*len >= cap || n >= cap - *len)
		return PV_ENOBUFS;
	pv_memcpy(buf + *len, s, n);
	*len += n;
	buf[*len] = '\0';
	return 0;
}

size_t pv_strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}
