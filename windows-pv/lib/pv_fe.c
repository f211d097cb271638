/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_fe.h"
#include "pv_xen.h"

enum phase {
	DOWN,
	LOOKUP,
	CHECK,
	INIT,
	WAIT_INIT,
	FEATURES,
	RINGS,
	PUBLISH,
	WAIT_CONNECTED,
	LATE_FEATURES,
	CONNECT,
	ENABLE,
	UP,
	DISABLE,
	CLOSING,
	WAIT_CLOSING,
	CLOSED,
	WAIT_CLOSED,
	FREE,
	FORGET,
};

/* Back-end states as a set. */
#define S(state)   (1u << (state))
#define S_UNKNOWN  S(XenbusStateUnknown)
#define S_STARTING (S(XenbusStateInitialising) | S(XenbusStateInitWait))
#define S_CLOSING  (S(XenbusStateClosing) | S(XenbusStateClosed))
#define S_CONNECTED                                                                                \
	(S(XenbusStateConnected) | S(XenbusStateReconfiguring) | S(XenbusStateReconfigured))

/* In each phase on the way up: the states of the back end that let it go on. */
static unsigned int good_states(unsigned int phase)
{
	switch (phase) {
	case WAIT_INIT:
		return ~S_UNKNOWN;
	case FEATURES:
	case RINGS:
	case PUBLISH:
	case WAIT_CONNECTED:
		return S(XenbusStateInitWait) | S(XenbusStateInitialised) | S_CONNECTED;
	case LATE_FEATURES:
	case CONNECT:
	case ENABLE:
	case UP:
		return S_CONNECTED;
	default:
		return ~0u;
	}
}

static bool backend_in(const struct pv_fe *fe, unsigned int set)
{
	return (set >> fe->backend & 1) != 0;
}

void pv_fe_init(struct pv_fe *fe, const struct pv_fe_config *config)
{
	pv_memset(fe, 0, sizeof(*fe));
	fe->config = config;
	fe->phase = DOWN;
	fe->deadline = PV_TIME_FOREVER;
}

void pv_fe_want(struct pv_fe *fe, bool up)
{
	if (up && !fe->want) {
		fe->flaps = fe->tries = 0;
		fe->not_before = 0;
		fe->given_up = false;
	}
	fe->want = up;
}

void pv_fe_backend(struct pv_fe *fe, unsigned int state)
{
	fe->backend = state <= XenbusStateReconfigured ? (uint8_t)state : XenbusStateUnknown;
}

void pv_fe_resumed(struct pv_fe *fe)
{
	fe->backend = XenbusStateUnknown;
	fe->given_up = false;
	fe->flaps = fe->tries = 0;
	fe->not_before = 0;
	/* A step that is being done may yet make something: it is looked at when it is over. */
	if (fe->phase != DOWN || fe->running)
		fe->resumed = true;
}

bool pv_fe_is_down(const struct pv_fe *fe)
{
	return fe->phase == DOWN && !fe->running;
}

static void enter(struct pv_fe *fe, enum phase phase)
{
	fe->phase = (uint8_t)phase;
}

static void enter_wait(struct pv_fe *fe, enum phase phase, uint64_t now, uint64_t time)
{
	enter(fe, phase);
	fe->deadline = pv_time_after(now, time);
}

/* Turns to the way down, from any phase on the way up. */
static void leave(struct pv_fe *fe, int error)
{
	if (fe->want && !fe->resumed) {
		fe->failed = true;
		fe->error = error;
	}
	fe->reset = false;
	enter(fe, fe->enabled ? DISABLE : CLOSING);
}

static enum pv_fe_step run(struct pv_fe *fe, enum pv_fe_step step)
{
	fe->running = (uint8_t)step;
	fe->deadline = PV_TIME_FOREVER;
	return step;
}

static enum pv_fe_step run_write(struct pv_fe *fe, enum pv_fe_step step, unsigned int state)
{
	fe->write_state = (uint8_t)state;
	return run(fe, step);
}

static void settle(struct pv_fe *fe, uint64_t now)
{
	const struct pv_fe_config *cfg = fe->config;

	fe->backend = XenbusStateUnknown;
	fe->reset = false;
	enter(fe, DOWN);
	if (fe->resumed || !fe->failed) {
		fe->resumed = fe->failed = fe->counted = false;
		return;
	}
	if (fe->counted) {
		if (now < fe->flap_start || now - fe->flap_start > cfg->flap_time) {
			fe->flap_start = now;
			fe->flaps = 0;
		}
		fe->given_up = ++fe->flaps > cfg->max_flaps;
		fe->tries = fe->flaps - 1;
	}
	fe->failed = fe->counted = false;
	fe->not_before = pv_time_after(now, cfg->backoff << (fe->tries < 6 ? fe->tries : 6));
	if (!fe->given_up)
		fe->tries++;
}

/* On the way up: does something say that it leads nowhere? */
static bool turn_back(struct pv_fe *fe)
{
	if (fe->phase < LOOKUP || fe->phase > UP)
		return false;
	if (!fe->want || fe->resumed) {
		leave(fe, PV_ECANCELED);
		return true;
	}
	if (!backend_in(fe, good_states(fe->phase))) {
		leave(fe, backend_in(fe, S_UNKNOWN) ? PV_ENOENT : PV_ERESET);
		return true;
	}
	return false;
}

