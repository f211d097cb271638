/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "plan.h"

/* A bus below a bus below a bus; deeper ones are taken for equals. */
#define DEPTH_MAX 8

const char *pvi_kind_text(enum pvi_kind kind)
{
	static const char *const text[] = { "restore", "restart", "stage", "bind", "unbind",
		"unstage" };

	return text[kind];
}

const char *pvi_verb_text(enum pvi_verb verb)
{
	static const char *const text[] = { "install", "upgrade", "remove" };

	return text[verb];
}

static void say(struct pvi_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void say(struct pvi_plan *plan, const char *format, ...)
{
	size_t room = sizeof(plan->why) - plan->why_length;
	va_list list;
	int n;

	va_start(list, format);
	n = vsnprintf(plan->why + plan->why_length, room, format, list);
	va_end(list);
	/* A line that does not fit whole is left out. */
	if (n < 0 || (size_t)n + 1 >= room) {
		plan->why[plan->why_length] = 0;
		return;
	}
	plan->why_length += (size_t)n;
	plan->why[plan->why_length++] = '\n';
	plan->why[plan->why_length] = 0;
}

static struct pvi_step *add(struct pvi_plan *plan, enum pvi_kind kind, const struct pvi_package *p)
{
	struct pvi_step *step = &plan->steps[plan->step_count++];

	memset(step, 0, sizeof(*step));
	step->kind = kind;
	if (p) {
		pvi_copy(step->name, sizeof(step->name), p->name);
		pvi_copy(step->inf, sizeof(step->inf), p->inf);
		step->content = p->content;
	}
	return step;
}

static bool is_same_package(const struct pvi_package *a, const struct pvi_package *b)
{
	return pvi_same(a->name, b->name) && pvi_same(a->provider, b->provider);
}

static const struct pvi_package *newest_like(
	const struct pvi_packages *l, const struct pvi_package *like)
{
	const struct pvi_package *best = NULL;

	for (size_t i = 0; i < l->n; i++) {
		if (is_same_package(&l->v[i], like) &&
			(!best || pvi_version_compare(&l->v[i].version, &best->version) > 0))
			best = &l->v[i];
	}
	return best;
}

/* What a plan is made of: which packages of the medium go in, which of the system go out. */
struct work {
	struct pvi_plan *plan;
	const struct pvi_system *system;
	const struct pvi_packages *medium;
	bool in[PVI_PACKAGES];
	bool out[PVI_PACKAGES];
	bool vetoed;
};

/* Whether the installed package is one that counts afterwards. */
static bool stays(const struct work *w, size_t installed)
{
	if (w->out[installed])
		return false;
	for (size_t i = 0; i < w->medium->n; i++) {
		if (w->in[i] &&
			is_same_package(&w->medium->v[i], &w->system->installed.v[installed]))
			return false;
	}
	return true;
}

/* The package that brings the bus afterwards; NULL: none. */
static const struct pvi_package *bus_after(const struct work *w, const char *bus)
{
	const struct pvi_package *best = NULL;

	for (size_t i = 0; i < w->medium->n; i++) {
		if (w->in[i] && pvi_same(w->medium->v[i].bus, bus))
			return &w->medium->v[i];
	}
	for (size_t i = 0; i < w->system->installed.n; i++) {
		const struct pvi_package *p = &w->system->installed.v[i];

		if (stays(w, i) && pvi_same(p->bus, bus) &&
			(!best || pvi_version_compare(&p->version, &best->version) > 0))
			best = p;
	}
	return best;
}

/* Whether afterwards some package drives a device that has the id, but for its revision. */
static bool is_driven_after(const struct work *w, const char *id, const struct pvi_package *bus)
{
	char other[PVI_ID];
	size_t length = strlen(id);

	for (size_t r = 0; r < bus->revision_count; r++) {
		memcpy(other, id, length + 1);
		memcpy(other + length - 8, bus->revisions[r], 8);
		for (size_t i = 0; i < w->medium->n; i++) {
			if (w->in[i] && pvi_has_id(&w->medium->v[i], other))
				return true;
		}
		for (size_t i = 0; i < w->system->installed.n; i++) {
			if (stays(w, i) && pvi_has_id(&w->system->installed.v[i], other))
				return true;
		}
	}
	return false;
}

static void list_revisions(const struct pvi_package *bus, char *text, size_t size)
{
	size_t n = 0;

	text[0] = 0;
	for (size_t i = 0; i < bus->revision_count && n + 10 < size; i++)
		n += (size_t)snprintf(
			text + n, size - n, "%s%s", i ? " or " : "", bus->revisions[i]);
}

/* Devices that work now and would find no interface afterwards. */
static void check_devices(struct work *w)
{
	for (size_t i = 0; i < w->system->device_count; i++) {
		const struct pvi_device *d = &w->system->devices[i];
		const struct pvi_package *bus, *driver;
		char version[PVI_VERSION_TEXT], own[PVI_VERSION_TEXT], revisions[256];
		struct pvi_child child;

		if (!d->present || !pvi_child_parse(&child, d->matching))
			continue;
		bus = bus_after(w, child.bus);
		driver = pvi_find_inf(&w->system->installed, d->inf);
		if (!bus || pvi_offers(bus, child.revision) || is_driven_after(w, d->matching, bus))
			continue;
		/* What is that way already is not this run's doing. */
		if (pvi_find_inf(&w->system->installed, bus->inf) == bus)
			continue;
		list_revisions(bus, revisions, sizeof(revisions));
		w->vetoed = true;
		say(w->plan,
			"veto: device %s, driven by %s %s, needs revision %s of %s, which %s %s "
			"does not "
			"offer; first upgrade %s to one for revision %s, or remove it",
			d->instance, driver ? driver->name : d->inf,
			driver ? pvi_version_text(&driver->version, own) : "", child.revision,
			child.bus, bus->name, pvi_version_text(&bus->version, version),
			driver ? driver->name : "it", *revisions ? revisions : "(none)");
	}
}

/* A package that goes in has to find its bus. */
static void check_needs(struct work *w, const struct pvi_package *p)
{
	const struct pvi_package *bus = NULL;
	struct pvi_child child, first;
	bool is_child = false, offered = false;
	char revisions[256];

	for (size_t i = 0; i < p->id_count; i++) {
		const struct pvi_package *b;

		if (!pvi_child_parse(&child, p->ids[i]))
			continue;
		if (!is_child)
			first = child;
		is_child = true;
		b = bus_after(w, child.bus);
		if (b)
			bus = b;
		offered = offered || (b && pvi_offers(b, child.revision));
	}
	if (!is_child || offered)
		return;
	w->vetoed = true;
	if (!bus) {
		say(w->plan,
			"veto: %s drives a device of %s, and no package here brings that bus; "
			"first install the package of %s",
			p->name, first.bus, first.bus);
		return;
	}
	list_revisions(bus, revisions, sizeof(revisions));
	say(w->plan,
		"veto: %s needs revision %s of %s, and %s offers %s; first install a %s that "
		"offers it",
		p->name, first.revision, first.bus, bus->name, *revisions ? revisions : "none",
		bus->name);
}

/* What stays must not lose its bus. */
static void check_left(struct work *w)
{
	for (size_t i = 0; i < w->system->device_count; i++) {
		const struct pvi_device *d = &w->system->devices[i];
		const struct pvi_package *driver = pvi_find_inf(&w->system->installed, d->inf);
		struct pvi_child child;

		if (!d->present || !driver || w->out[driver - w->system->installed.v] ||
			!pvi_child_parse(&child, d->matching) || bus_after(w, child.bus))
			continue;
		w->vetoed = true;
		say(w->plan, "veto: device %s, driven by %s, hangs on %s; first remove %s",
			d->instance, driver->name, child.bus, driver->name);
	}
}

static unsigned int depth(
	const struct pvi_packages *l, const struct pvi_package *p, unsigned int level)
{
	unsigned int deepest = 0;
	struct pvi_child child;

	for (size_t i = 0; i < p->id_count && level < DEPTH_MAX; i++) {
		unsigned int below = 1;

		if (!pvi_child_parse(&child, p->ids[i]))
			continue;
		for (size_t k = 0; k < l->n; k++) {
			if (&l->v[k] != p && pvi_same(l->v[k].bus, child.bus)) {
				unsigned int d = 1 + depth(l, &l->v[k], level + 1);

				below = d > below ? d : below;
			}
		}
		deepest = below > deepest ? below : deepest;
	}
	return deepest;
}

/* Indices of the chosen packages: subscribers before their providers, else as they come. */
static size_t sort(const struct pvi_packages *l, const bool *chosen, size_t order[PVI_PACKAGES])
{
	unsigned int depths[PVI_PACKAGES];
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		size_t at = n;

		if (!chosen[i])
			continue;
		depths[i] = depth(l, &l->v[i], 0);
		for (; at > 0 && depths[order[at - 1]] < depths[i]; at--)
			order[at] = order[at - 1];
		order[at] = i;
		n++;
	}
	return n;
}

