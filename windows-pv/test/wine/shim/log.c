/* SPDX-License-Identifier: BSD-2-Clause */
/* Failures, the log, and the commands that the harness gives. */
#include "internal.h"

#define FAILURES 40
#define WIDTH	 240
#define WORDS	 8
#define LOG_FILE L"C:\\dktest\\log.txt"

static USER_LOCK Lock;
static CHAR Failures[FAILURES][WIDTH];
static ULONG FailureCount;
static LONG Counts[SHIM_KINDS];
static HANDLE LogFile;
static struct {
	PCSTR Word;
	SHIM_COMMAND Handler;
	PVOID Argument;
} Words[WORDS];

static const char *const KindNames[SHIM_KINDS] = {
	[SHIM_MDL] = "MDLs",
	[SHIM_MAPPING] = "mappings",
	[SHIM_DEVICE] = "devices",
	[SHIM_INTERRUPT] = "interrupts",
	[SHIM_IRP] = "IRPs",
	[SHIM_WORK] = "work-items",
	[SHIM_THREADS] = "threads",
	[SHIM_HANDLE] = "handles",
	[SHIM_REFERENCE] = "references",
	[SHIM_BUG_CHECK] = "bug-check-callbacks",
};

static VOID Write(PCSTR Line)
{
	ULONG Written;

	if (LogFile != (HANDLE)-1)
		WriteFile(LogFile, Line, (ULONG)strlen(Line), &Written, NULL);
}

VOID ShimLog(PCSTR Format, ...)
{
	CHAR Line[WIDTH + 2];
	va_list Arguments;

	va_start(Arguments, Format);
	_vsnprintf(Line, WIDTH, Format, Arguments);
	va_end(Arguments);
	Line[WIDTH] = 0;
	strcat(Line, "\n");
	Write(Line);
}

VOID ShimWhere(PVOID Address, PCHAR Text, ULONG Size)
{
	CHAR Name[260] = "?";
	HANDLE Module = NULL;
	PCSTR Base = Name;

	if (GetModuleHandleExW(USER_FROM_ADDRESS, Address, &Module)) {
		GetModuleFileNameA(Module, Name, sizeof(Name));
		for (PCSTR p = Name; *p; p++)
			if (*p == '\\')
				Base = p + 1;
	}
	_snprintf(Text, Size - 1, "%s+0x%llx", Base,
		(unsigned long long)((ULONG_PTR)Address - (ULONG_PTR)Module));
	Text[Size - 1] = 0;
}

VOID ShimFail(PVOID Caller, PCSTR Format, ...)
{
	CHAR Place[64];
	CHAR What[160];
	PCHAR Line;
	va_list Arguments;

	va_start(Arguments, Format);
	_vsnprintf(What, sizeof(What) - 1, Format, Arguments);
	va_end(Arguments);
	What[sizeof(What) - 1] = 0;
	ShimWhere(Caller, Place, sizeof(Place));
	EnterCriticalSection(&Lock);
	Line = Failures[FailureCount < FAILURES ? FailureCount : FAILURES - 1];
	_snprintf(Line, WIDTH - 1, "%s: %s", Place, What);
	FailureCount++;
	LeaveCriticalSection(&Lock);
	ShimLog("FAIL %s: %s", Place, What);
}

VOID ShimCount(SHIM_KIND Kind, LONG By)
{
	if (InterlockedAdd(&Counts[Kind], By) < 0)
		ShimFail(SHIM_CALLER, "more %s given back than taken", KindNames[Kind]);
}

ULONG ShimPrint(PCHAR Answer, ULONG Size, ULONG Used, PCSTR Format, ...)
{
	va_list Arguments;
	int Length;

	if (Used + 1 >= Size)
		return Used;
	va_start(Arguments, Format);
	Length = _vsnprintf(Answer + Used, Size - Used - 1, Format, Arguments);
	va_end(Arguments);
	Answer[Size - 1] = 0;
	return Length < 0 ? Size - 1 : Used + (ULONG)Length;
}

/* Each failure a line; nothing: there was none. They are told once. */
static VOID Report(PCHAR Answer, ULONG Size)
{
	ULONG Used = 0;

	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < FailureCount && i < FAILURES; i++)
		Used = ShimPrint(Answer, Size, Used, "%s\n", Failures[i]);
	if (FailureCount > FAILURES)
		ShimPrint(Answer, Size, Used, "(%lu in all)\n", (unsigned long)FailureCount);
	FailureCount = 0;
	RtlZeroMemory(Failures, sizeof(Failures));
	LeaveCriticalSection(&Lock);
}

