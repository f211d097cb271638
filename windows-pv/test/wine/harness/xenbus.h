/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the suites that have XENBUS running. */
#ifndef DK_WINE_HARNESS_XENBUS_H
#define DK_WINE_HARNESS_XENBUS_H

#include "harness.h"

#define HOME "/local/domain/7/"

/* The domain's id, which a resume or hibernation may change, and a path in its home. */
extern int domain_id;
const char *path(const char *key);

/* "sim left" when only the bus itself has something: it watches device/ and control/. */
#define BUS_WATCHES "2 watches\n"

/* world: what "sim new" takes. */
void bus_up(const char *variant, const char *world);
void bus_down(void);
void child_up(void);
void child_down(void);

/* What the child does with each interface; test: the build that provides TEST; upcalls: processors
 * have interrupts of their own. */
void interfaces(bool test, bool upcalls);
/* One of these again, for a store in a bad mood. */
void store(void);
/* All references of the table, which are so many. */
void exhaust(int least, int most);
/* Each row of irps.def. */
void pnp_irps(void);

/* To S4 with bus and child, and into another domain; from there to D0 with both. */
void hibernate(int id, const char *profile);
void wake_up(void);

/* What the bus printed behind this word when DEBUG was triggered last ("child debug"). */
const char *counted(const char *word);

/* Statements of a back-end that connects as blkif does, and that closes. */
#define CONNECT "state 2;await 3;map ring-ref;bind event-channel;state 4;await 4 5 6 gone;"
#define CLOSE	"state 5;await 6 gone;let-go;state 6;"

#endif
