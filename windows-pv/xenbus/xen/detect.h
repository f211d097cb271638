/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: is this Xen, and which instruction reaches it. */
#ifndef DK_XEN_DETECT_H
#define DK_XEN_DETECT_H

#include <stdint.h>

enum xen_instruction {
	XEN_INSTRUCTION_NONE,
	XEN_INSTRUCTION_VMCALL,
	XEN_INSTRUCTION_VMMCALL,
};

struct xen_detected {
	uint32_t base; /* first CPUID leaf of Xen; 0 where there is none */
	uint32_t major;
	uint32_t minor;
	enum xen_instruction instruction;
};

/* registers: eax, ebx, ecx, edx. */
typedef void (*xen_cpuid_fn)(uint32_t leaf, uint32_t registers[4]);

/* 0, or -1 if this is not Xen or nobody has said how this processor makes a hypercall. */
int xen_detect(xen_cpuid_fn cpuid, struct xen_detected *found);

#endif
