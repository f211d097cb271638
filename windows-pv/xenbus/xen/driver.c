/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XEN.SYS is an export driver: the loader brings it in because another driver imports it, calls
 * DllInitialize and, after the last importer has gone, DllUnload. DriverEntry is there for the
 * linker and is not called. Nothing happens in DllInitialize: who needs Xen calls XenInitialize,
 * which also works where a loader skips DllInitialize.
 */
#include "internal.h"
#include "options.h"
#include "primitives.h"
#include "xen_routines.h" /* generated from exports.tbl */

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS NTAPI DllUnload(VOID);

#if DBG
#define PORT_DEFAULT	 XEN_LOG_TRACE
#define DEBUGGER_DEFAULT XEN_LOG_TRACE
#else
#define PORT_DEFAULT	 XEN_LOG_INFO
#define DEBUGGER_DEFAULT XEN_LOG_WARNING
#endif

enum { STATE_UNTRIED, STATE_BUSY, STATE_READY, STATE_NO_XEN };
static volatile LONG State = STATE_UNTRIED;

static VOID Cpuid(uint32_t Leaf, uint32_t Registers[4])
{
	ULONG Out[4];

	XenAsmCpuid(Leaf, 0, Out);
	for (ULONG i = 0; i < RTL_NUMBER_OF(Out); i++)
		Registers[i] = Out[i];
}

static ULONG Threshold(PCWSTR Name, ULONG Default) NT_PASSIVE;
static ULONG Threshold(PCWSTR Name, ULONG Default)
{
	ULONG Value;

	if (!NT_SUCCESS(XenQueryParameter(Name, &Value)) || Value > XEN_LOG_TRACE)
		return Default;
	return Value;
}

static VOID LogSetup(VOID) NT_PASSIVE;
static VOID LogSetup(VOID)
{
	ULONG Debugger = Threshold(L"XenLogLevel", DEBUGGER_DEFAULT);
	CHAR Value[4];

	/* XEN:DBG_PRINT=OFF spares a machine with a debugger attached the flood; ON asks for all.
	 */
	if (NT_SUCCESS(XenQueryStartOption("DBG_PRINT", Value, sizeof(Value)))) {
		if (xen_option_is(Value, "OFF"))
			Debugger = XEN_LOG_NONE;
		else if (xen_option_is(Value, "ON"))
			Debugger = XEN_LOG_TRACE;
	}
	XenLogSetup(Threshold(L"QemuLogLevel", PORT_DEFAULT), Debugger);
}

/* The only caller is the one who moved State to STATE_BUSY. Returns the state that follows. */
static LONG Setup(VOID) NT_PASSIVE;
static LONG Setup(VOID)
{
	struct xen_detected Found;
	CHAR Extra[XEN_EXTRA_VERSION_SIZE];
	ULONG Major;
	ULONG Minor;

	/* Not before this is known to be Xen: the log's port may be anybody's on other machines. */
	if (xen_detect(Cpuid, &Found) != 0)
		return STATE_NO_XEN;
	XenHypercallSetup(Found.instruction);
	XenStartOptionsRead();
	LogSetup();
	XenVcpuSetup(Found.base);
	if (!NT_SUCCESS(XenVersion(&Major, &Minor, Extra))) {
		XenLog(XEN_LOG_ERROR, MODULE, "CPUID shows Xen, but it answers no hypercall");
		XenHypercallSetup(XEN_INSTRUCTION_NONE);
		return STATE_NO_XEN;
	}
	XenLog(XEN_LOG_INFO, MODULE, "Xen %u.%u%s, leaves at %08x, API version %u", (unsigned)Major,
		(unsigned)Minor, Extra, Found.base, XEN_API_VERSION);
	return STATE_READY;
}

static LONG SetupOnce(VOID) NT_PASSIVE;
static LONG SetupOnce(VOID)
{
	LARGE_INTEGER Millisecond = { .QuadPart = -10000 };
	LONG Seen = InterlockedCompareExchange(&State, STATE_BUSY, STATE_UNTRIED);

	if (Seen == STATE_UNTRIED) {
		Seen = Setup();
		InterlockedExchange(&State, Seen);
		return Seen;
	}
	/* Another importer's DriverEntry is in Setup, which ends by itself. */
	while (Seen == STATE_BUSY) {
		KeDelayExecutionThread(KernelMode, FALSE, &Millisecond);
		Seen = InterlockedCompareExchange(&State, STATE_BUSY, STATE_BUSY);
	}
	return Seen;
}

NTSTATUS NTAPI XenInitialize(ULONG Version, PULONG Resident)
{
	LONG Now;

	*Resident = XEN_API_VERSION;
	if (Version == 0 || Version > XEN_API_VERSION)
		return STATUS_REVISION_MISMATCH;
	Now = SetupOnce();
	return Now == STATE_READY ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

PVOID NTAPI XenFindRoutine(ULONG Ordinal)
{
	if (Ordinal == 0 || Ordinal > RTL_NUMBER_OF(XenRoutines))
		return NULL;
	return (PVOID)(ULONG_PTR)XenRoutines[Ordinal - 1];
}

NTSTATUS NTAPI DllInitialize(PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI DllUnload(VOID)
{
	return STATUS_SUCCESS;
}

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(DriverObject);
	UNREFERENCED_PARAMETER(RegistryPath);
	return STATUS_SUCCESS;
}
