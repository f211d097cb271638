/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVI_MODEL_H
#define PVI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a guest has and what a medium brings, as plain data: the system's side fills it in, and what
 * to do is decided without asking the system again. Texts are UTF-8, compared without regard to
 * case where Windows does so; what is longer than its field is not taken at all.
 */
enum {
	PVI_PACKAGES = 64,
	PVI_DEVICES = 256,
	PVI_IDS = 48,
	PVI_REVISIONS = 32,
	PVI_NAME = 64,
	PVI_ID = 200,	/* MAX_DEVICE_ID_LEN */
	PVI_PATH = 520, /* MAX_PATH in UTF-8 */
	PVI_STEPS = 4 * PVI_PACKAGES + 1,
};

struct pvi_version {
	uint16_t part[4];
	uint32_t date; /* YYYYMMDD */
};

/* BUS\VEN_ppdddd&DEV_class&REV_revision: what a child of a PV bus is bound by. */
struct pvi_child {
	char bus[32];
	char device[32];
	char revision[9];
};

struct pvi_package {
	char name[PVI_NAME]; /* of the catalog, without .cat: the same whatever Windows calls the
				INF */
	char provider[PVI_NAME];
	char inf[PVI_PATH]; /* on the medium its path, in the system oemN.inf */
	uint64_t content;   /* a hash of the INF */
	struct pvi_version version;
	char bus[32]; /* that it brings, or "" */
	char revisions[PVI_REVISIONS][9];
	size_t revision_count;
	char ids[PVI_IDS][PVI_ID]; /* hardware ids of the models */
	size_t id_count;
};

struct pvi_device {
	char instance[PVI_ID];
	char matching[PVI_ID]; /* the id by which its driver was chosen */
	char inf[PVI_NAME];    /* oemN.inf of its driver, "" without one */
	bool present;
};

struct pvi_packages {
	struct pvi_package v[PVI_PACKAGES];
	size_t n;
};

struct pvi_system {
	struct pvi_packages installed;
	struct pvi_device devices[PVI_DEVICES];
	size_t device_count;
};

/* a.b.c.d with parts up to 65535, and MM/DD/YYYY; false for another form. */
bool pvi_version_parse(struct pvi_version *v, const char *date, const char *version);
/* As Windows ranks drivers: by date, then by version. Below, at or above 0. */
int pvi_version_compare(const struct pvi_version *a, const struct pvi_version *b);
/* "1.2.3.4" */
#define PVI_VERSION_TEXT 24
const char *pvi_version_text(const struct pvi_version *v, char text[PVI_VERSION_TEXT]);

/* False for an id of another form; letters become capitals. */
bool pvi_child_parse(struct pvi_child *c, const char *id);
/* 8 hexadecimal digits, as capitals. */
bool pvi_revision_parse(char revision[9], const char *text);

bool pvi_same(const char *a, const char *b);
/* False, and to is "", when it does not fit. */
bool pvi_copy(char *to, size_t size, const char *from);
/* FNV-1a, for telling files apart; start with PVI_HASH. */
#define PVI_HASH 0xcbf29ce484222325u
uint64_t pvi_hash(uint64_t hash, const void *data, size_t size);

bool pvi_offers(const struct pvi_package *p, const char *revision);
bool pvi_has_id(const struct pvi_package *p, const char *id);
/*
 * Whether the package is one of ours to look at: it drives Xen's platform device or a child of a PV
 * bus, or brings such a bus.
 */
bool pvi_is_pv(const struct pvi_package *p);
const struct pvi_package *pvi_find_inf(const struct pvi_packages *l, const char *inf);

#endif
