/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two sinks: the emulator's log port, which ends in the host's logs, and the kernel debugger.
 * The port belongs to Xen's platform device (docs/misc/hvm-emulated-unplug in Xen's tree): a magic
 * number at 0x10 says that it is there, also when it says that this driver is not to unplug.
 */
#include "internal.h"
#include "format.h"
#include "primitives.h"

#define PORT_MAGIC	  0x10
#define PORT_LOG	  0x12
#define MAGIC		  0x49d2
#define MAGIC_BLACKLISTED 0xd249

/* Enough for a line on a slow host; afterwards lines may mix, which is better than a lost one. */
#define LOCK_ATTEMPTS 100000

static struct {
	ULONG PortThreshold;
	ULONG DebuggerThreshold;
	volatile LONG PortBusy;
} Log;

VOID XenLogSetup(ULONG PortThreshold, ULONG DebuggerThreshold)
{
	USHORT Magic = XenAsmIn16(PORT_MAGIC);

	Log.DebuggerThreshold = DebuggerThreshold;
	Log.PortThreshold =
		Magic == MAGIC || Magic == MAGIC_BLACKLISTED ? PortThreshold : XEN_LOG_NONE;
}

/*
 * A try-lock, not a spin lock: this runs at any IRQL, also in an interrupt that came in the middle
 * of a line on the same processor, and there waiting for the owner would be for ever.
 */
static bool PortLock(VOID)
{
	for (ULONG i = 0; i < LOCK_ATTEMPTS; i++) {
		if (InterlockedCompareExchange(&Log.PortBusy, 1, 0) == 0)
			return true;
		YieldProcessor();
	}
	return false;
}

static VOID PortWrite(PCSTR Line, SIZE_T Length)
{
	bool Locked = PortLock();

	for (SIZE_T i = 0; i < Length; i++)
		XenAsmOut8(PORT_LOG, (UCHAR)Line[i]);
	if (Locked)
		InterlockedExchange(&Log.PortBusy, 0);
}

VOID NTAPI XenLogV(ULONG Level, PCSTR Module, PCSTR Format, va_list Arguments)
{
	static const CHAR *const Names[] = { "", "CRITICAL", "ERROR", "WARNING", "INFO", "TRACE" };
	CHAR Line[XEN_LOG_LINE];
	SIZE_T Length;

	if (Level == XEN_LOG_NONE || Level > XEN_LOG_TRACE)
		Level = XEN_LOG_CRITICAL;
	if (Level > Log.PortThreshold && Level > Log.DebuggerThreshold)
		return;
	Length = xen_format(Line, sizeof(Line) - 1, "%s|%s: ", Module, Names[Level]);
	Length += xen_vformat(Line + Length, sizeof(Line) - 1 - Length, Format, Arguments);
	Line[Length++] = '\n';
	Line[Length] = '\0';
	if (Level <= Log.PortThreshold)
		PortWrite(Line, Length);
	if (Level <= Log.DebuggerThreshold)
		DbgPrint("%s", Line);
}

VOID __cdecl XenLog(ULONG Level, PCSTR Module, PCSTR Format, ...)
{
	va_list Arguments;

	va_start(Arguments, Format);
	XenLogV(Level, Module, Format, Arguments);
	va_end(Arguments);
}
