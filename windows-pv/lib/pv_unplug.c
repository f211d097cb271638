/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_unplug.h"

enum pv_unplug_port pv_unplug_handshake(uint16_t magic, uint8_t version, bool identified)
{
	if (magic == PV_UNPLUG_BLACKLISTED)
		return PV_UNPLUG_PORT_REFUSED;
	if (magic != PV_UNPLUG_MAGIC)
		return PV_UNPLUG_PORT_ABSENT;
	/* Version 0 has no identification: the host takes everyone. */
	if (version && !identified)
		return PV_UNPLUG_PORT_IDENTIFY;
	return PV_UNPLUG_PORT_READY;
}

static enum pv_unplug_reason veto(const struct pv_unplug_input *in)
{
	if (!in->enabled)
		return PV_UNPLUG_NOT_ENABLED;
	if (in->port == PV_UNPLUG_PORT_REFUSED)
		return PV_UNPLUG_HOST_REFUSES;
	if (in->port != PV_UNPLUG_PORT_READY)
		return PV_UNPLUG_NO_PORT;
	if (in->safe_mode)
		return PV_UNPLUG_SAFE_MODE;
	if (in->too_late)
		return PV_UNPLUG_TOO_LATE;
	return PV_UNPLUG_YES;
}

static enum pv_unplug_reason decide_kind(const struct pv_unplug_kind *kind)
{
	if (kind->forced)
		return PV_UNPLUG_YES;
	if (!kind->requests)
		return PV_UNPLUG_NOT_REQUESTED;
	return kind->device_known ? PV_UNPLUG_YES : PV_UNPLUG_NO_DEVICE;
}

void pv_unplug_decide(const struct pv_unplug_input *in, struct pv_unplug_output *out)
{
	enum pv_unplug_reason no = veto(in);

	out->mask = 0;
	out->clear_requests = in->disks.requests || in->nics.requests;
	out->disks = no != PV_UNPLUG_YES ? no : decide_kind(&in->disks);
	out->nics = no != PV_UNPLUG_YES ? no : decide_kind(&in->nics);
	if (out->disks == PV_UNPLUG_YES) {
		out->mask |= in->boot_emulated ? PV_UNPLUG_AUX_DISKS : PV_UNPLUG_ALL_DISKS;
		/* An NVMe disk may be the boot disk, and no mask spares one of several. */
		if (in->nvme && !in->boot_emulated)
			out->mask |= PV_UNPLUG_NVME;
	}
	if (out->nics == PV_UNPLUG_YES)
		out->mask |= PV_UNPLUG_NICS;
}

uint32_t pv_unplug_count(bool there, bool same_version, uint32_t value)
{
	if (!there || !same_version || value > PV_UNPLUG_MOST)
		return 0;
	return value;
}

int pv_unplug_change(uint32_t *count, bool ready)
{
	if (ready && *count >= PV_UNPLUG_MOST)
		return PV_ENOSPC;
	if (!ready && *count == 0)
		return PV_EINVAL;
	*count = ready ? *count + 1 : *count - 1;
	return 0;
}
