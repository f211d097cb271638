/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_WINE_HARNESS_H
#define DK_WINE_HARNESS_H

#include <stdbool.h>

#include <windows.h>

/* TAP */
extern int tests, failures;
void ok(bool passed, const char *format, ...) __attribute__((format(printf, 2, 3)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The answer is what was wanted; otherwise both are shown. */
void is(const char *got, const char *want, const char *name);
/* text has each of the words of part, a blank-free string, somewhere. */
void like(const char *text, const char *part, const char *name);

/* To the drivers: see the commands of shim, sim, bus, probe and child. The answer stays until the
 * fourth call after this one. */
const char *ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Asks until the answer has the part, for at most ten seconds; the last answer. */
const char *await(const char *part, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Asks until the answer is a number larger than that. */
const char *await_more(int than, const char *text);
/* The driver process may end, which otherwise ends the suite. */
extern bool may_die;
/* False: the driver process is gone. */
bool alive(void);

/* pnp.c; they end the program when they fail. */
void install_root(const char *hardware_id, const char *inf);
void stage(const char *inf);

/* No failure was reported by shim or sim. */
void clean(const char *name);
/* And nothing is left of pool, ports, grants, watches and the rest. */
void empty(const char *name);

void suite_probe(void);
void suite_crash(const char *how);
/* Removal of a busy child, so many times. */
void suite_busy(const char *variant, const char *times);
/* what: all, or those attacks that take no time. */
void suite_hostile(const char *variant, const char *what);
void suite_frames(const char *variant, const char *profile);
void suite_old(void);
void suite_newer(void);
/* Allocation number first, and every step-th after it. */
void suite_failing(const char *variant, int first, int step);
/* how: on, off, 2-level */
void suite_upcall(const char *variant, const char *how);
void suite_monitor(const char *variant);
void suite_hibernate(const char *variant);
/* With every step-th allocation failing; 0: a boot without a balloon. */
void suite_balloon(const char *variant, int step);
/* how: ready, other-version, late, safe */
void suite_xenfilt(const char *variant, const char *how);
void suite_xenbus(const char *variant, const char *profile);
/* Suspends of a busy child, so many times. */
void suite_suspend(const char *variant, const char *profile, int times);

#endif
