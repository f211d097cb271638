/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef XENBUS_CORRAL_H
#define XENBUS_CORRAL_H

#include "common.h"

/*
 * Holds every other processor in a DPC. Alone runs while all have their interrupts off; then
 * Together, at DISPATCH_LEVEL on this processor, with the others still held: nobody has a spin
 * lock. STATUS_IO_TIMEOUT: not all of them came within a second, and neither was run.
 */
typedef VOID CORRAL_WORK(PVOID Context);
NTSTATUS CorralRun(CORRAL_WORK *Alone, CORRAL_WORK *Together, PVOID Context) NT_PASSIVE;

#endif
