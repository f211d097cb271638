/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVI_PLAN_H
#define PVI_PLAN_H

#include "model.h"

enum pvi_verb { PVI_INSTALL, PVI_UPGRADE, PVI_REMOVE };

enum pvi_kind {
	/* The emulated disks and network cards are what the next boot has. */
	PVI_RESTORE,
	/* From here on only after a restart: what PV drivers serve now is in use. */
	PVI_RESTART,
	/* The package gets into the system's store; nothing is driven by it yet. */
	PVI_STAGE,
	/* Devices that are there get the driver. */
	PVI_BIND,
	/* Devices lose their driver. */
	PVI_UNBIND,
	/* The package leaves the store. */
	PVI_UNSTAGE,
};

/* Each can be done twice: what was interrupted is simply done again. */
struct pvi_step {
	enum pvi_kind kind;
	char name[PVI_NAME]; /* of the package */
	char inf[PVI_PATH];  /* its INF: on the medium (stage, bind), else oemN.inf */
	char old[PVI_NAME];  /* bind: oemN.inf that drove these devices before, or "" */
	uint64_t content;    /* stage, bind: of the INF */
};

enum pvi_outcome {
	PVI_READY,   /* there is something to do */
	PVI_NOTHING, /* all is as it should be */
	PVI_VETOED,  /* why says what stands against it, and what to do first */
};

struct pvi_plan {
	enum pvi_verb verb;
	struct pvi_step steps[PVI_STEPS];
	size_t step_count;
	/* One line for each reason, or for each package that is left as it is. */
	char why[4096];
	size_t why_length;
};

/*
 * install: all packages of the medium that are not there, and newer ones; upgrade: newer ones of
 * those that are there; remove: those of the provider, since other vendors' are theirs to remove.
 * names: only these, of the medium or for remove of the system; none: all.
 */
enum pvi_outcome pvi_plan(struct pvi_plan *plan, enum pvi_verb verb,
	const struct pvi_system *system, const struct pvi_packages *medium, const char *provider,
	const char *const *names, size_t name_count);

const char *pvi_kind_text(enum pvi_kind kind);
const char *pvi_verb_text(enum pvi_verb verb);

#endif
