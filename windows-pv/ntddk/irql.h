/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IRQL and locks as clang capabilities, so that the compiler refuses a wait where nobody may wait.
 *
 * NtMayWait is a capability without storage: "this code runs at PASSIVE_LEVEL or APC_LEVEL and may
 * block". A function that blocks asks for it (NT_PASSIVE); taking a spin lock gives it up until the
 * lock is dropped; a DPC or an interrupt routine never has it. Every other function says nothing
 * and so may not block. Taking a lock without saying from which IRQL is not possible: see lock.h.
 *
 * The functions of NT that block, or that want pageable memory, are declared again here with the
 * annotation. The list is the part of NT that this kit uses; importing another one means adding it
 * to imports.allow, and here if it needs a low IRQL.
 */
#ifndef DK_NTDDK_IRQL_H
#define DK_NTDDK_IRQL_H

#include <ntddk.h>

#if defined(__clang__)
#define NT_TSA(x) __attribute__((x))
#else
#define NT_TSA(x)
#endif

struct NT_TSA(capability("IRQL")) nt_irql_role {
	char Unused;
};
extern struct nt_irql_role NtMayWait; /* declared for the analysis only, defined nowhere */

/* Runs at PASSIVE_LEVEL or APC_LEVEL; may wait and touch pageable memory. */
#define NT_PASSIVE NT_TSA(requires_capability(NtMayWait))
/* Must not be called by code that may wait: meant for DISPATCH_LEVEL and above. */
#define NT_RAISED  NT_TSA(locks_excluded(NtMayWait))
/* Runs at any IRQL: no claim, and therefore no wait inside. */
#define NT_ANY_IRQL

NTSYSAPI NTSTATUS NTAPI KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
	KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Timeout) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
	KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
	PLARGE_INTEGER Timeout, PKWAIT_BLOCK WaitBlockArray) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI KeDelayExecutionThread(
	KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, PLARGE_INTEGER Interval) NT_PASSIVE;
NTSYSAPI VOID NTAPI KeFlushQueuedDpcs(VOID) NT_PASSIVE;

NTSYSAPI NTSTATUS NTAPI ZwOpenKey(
	PHANDLE KeyHandle, ACCESS_MASK DesiredAccess, POBJECT_ATTRIBUTES Attributes) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwCreateKey(PHANDLE KeyHandle, ACCESS_MASK DesiredAccess,
	POBJECT_ATTRIBUTES Attributes, ULONG TitleIndex, PUNICODE_STRING Class, ULONG CreateOptions,
	PULONG Disposition) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
	KEY_VALUE_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
	PULONG ResultLength) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG TitleIndex,
	ULONG Type, PVOID Data, ULONG DataSize) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwFlushKey(HANDLE KeyHandle) NT_PASSIVE;
NTSYSAPI NTSTATUS NTAPI ZwClose(HANDLE Handle) NT_PASSIVE;

/* Class is a SYSTEM_INFORMATION_CLASS, which the headers do not name. */
NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(
	ULONG Class, PVOID Information, ULONG Length, PULONG ResultLength) NT_PASSIVE;

NTKERNELAPI NTSTATUS NTAPI IoCreateDevice(PDRIVER_OBJECT DriverObject, ULONG ExtensionSize,
	PUNICODE_STRING Name, DEVICE_TYPE Type, ULONG Characteristics, BOOLEAN Exclusive,
	PDEVICE_OBJECT *DeviceObject) NT_PASSIVE;
NTKERNELAPI VOID NTAPI IoDeleteDevice(PDEVICE_OBJECT DeviceObject) NT_PASSIVE;
NTKERNELAPI VOID NTAPI IoDetachDevice(PDEVICE_OBJECT TargetDevice) NT_PASSIVE;
NTKERNELAPI PIRP NTAPI IoBuildSynchronousFsdRequest(ULONG MajorFunction,
	PDEVICE_OBJECT DeviceObject, PVOID Buffer, ULONG Length, PLARGE_INTEGER Offset,
	PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock) NT_PASSIVE;
NTKERNELAPI VOID NTAPI IoReleaseRemoveLockAndWaitEx(
	PIO_REMOVE_LOCK RemoveLock, PVOID Tag, ULONG Size) NT_PASSIVE;
NTKERNELAPI PKEVENT NTAPI IoCreateNotificationEvent(
	PUNICODE_STRING EventName, PHANDLE EventHandle) NT_PASSIVE;
NTKERNELAPI PMDL NTAPI MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress,
	PHYSICAL_ADDRESS HighAddress, PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
	MEMORY_CACHING_TYPE CacheType, ULONG Flags) NT_PASSIVE;
NTKERNELAPI VOID NTAPI MmFreePagesFromMdl(PMDL MemoryDescriptorList) NT_PASSIVE;
NTKERNELAPI NTSTATUS NTAPI IoConnectInterruptEx(
	PIO_CONNECT_INTERRUPT_PARAMETERS Parameters) NT_PASSIVE;
NTKERNELAPI VOID NTAPI IoDisconnectInterruptEx(
	PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters) NT_PASSIVE;
NTKERNELAPI NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG Access,
	POBJECT_ATTRIBUTES Attributes, HANDLE Process, PCLIENT_ID ClientId, PKSTART_ROUTINE Routine,
	PVOID Context) NT_PASSIVE;
NTKERNELAPI NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus) NT_PASSIVE;
NTKERNELAPI NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK Access,
	POBJECT_TYPE Type, KPROCESSOR_MODE Mode, PVOID *Object,
	POBJECT_HANDLE_INFORMATION Information) NT_PASSIVE;

/*
 * On x64 the headers read the IRQL inline from CR8. Drivers here may not: the answer is not
 * testable outside Windows, and code that asks for its IRQL has lost track of it.
 */
#pragma GCC poison KeGetCurrentIrql __readcr8 __writecr8

#endif
