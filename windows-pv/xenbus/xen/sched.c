/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"
#include "primitives.h"

#include "pv_xen.h"
#include <xen/errno.h>
#include <xen/sched.h>

static LONG_PTR SchedOp(ULONG Op, PVOID Argument)
{
	return XenHypercall(__HYPERVISOR_sched_op, Op, (ULONG_PTR)Argument, 0);
}

NTSTATUS NTAPI XenSchedYield(VOID)
{
	return XenStatus(SchedOp(SCHEDOP_yield, NULL));
}

NTSTATUS NTAPI XenSchedShutdown(ULONG Reason)
{
	struct sched_shutdown Op = { .reason = Reason };
	LONG_PTR Result = SchedOp(SCHEDOP_shutdown, &Op);

	/* Of a suspend: 1 says that it was called off, and nothing has changed. */
	return Result == 1 ? STATUS_CANCELLED : XenStatus(Result);
}

NTSTATUS NTAPI XenSchedShutdownCode(ULONG Reason)
{
	struct sched_shutdown Op = { .reason = Reason };

	return XenStatus(SchedOp(SCHEDOP_shutdown_code, &Op));
}

VOID NTAPI XenInterruptsOff(VOID)
{
	XenAsmInterruptsOff();
}

VOID NTAPI XenInterruptsOn(VOID)
{
	XenAsmInterruptsOn();
}

NTSTATUS NTAPI XenSchedWatchdog(PULONG Id, ULONG Seconds)
{
	struct sched_watchdog Op = { .id = *Id, .timeout = Seconds };
	LONG_PTR Result = SchedOp(SCHEDOP_watchdog, &Op);

	if (Result < 0)
		return XenStatus(Result);
	if (*Id == 0)
		*Id = (ULONG)Result;
	return STATUS_SUCCESS;
}
