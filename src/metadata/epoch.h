/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_EPOCH_H
#define DDK_EPOCH_H

/*
 * SOURCE_DATE_EPOCH, seconds since 1970-01-01 UTC. ECMA-119 9.1.5 counts years from 1900 in one
 * byte, so an ISO ends with the year 2155.
 */
#define EPOCH_MAX  5869583999LL
#define EPOCH_RULE "has to be seconds since 1970, a whole number up to 5869583999 (end of 2155)"

/* Returns 0, or -EINVAL when s is anything else than decimal digits in range. */
int epoch_parse(const char *s, long long *epoch);

#endif
