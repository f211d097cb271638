/* SPDX-License-Identifier: BSD-2-Clause */
#include "detect.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Hypervisor leaves start at 0x40000000. With Viridian enabled Xen shows Hyper-V's there and its
 * own 0x100 further on; xen/arch-x86/cpuid.h asks guests to look at every step of 0x100.
 */
#define LEAF_FIRST 0x40000000u
#define LEAF_LAST  0x40010000u
#define LEAF_STEP  0x100u

static bool same(const uint32_t registers[3], const char text[12])
{
	for (size_t i = 0; i < 12; i++)
		if (((registers[i / 4] >> (i % 4 * 8)) & 0xff) != (unsigned char)text[i])
			return false;
	return true;
}

static enum xen_instruction by_vendor(xen_cpuid_fn cpuid)
{
	static const struct {
		char name[13];
		enum xen_instruction instruction;
	} vendors[] = {
		{ "GenuineIntel", XEN_INSTRUCTION_VMCALL },
		{ "CentaurHauls", XEN_INSTRUCTION_VMCALL },
		{ "  Shanghai  ", XEN_INSTRUCTION_VMCALL },
		{ "AuthenticAMD", XEN_INSTRUCTION_VMMCALL },
		{ "HygonGenuine", XEN_INSTRUCTION_VMMCALL },
	};
	uint32_t r[4];
	uint32_t name[3];

	cpuid(0, r);
	name[0] = r[1];
	name[1] = r[3];
	name[2] = r[2];
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (same(name, vendors[i].name))
			return vendors[i].instruction;
	return XEN_INSTRUCTION_NONE;
}

int xen_detect(xen_cpuid_fn cpuid, struct xen_detected *found)
{
	uint32_t r[4];

	*found = (struct xen_detected){ 0 };
	for (uint32_t base = LEAF_FIRST; base < LEAF_LAST; base += LEAF_STEP) {
		cpuid(base, r);
		/* Two leaves follow; a processor without them answers with some other leaf. */
		if (r[0] < base + 2 || r[0] >= base + LEAF_STEP || !same(r + 1, "XenVMMXenVMM"))
			continue;
		cpuid(base + 1, r);
		found->base = base;
		found->major = r[0] >> 16;
		found->minor = r[0] & 0xffff;
		found->instruction = by_vendor(cpuid);
		return found->instruction == XEN_INSTRUCTION_NONE ? -1 : 0;
	}
	return -1;
}
