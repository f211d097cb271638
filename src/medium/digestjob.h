/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_DIGESTJOB_H
#define DDK_DIGESTJOB_H

#include <pthread.h>
#include <stdbool.h>

#include "util/digest.h"

/* Digests of a whole file, made in a thread of their own where that pays. */
struct digest_job {
	pthread_t thread;
	bool started;
	int fd;
	unsigned what;
	int error; /* 0 or a negative errno */
	struct digest digest;
};

/*
 * Starts the digests (DIGEST_ bits) of the file behind fd, which has to be a regular or memory
 * file; its offset is 0 afterwards, and it may be read meanwhile. job must not move before the end.
 */
void digest_job_start(struct digest_job *job, unsigned what, int fd);
/* Waits; then digest and error are there. */
void digest_job_finish(struct digest_job *job);

#endif
