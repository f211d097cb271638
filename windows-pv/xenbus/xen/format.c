/* SPDX-License-Identifier: BSD-2-Clause */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>

struct sink {
	char *out;
	size_t used;
	size_t room; /* without the NUL */
};

struct conversion {
	size_t width;
	bool left;
	bool zero;
	enum { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG, SIZE_POINTER } size;
};

static void put(struct sink *s, char c)
{
	char shown = '?';

	if (c >= ' ' && c <= '~')
		shown = c;
	if (s->used < s->room)
		s->out[s->used++] = shown;
}

static void pad(struct sink *s, size_t have, size_t width, char with)
{
	for (; have < width; have++)
		put(s, with);
}

static void text(struct sink *s, const struct conversion *c, const char *t)
{
	size_t length = 0;

	if (t == NULL)
		t = "(null)";
	/* Never further than a line could show. */
	while (length < s->room && t[length] != '\0')
		length++;
	if (!c->left)
		pad(s, length, c->width, ' ');
	for (size_t i = 0; i < length; i++)
		put(s, t[i]);
	if (c->left)
		pad(s, length, c->width, ' ');
}

static void number(struct sink *s, const struct conversion *c, uint64_t value, bool minus,
	unsigned base, bool big)
{
	const char *digits = big ? "0123456789ABCDEF" : "0123456789abcdef";
	char reversed[20];
	size_t n = 0;
	size_t have;

	/* In two halves: 32-bit code has no 64-bit division without a compiler's library. */
	do {
		uint32_t high = (uint32_t)(value >> 32);
		uint32_t low = (uint32_t)value;
		uint32_t rest = high % base;

		high /= base;
		for (unsigned bit = 32; bit-- > 0;) {
			rest = rest << 1 | (low >> bit & 1);
			low &= ~(1u << bit);
			if (rest >= base) {
				rest -= base;
				low |= 1u << bit;
			}
		}
		value = (uint64_t)high << 32 | low;
		reversed[n++] = digits[rest];
	} while (value != 0);
	have = n + (minus ? 1 : 0);
	if (!c->left && !c->zero)
		pad(s, have, c->width, ' ');
	if (minus)
		put(s, '-');
	if (!c->left && c->zero)
		pad(s, have, c->width, '0');
	while (n > 0)
		put(s, reversed[--n]);
	if (c->left)
		pad(s, have, c->width, ' ');
}

static const char *flags(struct conversion *c, const char *f)
{
	*c = (struct conversion){ .size = SIZE_INT };
	for (;; f++) {
		if (*f == '-')
			c->left = true;
		else if (*f == '0')
			c->zero = true;
		else
			break;
	}
	for (; *f >= '0' && *f <= '9'; f++)
		if (c->width < 1000)
			c->width = c->width * 10 + (size_t)(*f - '0');
	if (*f == 'z') {
		c->size = SIZE_POINTER;
		f++;
	} else if (*f == 'l') {
		c->size = SIZE_LONG;
		f++;
		if (*f == 'l') {
			c->size = SIZE_LONG_LONG;
			f++;
		}
	}
	return f;
}

/* A va_list that a callee may advance: an array type on some processors, so it travels in a box. */
struct arguments {
	va_list list;
};

static int64_t take_signed(struct arguments *a, const struct conversion *c)
{
	switch (c->size) {
	case SIZE_LONG:
		return va_arg(a->list, long);
	case SIZE_LONG_LONG:
		return va_arg(a->list, long long);
	case SIZE_POINTER:
		return va_arg(a->list, ptrdiff_t);
	case SIZE_INT:
		break;
	}
	return va_arg(a->list, int);
}

static uint64_t take_unsigned(struct arguments *a, const struct conversion *c)
{
	switch (c->size) {
	case SIZE_LONG:
		return va_arg(a->list, unsigned long);
	case SIZE_LONG_LONG:
		return va_arg(a->list, unsigned long long);
	case SIZE_POINTER:
		return va_arg(a->list, size_t);
	case SIZE_INT:
		break;
	}
	return va_arg(a->list, unsigned int);
}

/* False where the conversion is not known. */
static bool convert(struct sink *s, struct conversion *c, char kind, struct arguments *a)
{
	int64_t value;

	switch (kind) {
	case '%':
		put(s, '%');
		return true;
	case 'c':
		put(s, (char)va_arg(a->list, int));
		return true;
	case 's':
		text(s, c, va_arg(a->list, const char *));
		return true;
	case 'd':
	case 'i':
		value = take_signed(a, c);
		number(s, c, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0, 10,
			false);
		return true;
	case 'u':
		number(s, c, take_unsigned(a, c), false, 10, false);
		return true;
	case 'x':
	case 'X':
		number(s, c, take_unsigned(a, c), false, 16, kind == 'X');
		return true;
	case 'p':
		c->width = sizeof(void *) * 2;
		c->zero = true;
		number(s, c, (uintptr_t)va_arg(a->list, void *), false, 16, false);
		return true;
	default:
		return false;
	}
}

size_t xen_vformat(char *out, size_t size, const char *format, va_list arguments)
{
	struct sink s = { .out = out, .room = size - 1 };
	struct arguments a;
	struct conversion c;

	va_copy(a.list, arguments);
	while (*format != '\0') {
		if (*format != '%') {
			put(&s, *format++);
			continue;
		}
		format = flags(&c, format + 1);
		if (*format == '\0' || !convert(&s, &c, *format, &a))
			break;
		format++;
	}
	va_end(a.list);
	out[s.used] = '\0';
	return s.used;
}

size_t xen_format(char *out, size_t size, const char *format, ...)
{
	va_list arguments;
	size_t used;

	va_start(arguments, format);
	used = xen_vformat(out, size, format, arguments);
	va_end(arguments);
	return used;
}
