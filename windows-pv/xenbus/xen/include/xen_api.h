/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What XEN.SYS offers to the drivers of its own package. No other package may include this.
 *
 * Every importer calls XenInitialize first, from DriverEntry, with the XEN_API_VERSION it was built
 * with. Until that has succeeded the other routines answer STATUS_DEVICE_NOT_READY.
 *
 * Unless a routine is marked NT_PASSIVE it runs at any IRQL, never blocks, and wants its pointers
 * in memory that is resident. Hypercall errors come back as the NTSTATUS of status.c.
 */
#ifndef DK_XEN_API_H
#define DK_XEN_API_H

#include <irql.h>
#include <stdarg.h>
#include "xen_exports.h" /* generated: XEN_API_VERSION, XEN_ORDINAL_* */

#ifndef XENAPI
#define XENAPI DECLSPEC_IMPORT
#endif

/*
 * Idempotent. Resident receives the API version of the XEN.SYS that is in memory, also on failure.
 *   STATUS_REVISION_MISMATCH  it is older than Version: finish the start as failed, ask for a
 * reboot STATUS_NOT_SUPPORTED      this is not Xen, or a processor whose hypercall nobody described
 */
XENAPI NTSTATUS NTAPI XenInitialize(ULONG Version, PULONG Resident) NT_PASSIVE;

/* The routine behind XEN_ORDINAL_name; NULL if the resident XEN.SYS does not have it. */
XENAPI PVOID NTAPI XenFindRoutine(ULONG Ordinal);

#define XEN_EXTRA_VERSION_SIZE 16

/* ExtraVersion: XEN_EXTRA_VERSION_SIZE bytes, NUL-terminated on return. */
XENAPI NTSTATUS NTAPI XenVersion(PULONG Major, PULONG Minor, PCHAR ExtraVersion);

/* Of the calling domain. */
XENAPI NTSTATUS NTAPI XenHvmGetParam(ULONG Index, PULONGLONG Value);
XENAPI NTSTATUS NTAPI XenHvmSetParam(ULONG Index, ULONGLONG Value);
XENAPI NTSTATUS NTAPI XenHvmSetEvtchnUpcallVector(ULONG Vcpu, UCHAR Vector);

/* Space is a XENMAPSPACE_ number; Pfn is where in the guest the page shall appear. */
XENAPI NTSTATUS NTAPI XenMemoryAddToPhysmap(ULONG Space, ULONG Index, ULONGLONG Pfn);
XENAPI NTSTATUS NTAPI XenMemoryRemoveFromPhysmap(ULONGLONG Pfn);
/* Count blocks of 2^Order pages; Done says how many went through, also on failure. */
XENAPI NTSTATUS NTAPI XenMemoryDecreaseReservation(
	ULONG Order, ULONG Count, const PFN_NUMBER *Pfns, PULONG Done);
XENAPI NTSTATUS NTAPI XenMemoryPopulatePhysmap(
	ULONG Order, ULONG Count, const PFN_NUMBER *Pfns, PULONG Done);

typedef struct _XEN_EVENT_CHANNEL_STATUS {
	ULONG Status; /* an EVTCHNSTAT_ number */
	ULONG Vcpu;
	ULONG RemotePort;   /* of EVTCHNSTAT_interdomain; of EVTCHNSTAT_virq, the VIRQ */
	USHORT RemoteDomid; /* of EVTCHNSTAT_interdomain and EVTCHNSTAT_unbound */
} XEN_EVENT_CHANNEL_STATUS, *PXEN_EVENT_CHANNEL_STATUS;

