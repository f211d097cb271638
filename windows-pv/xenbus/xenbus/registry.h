/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_REGISTRY_H
#define XENBUS_REGISTRY_H

#include "common.h"

/* From DriverEntry; the path of this driver's service. */
NTSTATUS RegistrySetService(PUNICODE_STRING Path) NT_PASSIVE;
/* Key is a whole path. */
NTSTATUS RegistryQueryDword(PCWSTR Key, PCWSTR Name, PULONG Value) NT_PASSIVE;

/* What is on unless the boot option XEN:Option=OFF, or without one the number 0 in the Parameters
 * key of our service, says otherwise. */
BOOLEAN RegistryIsOn(PCSTR Option, PCWSTR Parameter) NT_PASSIVE;

#define REGISTRY_LIST_UNITS 256
/* A list of texts in the Parameters key of our service; Units without what follows it. */
NTSTATUS RegistryQueryList(PCWSTR Name, PWCHAR List, PULONG Units) NT_PASSIVE;

#endif
