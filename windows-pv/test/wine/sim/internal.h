/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of xensim.sys. */
#ifndef DK_WINE_XENSIM_INTERNAL_H
#define DK_WINE_XENSIM_INTERNAL_H

#include "../shim/shim.h"
#include "core/internal.h"
#include "backend/sim_device.h"
#include "store/sim_store.h"
#include "xensim.h"

#define XENSIM_DOMAIN  7
#define XENSIM_DEVICES 12
#define XENSIM_KEPT    4

/*
 * One simulation for the life of the process, in the deterministic mode's code but not
 * deterministic: many threads enter, one at a time, all as the one adopted context.
 */
struct xensim {
	USER_LOCK lock;
	struct sim *sim;
	struct sim_domain *control, *guest;
	struct sim_domain *driver; /* another domain with back-ends, 5 */
	struct sim_store *store;
	struct sim_client *client;
	struct sim_task *task;
	struct sim_device *devices[XENSIM_DEVICES];
	char names[XENSIM_DEVICES][2][32]; /* class and id, which the device does not copy */
	struct {
		char path[64], value[32];
	} kept[XENSIM_KEPT]; /* in the guest's part of the store, by the toolstack, at each resume
			      */
	uint64_t memory;     /* the platform device's, a frame */
	uint32_t storm;	     /* dom0's port that sends whenever anything happens; 0: none */
	uint64_t storm_sent;
	volatile LONG flipping;
	HANDLE wake[SHIM_CPUS]; /* of the thread that has this processor's interrupt */
};
extern struct xensim xensim;

/* xensim.c. Something may have changed: interrupts are looked for. */
void xensim_wake(void);

/* platform.c. The latest error that a driver has logged, or nothing. */
const char *xensim_error(void);
void xensim_error_forget(void);
/* The latest line of the log that has the text, of a few; or nothing. */
const char *xensim_heard(const char *text);

VOID NTAPI xensim_command(PVOID argument, PCHAR text, PCHAR answer, ULONG size);
/* Writes all that is kept. */
void xensim_furnish(void *argument);
/* grant_frames 0: as many as the profile has. */
void xensim_new(const struct sim_profile *profile, uint64_t seed, uint32_t grant_frames);

#endif
