/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PVI_WIN_H
#define PVI_WIN_H

#include <windows.h>
#include <setupapi.h>

#include "../core/journal.h"

/* Exit statuses; the rest of the program knows no others. */
enum pvi_status {
	PVI_OK = 0,	/* done, or nothing to do */
	PVI_FAILED = 1, /* part of it is done: run it again, or with --undo */
	PVI_USAGE = 2,
	PVI_VETO = 3,	    /* refused, nothing is changed */
	PVI_UNREADABLE = 4, /* packages, system or journal cannot be read, or not allowed */
	PVI_BUSY = 5,	    /* another pvinst runs */
	PVI_NEEDS_RESTART = ERROR_SUCCESS_REBOOT_REQUIRED,
};

/* One line to standard error: what, and the system's words for the error unless it is 0. */
void pvi_error(DWORD error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* UTF-8 and the system's UTF-16; false, and an empty text, when it does not fit or is none. */
bool pvi_wide(WCHAR *to, size_t count, const char *from);
bool pvi_narrow(char *to, size_t size, const WCHAR *from);

/* infread.c: an INF as the system's own parser has it. False: it is none, or is not for this
 * machine. */
bool pvi_inf_read(struct pvi_package *p, const WCHAR *path);
/* The services that it adds, one call each. */
void pvi_inf_services(
	const WCHAR *path, void (*each)(void *argument, const WCHAR *name), void *argument);
/* A hash of the file; 0: it cannot be read. */
uint64_t pvi_inf_hash(const WCHAR *path);

/* system.c */
/* FOLDER\PACKAGE\x64\*.inf of this machine's architecture. False: said why. */
bool pvi_medium_read(struct pvi_packages *l, const WCHAR *folder);
bool pvi_system_read(struct pvi_system *s);
const WCHAR *pvi_arch(void);

/* act.c: one step, or its opposite. False: said why. *restart is set where it has to come. */
bool pvi_do(const struct pvi_step *step, bool *restart);
bool pvi_take_back(const struct pvi_step *step, bool *restart);
/* Devices that have lost their driver, or have yet to find one. */
void pvi_rescan(void);
/* A mark that goes with the next restart. */
bool pvi_mark_restart(void);
bool pvi_is_restart_marked(void);

/* store.c: the journal's file. */
struct pvi_store {
	HANDLE file;
	unsigned int writes;
};
/*
 * Opens it for this run alone, and reads what it holds; to be written, or only to be looked at.
 * Returns PVI_OK, or a status after an error line.
 */
enum pvi_status pvi_store_open(struct pvi_store *s, struct pvi_journal *j, bool to_write);
/* Begins anew. */
bool pvi_store_clear(struct pvi_store *s);
/* Appends a line and does not return before the disk has it. */
bool pvi_store_put(struct pvi_store *s, const char *line, size_t length);
void pvi_store_close(struct pvi_store *s);

/* report.c */
struct pvi_report {
	bool quiet, json;
	const char *verb;
	const char *outcome;
	const struct pvi_plan *plan; /* NULL: nothing was planned */
	size_t done;
	bool undone;
	bool restart;
	const struct pvi_system *system;   /* list */
	const struct pvi_packages *medium; /* list; NULL: none was given */
};
void pvi_report_list(const struct pvi_report *r);
void pvi_report(const struct pvi_report *r, enum pvi_status status);

#endif
