/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SDDL_H
#define DDK_SDDL_H

#include <stdbool.h>

struct sddl {
	bool has_dacl;
	const char *open_to; /* a SID that anyone has and that may write, or NULL; constant text */
};

/*
 * A security descriptor in Microsoft's "Security Descriptor String Format". Conditions of
 * conditional entries are skipped, not understood. Returns 0, or -EINVAL with *why set to a
 * constant text.
 */
int sddl_parse(const char *text, struct sddl *s, const char **why);

#endif