XENAPI NTSTATUS NTAPI XenEventChannelSend(ULONG Port);
XENAPI NTSTATUS NTAPI XenEventChannelAllocateUnbound(USHORT Domid, PULONG Port);
XENAPI NTSTATUS NTAPI XenEventChannelBindInterDomain(USHORT Domid, ULONG RemotePort, PULONG Port);
XENAPI NTSTATUS NTAPI XenEventChannelBindVirq(ULONG Virq, ULONG Vcpu, PULONG Port);
XENAPI NTSTATUS NTAPI XenEventChannelBindVcpu(ULONG Port, ULONG Vcpu);
XENAPI NTSTATUS NTAPI XenEventChannelQueryStatus(ULONG Port, PXEN_EVENT_CHANNEL_STATUS Status);
XENAPI NTSTATUS NTAPI XenEventChannelUnmask(ULONG Port);
XENAPI NTSTATUS NTAPI XenEventChannelClose(ULONG Port);
/* The FIFO ABI: a control block for each vCPU, then pages of event words. Both are Xen's until a
 * reset, which closes every channel. */
XENAPI NTSTATUS NTAPI XenEventChannelInitControl(ULONGLONG Pfn, ULONG Offset, ULONG Vcpu);
XENAPI NTSTATUS NTAPI XenEventChannelExpandArray(ULONGLONG Pfn);
XENAPI NTSTATUS NTAPI XenEventChannelReset(VOID);

/* Of this processor, by a caller that cannot be moved to another. STATUS_NOT_FOUND: neither CPUID
 * nor the firmware's tables say it. */
XENAPI NTSTATUS NTAPI XenVcpuId(PULONG Vcpu);

XENAPI NTSTATUS NTAPI XenGrantTableGetVersion(PULONG Version);
XENAPI NTSTATUS NTAPI XenGrantTableSetVersion(ULONG Version);
/* In frames of 4 KiB. */
XENAPI NTSTATUS NTAPI XenGrantTableQuerySize(PULONG Current, PULONG Maximum);
/* Maps another domain's grant over the page at the guest physical Address. */
XENAPI NTSTATUS NTAPI XenGrantTableMap(
	USHORT Domid, ULONG Reference, BOOLEAN ReadOnly, ULONGLONG Address, PULONG Handle);
XENAPI NTSTATUS NTAPI XenGrantTableUnmap(ULONG Handle, ULONGLONG Address);
/* Operations is an array of Xen's struct gnttab_copy; each one's status is for the caller to read.
 */
XENAPI NTSTATUS NTAPI XenGrantTableCopy(PVOID Operations, ULONG Count);

XENAPI NTSTATUS NTAPI XenSchedYield(VOID);
/* Reason is a SHUTDOWN_ number. SHUTDOWN_suspend returns: STATUS_SUCCESS after a resume elsewhere,
 * STATUS_CANCELLED if the domain went on where it was. */
XENAPI NTSTATUS NTAPI XenSchedShutdown(ULONG Reason);
XENAPI NTSTATUS NTAPI XenSchedShutdownCode(ULONG Reason);
/* Of this processor, by a caller that cannot be moved to another: around the suspend. */
XENAPI VOID NTAPI XenInterruptsOff(VOID);
XENAPI VOID NTAPI XenInterruptsOn(VOID);
/* Id 0 with Seconds > 0 makes one; a known Id with Seconds 0 stops it. */
XENAPI NTSTATUS NTAPI XenSchedWatchdog(PULONG Id, ULONG Seconds);

/* Levels: a sink prints what is at or below its threshold; XEN_LOG_NONE silences it. */
#define XEN_LOG_NONE	 0
#define XEN_LOG_CRITICAL 1
#define XEN_LOG_ERROR	 2
#define XEN_LOG_WARNING	 3
#define XEN_LOG_INFO	 4
#define XEN_LOG_TRACE	 5

/*
 * One line, at most XEN_LOG_LINE bytes; what does not print becomes '?'. Format knows %s %c %d %i
 * %u %x %X %p %%, a width with leading zero or minus, and the sizes l, ll and z; nothing else.
 */
