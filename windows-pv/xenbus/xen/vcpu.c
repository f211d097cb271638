/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which virtual CPU this processor is. Xen says so in CPUID (xen/arch-x86/cpuid.h, leaf 4); one
 * that does not has the firmware's table of processors, where each has the APIC id that Xen gave
 * it.
 */
#include "internal.h"
#include "primitives.h"

#include "pv_madt.h"
#include "pv_xen.h"
#include <xen/arch-x86/cpuid.h>

#define LEAF_HVM      4 /* from Xen's base */
#define LEAF_FEATURES 1
#define LEAF_TOPOLOGY 11
#define TABLE_SIZE    8192 /* of the firmware: a few hundred processors */

/* SystemFirmwareTableInformation, and the names as the firmware has them in memory. */
#define FIRMWARE_TABLES 76
#define PROVIDER_ACPI	0x41435049 /* 'ACPI' */
#define TABLE_MADT	0x43495041 /* "APIC" */

/* Written once, before XenInitialize lets anybody in. */
static uint32_t Leaf; /* 0: Xen does not say it in CPUID */
static union {
	SYSTEM_FIRMWARE_TABLE_INFORMATION Information;
	UCHAR Space[FIELD_OFFSET(SYSTEM_FIRMWARE_TABLE_INFORMATION, TableBuffer) + TABLE_SIZE];
} Madt;
static ULONG MadtLength; /* 0: there is none */

static VOID ReadMadt(VOID) NT_PASSIVE;
static VOID ReadMadt(VOID)
{
	ULONG Length;

	MadtLength = 0;
	Madt.Information.ProviderSignature = PROVIDER_ACPI;
	Madt.Information.Action = SystemFirmwareTable_Get;
	Madt.Information.TableID = TABLE_MADT;
	Madt.Information.TableBufferLength = TABLE_SIZE;
	if (NT_SUCCESS(ZwQuerySystemInformation(FIRMWARE_TABLES, &Madt, sizeof(Madt), &Length)) &&
		Madt.Information.TableBufferLength <= TABLE_SIZE)
		MadtLength = Madt.Information.TableBufferLength;
}

VOID XenVcpuSetup(uint32_t Base)
{
	ULONG Registers[4];

	Leaf = 0;
	XenAsmCpuid(Base, 0, Registers);
	if (Registers[0] >= Base + LEAF_HVM) {
		XenAsmCpuid(Base + LEAF_HVM, 0, Registers);
		if (Registers[0] & XEN_HVM_CPUID_VCPU_ID_PRESENT)
			Leaf = Base + LEAF_HVM;
	}
	if (Leaf == 0)
		ReadMadt();
}

static uint32_t ApicId(VOID)
{
	ULONG Registers[4];

	XenAsmCpuid(0, 0, Registers);
	if (Registers[0] >= LEAF_TOPOLOGY) {
		XenAsmCpuid(LEAF_TOPOLOGY, 0, Registers);
		/* A level of nothing: this processor has the leaf and says nothing in it. */
		if ((Registers[1] & 0xffff) != 0)
			return Registers[3];
	}
	XenAsmCpuid(LEAF_FEATURES, 0, Registers);
	return Registers[1] >> 24;
}

NTSTATUS NTAPI XenVcpuId(PULONG Vcpu)
{
	ULONG Registers[4];
	uint32_t Found;

	if (Leaf != 0) {
		XenAsmCpuid(Leaf, 0, Registers);
		*Vcpu = Registers[1];
		return STATUS_SUCCESS;
	}
	if (pv_madt_vcpu(Madt.Information.TableBuffer, MadtLength, ApicId(), &Found) != 0)
		return STATUS_NOT_FOUND;
	*Vcpu = Found;
	return STATUS_SUCCESS;
}
