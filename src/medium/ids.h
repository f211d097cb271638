/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_IDS_H
#define DDK_IDS_H

#include <stddef.h>
#include <stdint.h>

struct ids_name {
	uint32_t id; /* vendor << 16 | device */
	const char *name;
};

struct ids_list {
	char *text;
	struct ids_name *vendors, *devices; /* sorted; vendors have device 0 */
	size_t n_vendors, cap_vendors, n_devices, cap_devices;
};

/* Names of PCI and USB devices, from the pci.ids and usb.ids of the hwdata package. */
struct ids {
	struct ids_list pci, usb;
};

#define AUTO_IDS __attribute__((cleanup(ids_release)))

/*
 * Reads pci.ids and usb.ids from dir, or with NULL from where distributions have them. A file that
 * is missing, too large or makes no sense gives no names; that is no error.
 */
void ids_read(struct ids *ids, const char *dir);
/*
 * Adds names from text, which is taken over and changed: lines "VVVV  NAME" and below them
 * TAB "DDDD  NAME"; anything else is passed over.
 */
void ids_parse(struct ids_list *l, char *text);
/*
 * The names for "VVVV:DDDD" or "VVVV:*" (show_device) on bus "pci" or "usb"; each NULL when
 * unknown. They belong to ids, which may be NULL.
 */
void ids_find(const struct ids *ids, const char *bus, const char *device, const char **vendor,
	const char **name);
void ids_release(struct ids *ids);

#endif
