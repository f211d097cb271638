/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "dk_config.h"
#include "win.h"

static const char usage[] =
	"Usage: pvinst [OPTION]... list|install|upgrade|remove [PACKAGE]...\n"
	"Installs, lists, upgrades and removes drivers for guests of Xen. Without PACKAGE it is "
	"about\n"
	"all that are on the medium, for remove all of " DK_VENDOR_NAME " that are installed.\n\n"
	"      --from FOLDER  the packages: FOLDER\\PACKAGE\\x64\\*.inf and x86 (default: where "
	"this\n"
	"                     program lies on a disk, two folders up)\n"
	"      --dry-run      says what would be done, changes nothing\n"
	"      --undo         takes back what an interrupted run has done, where that is still "
	"possible\n"
	"      --quiet        says nothing but errors and vetoes, asks nothing\n"
	"      --json         one JSON object\n"
	"      --help, --version\n\n"
	"install takes what is not there and what is newer, upgrade only what is newer. An upgrade "
	"that\n"
	"would leave a device without its interfaces is refused, with the device and what to do "
	"first.\n"
	"A run that was interrupted is gone on with, or taken back, by the next one.\n\n"
	"Exit status: 0 done, or nothing to do; 1 failed: run it again, or with --undo; 2 usage;\n"
	"3 refused, nothing is changed; 4 packages, system or journal cannot be read, or no\n"
	"administrator; 5 another pvinst is at work; 3010 restart the system, then the same again\n"
	"where the last line says so.\n";

struct request {
	bool list, dry_run, undo, quiet, json;
	enum pvi_verb verb;
	WCHAR from[1024];
	const char *names[PVI_PACKAGES];
	size_t name_count;
};

/* windows-pv\pvinst\x64\pvinst.exe: the packages are two folders up. */
static bool default_folder(WCHAR *folder, DWORD count)
{
	DWORD n = GetModuleFileNameW(NULL, folder, count);

	if (!n || n >= count)
		return false;
	for (int i = 0; i < 3; i++) {
		WCHAR *slash = wcsrchr(folder, L'\\');

		if (!slash) {
			*folder = 0;
			return false;
		}
		*slash = 0;
	}
	return true;
}

static bool take_verb(struct request *q, const char *word)
{
	if (strcmp(word, "list") == 0) {
		q->list = true;
		return true;
	}
	for (enum pvi_verb v = PVI_INSTALL; v <= PVI_REMOVE; v++) {
		if (strcmp(word, pvi_verb_text(v)) == 0) {
			q->verb = v;
			return true;
		}
	}
	pvi_error(0, "'%s': is no command; see pvinst --help", word);
	return false;
}

/* Returns -1 to go on, else a status. */
static int take_options(struct request *q, int argc, WCHAR **argv)
{
	bool has_verb = false;

	for (int i = 1; i < argc; i++) {
		char *word = calloc(1, PVI_PATH);

		if (!word || !pvi_narrow(word, PVI_PATH, argv[i])) {
			pvi_error(0, "an argument is too long; see pvinst --help");
			return PVI_USAGE;
		}
		if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			fputs(usage, stdout);
			return PVI_OK;
		}
		if (strcmp(word, "--version") == 0) {
			puts("pvinst " DK_VERSION);
			return PVI_OK;
		}
		if (strcmp(word, "--dry-run") == 0)
			q->dry_run = true;
		else if (strcmp(word, "--undo") == 0)
			q->undo = true;
		else if (strcmp(word, "--quiet") == 0)
			q->quiet = true;
		else if (strcmp(word, "--json") == 0)
			q->json = true;
		else if (strcmp(word, "--from") == 0 && i + 1 < argc && wcslen(argv[i + 1]) < 512)
			wcscpy(q->from, argv[++i]);
		else if (word[0] == '-') {
			pvi_error(0,
				"'%s': no such option, or its value is missing; see pvinst --help",
				word);
			return PVI_USAGE;
		} else if (!has_verb) {
			if (!take_verb(q, word))
				return PVI_USAGE;
			has_verb = true;
		} else if (q->name_count < PVI_PACKAGES) {
			q->names[q->name_count++] = word;
			continue; /* kept until the end */
		} else {
			pvi_error(0, "there are too many packages");
			return PVI_USAGE;
		}
		free(word);
	}
	if (has_verb || q->undo)
		return -1;
	pvi_error(0, "say list, install, upgrade or remove; see pvinst --help");
	return PVI_USAGE;
}

