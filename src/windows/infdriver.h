/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_INFDRIVER_H
#define DDK_INFDRIVER_H

#include "windows/inf.h"

/* A list of texts without doubles, in the order of the file. */
struct inf_names {
	char **v;
	size_t n, cap;
};

/*
 * What an INF installs on one architecture, as far as it concerns others. Texts are never NULL;
 * "" for what is not there.
 */
struct inf_driver {
	char *provider;
	char *class;
	char *catalog;
	char *date;		   /* as DriverVer has it, MM/DD/YYYY */
	char *version;		   /* a.b.c.d */
	struct inf_names ids;	   /* hardware ids of the models */
	struct inf_names services; /* drivers and programs that it adds */
	/*
	 * The revisions of its own children that a bus driver offers: value Revisions of its
	 * service's key Parameters, 8 digits each. The service is the enumerator of the children's
	 * ids.
	 */
	char *bus;
	struct inf_names revisions;
};

#define AUTO_INF_DRIVER CLEANUP(inf_driver_release)

/* arch as in decorations without NT: "amd64", "x86". */
void inf_driver_read(struct inf_driver *d, const struct inf *inf, const char *arch);
void inf_driver_release(struct inf_driver *d);

/* BUS\VEN_ppdddd&DEV_c&REV_r with r of 8 digits: what a child of a PV bus is bound by. */
struct inf_child_id {
	char bus[32];
	char class[32];
	char revision[9];
};
/* False for an id of another form. Letters become capitals. */
bool inf_child_id(const char *id, struct inf_child_id *child);
bool inf_names_has(const struct inf_names *l, const char *name);
void inf_names_add(struct inf_names *l, const char *name);

#endif
