/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The active device keeps its instance although the guest's next host, or its next configuration,
 * has it in another slot: Windows would take it for a new device, without its settings, its driver
 * and its children.
 */
#include "xenfilt.h"

static PFILTER FindAs(PFILTER Bus, enum pv_emul_identity Wanted) NT_HOLDS(Driver.Lock);
static PFILTER FindAs(PFILTER Bus, enum pv_emul_identity Wanted)
{
	const struct pv_emul_id Record = { Driver.Record.DeviceId, Driver.Record.InstanceId };

	for (PLIST_ENTRY Entry = Bus->Children.Flink; Entry != &Bus->Children;
		Entry = Entry->Flink) {
		PFILTER Child = CONTAINING_RECORD(Entry, FILTER, Link);
		const struct pv_emul_id Self = { Child->DeviceId, Child->InstanceId };

		if (Child->Reported && Child->Usable &&
			pv_emul_identify(&Self, &Record, XEN_DEVICE_ID_LENGTH) == Wanted)
			return Child;
	}
	return NULL;
}

/* Whether it has been decided: what was once shown so stays so, as long as it is there. */
static BOOLEAN Decided(PFILTER Bus) NT_HOLDS(Driver.Lock);
static BOOLEAN Decided(PFILTER Bus)
{
	for (PLIST_ENTRY Entry = Bus->Children.Flink; Entry != &Bus->Children;
		Entry = Entry->Flink) {
		if (CONTAINING_RECORD(Entry, FILTER, Link)->Moved)
			return TRUE;
	}
	return FALSE;
}

VOID IdentityDecide(PFILTER Bus)
{
	PFILTER Child;

	if (Driver.Record.DeviceId[0] == L'\0' || Decided(Bus) ||
		FindAs(Bus, PV_EMUL_RECORDED) != NULL)
		return;
	Child = FindAs(Bus, PV_EMUL_MOVED);
	if (Child == NULL)
		return;
	Child->Moved = TRUE;
	LogInfo("the active device is in another place; it keeps its name");
}
