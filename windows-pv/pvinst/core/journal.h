/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVI_JOURNAL_H
#define PVI_JOURNAL_H

#include "plan.h"

/*
 * What a run was about and how far it came, so that the next one can go on or take it back: lines
 * of text, each with a checksum before it, each forced to the disk before what it says is done. A
 * line that is not whole, and all behind it, was never written.
 */
#define PVI_JOURNAL_MAX (512u << 10) /* bytes */
#define PVI_LINE	2048

/* Lines, with their end; the length, or 0 for what has no place in a line. */
size_t pvi_line_begin(char line[PVI_LINE], enum pvi_verb verb);
size_t pvi_line_step(char line[PVI_LINE], const struct pvi_step *step);
/* The plan is whole: from here on there is something to go on with. */
size_t pvi_line_planned(char line[PVI_LINE], size_t steps);
size_t pvi_line_doing(char line[PVI_LINE], size_t step);
size_t pvi_line_done(char line[PVI_LINE], size_t step);
/* From here on steps are taken back, the last one first. */
size_t pvi_line_undo(char line[PVI_LINE]);
size_t pvi_line_undone(char line[PVI_LINE], size_t step);
size_t pvi_line_end(char line[PVI_LINE]);

struct pvi_journal {
	struct pvi_plan plan;
	bool begun, planned, ended;
	bool undoing;
	size_t done;   /* steps, from the first on */
	bool doing;    /* the step number `done` was begun */
	size_t undone; /* steps from `reach` downwards */
	size_t reach;  /* steps that were done or begun when undoing began */
	size_t good;   /* bytes that are whole lines and make sense */
};

/* Any bytes. */
void pvi_journal_read(struct pvi_journal *j, const char *text, size_t length);

enum pvi_replay {
	PVI_FRESH,  /* nothing was left half-done */
	PVI_RESUME, /* go on with step `done` */
	PVI_UNDO,   /* take back, from step `reach - undone - 1` down to 0 */
};
/*
 * has_medium: the files that the steps which are left want are there, and the same. wants_undo: the
 * user rather takes it back, where that is still possible.
 */
enum pvi_replay pvi_journal_decide(const struct pvi_journal *j, bool has_medium, bool wants_undo);
/* Whether a step that is left needs the medium. */
bool pvi_journal_needs_medium(const struct pvi_journal *j);

#endif
