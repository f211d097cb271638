/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

static BOOLEAN NTAPI Event(PVOID Argument)
{
	struct channel *Channel = Argument;

	InterlockedExchange(&Channel->Inside, 1);
	InterlockedExchange(&Channel->Cpu, (LONG)KeGetCurrentProcessorNumberEx(NULL));
	InterlockedIncrement(&Channel->Events);
	for (volatile LONG i = 0; i < *(volatile LONG *)&Channel->Linger; i++)
		;
	InterlockedExchange(&Channel->Inside, 0);
	if (!Channel->Eager)
		return TRUE;
	Channel->Child->Evtchn.Unmask(&Channel->Child->Evtchn.Interface, Channel->Handle);
	return FALSE;
}

static struct channel *Free(struct child *Self, PULONG Number)
{
	for (ULONG i = 0; i < CHANNELS; i++)
		if (!Self->Channels[i].Handle) {
			*Number = i;
			RtlZeroMemory(&Self->Channels[i], sizeof(Self->Channels[i]));
			Self->Channels[i].Child = Self;
			return &Self->Channels[i];
		}
	return NULL;
}

/* open unbound DOMAIN | open inter DOMAIN PORT | open virq NUMBER: the number of the channel. */
static NTSTATUS Open(struct child *Self, struct words *Words)
{
	PINTERFACE Interface = &Self->Evtchn.Interface;
	PCSTR Kind = Next(Words);
	ULONG First = NextNumber(Words), Second = NextNumber(Words), Number;
	struct channel *Channel = Free(Self, &Number);
	NTSTATUS Status;

	if (!Channel)
		return STATUS_QUOTA_EXCEEDED;
	if (!strcmp(Kind, "unbound"))
		Status = Self->Evtchn.OpenUnbound(
			Interface, (USHORT)First, Event, Channel, &Channel->Handle);
	else if (!strcmp(Kind, "inter"))
		Status = Self->Evtchn.OpenInterDomain(
			Interface, (USHORT)First, Second, Event, Channel, &Channel->Handle);
	else
		Status = Self->Evtchn.OpenVirq(Interface, First, Event, Channel, &Channel->Handle);
	if (!NT_SUCCESS(Status)) {
		Channel->Handle = NULL;
		return Status;
	}
	Say(Words, "%lu", (unsigned long)Number);
	return STATUS_SUCCESS;
}

NTSTATUS ChannelCommand(struct child *Self, PCSTR Verb, struct words *Words)
{
	PINTERFACE Interface = &Self->Evtchn.Interface;
	struct channel *Channel;

	if (!strcmp(Verb, "open"))
		return Open(Self, Words);
	if (strcmp(Verb, "port") && strcmp(Verb, "count") && strcmp(Verb, "events") &&
		strcmp(Verb, "unmask") && strcmp(Verb, "send") && strcmp(Verb, "trigger") &&
		strcmp(Verb, "bind") && strcmp(Verb, "linger") && strcmp(Verb, "inside") &&
		strcmp(Verb, "eager") && strcmp(Verb, "cpu") && strcmp(Verb, "close"))
		return STATUS_NOT_FOUND;
	Channel = &Self->Channels[NextNumber(Words) % CHANNELS];
	if (!Channel->Handle)
		return STATUS_INVALID_PARAMETER;
	if (!strcmp(Verb, "port"))
		Say(Words, "%lu", (unsigned long)Self->Evtchn.GetPort(Interface, Channel->Handle));
	else if (!strcmp(Verb, "count"))
		Say(Words, "%lu", (unsigned long)Self->Evtchn.GetCount(Interface, Channel->Handle));
	else if (!strcmp(Verb, "events"))
		Say(Words, "%ld", (long)Channel->Events);
	else if (!strcmp(Verb, "cpu"))
		Say(Words, "%ld", (long)Channel->Cpu);
	else if (!strcmp(Verb, "inside"))
		Say(Words, "%ld", (long)Channel->Inside);
	else if (!strcmp(Verb, "linger"))
		InterlockedExchange(&Channel->Linger, (LONG)NextNumber(Words));
	else if (!strcmp(Verb, "eager"))
		InterlockedExchange(&Channel->Eager, (LONG)NextNumber(Words));
	else if (!strcmp(Verb, "unmask"))
		Self->Evtchn.Unmask(Interface, Channel->Handle);
	else if (!strcmp(Verb, "send"))
		return Self->Evtchn.Send(Interface, Channel->Handle);
	else if (!strcmp(Verb, "trigger"))
		Self->Evtchn.Trigger(Interface, Channel->Handle);
	else if (!strcmp(Verb, "bind"))
		return Self->Evtchn.Bind(Interface, Channel->Handle, 0, (UCHAR)NextNumber(Words));
	else {
		PDK_EVTCHN_CHANNEL Handle = Channel->Handle;

		Channel->Handle = NULL;
		Self->Evtchn.Close(Interface, Handle);
	}
	return STATUS_SUCCESS;
}

VOID ChannelForget(struct child *Self)
{
	for (ULONG i = 0; i < CHANNELS; i++)
		if (Self->Channels[i].Handle) {
			Self->Evtchn.Close(&Self->Evtchn.Interface, Self->Channels[i].Handle);
			Self->Channels[i].Handle = NULL;
		}
}
