/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_GUEST_PV_PLATFORM_H
#define SIM_GUEST_PV_PLATFORM_H

#include_next <pv_platform.h>

/*
 * lib/ as a guest of the simulator: every access to shared memory is a place where other tasks may
 * run, and orders as acquire or release, which is what the thread sanitizer understands.
 */
void sim_guest_point(void);

#undef PV_READ_ONCE
#undef PV_WRITE_ONCE
#undef PV_LOAD_ACQUIRE
#undef PV_STORE_RELEASE
#define PV_READ_ONCE(x)	       (sim_guest_point(), __atomic_load_n(&(x), __ATOMIC_ACQUIRE))
#define PV_WRITE_ONCE(x, v)    (sim_guest_point(), __atomic_store_n(&(x), (v), __ATOMIC_RELEASE))
#define PV_LOAD_ACQUIRE(x)     PV_READ_ONCE(x)
#define PV_STORE_RELEASE(x, v) PV_WRITE_ONCE(x, v)

#define pv_barrier_full()	     (sim_guest_point(), (pv_barrier_full)())
#define pv_bit_test_and_set(w, b)    (sim_guest_point(), (pv_bit_test_and_set)((w), (b)))
#define pv_bit_test_and_clear(w, b)  (sim_guest_point(), (pv_bit_test_and_clear)((w), (b)))
#define pv_bit_test(w, b)	     (((PV_READ_ONCE(*(w)) >> (b)) & 1) != 0)
#define pv_word_swap(w, v)	     (sim_guest_point(), (pv_word_swap)((w), (v)))
#define pv_cas16(p, o, n)	     (sim_guest_point(), (pv_cas16)((p), (o), (n)))
#define pv_copy_in(to, shared, n)    (sim_guest_point(), (pv_copy_in)((to), (shared), (n)))
#define pv_copy_out(shared, from, n) (sim_guest_point(), (pv_copy_out)((shared), (from), (n)))

#endif
