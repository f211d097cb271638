/* SPDX-License-Identifier: BSD-2-Clause */
/* What children get from IRP_MN_QUERY_INTERFACE. A method's context is the FDO. */
#ifndef XENBUS_INTERFACE_H
#define XENBUS_INTERFACE_H

#include "fdo.h"

#if DBG
#define DK_WITH_TEST_INTERFACES
#endif
#include "dk_tables.h"

/* interface.c. Row is a DK_XENBUS_ROW_ number. */
NTSTATUS InterfaceAcquire(PFDO Fdo, ULONG Row);
VOID InterfaceRelease(PFDO Fdo, ULONG Row);
/* From and to D0. */
VOID InterfacesOpen(PFDO Fdo) NT_PASSIVE;
VOID InterfacesClose(PFDO Fdo) NT_PASSIVE;
/* STATUS_NOT_FOUND: not ours, ask the parent. */
NTSTATUS InterfaceQuery(PFDO Fdo, const IO_STACK_LOCATION *Stack);

static inline PFDO InterfaceFdo(PINTERFACE Interface)
{
	return Interface->Context;
}

/* The two that every interface begins with. */
#define INTERFACE_REFERENCES(Name, Row)                                                            \
	static NTSTATUS NTAPI Name##Acquire(PINTERFACE Interface)                                  \
	{                                                                                          \
		return InterfaceAcquire(InterfaceFdo(Interface), Row);                             \
	}                                                                                          \
	static VOID NTAPI Name##Release(PINTERFACE Interface)                                      \
	{                                                                                          \
		InterfaceRelease(InterfaceFdo(Interface), Row);                                    \
	}

extern const DK_STORE_INTERFACE_V1 StoreInterfaceV1;
extern const DK_EVTCHN_INTERFACE_V1 EvtchnInterfaceV1;
extern const DK_GNTTAB_INTERFACE_V1 GnttabInterfaceV1;
extern const DK_RANGE_SET_INTERFACE_V1 RangeSetInterfaceV1;
extern const DK_SHARED_INFO_INTERFACE_V1 SharedInfoInterfaceV1;
extern const DK_DEBUG_INTERFACE_V1 DebugInterfaceV1;
extern const DK_CACHE_INTERFACE_V1 CacheInterfaceV1;
extern const DK_SUSPEND_INTERFACE_V1 SuspendInterfaceV1;
extern const DK_UNPLUG_INTERFACE_V1 UnplugInterfaceV1;
#if DBG
extern const DK_TEST_INTERFACE_V1 TestInterfaceV1;
extern const DK_TEST_INTERFACE_V2 TestInterfaceV2;
extern const DK_TEST_INTERFACE_V3 TestInterfaceV3;
#endif

#endif
