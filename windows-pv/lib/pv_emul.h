/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_EMUL_H
#define PV_EMUL_H

#include "pv_errno.h"
#include "pv_platform.h"
#include "pv_pnpid.h"

/*
 * What a filter makes of the ids that buses report: which buses emulated devices hang on, which of
 * those are disks, and which of several devices is the one that is active. Kind: pure.
 *
 * Ids are UTF-16 text as a bus driver wrote it; lists as for pv_pnp_next.
 */
enum pv_emul_bus {
	PV_EMUL_NONE,
	PV_EMUL_PCI, /* a root of PCI */
	PV_EMUL_IDE, /* an IDE channel */
};

/* From a device's hardware or compatible ids. */
enum pv_emul_bus pv_emul_bus(const uint16_t *list, size_t units);

/*
 * Which IDE disk this is, from the instance ids of the channel and of the disk on it: the number
 * behind the channel's last '&' (…&0&1), and the target in the disk's (…&0.1.0). Two disks for each
 * channel. PV_EINVAL: not of that form; then it may be any.
 */
int pv_emul_ide_index(const uint16_t *channel, const uint16_t *disk, size_t max, uint32_t *index);

/* A device on PCI that has disks of its own, of the kinds that the emulator makes for Xen: NVMe. */
bool pv_emul_is_nvme(const uint16_t *device_id, size_t max);

/*
 * Whether this device of a bus is the recorded one. An instance is where a device is plugged in,
 * and may change when a guest moves; the device is the same one then and shall be shown under its
 * recorded instance.
 */
enum pv_emul_identity {
	PV_EMUL_OTHER,
	PV_EMUL_RECORDED,
	PV_EMUL_MOVED, /* only if no device of this bus is PV_EMUL_RECORDED */
};
struct pv_emul_id {
	const uint16_t *device, *instance;
};
enum pv_emul_identity pv_emul_identify(
	const struct pv_emul_id *self, const struct pv_emul_id *record, size_t max);

#endif
