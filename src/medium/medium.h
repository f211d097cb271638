/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_MEDIUM_H
#define DDK_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "check/findings.h"
#include "util/fanout.h"

struct medium_entry {
	char *path;    /* inside the medium, without a leading slash */
	mode_t mode;   /* st_mode: type and permissions */
	uint64_t size; /* bytes, of regular files */
	ssize_t same;  /* index of an earlier entry with the same bytes (ISO), or -1 */
};

/* What an image says of itself; all false and empty for a directory. */
struct iso_facts {
	bool rock_ridge;
	bool joliet;
	char volume_id[33];
	char application_id[129];
	uint64_t volume_size; /* bytes that the primary descriptor claims */
	uint64_t file_size;
};

struct medium {
	char *name; /* as given */
	bool is_iso;
	bool is_single; /* one RPM or one module, given by itself: its only entry */
	struct iso_facts iso;
	struct medium_entry *v;
	size_t n;
	size_t cap;
	bool full; /* it has more than MEDIUM_ENTRIES_MAX, the rest was not read */
};

#define AUTO_MEDIUM __attribute__((cleanup(medium_release)))

/* Bounds beyond which a medium is refused; a disk has some ten files. */
#define MEDIUM_ENTRIES_MAX 20000
#define MEDIUM_DEPTH_MAX   32
/* A sparse file can claim what would take years to read. */
#define MEDIUM_FILE_MAX	   ((uint64_t)16 << 30) /* bytes */

struct medium_visitor {
	void *arg;
	/* Whether the content of a regular file is wanted. */
	bool (*want)(void *arg, const struct medium_entry *e);
	/*
	 * The content: fd is a regular file or memory file with exactly e->size bytes, at offset 0;
	 * it is the reader's and used again afterwards. Not called for entries with same >= 0.
	 */
	void (*file)(void *arg, const struct medium_entry *e, int fd);
	/* Get every byte of an ISO image in order, from the same reading. */
	struct fanout_sink image[2];
	size_t n_image;
};

/*
 * Reads a directory or an ISO image in one pass, in the order in which it lies there; an RPM or a
 * kernel module by itself is a medium with that one file, under its base name. Links,
 * devices, names that lead out of the medium and files that cannot be read to their end become
 * findings and are not handed out. Returns 0, or a negative errno when path cannot be read at all;
 * an image that is none gives a finding and 0.
 */
int medium_read(struct medium *m, const char *path, const struct medium_visitor *visitor,
	struct findings *f);
/* Whether the file starts as an RPM does; the offset stays. */
bool medium_is_rpm(int fd);
/* The entry of that path, or NULL. */
const struct medium_entry *medium_find(const struct medium *m, const char *path);
void medium_release(struct medium *m);
/*
 * The paths that a system without Rock Ridge sees in an image, such as Windows: those of Joliet.
 * The caller frees list and names, also after an error. Returns 0, or -EBADMSG when the image
 * cannot be read to its end.
 */
int medium_joliet_names(const char *path, char ***names, size_t *n);

/* Parts of medium_read. */
int medium_read_dir(
	struct medium *m, int fd, const struct medium_visitor *visitor, struct findings *f);
int medium_read_iso(
	struct medium *m, int fd, const struct medium_visitor *visitor, struct findings *f);
/* Appends an entry whose name is safe; path is copied. Returns it, or NULL past the bound. */
struct medium_entry *medium_add(
	struct medium *m, const char *path, mode_t mode, uint64_t size, struct findings *f);
/*
 * Reads what libarchive does not tell from the volume descriptors. Returns 0, or -EBADMSG with *why
 * (the caller frees it).
 */
int iso_facts_read(struct iso_facts *iso, int fd, char **why);

#endif
