/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_CORRAL_H
#define PV_CORRAL_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * Holds every processor but one while that one suspends the domain. Kind: per-CPU; all may call at
 * once. Nothing here waits: each processor asks again until the answer is another.
 *
 * They gather with interrupts on, and only when all are there does each turn its interrupts off: a
 * processor that waits with interrupts off for one that has not come yet could wait for ever, since
 * that one may itself be waiting for an interrupt to be taken. When the time is up before all have
 * shut, all are let go, and a processor that comes later is told so.
 *
 *   the one that suspends                  each other processor, in a call at DISPATCH
 *   pv_corral_begin                        -
 *   pv_corral_enter                        pv_corral_enter
 *   pv_corral_ask until it says SHUT       pv_corral_ask until it says SHUT
 *   interrupts off, pv_corral_shut         interrupts off, pv_corral_shut
 *   pv_corral_ask until it says HELD       pv_corral_ask until it says RELEASED
 *   suspend, pv_corral_release             -
 *   interrupts on, pv_corral_leave         interrupts on, pv_corral_leave
 *
 * ABORTED may come in place of any answer before HELD: interrupts on, pv_corral_leave.
 */
#define PV_CORRAL_MAX_CPUS 4096

enum pv_corral_answer {
	PV_CORRAL_WAIT, /* ask again */
	PV_CORRAL_SHUT, /* all are here: turn interrupts off and say so */
	PV_CORRAL_HELD, /* all have: the one that suspends may */
	PV_CORRAL_RELEASED,
	PV_CORRAL_ABORTED,
};

struct pv_corral { /* zeroed before its first use */
	uint32_t word;
	uint32_t cpus;
	uint64_t deadline;
};

/*
 * cpus: how many take part, the caller among them. limit: the time, in 100 ns units, for all of
 * them to have shut. PV_EBUSY: a processor of the last time has not left yet.
 */
int pv_corral_begin(struct pv_corral *c, uint32_t cpus, uint64_t now, uint64_t limit);

/* Once by each processor. WAIT, SHUT or ABORTED. */
enum pv_corral_answer pv_corral_enter(struct pv_corral *c);

/* Once by each processor that was told SHUT. WAIT, HELD or ABORTED. */
enum pv_corral_answer pv_corral_shut(struct pv_corral *c);

/*
 * now: of one clock for all processors. shut: this processor has called pv_corral_shut. One that is
 * not the one that suspends takes HELD for WAIT.
 */
enum pv_corral_answer pv_corral_ask(struct pv_corral *c, uint64_t now, bool shut);

/* By the one that was told HELD. */
void pv_corral_release(struct pv_corral *c);

/* Once by each processor that entered, after RELEASED or ABORTED. True for the last one. */
bool pv_corral_leave(struct pv_corral *c);

#endif
