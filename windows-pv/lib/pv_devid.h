/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_DEVID_H
#define PV_DEVID_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Which devices the bus shows, and what they are called. Kind: pure, but for struct pv_classes,
 * which is externally locked.
 *
 * The names come from `device/` in xenstore, where the toolstack, or whoever else may write there,
 * can put anything: a name that is not plain is counted and left out, two names that differ only
 * in case are one, and there are never more classes than the caller's table holds.
 */
#define PV_CLASS_MAX  15 /* characters in a class name */
#define PV_PREFIX_MAX 7
#define PV_ID_MAX     96 /* room for any id below, with its NUL */

struct pv_class {
	char name[PV_CLASS_MAX + 1];  /* as in xenstore */
	char upper[PV_CLASS_MAX + 1]; /* as in a device id */
	bool used;
	bool synthetic; /* not from xenstore: is there whatever the listing says */
	bool present;	/* in the latest listing */
	bool known;	/* the caller was told to make its device */
	bool leaving;	/* the caller was told to take its device away, and has not yet */
};

/* A class that a bus driver knows, and the first revision that a child of it can be bound by. */
struct pv_class_row {
	const char *name;
	uint32_t first;
};

struct pv_classes {
	struct pv_class *table; /* the caller's */
	unsigned int cap;
	const char *const *supported; /* upper-case, ended by NULL; NULL: every class */
	uint64_t refused;	      /* names left out because of what they are */
	uint64_t dropped;	      /* names left out because the table was full */
};

enum pv_class_change {
	PV_CLASS_NONE,
	PV_CLASS_ARRIVED,
	PV_CLASS_GONE,
};

/* Letters, digits, '-' and '_', beginning with a letter. */
int pv_class_check(const char *name, size_t len);

int pv_classes_init(struct pv_classes *c, struct pv_class *table, unsigned int cap,
	const char *const *supported);
int pv_classes_add_synthetic(struct pv_classes *c, const char *name);

/* One listing: begin, then each name, then take the changes until PV_CLASS_NONE. */
void pv_classes_begin(struct pv_classes *c);
int pv_classes_seen(struct pv_classes *c, const char *name, size_t len);

/*
 * Says what to do next: make the device of *out, or take it away. Each change is told once. What
 * is GONE leaves the table when the caller says so with pv_classes_forget, after its device is
 * really gone; until then its name is not given to a second device. A class stays where it is in
 * the table as long as it is used.
 */
enum pv_class_change pv_classes_next(struct pv_classes *c, struct pv_class **out);
void pv_classes_forget(struct pv_class *class);

/* XENBUS\VEN_DK&DEV_VIF */
int pv_format_device_id(
	char *buf, size_t cap, const char *bus, const char *prefix, const char *class_upper);

/* XENBUS\VEN_DK0001&DEV_VIF&REV_01000000; hex digits upper-case. */
int pv_format_hardware_id(char *buf, size_t cap, const char *bus, const char *prefix,
	uint16_t device, const char *class_upper, uint32_t revision);

/* XENBUS\VEN_DK: what every device of this bus has in common. */
int pv_format_bus_id(char *buf, size_t cap, const char *bus, const char *prefix);

/* The number of a device of a class, as in device/vif/0: one spelling for each number. */
int pv_parse_device_index(const char *name, size_t len, uint32_t *index);

#endif
