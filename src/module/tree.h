/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_TREE_H
#define DDK_TREE_H

#include <stdbool.h>

#include "module/symvers.h"

/* What a kernel header tree says about the kernel it belongs to. */
struct header_tree {
	char *dir;
	char *release; /* UTS_RELEASE; not kernelrelease, which Debian sets to something else */
	struct symvers symvers;
	bool has_config; /* the flags below are known */
	bool smp;
	bool preempt;
	bool preempt_rt;
	bool module_unload;
	bool modversions;
	int elf_machine; /* EM_…, EM_NONE when unknown */
};

#define AUTO_TREE __attribute__((cleanup(header_tree_release)))

/*
 * Reads include/generated/utsrelease.h (include/linux/ before 2.6.33), include/config/auto.conf and
 * Module.symvers of a tree; of Debian's split trees that is the flavour's folder. Returns 0, or a
 * negative errno with *why one line that names the file (the caller frees it).
 */
int header_tree_read(struct header_tree *t, const char *dir, char **why);
void header_tree_release(struct header_tree *t);

#endif
