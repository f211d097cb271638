/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_FE_H
#define PV_FE_H

#include "pv_errno.h"
#include "pv_platform.h"

/*
 * The front end's side of a device's life (xen/io/xenbus.h), one step at a time. Kind: externally
 * locked.
 *
 * The caller asks for the next step, lets go of its lock, does it, and reports how it went. News
 * (the back end's state, a wish to stop, a resume) may come at any time, also while a step is
 * being done: it is acted on at the next step. So there is no point at which a suspend could not
 * come. What was made is unmade exactly once, whatever the back end does or fails to do: every
 * wait has an end, and a back end that goes up and down for ever is given up.
 */
enum pv_fe_step {
	PV_FE_WAIT,   /* nothing to do before news or fe->deadline */
	PV_FE_LOOKUP, /* read the back end's path and domain, watch its state, tell the state */
	PV_FE_WRITE_STATE,   /* write fe->write_state to our `state` */
	PV_FE_READ_FEATURES, /* of the back end; done twice, some write them late */
	PV_FE_MAKE_RINGS,    /* grants and event channels; on failure nothing may be left made */
	PV_FE_PUBLISH,	     /* keys and fe->write_state in one transaction */
	PV_FE_ENABLE,	     /* let traffic in */
	PV_FE_DISABLE,	     /* no more traffic; what is in flight waits for another connection */
	PV_FE_FREE_RINGS,
	PV_FE_FORGET, /* drop the watch and the path */
};

struct pv_fe_config {
	bool direct; /* Connected with the keys (netif), not Initialised first (blkif) */
	uint64_t connect_time, close_time; /* how long to wait for the back end */
	uint64_t backoff;		   /* before a second try; doubles up to 64 times */
	uint32_t max_flaps;		   /* connections lost within flap_time before giving up */
	uint64_t flap_time;
};

struct pv_fe {
	const struct pv_fe_config *config;
	uint64_t deadline;
	uint64_t not_before;
	uint64_t flap_start;
	uint32_t flaps, tries;
	int error; /* of the latest failure, for the log */
	uint8_t phase, running;
	uint8_t write_state;
	uint8_t backend; /* as last told; 0: gone, or not a state */
	bool want;
	bool have_path, have_rings, enabled;
	bool resumed; /* in a new domain: the back end we knew is not there */
	bool reset;   /* closing only to bring an old back end back to its start */
	bool counted; /* this attempt got far enough to count as a connection lost */
	bool failed;
	bool given_up;
};

void pv_fe_init(struct pv_fe *fe, const struct pv_fe_config *config);

/* Up or down. Up again after down also forgives the past. */
void pv_fe_want(struct pv_fe *fe, bool up);

/*
 * The back end's state, from its watch or PV_FE_LOOKUP; XenbusStateUnknown when the node is gone
 * or holds no state (pv_parse_xenbus_state).
 */
void pv_fe_backend(struct pv_fe *fe, unsigned int state);

/* After a resume in a new domain. */
void pv_fe_resumed(struct pv_fe *fe);

enum pv_fe_step pv_fe_next(struct pv_fe *fe, uint64_t now);

/* The step that pv_fe_next gave is over: 0 or an error. PV_EINVAL: it was another. */
int pv_fe_done(struct pv_fe *fe, enum pv_fe_step step, int rc, uint64_t now);

/* Whether traffic runs; whether all is unmade; whether it has been given up. */
static inline bool pv_fe_is_up(const struct pv_fe *fe)
{
	return fe->enabled;
}

bool pv_fe_is_down(const struct pv_fe *fe);

static inline bool pv_fe_is_given_up(const struct pv_fe *fe)
{
	return fe->given_up;
}

#endif
