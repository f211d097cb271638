/* SPDX-License-Identifier: BSD-2-Clause */
/* Front ends as the tests have them. */
#ifndef FE_CONFIG_H
#define FE_CONFIG_H

#include "pv_fe.h"

static const struct pv_fe_config blk = {
	.direct = false,
	.connect_time = 100,
	.close_time = 10,
	.backoff = 1,
	.max_flaps = 2,
	.flap_time = 1000000,
};
static const struct pv_fe_config net = {
	.direct = true,
	.connect_time = 100,
	.close_time = 10,
	.backoff = 1,
	.max_flaps = 2,
	.flap_time = 1000000,
};

#endif
