/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_GATE_H
#define DDK_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/findings.h"
#include "module/module.h"
#include "module/tree.h"
#include "sign/trust.h"

struct gate_module {
	char *file; /* as messages name it: FILE, or RPM:PATH */
	char *rpm;  /* the RPM it came from, or NULL */
	char *path; /* inside the RPM */
	struct module module;
	enum verdict verdict; /* of its signature */
};

/*
 * Modules that are held against one kernel. All of them count together: what one exports, another
 * may import. Strings and the tree are the caller's.
 */
struct gate {
	struct header_tree *tree; /* or NULL */
	struct symvers *extra;	  /* further exports, or NULL */
	const char *uname;	  /* the kernel asked for, or NULL: the tree's */
	const char *flavour;	  /* for messages, or NULL */
	const char *module_dir;	  /* folder under /lib/modules/UNAME, or NULL: any of three */
	bool require_signature;
	const struct trust *trust; /* certificates that signatures have to be of, or NULL */
	size_t max_symbols;	   /* findings per module and rule before the rest is counted */

	struct gate_module *v;
	size_t n;
	size_t cap;
	size_t checked; /* symbols that were looked up */
};

#define AUTO_GATE __attribute__((cleanup(gate_release)))

/*
 * Reads a module, or all modules of an RPM (told by its magic). What is wrong with the file becomes
 * a finding; returns 0, or a negative errno when it cannot be read at all.
 */
int gate_add(struct gate *g, const char *path, struct findings *f);
/*
 * Applies the rules KO002 to KO015 that the given tree, symbols and name allow. Without a tree,
 * symbols are only looked at for licence and namespace: kabi.h has the rest.
 */
void gate_run(struct gate *g, struct findings *f);
/* Adds what the modules export to own, whose strings are g's. */
void gate_exports(const struct gate *g, struct symvers *own);
void gate_release(struct gate *g);

/* Whether a licence is one that the kernel takes for compatible with the GPL. */
bool gate_license_is_gpl(const char *license);

#endif
