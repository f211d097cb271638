/* SPDX-License-Identifier: BSD-2-Clause */
/* The command "bus ...": the platform device comes and goes; IRPs from the harness. */
#include "internal.h"

static VOID Show(BOOLEAN Present, PCHAR Answer, ULONG Size)
{
	if (Present) {
		BusGiveResources();
		BusStarted = BusRemoved = BusSurprised = 0;
	}
	BusChild->Present = Present;
	ShimInvalidate(BusRoot->Pdo);
	_snprintf(Answer, Size, "ok");
}

VOID NTAPI BusCommand(PVOID Argument, PCHAR Text, PCHAR Answer, ULONG Size)
{
	UNREFERENCED_PARAMETER(Argument);
	if (!BusRoot)
		_snprintf(Answer, Size, "error: the bus is not there yet");
	else if (!strcmp(Text, "plug"))
		Show(TRUE, Answer, Size);
	else if (!strcmp(Text, "unplug"))
		Show(FALSE, Answer, Size);
	else if (!strcmp(Text, "state"))
		_snprintf(Answer, Size, "started %ld surprised %ld removed %ld", (long)BusStarted,
			(long)BusSurprised, (long)BusRemoved);
	else if (!strcmp(Text, "asked"))
		_snprintf(Answer, Size, "%s", BusAsked);
	else if (!strncmp(Text, "messages ", 9)) {
		BusMessages = (ULONG)(Text[9] - '0'); /* a bit for each processor */
		BusLies = Text[10] == ' ';
		_snprintf(Answer, Size, "ok");
	} else if (!strncmp(Text, "irp ", 4))
		ShimSendIrp(BusChild->Self, TRUE, Text + 4, Answer, Size);
	else if (!strncmp(Text, "root-irp ", 9))
		ShimSendIrp(BusRoot->Self, TRUE, Text + 9, Answer, Size);
	else if (!strncmp(Text, "filter ", 7))
		FilterCommand(Text + 7, Answer, Size);
	else
		_snprintf(Answer, Size,
			"error: bus plug|unplug|state|asked|messages|irp|root-irp|filter");
}