static bool is_administrator(void)
{
	SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };
	PSID group = NULL;
	BOOL is = FALSE;

	if (!AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID,
		    DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &group))
		return false;
	if (!CheckTokenMembership(NULL, group, &is))
		is = FALSE;
	FreeSid(group);
	return is;
}

/* All that a run has at hand; too large for a stack. */
struct run {
	struct request q;
	struct pvi_system system;
	struct pvi_packages medium;
	struct pvi_plan plan;
	struct pvi_journal journal;
	struct pvi_store store;
	struct pvi_report report;
	char line[PVI_LINE];
};

static bool put(struct run *r, size_t length)
{
	return pvi_store_put(&r->store, r->line, length);
}

/* Steps from the first that is not done; the plan is that of r->plan. */
static enum pvi_status go_on(struct run *r, size_t from, bool begun)
{
	for (size_t i = from; i < r->plan.step_count; i++) {
		const struct pvi_step *step = &r->plan.steps[i];
		bool restarts = step->kind == PVI_RESTART;

		/* The mark comes before the line: a step that was begun and has no mark is past its
		 * restart. */
		if (restarts && !begun && !pvi_mark_restart())
			return PVI_FAILED;
		if (!begun && !put(r, pvi_line_doing(r->line, i)))
			return PVI_FAILED;
		begun = false;
		if (restarts && pvi_is_restart_marked()) {
			r->report.restart = true;
			r->report.outcome = "after a restart, the same again goes on";
			return PVI_NEEDS_RESTART;
		}
		if (!pvi_do(step, &r->report.restart))
			return PVI_FAILED;
		if (!put(r, pvi_line_done(r->line, i)))
			return PVI_FAILED;
		r->report.done = i + 1;
	}
	pvi_rescan();
	if (!put(r, pvi_line_end(r->line)))
		return PVI_FAILED;
	r->report.outcome = "done";
	return r->report.restart ? PVI_NEEDS_RESTART : PVI_OK;
}

static enum pvi_status take_back(struct run *r)
{
	struct pvi_journal *j = &r->journal;

	r->report.undone = true;
	r->report.outcome = "taken back in part; run it again";
	if (!j->undoing) {
		if (!put(r, pvi_line_undo(r->line)))
			return PVI_FAILED;
		j->reach = j->done + j->doing;
	}
	while (j->undone < j->reach) {
		size_t step = j->reach - j->undone - 1;

		if (!pvi_take_back(&r->plan.steps[step], &r->report.restart) ||
			!put(r, pvi_line_undone(r->line, step)))
			return PVI_FAILED;
		j->undone++;
	}
	pvi_rescan();
	if (!put(r, pvi_line_end(r->line)))
		return PVI_FAILED;
	r->report.outcome = "what was interrupted is taken back";
	return r->report.restart ? PVI_NEEDS_RESTART : PVI_OK;
}

/* Whether the files that the rest of an interrupted run wants are there, the same as then. */
static bool has_files(const struct pvi_journal *j)
{
	for (size_t i = j->done; i < j->plan.step_count; i++) {
		const struct pvi_step *s = &j->plan.steps[i];
		WCHAR path[1024];

		if ((s->kind == PVI_STAGE || s->kind == PVI_BIND) &&
			(!pvi_wide(path, 1024, s->inf) || pvi_inf_hash(path) != s->content))
			return false;
	}
	return true;
}

/* What an earlier run has left; -1: nothing. */
static int settle(struct run *r)
{
	static const struct pvi_step restore = { .kind = PVI_RESTORE };
	struct pvi_journal *j = &r->journal;
	enum pvi_replay replay = pvi_journal_decide(j, has_files(j), r->q.undo);

	if (replay == PVI_FRESH)
		return -1;
	r->plan = j->plan;
	r->report.plan = &r->plan;
	r->report.verb = pvi_verb_text(j->plan.verb);
	r->report.done = j->done;
	if (r->q.dry_run) {
		r->report.outcome = replay == PVI_RESUME ? "interrupted; would be gone on with"
							 : "interrupted; would be taken back";
		return PVI_OK;
	}
	r->report.outcome = "failed; run it again, or with --undo";
	/* Drivers that have started since then have counted themselves again. Without this, the
	 * next boot could lack the emulated disk, and the driver as well. */
	if (!pvi_do(&restore, &r->report.restart))
		return PVI_FAILED;
	return (int)(replay == PVI_RESUME ? go_on(r, j->done, j->doing) : take_back(r));
}

static enum pvi_status begin(struct run *r)
{
	bool fine = pvi_store_clear(&r->store) && put(r, pvi_line_begin(r->line, r->q.verb));

