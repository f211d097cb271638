/* SPDX-License-Identifier: BSD-2-Clause */
/* What every file of XENBUS.SYS uses; some are XENFILT.SYS's too. */
#ifndef XENBUS_COMMON_H
#define XENBUS_COMMON_H

#include <lock.h>

#include "pv_errno.h"
#include "pv_platform.h"
#include "xen_api.h"

#ifndef MODULE
#define MODULE "XENBUS"
#endif
#define LogError(...)	XenLog(XEN_LOG_ERROR, MODULE, __VA_ARGS__)
#define LogWarning(...) XenLog(XEN_LOG_WARNING, MODULE, __VA_ARGS__)
#define LogInfo(...)	XenLog(XEN_LOG_INFO, MODULE, __VA_ARGS__)
#define LogTrace(...)	XenLog(XEN_LOG_TRACE, MODULE, __VA_ARGS__)

/* Shows as "DKXB" in a pool listing. */
#define POOL_TAG 0x42584b44

typedef struct _FDO FDO, *PFDO;
typedef struct _PDO PDO, *PPDO;

/* pool.c. Resident and zeroed; NULL when there is none; at most DISPATCH_LEVEL. */
PVOID PoolAllocate(SIZE_T Size);
/* The same, pageable, for what the PnP manager frees. */
PVOID PoolAllocatePaged(SIZE_T Size) NT_PASSIVE;
VOID PoolFree(PVOID Memory);

/* status.c. Of an error of lib/. */
NTSTATUS StatusOf(int Error);

/* In 100 ns since the system came up, sleep not counted. */
static inline ULONGLONG Now(VOID)
{
	return KeQueryUnbiasedInterruptTime();
}

/* For waits: so much from now. */
static inline LARGE_INTEGER FromNow(ULONGLONG Delay)
{
	LARGE_INTEGER Time = { .QuadPart = -(LONGLONG)Delay };

	return Time;
}

static inline BOOLEAN SameText(PCSTR First, PCSTR Second)
{
	for (; *First != '\0' && *First == *Second; First++, Second++)
		;
	return *First == *Second;
}

/* Reads one that others write by Interlocked functions. */
static inline LONG ReadLong(volatile LONG *Value)
{
	return PV_LOAD_ACQUIRE(*Value);
}

#endif
