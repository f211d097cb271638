/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few user-mode functions that the shim and the simulator stand on: Wine's driver process is an
 * ordinary process. Declared here because windows.h and ntddk.h do not go together.
 */
#ifndef DK_WINE_USER_H
#define DK_WINE_USER_H

#include <ntddk.h>
#include <stdarg.h>

#define USERAPI DECLSPEC_IMPORT

typedef struct _USER_LOCK { /* CRITICAL_SECTION */
	PVOID DebugInfo;
	LONG LockCount;
	LONG RecursionCount;
	HANDLE OwningThread;
	HANDLE LockSemaphore;
	ULONG_PTR SpinCount;
} USER_LOCK, *PUSER_LOCK;

USERAPI VOID NTAPI InitializeCriticalSection(PUSER_LOCK Lock);
USERAPI VOID NTAPI EnterCriticalSection(PUSER_LOCK Lock);
USERAPI VOID NTAPI LeaveCriticalSection(PUSER_LOCK Lock);
USERAPI VOID NTAPI DeleteCriticalSection(PUSER_LOCK Lock);

USERAPI ULONG NTAPI TlsAlloc(VOID);
USERAPI PVOID NTAPI TlsGetValue(ULONG Index);
USERAPI LONG NTAPI TlsSetValue(ULONG Index, PVOID Value);
USERAPI HANDLE NTAPI GetProcessHeap(VOID);
USERAPI PVOID NTAPI HeapAlloc(HANDLE Heap, ULONG Flags, SIZE_T Size);
USERAPI LONG NTAPI HeapFree(HANDLE Heap, ULONG Flags, PVOID Memory);
#define USER_HEAP_ZERO 8u

#define USER_COMMIT    0x1000u
#define USER_RESERVE   0x2000u
#define USER_DECOMMIT  0x4000u
#define USER_RELEASE   0x8000u
#define USER_READWRITE 4u
#define USER_NOACCESS  1u
USERAPI PVOID NTAPI VirtualAlloc(PVOID Address, SIZE_T Size, ULONG Type, ULONG Protect);
USERAPI LONG NTAPI VirtualFree(PVOID Address, SIZE_T Size, ULONG Type);

typedef ULONG(NTAPI *USER_THREAD)(PVOID Argument);
USERAPI HANDLE NTAPI CreateThread(
	PVOID Security, SIZE_T Stack, USER_THREAD Start, PVOID Argument, ULONG Flags, PULONG Id);
USERAPI VOID NTAPI ExitThread(ULONG Code) __attribute__((noreturn));
USERAPI ULONG NTAPI GetCurrentThreadId(VOID);
USERAPI HANDLE NTAPI CreateEventW(PVOID Security, LONG Manual, LONG Set, PCWSTR Name);
USERAPI LONG NTAPI SetEvent(HANDLE Event);
#define USER_INFINITE 0xffffffffu
#define USER_TIMEOUT  0x102u
USERAPI ULONG NTAPI WaitForSingleObject(HANDLE Object, ULONG Milliseconds);
USERAPI LONG NTAPI CloseHandle(HANDLE Object);
USERAPI VOID NTAPI Sleep(ULONG Milliseconds);
USERAPI LONG NTAPI SwitchToThread(VOID);
USERAPI LONG NTAPI QueryPerformanceCounter(PLARGE_INTEGER Count);
USERAPI LONG NTAPI QueryPerformanceFrequency(PLARGE_INTEGER Frequency);

#define USER_APPEND 4u /* FILE_APPEND_DATA */
#define USER_ALWAYS 4u /* OPEN_ALWAYS */
#define USER_SHARE  7u
USERAPI HANDLE NTAPI CreateFileW(PCWSTR Name, ULONG Access, ULONG Share, PVOID Security,
	ULONG Disposition, ULONG Flags, HANDLE Template);
USERAPI LONG NTAPI WriteFile(
	HANDLE File, const VOID *Data, ULONG Size, PULONG Written, PVOID Overlapped);

#define USER_FROM_ADDRESS 6u /* and without taking a reference */
USERAPI LONG NTAPI GetModuleHandleExW(ULONG Flags, const VOID *Address, HANDLE *Module);
USERAPI ULONG NTAPI GetModuleFileNameA(HANDLE Module, PCHAR Name, ULONG Size);
USERAPI VOID NTAPI ExitProcess(ULONG Code) __attribute__((noreturn));

typedef struct _USER_EXCEPTION {
	PEXCEPTION_RECORD Record;
	PVOID Context;
} USER_EXCEPTION;
USERAPI PVOID NTAPI AddVectoredExceptionHandler(
	ULONG First, LONG(NTAPI *Handler)(USER_EXCEPTION *));

/* ntdll's */
USERAPI int __cdecl _vsnprintf(char *Buffer, size_t Size, const char *Format, va_list Arguments);
USERAPI int __cdecl _snprintf(char *Buffer, size_t Size, const char *Format, ...);

#endif