static bool is_wanted(const struct pvi_package *p, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pvi_same(p->name, names[i]))
			return true;
	}
	return n == 0;
}

/* provider: NULL, or that of the packages to look at. */
static bool is_known(const struct pvi_packages *l, const char *name, const char *provider)
{
	for (size_t i = 0; i < l->n; i++) {
		if (pvi_same(l->v[i].name, name) &&
			(!provider || pvi_same(l->v[i].provider, provider)))
			return true;
	}
	return false;
}

/* Disks or network cards, where the emulated ones give way to what the package drives. */
static bool replaces_emulated(const struct pvi_package *p)
{
	struct pvi_child child;

	for (size_t i = 0; i < p->id_count; i++) {
		if (pvi_child_parse(&child, p->ids[i]) &&
			(pvi_same(child.device, "VBD") || pvi_same(child.device, "VIF") ||
				pvi_same(child.device, "NET")))
			return true;
	}
	return false;
}

static void choose_in(struct work *w, enum pvi_verb verb, const char *const *names, size_t n)
{
	for (size_t i = 0; i < w->medium->n; i++) {
		const struct pvi_package *p = &w->medium->v[i];
		const struct pvi_package *have = newest_like(&w->system->installed, p);
		char text[PVI_VERSION_TEXT], other[PVI_VERSION_TEXT];
		int order;

		if (!is_wanted(p, names, n))
			continue;
		if (!have) {
			w->in[i] = verb == PVI_INSTALL;
			if (!w->in[i])
				say(w->plan, "%s is not installed; nothing to upgrade", p->name);
			continue;
		}
		order = pvi_version_compare(&p->version, &have->version);
		w->in[i] = order > 0;
		if (order < 0)
			say(w->plan, "%s stays: %s is installed, the medium has %s", p->name,
				pvi_version_text(&have->version, text),
				pvi_version_text(&p->version, other));
		else if (order == 0)
			say(w->plan, "%s stays: %s is installed%s", p->name,
				pvi_version_text(&have->version, text),
				have->content == p->content
					? ""
					: ", and the medium has other files of that version");
	}
}

