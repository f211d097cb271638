/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_PLATFORM_H
#define PV_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What lib/ needs from below: barriers, single accesses to shared memory, atomic bits, copies.
 * Nothing here waits, allocates or calls. This file serves gcc and clang on x86, for the drivers
 * and for host tests; a simulator that wants to switch tasks at these points puts a directory with
 * a pv_platform.h of its own first in the include path.
 *
 * PV_WORD32 narrows the event-channel word to the 32-bit layout, so that a 64-bit host can test it.
 */
#ifdef PV_WORD32
typedef uint32_t pv_word_t;
#else
typedef uintptr_t pv_word_t;
#endif
#define PV_WORD_BITS (8u * (unsigned int)sizeof(pv_word_t))

/* Orders every access before it against every access after it. */
static inline void pv_barrier_full(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* x86 orders loads among themselves and stores among themselves: only the compiler is held. */
static inline void pv_barrier_read(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void pv_barrier_write(void)
{
	__asm__ volatile("" ::: "memory");
}

/* One access, whole, never repeated: for words of at most pointer size. */
#define PV_READ_ONCE(x)	       __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define PV_WRITE_ONCE(x, v)    __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define PV_LOAD_ACQUIRE(x)     __atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define PV_STORE_RELEASE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELEASE)

/* Each returns the bit as it was. */
static inline bool pv_bit_test_and_set(pv_word_t *word, unsigned int bit)
{
	pv_word_t m = (pv_word_t)1 << bit;

	return (__atomic_fetch_or(word, m, __ATOMIC_SEQ_CST) & m) != 0;
}

static inline bool pv_bit_test_and_clear(pv_word_t *word, unsigned int bit)
{
	pv_word_t m = (pv_word_t)1 << bit;

	return (__atomic_fetch_and(word, ~m, __ATOMIC_SEQ_CST) & m) != 0;
}

static inline bool pv_bit_test(const pv_word_t *word, unsigned int bit)
{
	return ((PV_READ_ONCE(*word) >> bit) & 1) != 0;
}

/* The lowest bit of a word that is not 0. In 64 bits only where words have them: libgcc would. */
static inline unsigned int pv_word_lowest(pv_word_t w)
{
	return (unsigned int)(sizeof(w) == 8 ? __builtin_ctzll(w) : __builtin_ctz((unsigned int)w));
}

static inline pv_word_t pv_word_swap(pv_word_t *word, pv_word_t v)
{
	return __atomic_exchange_n(word, v, __ATOMIC_SEQ_CST);
}

/* True when *p was old and is now new_. */
static inline bool pv_cas16(uint16_t *p, uint16_t old, uint16_t new_)
{
	return __atomic_compare_exchange_n(
		p, &old, new_, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* On failure *old is what was found. */
static inline bool pv_cas32(uint32_t *p, uint32_t *old, uint32_t new_)
{
	return __atomic_compare_exchange_n(p, old, new_, false, __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
}

static inline void pv_memcpy(void *dst, const void *src, size_t n)
{
	__builtin_memcpy(dst, src, n);
}

static inline void pv_memset(void *dst, int c, size_t n)
{
	__builtin_memset(dst, c, n);
}

static inline int pv_memcmp(const void *a, const void *b, size_t n)
{
	return __builtin_memcmp(a, b, n);
}

/*
 * The one copy out of shared memory. The barrier keeps the compiler from going back to the source
 * for a value it has lost: what was checked is what is used.
 */
static inline void pv_copy_in(void *dst, const void *shared, size_t n)
{
	__builtin_memcpy(dst, shared, n);
	__asm__ volatile("" ::: "memory");
}

static inline void pv_copy_out(void *shared, const void *src, size_t n)
{
	__builtin_memcpy(shared, src, n);
	__asm__ volatile("" ::: "memory");
}

/* Time is a count of 100 ns units, from any start, that the caller passes in. */
#define PV_TIME_US	10ull
#define PV_TIME_MS	10000ull
#define PV_TIME_SECOND	10000000ull
#define PV_TIME_FOREVER UINT64_MAX

static inline uint64_t pv_time_after(uint64_t now, uint64_t delay)
{
	return delay > PV_TIME_FOREVER - now ? PV_TIME_FOREVER : now + delay;
}

#define PV_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A table in a generated header, of which an includer may want only some. */
#define PV_TABLE static const __attribute__((unused))

#endif
