/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_RPM_SUMS_H
#define DDK_RPM_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include <rpm/header.h>

#include "util/digest.h"

/* Part of rpmfile: the digests of header and payload that an RPM has inside. */
struct rpm_sums {
	uint64_t header_at;  /* offset of the header, behind lead and signature */
	uint64_t payload_at; /* offset of the compressed payload */
	bool complete;	     /* md5 is there, and nothing that is not understood here */
	char md5[33];	     /* of header and payload */
	unsigned algo;	     /* DIGEST_ bit of the payload's own digest, 0 for none */
	char payload[65];
};

/*
 * Fills in the places. Returns false when the two header structures behind the lead are not as long
 * as they say: librpm would take memory for up to 256 MiB before it found the file to be short.
 */
bool rpm_sums_places(struct rpm_sums *s, int fd);
/* Fills in what the header, as librpm read it, says of the file. */
void rpm_sums_expect(struct rpm_sums *s, Header h);
/*
 * Reads the file once, from its start. With s, holds it against the digests inside; with what
 * (DIGEST_ bits), makes those of the whole file. ours: nobody else can shorten the file meanwhile,
 * so that it can be mapped. Returns 0, -EBADMSG when it does not match, or another negative errno.
 */
int rpm_sums_pass(const struct rpm_sums *s, int fd, bool ours, unsigned what, struct digest *whole);

#endif
