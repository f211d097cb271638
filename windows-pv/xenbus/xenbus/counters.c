/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the bus and its children hold of Xen's, printed with every driver's state: when DEBUG is
 * triggered, and in a crash. It takes no lock, so numbers may be a moment apart.
 */
#include "balloon.h"
#include "debug.h"
#include "evtchn.h"
#include "gnttab.h"
#include "interface.h"
#include "store.h"

static VOID References(PFDO Fdo)
{
	for (ULONG i = 0; i < RTL_NUMBER_OF(DkXenbusInterfaces); i++)
		if (PV_READ_ONCE(Fdo->References[i]) != 0)
			LogInfo("references: %s %u", DkXenbusNames[i],
				(unsigned)PV_READ_ONCE(Fdo->References[i]));
}

VOID NTAPI CountersPrint(PVOID Argument, BOOLEAN Crashing)
{
	PFDO Fdo = Argument;
	PEVTCHN Evtchn = Fdo->Evtchn;
	PGNTTAB Gnttab = Fdo->Gnttab;
	PSTORE Store = Fdo->Store;
	PBALLOON Balloon = Fdo->Balloon;
	ULONG Strays = 0;

	UNREFERENCED_PARAMETER(Crashing);
	for (ULONG i = 0; i < Evtchn->CpuCount; i++)
		Strays += PV_READ_ONCE(Evtchn->Cpus[i].Scan.stray);
	References(Fdo);
	LogInfo("store: %u watches, %u transactions", (unsigned)PV_READ_ONCE(Store->Watches),
		(unsigned)PV_READ_ONCE(Store->Transactions));
	LogInfo("event channels: %u open, held back %u times, %u strays",
		(unsigned)PV_READ_ONCE(Evtchn->Open), (unsigned)ReadLong(&Evtchn->HeldBack),
		(unsigned)Strays);
	LogInfo("grants: %u active, %u in quarantine, %u references",
		(unsigned)PV_READ_ONCE(Gnttab->Book.active),
		(unsigned)PV_READ_ONCE(Gnttab->Book.quarantined),
		(unsigned)PV_READ_ONCE(Gnttab->Book.ready));
	if (Balloon != NULL)
		LogInfo("balloon: Xen has %llu of %llu pages, refused %llu times, %llu times none "
			"to give",
			(unsigned long long)PV_READ_ONCE(Balloon->Held),
			(unsigned long long)PV_READ_ONCE(Balloon->Book.goal),
			(unsigned long long)PV_READ_ONCE(Balloon->Refused),
			(unsigned long long)PV_READ_ONCE(Balloon->Unserved));
}