#define XEN_LOG_LINE 256
XENAPI VOID __cdecl XenLog(ULONG Level, PCSTR Module, PCSTR Format, ...)
	__attribute__((format(printf, 3, 4)));
XENAPI VOID NTAPI XenLogV(ULONG Level, PCSTR Module, PCSTR Format, va_list Arguments)
	__attribute__((format(printf, 3, 0)));

/* XEN:NAME=VALUE from the boot command line. STATUS_OBJECT_NAME_NOT_FOUND without one;
 * STATUS_BUFFER_TOO_SMALL if Value cannot hold it with its NUL. */
XENAPI NTSTATUS NTAPI XenQueryStartOption(PCSTR Name, PCHAR Value, ULONG Size);

/* A REG_DWORD in the Parameters key of the XEN service. */
XENAPI NTSTATUS NTAPI XenQueryParameter(PCWSTR Name, PULONG Value) NT_PASSIVE;

/*
 * The one PCI device whose driver may create children. Kept in the registry, so that of several
 * devices the same one is active at every boot. 1200 bytes: not for the stack.
 */
#define XEN_DEVICE_ID_LENGTH 200
typedef struct _XEN_ACTIVE_DEVICE {
	WCHAR DeviceId[XEN_DEVICE_ID_LENGTH];
	WCHAR InstanceId[XEN_DEVICE_ID_LENGTH];
	WCHAR LocationInformation[XEN_DEVICE_ID_LENGTH];
} XEN_ACTIVE_DEVICE, *PXEN_ACTIVE_DEVICE;

XENAPI NTSTATUS NTAPI XenActiveDeviceQuery(PXEN_ACTIVE_DEVICE Device) NT_PASSIVE;
XENAPI NTSTATUS NTAPI XenActiveDeviceSet(const XEN_ACTIVE_DEVICE *Device) NT_PASSIVE;
XENAPI NTSTATUS NTAPI XenActiveDeviceClear(VOID) NT_PASSIVE;

/*
 * Taking the emulated disks and network cards away, in two phases. A driver that could take over
 * counts itself ready; at the next boot XENFILT, and nobody else, calls XenUnplugBoot, which uses
 * the count up before it acts on it: every boot wants new readiness. README.md tells what a crash
 * in between leaves behind.
 */
#define XEN_UNPLUG_DISKS 1
#define XEN_UNPLUG_NICS	 2

/* Once in each boot, before the emulated devices are enumerated; later calls do nothing. */
XENAPI VOID NTAPI XenUnplugBoot(VOID) NT_PASSIVE;
/*
 * The system works again, be it in another domain, whose emulator has all devices: what was taken
 * away in this boot is taken away once more, before anybody looks.
 */
XENAPI VOID NTAPI XenUnplugResume(VOID);
/*
 * Counts one driver ready, or takes it back. Callers come one at a time. STATUS_NOT_FOUND: there is
 * no XENFILT, so nobody will act on it. What was written is on disk when this returns.
 */
XENAPI NTSTATUS NTAPI XenUnplugRequest(ULONG Kind, BOOLEAN Ready) NT_PASSIVE;
/* Takes all back. */
XENAPI VOID NTAPI XenUnplugForget(VOID) NT_PASSIVE;
/* Whether it was done in this boot. A boot disk that was spared counts as not done. */
XENAPI BOOLEAN NTAPI XenUnplugged(ULONG Kind);

/*
 * Puts XENFILT among the upper filters of the classes that it has to see, or takes it out; a filter
 * whose file has gone would take those devices with it, and the system does not start then. So it
 * is there as long as the bus is: a bus that is removed, be it to come back, takes it out.
 */
XENAPI NTSTATUS NTAPI XenFilterClasses(BOOLEAN Present) NT_PASSIVE;

/* Asks the monitor service for a restart, in the name of a driver: letters, digits, '-' and '_'. */
XENAPI NTSTATUS NTAPI XenRebootRequest(PCSTR Driver) NT_PASSIVE;

#endif