static enum pvi_outcome plan_in(struct work *w)
{
	const struct pvi_system *system = w->system;
	size_t order[PVI_PACKAGES], n = sort(w->medium, w->in, order);
	bool restore = false;

	for (size_t i = 0; i < n; i++)
		check_needs(w, &w->medium->v[order[i]]);
	if (n)
		check_devices(w);
	if (w->vetoed)
		return PVI_VETOED;
	for (size_t i = 0; i < n; i++) {
		const struct pvi_package *p = &w->medium->v[order[i]];

		restore = restore ||
			  (newest_like(&system->installed, p) && (*p->bus || replaces_emulated(p)));
	}
	if (restore)
		add(w->plan, PVI_RESTORE, NULL);
	for (size_t i = 0; i < n; i++)
		add(w->plan, PVI_STAGE, &w->medium->v[order[i]]);
	for (size_t i = 0; i < n; i++) {
		const struct pvi_package *p = &w->medium->v[order[i]];
		const struct pvi_package *old = newest_like(&system->installed, p);
		struct pvi_step *step = add(w->plan, PVI_BIND, p);

		if (old)
			pvi_copy(step->old, sizeof(step->old), old->inf);
	}
	/* The old ones stay until the new ones are bound: up to here all can be undone. */
	for (size_t i = 0; i < system->installed.n; i++) {
		if (!stays(w, i))
			add(w->plan, PVI_UNSTAGE, &system->installed.v[i]);
	}
	return n ? PVI_READY : PVI_NOTHING;
}

static enum pvi_outcome plan_out(
	struct work *w, const char *provider, const char *const *names, size_t name_count)
{
	const struct pvi_packages *installed = &w->system->installed;
	size_t order[PVI_PACKAGES], n;
	bool in_use = false;

	for (size_t i = 0; i < installed->n; i++)
		w->out[i] = pvi_same(installed->v[i].provider, provider) &&
			    is_wanted(&installed->v[i], names, name_count);
	n = sort(installed, w->out, order);
	check_left(w);
	if (w->vetoed)
		return PVI_VETOED;
	if (!n)
		return PVI_NOTHING;
	for (size_t i = 0; i < w->system->device_count; i++) {
		const struct pvi_package *p = pvi_find_inf(installed, w->system->devices[i].inf);

		in_use = in_use || (p && w->out[p - installed->v] &&
					   w->system->devices[i].present && replaces_emulated(p));
	}
	add(w->plan, PVI_RESTORE, NULL);
	if (in_use) {
		add(w->plan, PVI_RESTART, NULL);
		/* Drivers that started meanwhile have counted themselves again. */
		add(w->plan, PVI_RESTORE, NULL);
	}
	for (size_t i = 0; i < n; i++) {
		add(w->plan, PVI_UNBIND, &installed->v[order[i]]);
		add(w->plan, PVI_UNSTAGE, &installed->v[order[i]]);
	}
	return PVI_READY;
}

enum pvi_outcome pvi_plan(struct pvi_plan *plan, enum pvi_verb verb,
	const struct pvi_system *system, const struct pvi_packages *medium, const char *provider,
	const char *const *names, size_t name_count)
{
	struct work w = {
		.plan = plan,
		.system = system,
		/* A removal takes none of it; this stands for a list. */
		.medium = verb == PVI_REMOVE ? &system->installed : medium,
	};

	memset(plan, 0, sizeof(*plan));
	plan->verb = verb;
	for (size_t i = 0; i < name_count; i++) {
		bool out = verb == PVI_REMOVE;

		if (!is_known(out ? &system->installed : medium, names[i], out ? provider : NULL)) {
			w.vetoed = true;
			say(plan,
				"veto: there is no package %s %s%s; `pvinst list` shows what there "
				"is",
				names[i], out ? "installed of " : "on the medium",
				out ? provider : "");
		}
	}
	if (w.vetoed)
		return PVI_VETOED;
	if (verb == PVI_REMOVE)
		return plan_out(&w, provider, names, name_count);
	choose_in(&w, verb, names, name_count);
	return plan_in(&w);
}
