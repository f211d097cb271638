/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_XS_INT_H
#define PV_XS_INT_H

/* Between the files of the xenstore client; for nobody else. */
#include "pv_xs.h"

void pv_xs_req_clear(struct pv_xs_req *req, uint32_t type);
int pv_xs_req_add(struct pv_xs_req *req, const void *data, size_t len);

/* An id: how often its slot was used, and in these bits which slot it is, from 1. */
#define PV_XS_ID_SLOT 0xffffu

void pv_xs_enqueue(struct pv_xs *xs, struct pv_xs_req *req);
bool pv_xs_dequeue(struct pv_xs *xs, struct pv_xs_req *req);
void pv_xs_abandon(struct pv_xs *xs, struct pv_xs_req *req);
/* Takes a request out, wherever it is, and ends it. */
void pv_xs_end(struct pv_xs *xs, struct pv_xs_req *req, int rc, uint64_t now);

bool pv_xs_has_feature(const struct pv_xs *xs, uint32_t feature);
void pv_xs_break(struct pv_xs *xs, int error);
/* Up, or waiting for the server, as the page says. */
void pv_xs_connect(struct pv_xs *xs);

/* The request of a watch is over. */
void pv_xs_watch_done(struct pv_xs *xs, struct pv_xs_watch *watch, int rc, uint64_t now);
/* All that the server knew of watches is gone. */
void pv_xs_watches_reset(struct pv_xs *xs, uint64_t now);
void pv_xs_watch_event(struct pv_xs *xs, const uint8_t *payload, uint32_t len);

#endif
