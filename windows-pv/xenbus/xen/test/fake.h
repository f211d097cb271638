/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine for XEN.SYS to run on: processor, hypervisor, ports, registry. Tests set it up. */
#ifndef FAKE_H
#define FAKE_H

#include <ntddk.h>
#include <stdbool.h>

struct fake {
	/* CPUID */
	const char *vendor; /* 12 characters */
	uint32_t xen_base;  /* 0: no Xen */
	bool viridian;
	/* Hypercalls: what was called last, what to answer */
	bool vmmcall;
	ULONG_PTR ordinal;
	ULONG_PTR arguments[5];
	LONG_PTR answer;
	void (*xen)(void *argument); /* looks at the argument and writes what Xen would */
	unsigned int calls;
	bool interrupts_off;
	/* Ports */
	uint16_t magic;
	char log[1024];
	char debugger[1024];
	/* Registry calls until one fails; 0: none does */
	unsigned int fail_at;
	unsigned int registry_calls;
	unsigned int open_keys;
};
extern struct fake fake;

void fake_reset(void);
/* path is below CurrentControlSet\; name and data as they would be stored. */
void fake_registry_set(
	const char *path, const char *name, ULONG type, const void *data, ULONG size);
void fake_registry_set_text(const char *path, const char *name, const char *text);
bool fake_registry_get(const char *path, const char *name, ULONG *type, void *data, ULONG *size);

#endif
