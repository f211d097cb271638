/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_IFACE_H
#define PV_IFACE_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Which version of an interface a caller gets (IRP_MN_QUERY_INTERFACE). Kind: pure.
 * A provider keeps every version from oldest to newest; each has a structure of its own size.
 */
#define PV_IFACE_VERSIONS 16

struct pv_iface {
	uint8_t guid[16]; /* as in memory */
	uint16_t oldest, newest;
	uint16_t size[PV_IFACE_VERSIONS]; /* of version oldest + i */
};

/* Rows that a provider can serve: versions in order and from 1, every size set, no GUID twice. */
int pv_iface_table_check(const struct pv_iface *table, size_t count);

/*
 * 0: fill (*found)->size[version - oldest] bytes of the caller's structure and no more.
 * PV_ENOENT: not ours, hand the query to the parent; PV_EOLD, PV_ENEW: no such version;
 * PV_ESIZE: the caller's structure is too small for it.
 */
int pv_iface_query(const struct pv_iface *table, size_t count, const uint8_t guid[16],
	uint16_t version, uint16_t size, const struct pv_iface **found);

/* A PDO revision is a tuple: one version of each interface of the table, 0 where it needs none. */
struct pv_revision {
	uint32_t revision;
	const uint16_t *versions; /* as many as the table has rows */
};

/* Whether everything that a child bound to this revision may ask for is still served. */
bool pv_revision_served(const struct pv_revision *rev, const struct pv_iface *table, size_t count);

#endif
