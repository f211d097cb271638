/* SPDX-License-Identifier: BSD-2-Clause */
#include "thread.h"

static KSTART_ROUTINE Run;

static VOID NTAPI Run(PVOID Context) NT_PASSIVE;
static VOID NTAPI Run(PVOID Context)
{
	PTHREAD Thread = Context;

	Thread->Main(Thread, Thread->Context);
	KeSetEvent(&Thread->Ended, IO_NO_INCREMENT, FALSE);
	PsTerminateSystemThread(STATUS_SUCCESS);
}

NTSTATUS ThreadStart(PTHREAD Thread, VOID (*Main)(PTHREAD Thread, PVOID Context), PVOID Context)
{
	OBJECT_ATTRIBUTES Attributes;
	HANDLE Handle;
	NTSTATUS Status;

	Thread->Main = Main;
	Thread->Context = Context;
	KeInitializeEvent(&Thread->Stop, NotificationEvent, FALSE);
	KeInitializeEvent(&Thread->Look, SynchronizationEvent, FALSE);
	KeInitializeEvent(&Thread->Ended, NotificationEvent, FALSE);
	InitializeObjectAttributes(&Attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	Status = PsCreateSystemThread(
		&Handle, THREAD_ALL_ACCESS, &Attributes, NULL, NULL, Run, Thread);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = ObReferenceObjectByHandle(
		Handle, THREAD_ALL_ACCESS, NULL, KernelMode, &Thread->Object, NULL);
	if (!NT_SUCCESS(Status)) {
		/* It runs. What is left of it after this event is short, and the driver stays. */
		KeSetEvent(&Thread->Stop, IO_NO_INCREMENT, FALSE);
		(VOID) KeWaitForSingleObject(&Thread->Ended, Executive, KernelMode, FALSE, NULL);
	}
	ZwClose(Handle);
	return Status;
}

VOID ThreadStop(PTHREAD Thread)
{
	KeSetEvent(&Thread->Stop, IO_NO_INCREMENT, FALSE);
	(VOID) KeWaitForSingleObject(Thread->Object, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(Thread->Object);
}

VOID ThreadWake(PTHREAD Thread)
{
	KeSetEvent(&Thread->Look, IO_NO_INCREMENT, FALSE);
}

BOOLEAN ThreadWait(PTHREAD Thread, PLARGE_INTEGER Timeout)
{
	PVOID Events[] = { &Thread->Stop, &Thread->Look };

	return KeWaitForMultipleObjects(RTL_NUMBER_OF(Events), Events, WaitAny, Executive,
		       KernelMode, FALSE, Timeout, NULL) != STATUS_WAIT_0;
}
