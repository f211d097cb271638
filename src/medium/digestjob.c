/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/digestjob.h"
#include "util/alloc.h"
#include "util/cleanup.h"

enum { THREAD_MIN = 1 << 20 }; /* bytes; below, a thread costs more than it saves */

static void *run(void *arg)
{
	struct digest_job *job = arg;

	job->error = digest_fd(&job->digest, job->what, job->fd);
	return NULL;
}

void digest_job_start(struct digest_job *job, unsigned what, int fd)
{
	/* Opened anew, for a copy of the descriptor would share its offset. */
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	struct stat st;

	*job = (struct digest_job){ .fd = -1, .what = what };
	if (fstat(fd, &st) == 0 && st.st_size >= THREAD_MIN)
		job->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (job->fd >= 0 && pthread_create(&job->thread, NULL, run, job) == 0) {
		job->started = true;
		return;
	}
	lseek(fd, 0, SEEK_SET);
	job->error = digest_fd(&job->digest, what, fd);
	lseek(fd, 0, SEEK_SET);
}

void digest_job_finish(struct digest_job *job)
{
	if (job->started)
		pthread_join(job->thread, NULL);
	if (job->fd >= 0)
		close(job->fd);
	job->started = false;
	job->fd = -1;
}
