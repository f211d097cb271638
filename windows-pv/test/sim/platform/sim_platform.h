/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLATFORM_H
#define SIM_PLATFORM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All that the simulated Xen needs from below. host.c gives it to a Linux program; a driver inside
 * Wine gives it again from kernel routines. Nothing else under test/sim calls out, tests aside.
 */

/* Zeroed memory; running out ends the program, so no caller looks. NULL may be released. */
void *sim_alloc(size_t size);
void sim_release(void *memory);

/* Pages in one piece, at a page boundary, zeroed. */
void *sim_pages_alloc(size_t count);
void sim_pages_release(void *pages);

/* A gate is a binary semaphore: opening it twice lets one pass. */
struct sim_gate;
struct sim_gate *sim_gate_new(void);
void sim_gate_free(struct sim_gate *gate);
void sim_gate_open(struct sim_gate *gate);
void sim_gate_pass(struct sim_gate *gate);
/* timeout: real time, in 100 ns. False: it was over. */
bool sim_gate_try(struct sim_gate *gate, uint64_t timeout);

struct sim_mutex;
struct sim_mutex *sim_mutex_new(void);
void sim_mutex_free(struct sim_mutex *mutex);
void sim_mutex_take(struct sim_mutex *mutex);
void sim_mutex_give(struct sim_mutex *mutex);

struct sim_thread;
struct sim_thread *sim_thread_start(void (*entry)(void *), void *argument);
void sim_thread_join(struct sim_thread *thread); /* frees it */
/* Ends the calling thread, from any depth of its stack. */
_Noreturn void sim_thread_exit(void);

/* Real time in 100 ns, from any start; only the free-threaded mode looks at it. */
uint64_t sim_clock(void);

/* As vsnprintf, for the conversions d u x s c, their l and ll, and a precision of %s. */
int sim_vformat(char *buffer, size_t size, const char *format, va_list arguments);
void sim_print(const char *line);
_Noreturn void sim_abort(const char *why);

#define sim_memcpy(d, s, n)  __builtin_memcpy((d), (s), (n))
#define sim_memmove(d, s, n) __builtin_memmove((d), (s), (n))
#define sim_memset(d, c, n)  __builtin_memset((d), (c), (n))
#define sim_memcmp(a, b, n)  __builtin_memcmp((a), (b), (n))
#define sim_strlen(s)	     __builtin_strlen(s)
#define sim_strcmp(a, b)     __builtin_strcmp((a), (b))
#define sim_strncmp(a, b, n) __builtin_strncmp((a), (b), (n))

/*
 * Words that a guest shares with Xen. Acquire and release, not fences: the thread sanitizer knows
 * only the former.
 */
#define SIM_LOAD(p)	    __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define SIM_STORE(p, v)	    __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define SIM_FETCH_OR(p, v)  __atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define SIM_FETCH_AND(p, v) __atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define SIM_SWAP(p, v)	    __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define SIM_CAS(p, expected, v)                                                                    \
	__atomic_compare_exchange_n((p), (expected), (v), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define SIM_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
