/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_WINDOWS_H
#define DDK_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "windows/catalog.h"
#include "windows/codesign.h"
#include "windows/infdriver.h"
#include "windows/peimage.h"

/*
 * The drivers for Windows guests on a medium: windows-pv/PACKAGE/x64/ and x86/, in each an INF with
 * its catalog and what they name, or programs.
 */
#define WINDOWS_FOLDER	 "windows-pv/"
#define WINDOWS_TESTSIGN "windows-pv/testsign/" /* a test certificate, and how to trust it */
#define WINDOWS_FILE_MAX ((size_t)64 << 20)	/* bytes; a PV driver has some hundred thousand */

enum windows_kind { WINDOWS_OTHER, WINDOWS_INF, WINDOWS_CATALOG, WINDOWS_IMAGE };

/* What is kept of a file. */
struct windows_file {
	enum windows_kind kind;
	struct catalog_member member; /* as a catalog would have it */
	char *wrong;		      /* what cannot be read of an image or a catalog, or NULL */
	char *data;		      /* of an INF, whole */
	size_t len;
	struct catalog catalog;
	struct pe_facts facts; /* without the signature's bytes */
	struct codesign sign;  /* of an image or a catalog */
};

/* By the name at the end of path: .inf, .cat; .sys, .dll, .exe; anything else. */
enum windows_kind windows_kind(const char *path);
struct windows_file *windows_file_read(const char *path, const void *data, size_t size);
void windows_file_free(struct windows_file *w);

struct windows_entry {
	const char *path;		 /* inside the medium; the medium's */
	const char *name;		 /* of path, what follows the folder of the architecture */
	const struct windows_file *file; /* the contents' */
};

struct windows_arch {
	struct windows_entry *v;
	size_t n, cap;
	const struct windows_entry *inf;     /* its one INF, or NULL */
	const struct windows_entry *catalog; /* the one that the INF names, or NULL */
	struct inf parsed;
	struct inf_driver driver; /* read when there is an inf */
};

enum { WINDOWS_X64, WINDOWS_X86, WINDOWS_ARCHES };

struct windows_package {
	char *name;
	struct windows_arch arch[WINDOWS_ARCHES];
	bool is_driver; /* some INF is there; else it holds programs */
};

struct windows {
	struct windows_package *v; /* by name */
	size_t n, cap;
	const char **stray; /* files that lie in no package's x64/ or x86/; the medium's */
	size_t n_stray, cap_stray;
};

#define AUTO_WINDOWS CLEANUP(windows_release)

struct contents;
void windows_gather(struct windows *w, const struct contents *c);
void windows_release(struct windows *w);

/* "x64", "amd64" and the machine of images, by index. */
const char *windows_arch_name(size_t arch);
const char *windows_arch_inf(size_t arch);
unsigned windows_arch_machine(size_t arch);
/* The entry of that name, compared as Windows does; NULL when there is none. */
const struct windows_entry *windows_find(const struct windows_arch *a, const char *name);
/* What the package is told apart by: the first of its architectures that has an INF, or NULL. */
const struct windows_arch *windows_first(const struct windows_package *p);

#endif
