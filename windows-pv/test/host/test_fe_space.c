/* SPDX-License-Identifier: BSD-2-Clause */
/* A front end's whole life: every state and event, and a resume at every step. */
#include "test.h"
#include "fe_config.h"
#include "pv_text.h"
#include "pv_xen.h"

/* What the caller has made and must unmake: our own account of it. */
struct world {
	bool path, rings, enabled;
	uint8_t own_state; /* what stands in our `state` node */
};

static void apply(struct world *w, enum pv_fe_step step, bool ok, const struct pv_fe *fe)
{
	switch (step) {
	case PV_FE_LOOKUP:
		assert_false(w->path);
		w->path = ok;
		break;
	case PV_FE_WRITE_STATE:
		assert_true(w->path);
		/* Each of these may follow only its predecessor, or begin anew. */
		if (fe->write_state == XenbusStateClosed && ok && w->own_state)
			assert_true(w->own_state == XenbusStateClosing ||
				    w->own_state != XenbusStateConnected || !w->enabled);
		if (fe->write_state == XenbusStateClosing || fe->write_state == XenbusStateClosed)
			assert_false(w->enabled);
		if (fe->write_state == XenbusStateInitialising)
			assert_false(w->rings);
		if (ok)
			w->own_state = fe->write_state;
		break;
	case PV_FE_MAKE_RINGS:
		assert_true(w->path);
		assert_false(w->rings);
		w->rings = ok;
		break;
	case PV_FE_PUBLISH:
		assert_true(w->path && w->rings && !w->enabled);
		if (ok)
			w->own_state = fe->write_state;
		break;
	case PV_FE_ENABLE:
		assert_true(w->path && w->rings && !w->enabled);
		w->enabled = ok;
		break;
	case PV_FE_DISABLE:
		assert_true(w->enabled && w->rings);
		w->enabled = false;
		break;
	case PV_FE_FREE_RINGS:
		assert_true(w->rings && !w->enabled);
		w->rings = false;
		break;
	case PV_FE_FORGET:
		assert_true(w->path && !w->rings);
		w->path = false;
		break;
	case PV_FE_READ_FEATURES:
		assert_true(w->path);
		break;
	case PV_FE_WAIT:
		break;
	}
	assert_int_equal(w->path, fe->have_path);
	assert_int_equal(w->rings, fe->have_rings);
	assert_int_equal(w->enabled, fe->enabled);
}

/*
 * Every reachable state, every event in it, breadth first: a back end that says anything at any
 * time, steps that fail, wishes that change, time that passes, a resume between and inside steps.
 * The clock is folded away: what matters is whether a deadline lies ahead.
 */
#define MAX_NODES 400000

struct node {
	struct pv_fe fe;
	struct world w;
};

static struct node *nodes;
static uint32_t *table;
static uint32_t count;

#define TABLE_SIZE (1u << 20)
#define NOW	   1000u

static void normalise(struct node *n)
{
	struct pv_fe *fe = &n->fe;

	fe->error = 0;
	fe->tries = 0;
	fe->flap_start = 0;
	if (fe->deadline != PV_TIME_FOREVER)
		fe->deadline = fe->deadline > NOW ? NOW + 1 : 0;
	fe->not_before = fe->not_before > NOW ? NOW + 1 : 0;
}

static uint64_t hash_of(const struct node *n)
{
	const unsigned char *p = (const unsigned char *)n;
	uint64_t h = 1469598103934665603ull;

	for (size_t i = 0; i < sizeof(*n); i++)
		h = (h ^ p[i]) * 1099511628211ull;
	return h;
}

static void add(struct node *n)
{
	uint32_t at;

	normalise(n);
	for (at = (uint32_t)(hash_of(n) % TABLE_SIZE); table[at]; at = (at + 1) % TABLE_SIZE)
		if (!memcmp(&nodes[table[at] - 1], n, sizeof(*n)))
			return;
	assert_true(count < MAX_NODES);
	nodes[count] = *n;
	table[at] = ++count;
}

/* From here with a back end that behaves: does a wish to be up, or down, come true? */
static void settles(struct node n, bool up)
{
	uint64_t now = NOW;

	pv_fe_want(&n.fe, false);
	if (!up)
		pv_fe_want(&n.fe, false);
	for (unsigned int i = 0; i < 400; i++) {
		enum pv_fe_step step;

		if (n.fe.running) {
			step = (enum pv_fe_step)n.fe.running;
		} else {
			if (up && i == 60)
				pv_fe_want(&n.fe, true);
			step = pv_fe_next(&n.fe, now);
		}
		if (step == PV_FE_WAIT) {
			if (!up && pv_fe_is_down(&n.fe)) {
				assert_false(n.w.path || n.w.rings || n.w.enabled);
				return;
			}
			if (up && n.fe.want && pv_fe_is_up(&n.fe))
				return;
			if (n.fe.deadline != PV_TIME_FOREVER && n.fe.deadline > now)
				now = n.fe.deadline;
			else
				now++;
			continue;
		}
		if (step == PV_FE_LOOKUP && up)
			pv_fe_backend(&n.fe, XenbusStateClosed);
		assert_int_equal(pv_fe_done(&n.fe, step, 0, now), 0);
		apply(&n.w, step, true, &n.fe);
		if (!up)
			continue;
		/* The other side follows the protocol. */
		switch (n.w.own_state) {
		case XenbusStateInitialising:
			pv_fe_backend(&n.fe, XenbusStateInitWait);
			break;
		case XenbusStateInitialised:
		case XenbusStateConnected:
			pv_fe_backend(&n.fe, XenbusStateConnected);
			break;
		case XenbusStateClosing:
		case XenbusStateClosed:
			pv_fe_backend(&n.fe, XenbusStateClosed);
			break;
		}
	}
	fail_msg("phase %u does not settle %s", n.fe.phase, up ? "up" : "down");
}

