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
	bool no_vcpu_leaf; /* an older Xen: its leaves end before it */
	uint32_t vcpu;	   /* the processor that runs */
	uint32_t apic;	   /* its APIC id */
	uint32_t topology; /* leaf 11 has it, and this is another than leaf 1's; 0: no such leaf */
	/* The firmware's table of processors */
	const unsigned char *madt;
	ULONG madt_size;
	/* Hypercalls: what was called last, what to answer */
	bool vmmcall;
	ULONG_PTR ordinal;
	ULONG_PTR arguments[5];
	LONG_PTR answer;
	void (*xen)(void *argument); /* looks at the argument and writes what Xen would */
	unsigned int calls;
	bool interrupts_off;
	/* Ports. A host with version 0 asks nobody who he is; one that refuses does so at once, or
	 * once it has been told product and build. */
	uint16_t magic;
	uint8_t port_version;
	bool refuses_product;
	uint16_t product, mask;
	uint32_t build;
	char log[1024];
	char debugger[1024];
	/* Registry calls until one fails; 0: none does */
	unsigned int fail_at;
	unsigned int registry_calls;
	unsigned int open_keys;
	/*
	 * What the machine does to its disk and to the emulator: registry writes, flushes, writes
	 * to ports other than the log. Before the step of this number, counted from 1, power fails:
	 * crash is called, and does not return.
	 */
	unsigned int step, crash_at;
	void (*crash)(void);
	/* Without a disk a flush says yes and does nothing, as Windows' does early in a boot;
	 * unless early, for a system where it does. Eager: every write goes to disk at once. */
	bool disk_up, early, eager;
};
extern struct fake fake;

void fake_reset(void);
/* path is below CurrentControlSet\; name and data as they would be stored. */
void fake_registry_set(
	const char *path, const char *name, ULONG type, const void *data, ULONG size);
void fake_registry_set_text(const char *path, const char *name, const char *text);
/* A key that is there without values. */
void fake_registry_key(const char *path);
/* One step of the machine: see crash_at. */
void fake_step(void);
/* Everything in memory goes to disk; or what is on disk is what there is. */
void fake_registry_save(void);
void fake_registry_load(void);
/* The disk's, kept aside; paste puts it back. */
struct registry;
struct registry *fake_registry_copy(void);
void fake_registry_paste(const struct registry *copy);
bool fake_registry_has_key(const char *path);
bool fake_registry_get(const char *path, const char *name, ULONG *type, void *data, ULONG *size);

#endif
