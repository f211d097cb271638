/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SHOW_H
#define DDK_SHOW_H

#include <stdio.h>

#include "check/check.h"
#include "medium/ids.h"

/* What one consumer does with one RPM. */
enum fate {
	FATE_NOTHING,
	FATE_INSTALLS,
	FATE_LOADS, /* at install time, into the running installer, and installs it too */
};

/* One RPM of the medium, as `ddk show` sees it. */
struct show_package {
	const struct contents_rpm *rpm;
	const char *type;    /* of XS-PACKAGES, "" when it is not listed there */
	const char *flavour; /* of the kernel of its modules, "" when unknown */
	enum fate installer; /* XS format: XCP, XenServer 5.6 to 7.0 */
	enum fate host;	     /* install.sh */
	enum fate yum;	     /* 7.1 and later */
};

/* What is on a medium; strings are never NULL and belong to the model or to contents. */
struct show {
	const struct contents *c;
	const struct ids *ids; /* names of devices, or NULL; set by the caller */
	char *label;
	char *originator;
	char *version;
	char *build;
	char *text;
	char *product;
	char **requires; /* "debian:main eq 12" */
	size_t n_requires, cap_requires;
	bool has_xs, has_yum;
	struct show_package *v; /* binary RPMs: in the order of XS-PACKAGES, then the others */
	size_t n;
	struct windows windows; /* the drivers for guests */
};

void show_gather(struct show *s, const struct contents *c);
void show_release(struct show *s);
/* A table of at most 80 columns, where names are not longer themselves. */
void show_print(const struct show *s, FILE *out);
/* One JSON object with all of it, lists unabridged. */
void show_print_json(const struct show *s, FILE *out);

/* Prints words with blanks between them behind head, wrapped at 80 columns, later lines indented.
 */
void show_wrapped(FILE *out, const char *head, const char *text, int indent);

/* The part about guests of both. */
void show_windows(const struct windows *w, FILE *out);
struct json_t *show_windows_json(const struct windows *w);

const char *fate_name(enum fate f);
/*
 * A modalias of a PCI or USB device as VVVV:DDDD ("8086:100e", "8086:*"), or NULL when it is none;
 * the caller frees it. bus is set to "pci", "usb" or "".
 */
char *show_device(const char *alias, const char **bus);

/* One device that a module claims. */
struct show_claim {
	const char *bus;    /* "pci" or "usb" */
	char *device;	    /* as show_device has it */
	const char *vendor; /* names, or NULL; they belong to s->ids */
	const char *name;
};

/*
 * The devices of a module in the order of its aliases, as an array of *n that show_claims_free
 * frees.
 */
struct show_claim *show_claims(const struct show *s, const struct module *m, size_t *n);
void show_claims_free(struct show_claim *v, size_t n);

#endif
