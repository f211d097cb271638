/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_CLOCK_H
#define PV_CLOCK_H

#include "pv_platform.h"

struct shared_info;

/*
 * Xen's wall clock in 100 ns since 1601. Kind: pure, over a page that Xen writes meanwhile.
 * Xen tells the time at which it came up, and how long that is ago whenever it runs vCPU 0, at
 * least once a second; nothing is added for the time since, so the answer may be a second late.
 * After a bounded number of tries a torn answer is given rather than none.
 */
uint64_t pv_clock_windows(const struct shared_info *info);

/* v/d without the 64-bit division that a 32-bit kernel lacks; d at most 65535. */
uint64_t pv_divide(uint64_t v, uint32_t d);

#endif