	r->report.outcome = "failed; run it again, or with --undo";
	for (size_t i = 0; fine && i < r->plan.step_count; i++)
		fine = put(r, pvi_line_step(r->line, &r->plan.steps[i]));
	fine = fine && put(r, pvi_line_planned(r->line, r->plan.step_count));
	return fine ? go_on(r, 0, false) : PVI_FAILED;
}

/* With the journal open. */
static enum pvi_status work(struct run *r)
{
	int settled = settle(r);
	struct pvi_report before = r->report;

	if (settled >= 0 && (settled != PVI_OK || r->q.undo || r->q.dry_run))
		return (enum pvi_status)settled;
	r->report = (struct pvi_report){ .quiet = r->q.quiet,
		.json = r->q.json,
		.verb = pvi_verb_text(r->q.verb),
		.outcome = "nothing was left half-done" };
	if (r->q.undo)
		return PVI_OK;
	r->report.outcome = "failed";
	if ((r->q.verb != PVI_REMOVE && !pvi_medium_read(&r->medium, r->q.from)) ||
		!pvi_system_read(&r->system))
		return PVI_UNREADABLE;
	if (r->q.verb != PVI_REMOVE && !r->medium.n) {
		pvi_error(0, "there are no PV packages for this system in the folder; name it with "
			     "--from");
		return PVI_UNREADABLE;
	}
	r->report.plan = &r->plan;
	switch (pvi_plan(&r->plan, r->q.verb, &r->system, &r->medium, DK_VENDOR_NAME, r->q.names,
		r->q.name_count)) {
	case PVI_VETOED:
		r->report.outcome = "refused, nothing is changed";
		return PVI_VETO;
	case PVI_NOTHING:
		r->report.outcome = "nothing to do";
		/* What was gone on with is all there was to do. */
		if (settled >= 0) {
			r->report = before;
			r->report.plan = &r->journal.plan;
		}
		return PVI_OK;
	case PVI_READY:
		break;
	}
	r->report.outcome = "would be done";
	return r->q.dry_run ? PVI_OK : begin(r);
}

static enum pvi_status list(struct run *r)
{
	/* A list without a medium is one of the system. */
	if (*r->q.from && GetFileAttributesW(r->q.from) != INVALID_FILE_ATTRIBUTES &&
		pvi_medium_read(&r->medium, r->q.from) && r->medium.n)
		r->report.medium = &r->medium;
	if (!pvi_system_read(&r->system))
		return PVI_UNREADABLE;
	r->report.system = &r->system;
	pvi_report_list(&r->report);
	return PVI_OK;
}

static enum pvi_status run(struct run *r)
{
	enum pvi_status status;
	BOOL is_wow = FALSE;

	r->report = (struct pvi_report){ .quiet = r->q.quiet,
		.json = r->q.json,
		.verb = r->q.list ? "list" : pvi_verb_text(r->q.verb),
		.outcome = "failed" };
	if (IsWow64Process(GetCurrentProcess(), &is_wow) && is_wow) {
		pvi_error(
			0, "this is the program for 32-bit Windows; run the one in the folder x64");
		return PVI_UNREADABLE;
	}
	if (!*r->q.from && !default_folder(r->q.from, 1024) && !r->q.list && !r->q.undo &&
		r->q.verb != PVI_REMOVE) {
		pvi_error(0, "cannot tell where the packages are; name the folder with --from");
		return PVI_USAGE;
	}
	if (r->q.list)
		return list(r);
	if (!is_administrator()) {
		pvi_error(0, "only an administrator may do that; start it from an elevated prompt");
		return PVI_UNREADABLE;
	}
	if (r->q.quiet)
		SetupSetNonInteractiveMode(TRUE);
	status = pvi_store_open(&r->store, &r->journal, !r->q.dry_run);
	if (status != PVI_OK)
		return status;
	status = work(r);
	pvi_store_close(&r->store);
	pvi_report(&r->report, status);
	return status;
}

int wmain(int argc, WCHAR **argv);

int wmain(int argc, WCHAR **argv)
{
	struct run *r = calloc(1, sizeof(*r));
	int status;

	if (!r) {
		pvi_error(0, "out of memory");
		return PVI_UNREADABLE;
	}
	status = take_options(&r->q, argc, argv);
	if (status < 0)
		status = (int)run(r);
	for (size_t i = 0; i < r->q.name_count; i++)
		free((char *)r->q.names[i]);
	free(r);
	return status;
}