static void explore(const struct pv_fe_config *config)
{
	struct node start;
	unsigned int waits = 0;

	nodes = calloc(MAX_NODES, sizeof(*nodes));
	table = calloc(TABLE_SIZE, sizeof(*table));
	assert_true(nodes && table);
	count = 0;
	memset(&start, 0, sizeof(start));
	pv_fe_init(&start.fe, config);
	add(&start);
	for (uint32_t at = 0; at < count; at++) {
		struct node n;
		enum pv_fe_step step;

		for (unsigned int s = 0; s <= 9; s++) {
			n = nodes[at];
			pv_fe_backend(&n.fe, s);
			add(&n);
		}
		for (unsigned int up = 0; up < 2; up++) {
			n = nodes[at];
			pv_fe_want(&n.fe, up);
			add(&n);
		}
		n = nodes[at];
		pv_fe_resumed(&n.fe);
		add(&n);
		if (nodes[at].fe.running) {
			step = (enum pv_fe_step)nodes[at].fe.running;
			for (unsigned int other = 0; other <= PV_FE_FORGET; other++) {
				n = nodes[at];
				if (other != step)
					assert_int_equal(
						pv_fe_done(&n.fe, (enum pv_fe_step)other, 0, NOW),
						PV_EINVAL);
			}
			for (unsigned int ok = 0; ok < 2; ok++) {
				n = nodes[at];
				assert_int_equal(pv_fe_done(&n.fe, step, ok ? 0 : PV_EIO, NOW), 0);
				apply(&n.w, step, ok, &n.fe);
				add(&n);
			}
		} else {
			n = nodes[at];
			step = pv_fe_next(&n.fe, NOW);
			if (step == PV_FE_WAIT)
				waits++;
			add(&n);
			/* And with all time limits passed. */
			n = nodes[at];
			pv_fe_next(&n.fe, NOW + 1000);
			add(&n);
		}
		settles(nodes[at], false);
		settles(nodes[at], true);
	}
	print_message("%u states, %u of them waiting\n", count, waits);
	assert_true(count > 500 && waits > 10);
	free(nodes);
	free(table);
}

static void every_state_and_event_blk(void **state)
{
	(void)state;
	explore(&blk);
}

static void every_state_and_event_net(void **state)
{
	(void)state;
	explore(&net);
}

/*
 * One run up, with a resume before or inside the step that is number `at`, and with news from the
 * new back end before anybody has looked for it (0: none).
 */
static void resume_at(unsigned int at, bool inside, unsigned int news)
{
	struct world w = { 0 };
	unsigned int made = 0;
	bool resumed = false, stale = false;
	struct pv_fe fe;

	pv_fe_init(&fe, &blk);
	pv_fe_want(&fe, true);
	for (unsigned int n = 0; n < 60 && !(resumed && pv_fe_is_up(&fe) && !stale); n++) {
		enum pv_fe_step step;

		if (n == at && !inside) {
			pv_fe_resumed(&fe);
			pv_fe_backend(&fe, news);
			resumed = true;
			stale = w.path;
		}
		step = pv_fe_next(&fe, 1);
		/* What was made for the old back end is only unmade. */
		assert_true(!stale || step == PV_FE_DISABLE || step == PV_FE_FREE_RINGS ||
			    step == PV_FE_FORGET);
		if (n == at && inside) {
			pv_fe_resumed(&fe);
			pv_fe_backend(&fe, news);
			resumed = true;
		}
		if (step == PV_FE_WAIT) {
			assert_true(pv_fe_is_up(&fe));
			stale = resumed && inside && n == at;
			continue;
		}
		if (step == PV_FE_LOOKUP && !(inside && n == at))
			pv_fe_backend(&fe, XenbusStateInitWait);
		made += step == PV_FE_MAKE_RINGS;
		assert_int_equal(pv_fe_done(&fe, step, 0, 1), 0);
		apply(&w, step, true, &fe);
		if (inside && n == at)
			stale = w.path;
		if (step == PV_FE_FORGET)
			stale = false;
		if (step == PV_FE_PUBLISH && !stale)
			pv_fe_backend(&fe, XenbusStateConnected);
	}
	assert_true(resumed && pv_fe_is_up(&fe) && !stale);
	assert_true(made <= 2);
	assert_int_equal(fe.flaps, 0);
}

/* A suspend between every two steps, and inside each: all is unmade, then made anew. */
static void resume_everywhere(void **state)
{
	(void)state;
	for (unsigned int at = 0; at < 14; at++) {
		for (unsigned int news = 0; news <= 8; news++) {
			resume_at(at, false, news);
			resume_at(at, true, news);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resume_everywhere),
		cmocka_unit_test(every_state_and_event_blk),
		cmocka_unit_test(every_state_and_event_net),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
