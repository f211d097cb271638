#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# genimporter.sh TABLE: a driver's source that imports every version 1 export of XEN.SYS, through the
# prototypes that real importers use. Linking it proves prototypes and import library on x86, where
# a wrong one is a different name.
set -eu

cat << 'C'
/* SPDX-License-Identifier: BSD-2-Clause */
#include "xen_api.h"

DRIVER_INITIALIZE DriverEntry;

static const PVOID volatile Imported[] = {
C
awk '!/^#/ && NF == 4 && $2 == 1 { print "\t(PVOID)(ULONG_PTR)" $4 "," }' "$1"
cat << 'C'
};

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	ULONG Resident;

	UNREFERENCED_PARAMETER(DriverObject);
	UNREFERENCED_PARAMETER(RegistryPath);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Imported); i++)
		if (Imported[i] == NULL)
			return STATUS_UNSUCCESSFUL;
	return XenInitialize(XEN_API_VERSION, &Resident);
}
C
