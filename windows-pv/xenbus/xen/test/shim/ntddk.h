/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of NT as XEN.SYS needs to run in a host program; fake_nt.c is what stands behind it. */
#ifndef SHIM_NTDDK_H
#define SHIM_NTDDK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NTAPI
#define __cdecl
#define DECLSPEC_IMPORT
#define NTSYSAPI
#define VOID  void
#define TRUE  1
#define FALSE 0

typedef int32_t NTSTATUS, LONG;
typedef uint32_t ULONG, ACCESS_MASK, *PULONG;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG, *PULONGLONG;
typedef uint16_t USHORT, WCHAR, *PWCHAR;
typedef const WCHAR *PCWSTR;
typedef unsigned char UCHAR, BOOLEAN, *PUCHAR;
typedef char CHAR, *PCHAR;
typedef const char *PCSTR;
typedef void *PVOID, *HANDLE, **PHANDLE, *PDRIVER_OBJECT;
typedef intptr_t LONG_PTR;
typedef uintptr_t ULONG_PTR, PFN_NUMBER;
typedef size_t SIZE_T;

typedef struct {
	USHORT Length;
	USHORT MaximumLength;
	PWCHAR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef union {
	LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;
typedef struct {
	PUNICODE_STRING ObjectName;
	ULONG Attributes;
} OBJECT_ATTRIBUTES, *POBJECT_ATTRIBUTES;
typedef struct {
	ULONG TitleIndex;
	ULONG Type;
	ULONG DataLength;
	UCHAR Data[1];
} KEY_VALUE_PARTIAL_INFORMATION;
typedef enum { KeyValuePartialInformation = 2 } KEY_VALUE_INFORMATION_CLASS;
typedef enum { KernelMode } KPROCESSOR_MODE;
typedef enum { SystemFirmwareTable_Get = 1 } SYSTEM_FIRMWARE_TABLE_ACTION;
typedef struct {
	ULONG ProviderSignature;
	SYSTEM_FIRMWARE_TABLE_ACTION Action;
	ULONG TableID;
	ULONG TableBufferLength;
	UCHAR TableBuffer[1];
} SYSTEM_FIRMWARE_TABLE_INFORMATION;
typedef NTSTATUS DRIVER_INITIALIZE(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);

#define NT_SUCCESS(s)		      ((NTSTATUS)(s) >= 0)
#define STATUS_SUCCESS		      ((NTSTATUS)0)
#define STATUS_BUFFER_OVERFLOW	      ((NTSTATUS)0x80000005)
#define STATUS_UNSUCCESSFUL	      ((NTSTATUS)0xc0000001)
#define STATUS_NOT_IMPLEMENTED	      ((NTSTATUS)0xc0000002)
#define STATUS_ACCESS_VIOLATION	      ((NTSTATUS)0xc0000005)
#define STATUS_INVALID_PARAMETER      ((NTSTATUS)0xc000000d)
#define STATUS_NO_MEMORY	      ((NTSTATUS)0xc0000017)
#define STATUS_ACCESS_DENIED	      ((NTSTATUS)0xc0000022)
#define STATUS_BUFFER_TOO_SMALL	      ((NTSTATUS)0xc0000023)
#define STATUS_OBJECT_TYPE_MISMATCH   ((NTSTATUS)0xc0000024)
#define STATUS_OBJECT_NAME_NOT_FOUND  ((NTSTATUS)0xc0000034)
#define STATUS_OBJECT_NAME_COLLISION  ((NTSTATUS)0xc0000035)
#define STATUS_REVISION_MISMATCH      ((NTSTATUS)0xc0000059)
#define STATUS_INSUFFICIENT_RESOURCES ((NTSTATUS)0xc000009a)
#define STATUS_DEVICE_NOT_READY	      ((NTSTATUS)0xc00000a3)
#define STATUS_NOT_SUPPORTED	      ((NTSTATUS)0xc00000bb)
#define STATUS_NAME_TOO_LONG	      ((NTSTATUS)0xc0000106)
#define STATUS_CANCELLED	      ((NTSTATUS)0xc0000120)
#define STATUS_IO_DEVICE_ERROR	      ((NTSTATUS)0xc0000185)
#define STATUS_NOT_FOUND	      ((NTSTATUS)0xc0000225)
#define STATUS_ALREADY_REGISTERED     ((NTSTATUS)0xc0000718)
#define STATUS_RETRY		      ((NTSTATUS)0xc000022d)
#define STATUS_DEVICE_BUSY	      ((NTSTATUS)0x80000011)

#define REG_SZ			1
#define REG_DWORD		4
#define REG_MULTI_SZ		7
#define REG_OPTION_NON_VOLATILE 0
#define REG_OPTION_VOLATILE	1
#define KEY_READ		0x20019
#define KEY_WRITE		0x20006
#define OBJ_CASE_INSENSITIVE	0x40
#define OBJ_KERNEL_HANDLE	0x200

#define FIELD_OFFSET(t, f)			  offsetof(t, f)
#define RTL_NUMBER_OF(a)			  (sizeof(a) / sizeof((a)[0]))
#define UNREFERENCED_PARAMETER(p)		  ((void)(p))
#define InitializeObjectAttributes(a, n, f, r, s) ((a)->ObjectName = (n), (a)->Attributes = (f))

#define InterlockedExchange(p, v)	    __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchange(p, v, c) __sync_val_compare_and_swap(p, c, v)
#define YieldProcessor()		    ((void)0)

void RtlInitUnicodeString(PUNICODE_STRING String, PCWSTR Text);
ULONG DbgPrint(PCSTR Format, ...);
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE Mode, BOOLEAN Alertable, PLARGE_INTEGER Interval);
NTSTATUS ZwOpenKey(PHANDLE Key, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes);
NTSTATUS ZwCreateKey(PHANDLE Key, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes, ULONG Index,
	PUNICODE_STRING Class, ULONG Options, PULONG Disposition);
NTSTATUS ZwQueryValueKey(HANDLE Key, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class,
	PVOID Information, ULONG Length, PULONG ResultLength);
NTSTATUS ZwSetValueKey(
	HANDLE Key, PUNICODE_STRING Name, ULONG Index, ULONG Type, PVOID Data, ULONG Size);
NTSTATUS ZwDeleteValueKey(HANDLE Key, PUNICODE_STRING Name);
NTSTATUS ZwQuerySystemInformation(
	ULONG Class, PVOID Information, ULONG Length, PULONG ResultLength);
NTSTATUS ZwFlushKey(HANDLE Key);
NTSTATUS ZwClose(HANDLE Key);

#endif
