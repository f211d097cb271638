/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_UNPLUG_H
#define PV_UNPLUG_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Whether to take the emulated disks and NICs away (Xen's docs/misc/hvm-emulated-unplug). Kind:
 * pure. The caller reads and writes the ports; it asks here what the answers mean.
 */
#define PV_UNPLUG_PORT_MAGIC   0x10 /* read 16: magic; write 16: mask; write 32: build number */
#define PV_UNPLUG_PORT_VERSION 0x12 /* read 8: version; write 16: product; write 8: log */
#define PV_UNPLUG_MAGIC	       0x49d2
#define PV_UNPLUG_BLACKLISTED  0xd249

#define PV_UNPLUG_ALL_DISKS 0x1u /* IDE and SCSI */
#define PV_UNPLUG_NICS	    0x2u
#define PV_UNPLUG_AUX_DISKS 0x4u /* IDE but for the primary master; nothing beside ALL_DISKS */
#define PV_UNPLUG_NVME	    0x8u

/* What the handshake on the ports says. */
enum pv_unplug_port {
	PV_UNPLUG_PORT_ABSENT,	 /* not Xen's device: no unplug, no log */
	PV_UNPLUG_PORT_REFUSED,	 /* the host does not want this driver: no unplug, log allowed */
	PV_UNPLUG_PORT_IDENTIFY, /* write product and build number, then read the magic again */
	PV_UNPLUG_PORT_READY,
};

enum pv_unplug_port pv_unplug_handshake(uint16_t magic, uint8_t version, bool identified);

struct pv_unplug_kind {
	uint32_t requests; /* how many PV children said they can take over */
	bool device_known; /* the system has such a PV device installed */
	bool forced;	   /* the administrator's switch */
};

struct pv_unplug_input {
	enum pv_unplug_port port;
	bool enabled; /* this driver set can already do without the emulated devices */
	bool safe_mode;
	bool too_late;	    /* the system runs already, from disks that may be emulated */
	bool boot_emulated; /* boot option: the boot disk stays emulated */
	bool nvme;	    /* the host understands the NVMe bit */
	struct pv_unplug_kind disks, nics;
};

/* Why the mask is what it is, for the log. */
enum pv_unplug_reason {
	PV_UNPLUG_YES,
	PV_UNPLUG_NOT_ENABLED,
	PV_UNPLUG_NO_PORT,
	PV_UNPLUG_HOST_REFUSES,
	PV_UNPLUG_SAFE_MODE,
	PV_UNPLUG_TOO_LATE,
	PV_UNPLUG_NOT_REQUESTED,
	PV_UNPLUG_NO_DEVICE, /* requested, but nothing would be there to take over */
};

struct pv_unplug_output {
	uint16_t mask;	     /* what to write to the magic port; 0: write nothing */
	bool clear_requests; /* forget the requests, so that a boot that fails falls back */
	enum pv_unplug_reason disks, nics;
};

void pv_unplug_decide(const struct pv_unplug_input *in, struct pv_unplug_output *out);

/*
 * The count of one kind as a boot finds it: how many drivers said that they can take over. Nothing
 * is believed that is not there, that another version of the drivers has counted, or that nobody
 * could have counted.
 */
#define PV_UNPLUG_MOST 256
uint32_t pv_unplug_count(bool there, bool same_version, uint32_t value);

/*
 * One driver more or less, of those that have counted themselves since the boot. PV_ENOSPC: too
 * many; PV_EINVAL: fewer than none. *count stays then.
 */
int pv_unplug_change(uint32_t *count, bool ready);

#endif