/* What the drivers hold. "left" alone is for the end, when all should be gone: nothing to say. */
static VOID Left(PCHAR Answer, ULONG Size)
{
	ULONG Used = ShimPoolReport(Answer, Size);

	for (ULONG i = 0; i < SHIM_KINDS; i++)
		if (Counts[i])
			Used = ShimPrint(
				Answer, Size, Used, "%ld %s\n", (long)Counts[i], KindNames[i]);
	if (ShimIrpsOpen())
		ShimPrint(Answer, Size, Used, "%lu IRPs not completed\n",
			(unsigned long)ShimIrpsOpen());
}

VOID NTAPI ShimRegister(PCSTR Word, SHIM_COMMAND Handler, PVOID Argument)
{
	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < WORDS; i++)
		if (Words[i].Word && !strcmp(Words[i].Word, Word))
			Words[i].Word = NULL;
	for (ULONG i = 0; i < WORDS && Handler; i++) {
		if (Words[i].Word)
			continue;
		Words[i].Word = Word;
		Words[i].Handler = Handler;
		Words[i].Argument = Argument;
		break;
	}
	LeaveCriticalSection(&Lock);
}

VOID NTAPI ShimCommand(PCHAR Text, PCHAR Answer, ULONG Size)
{
	SHIM_COMMAND Handler = NULL;
	PVOID Argument = NULL;
	PCHAR Rest = strchr(Text, ' ');

	if (Rest)
		*Rest++ = 0;
	else
		Rest = Text + strlen(Text);
	*Answer = 0;
	EnterCriticalSection(&Lock);
	for (ULONG i = 0; i < WORDS; i++)
		if (Words[i].Word && !strcmp(Words[i].Word, Text)) {
			Handler = Words[i].Handler;
			Argument = Words[i].Argument;
		}
	LeaveCriticalSection(&Lock);
	if (Handler)
		Handler(Argument, Rest, Answer, Size);
	else
		ShimPrint(Answer, Size, 0, "error: nobody here is called %s", Text);
}

static ULONG Number(PCSTR Text)
{
	ULONG Value = 0;

	while (*Text >= '0' && *Text <= '9')
		Value = Value * 10 + (ULONG)(*Text++ - '0');
	return Value;
}

extern volatile LONG ShimFailAt, ShimFailSeen;

static VOID NTAPI Command(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size)
{
	UNREFERENCED_PARAMETER(Argument);
	if (!strcmp(Text, "report")) {
		Report(Answer, Size);
	} else if (!strcmp(Text, "left")) {
		Left(Answer, Size);
	} else if (!strncmp(Text, "fail-allocation ", 16)) {
		/* The n-th from here fails; 0: none does, and counting begins. */
		InterlockedExchange(&ShimFailSeen, 0);
		InterlockedExchange(&ShimFailAt, (LONG)Number(Text + 16));
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strncmp(Text, "most-pages ", 11)) {
		ShimMostPages((LONG)Number(Text + 11));
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strncmp(Text, "low-memory ", 11)) {
		ShimLowMemory(Number(Text + 11) != 0);
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strcmp(Text, "crash")) {
		ShimCrash(FALSE, FALSE, 0xd1, 0x1000);
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strcmp(Text, "crash dump")) {
		ShimCrash(FALSE, TRUE, 0xd1, 0x1000);
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strcmp(Text, "crash triage dump")) {
		ShimCrash(TRUE, TRUE, 0xd1, 0x1000);
		ShimPrint(Answer, Size, 0, "ok");
	} else if (!strcmp(Text, "allocations")) {
		ShimPrint(Answer, Size, 0, "%ld", (long)ShimFailSeen);
	} else {
		ShimPrint(Answer, Size, 0,
			"error: shim report|left|fail-allocation N|allocations|most-pages N|"
			"low-memory 0|crash");
	}
}

/* The last word of a driver that used what is not there any more. */
static LONG NTAPI Crash(USER_EXCEPTION *Exception)
{
	PEXCEPTION_RECORD Record = Exception->Record;

	if (Record->ExceptionCode == (NTSTATUS)0xc0000005 && Record->NumberParameters > 1)
		ShimFail(Record->ExceptionAddress, "access to %p, which is not there",
			(PVOID)Record->ExceptionInformation[1]);
	return 0;
}

VOID ShimLogSetup(VOID)
{
	InitializeCriticalSection(&Lock);
	LogFile = CreateFileW(LOG_FILE, USER_APPEND, USER_SHARE, NULL, USER_ALWAYS, 0, NULL);
	AddVectoredExceptionHandler(0, Crash);
	ShimRegister("shim", Command, NULL);
}

VOID ShimGiveUp(VOID)
{
	ExitProcess(3);
}
