/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulated Xen inside Wine's driver process. The test XEN.SYS calls the first five instead of
 * executing instructions; the bus asks what the platform device has.
 */
#ifndef DK_WINE_XENSIM_H
#define DK_WINE_XENSIM_H

#include <stdint.h>

void xensim_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
intptr_t xensim_hypercall(uintptr_t op, uintptr_t a1, uintptr_t a2, uintptr_t a3);
/* size: 1, 2 or 4 bytes */
uint32_t xensim_in(uint16_t port, uint32_t size);
void xensim_out(uint16_t port, uint32_t size, uint32_t value);
void xensim_interrupts(int on);

#define XENSIM_VECTOR 28 /* of the platform device's line: a global interrupt number */
#define XENSIM_FRAMES 256
/* First frame of the platform device's memory; 0: there is no Xen (command "sim new"). */
uint64_t xensim_device_memory(void);

#endif