/* One move that needs nothing done; false when the phase has a step or a wait. */
static bool move(struct pv_fe *fe, uint64_t now)
{
	bool late = now >= fe->deadline;

	switch (fe->phase) {
	case DOWN:
		if (!fe->want || fe->given_up || now < fe->not_before)
			return false;
		enter(fe, LOOKUP);
		return true;
	case CHECK:
		if (backend_in(fe, S_UNKNOWN)) {
			leave(fe, PV_ENOENT);
		} else if (backend_in(fe, S_STARTING | S(XenbusStateClosed))) {
			enter(fe, INIT);
		} else {
			fe->reset = true;
			enter(fe, CLOSING);
		}
		return true;
	case WAIT_INIT:
		if (backend_in(fe, S(XenbusStateInitWait)))
			enter(fe, FEATURES);
		else if (late)
			leave(fe, PV_ETIMEDOUT);
		else
			return false;
		return true;
	case WAIT_CONNECTED:
		if (backend_in(fe, S_CONNECTED))
			enter(fe, LATE_FEATURES);
		else if (late)
			leave(fe, PV_ETIMEDOUT);
		else
			return false;
		return true;
	case CONNECT:
		if (!fe->config->direct)
			return false;
		enter(fe, ENABLE);
		return true;
	case CLOSING:
	case CLOSED:
		/* After a resume nobody is there to be told. */
		if (!fe->resumed && fe->have_path)
			return false;
		enter(fe, FREE);
		return true;
	case WAIT_CLOSING:
		if (!fe->resumed && !late && !backend_in(fe, S_UNKNOWN | S_STARTING | S_CLOSING))
			return false;
		enter(fe, CLOSED);
		return true;
	case WAIT_CLOSED:
		if (!fe->resumed && !late &&
			!backend_in(fe, S_UNKNOWN | S_STARTING | S(XenbusStateClosed)))
			return false;
		enter(fe, FREE);
		return true;
	case FREE:
		if (fe->have_rings)
			return false;
		if (fe->reset && fe->want && !fe->resumed && !backend_in(fe, S_UNKNOWN)) {
			fe->reset = false;
			enter(fe, INIT);
		} else {
			enter(fe, FORGET);
		}
		return true;
	case FORGET:
		if (fe->have_path)
			return false;
		settle(fe, now);
		return true;
	default:
		return false;
	}
}

enum pv_fe_step pv_fe_next(struct pv_fe *fe, uint64_t now)
{
	if (fe->running)
		return PV_FE_WAIT;
	while (turn_back(fe) || move(fe, now))
		;
	switch (fe->phase) {
	case LOOKUP:
		return run(fe, PV_FE_LOOKUP);
	case INIT:
		return run_write(fe, PV_FE_WRITE_STATE, XenbusStateInitialising);
	case FEATURES:
	case LATE_FEATURES:
		return run(fe, PV_FE_READ_FEATURES);
	case RINGS:
		return run(fe, PV_FE_MAKE_RINGS);
	case PUBLISH:
		return run_write(fe, PV_FE_PUBLISH,
			fe->config->direct ? XenbusStateConnected : XenbusStateInitialised);
	case CONNECT:
		return run_write(fe, PV_FE_WRITE_STATE, XenbusStateConnected);
	case ENABLE:
		return run(fe, PV_FE_ENABLE);
	case DISABLE:
		return run(fe, PV_FE_DISABLE);
	case CLOSING:
		return run_write(fe, PV_FE_WRITE_STATE, XenbusStateClosing);
	case CLOSED:
		return run_write(fe, PV_FE_WRITE_STATE, XenbusStateClosed);
	case FREE:
		return run(fe, PV_FE_FREE_RINGS);
	case FORGET:
		return run(fe, PV_FE_FORGET);
	case DOWN:
		fe->deadline = fe->want && !fe->given_up ? fe->not_before : PV_TIME_FOREVER;
		return PV_FE_WAIT;
	case UP:
		fe->deadline = PV_TIME_FOREVER;
		return PV_FE_WAIT;
	default:
		return PV_FE_WAIT;
	}
}

/* What the step has made or unmade, whatever became of our plans meanwhile. */
static void take_effect(struct pv_fe *fe, enum pv_fe_step step, bool ok)
{
	switch (step) {
	case PV_FE_LOOKUP:
		fe->have_path = ok;
		break;
	case PV_FE_MAKE_RINGS:
		fe->have_rings = ok;
		break;
	case PV_FE_ENABLE:
		fe->enabled = ok;
		break;
	case PV_FE_DISABLE:
		fe->enabled = false;
		break;
	case PV_FE_FREE_RINGS:
		fe->have_rings = false;
		break;
	case PV_FE_FORGET:
		fe->have_path = false;
		break;
	default:
		break;
	}
}

static void advance(struct pv_fe *fe, uint64_t now)
{
	const struct pv_fe_config *cfg = fe->config;

	switch (fe->phase) {
	case INIT:
		enter_wait(fe, WAIT_INIT, now, cfg->connect_time);
		break;
	case PUBLISH:
		enter_wait(fe, WAIT_CONNECTED, now, cfg->connect_time);
		break;
	case RINGS:
		fe->counted = true;
		enter(fe, PUBLISH);
		break;
	case CLOSING:
		enter_wait(fe, WAIT_CLOSING, now, cfg->close_time);
		break;
	case CLOSED:
		enter_wait(fe, WAIT_CLOSED, now, cfg->close_time);
		break;
	case FREE:
	case FORGET:
		break;
	default: /* LOOKUP, FEATURES, LATE_FEATURES, CONNECT, ENABLE, DISABLE */
		enter(fe, fe->phase + 1);
		break;
	}
}

int pv_fe_done(struct pv_fe *fe, enum pv_fe_step step, int rc, uint64_t now)
{
	if (step == PV_FE_WAIT || fe->running != step)
		return PV_EINVAL;
	fe->running = 0;
	take_effect(fe, step, rc == 0);
	/* On the way down there is no way back: a write that fails does not keep a ring alive. */
	if (rc && fe->phase <= UP)
		leave(fe, rc);
	else
		advance(fe, now);
	return 0;
}
