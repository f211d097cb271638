/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a journal, as ids and versions, and as a guest and a medium to make a plan of. */
#include <stdlib.h>
#include <string.h>

#include "../core/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text field of whatever is there. */
static void fill(char *to, size_t room, const uint8_t **data, size_t *size)
{
	size_t n = 0;

	while (*size && n + 1 < room && **data != '\n') {
		to[n++] = **data ? (char)**data : '?';
		(*data)++;
		(*size)--;
	}
	to[n] = 0;
	if (*size && **data == '\n') {
		(*data)++;
		(*size)--;
	}
}

static void fill_packages(struct pvi_packages *l, const uint8_t **data, size_t *size)
{
	l->n = *size ? **data % 5 : 0;
	for (size_t i = 0; i < l->n; i++) {
		struct pvi_package *p = &l->v[i];
		char version[32], date[16];

		memset(p, 0, sizeof(*p));
		fill(p->name, sizeof(p->name), data, size);
		fill(p->inf, sizeof(p->inf), data, size);
		fill(p->bus, sizeof(p->bus), data, size);
		fill(version, sizeof(version), data, size);
		fill(date, sizeof(date), data, size);
		pvi_version_parse(&p->version, date, version);
		fill(p->ids[0], PVI_ID, data, size);
		fill(p->ids[1], PVI_ID, data, size);
		p->id_count = 2;
		fill(version, sizeof(version), data, size);
		p->revision_count = pvi_revision_parse(p->revisions[0], version);
	}
}

static void make_plan(const uint8_t *data, size_t size)
{
	struct pvi_system *system = calloc(1, sizeof(*system));
	struct pvi_packages *medium = calloc(1, sizeof(*medium));
	struct pvi_plan *plan = calloc(1, sizeof(*plan));

	if (!system || !medium || !plan)
		abort();
	fill_packages(&system->installed, &data, &size);
	fill_packages(medium, &data, &size);
	system->device_count = size ? *data % 4 : 0;
	for (size_t i = 0; i < system->device_count; i++) {
		struct pvi_device *d = &system->devices[i];

		fill(d->matching, sizeof(d->matching), &data, &size);
		fill(d->inf, sizeof(d->inf), &data, &size);
		d->present = true;
	}
	for (enum pvi_verb v = PVI_INSTALL; v <= PVI_REMOVE; v++) {
		enum pvi_outcome r = pvi_plan(plan, v, system, medium, "", NULL, 0);

		/* A veto has a reason and no steps. */
		if (plan->step_count > PVI_STEPS || (r == PVI_READY) != (plan->step_count > 0) ||
			(r == PVI_VETOED && !plan->why_length))
			abort();
	}
	free(plan);
	free(medium);
	free(system);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pvi_journal *j = calloc(1, sizeof(*j)), *again = calloc(1, sizeof(*j));

	if (!j || !again)
		abort();
	pvi_journal_read(j, (const char *)data, size);
	/* What was found good is all that counts. */
	pvi_journal_read(again, (const char *)data, j->good);
	if (memcmp(j, again, sizeof(*j)) != 0 || j->good > size ||
		j->done + j->doing > j->plan.step_count || j->undone > j->reach)
		abort();
	pvi_journal_decide(j, false, false);
	free(again);
	free(j);
	make_plan(data, size);
	return 0;
}
