/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_PNPID_H
#define PV_PNPID_H

#include "pv_devid.h"
#include "pv_errno.h"
#include "pv_iface.h"
#include "pv_platform.h"

/*
 * Device identification as a system asks for it: UTF-16 text, and lists of texts that an empty one
 * ends. Kind: pure. Builders return the units written with every NUL, or PV_ENOBUFS.
 */
struct pv_pnp_bus {
	const char *name;		     /* XENBUS */
	const char *prefix;		     /* DK */
	uint16_t device;		     /* number of the PCI device that the bus hangs on */
	const struct pv_revision *revisions; /* newest first */
	unsigned int revision_count;
	const struct pv_class_row *classes;
	unsigned int class_count;
};

int pv_pnp_text(uint16_t *buf, size_t cap, const char *ascii);
int pv_pnp_device_id(uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper);
/* One for each revision that the class can be bound by, newest first. PV_ENOENT: no such class. */
int pv_pnp_hardware_ids(uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper);
/* Without revision: no driver binds to these, but one may want to name the devices. */
int pv_pnp_compatible_ids(
	uint16_t *buf, size_t cap, const struct pv_pnp_bus *bus, const char *upper);

/* The number in PCI\VEN_5853&DEV_xxxx…; units: length without NUL, or more. */
int pv_pnp_pci_device(const uint16_t *id, size_t units, uint16_t *device);

/*
 * The next text of a list, as ASCII with its NUL. *offset begins at 0. 1; 0 at the end, be it the
 * empty text or that of the memory; PV_EINVAL for one that is not ASCII or does not fit, which is
 * passed over.
 */
int pv_pnp_next(const uint16_t *list, size_t units, size_t *offset, char *text, size_t cap);

/* As the system compares them: without regard to case. Both end with a NUL or after max units. */
bool pv_pnp_same(const uint16_t *a, const uint16_t *b, size_t max);

/* Whether id is begin, or begins so with a '&' behind it: an id is more exact the longer it is. */
bool pv_pnp_begins(const uint16_t *id, const uint16_t *begin, size_t max);

/*
 * Changes a list of texts that others have written too, and whose order matters to them. *units:
 * with the empty text that ends it; 0: there is no list. 1: changed; 0: it was so; PV_EINVAL: not
 * a list that ends as one should; PV_ENOBUFS: text does not fit into cap units.
 */
int pv_pnp_list_add(uint16_t *list, size_t *units, size_t cap, const char *text);
int pv_pnp_list_remove(uint16_t *list, size_t *units, const char *text);

#endif
