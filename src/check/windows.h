/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_CHECK_WINDOWS_H
#define DDK_CHECK_WINDOWS_H

#include "check/check.h"
#include "medium/windows.h"

/* The second half of check_windows: the packages of a disk against each other. */
void check_windows_set(struct check *k, const struct windows *w);

/* What lies below windows-pv/ against what disk.info says of it. */
void check_windows_info(struct check *k, const struct windows *w);

#endif
