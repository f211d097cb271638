/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_MADT_H
#define PV_MADT_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * The ACPI table of a machine's processors (ACPI specification, "Multiple APIC Description Table",
 * signature APIC), read for one thing: which virtual CPU a processor of a Xen guest is. Kind: pure.
 *
 * Xen's firmware gives virtual CPU n the processor number n and the local APIC id 2n. Where a table
 * says otherwise, its numbers are not Xen's, and nothing is concluded from them.
 */
#define PV_MADT_HEADER 44 /* bytes: the header of every table, the APICs' address, flags */

/*
 * table: size bytes; what it says of its own length counts as far as it is within them. apic: the
 * processor's local APIC id. PV_EINVAL: not such a table. PV_ENOENT: no enabled processor has that
 * id. PV_EPROTO: one has, but not under Xen's number.
 */
int pv_madt_vcpu(const uint8_t *table, size_t size, uint32_t apic, uint32_t *vcpu);

#endif
