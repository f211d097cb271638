/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/program.h"

enum { CPU_SECONDS = 20 };

static int wait_for(pid_t pid)
{
	const struct rlimit limit = { CPU_SECONDS, CPU_SECONDS };
	int status;

	prlimit(pid, RLIMIT_CPU, &limit, NULL);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int program_run(const char *path, char *const *argv, int in, const int *keep, size_t n, char *said,
	size_t size)
{
	AUTO_CLOSE int out = memfd_create("output", MFD_CLOEXEC);
	AUTO_CLOSE int nothing = in < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
	char *envp[] = { NULL };
	posix_spawn_file_actions_t fa;
	ssize_t got;
	pid_t pid;
	int r;

	said[0] = '\0';
	if (out < 0 || (in < 0 && nothing < 0) || posix_spawn_file_actions_init(&fa) != 0)
		return -1;
	/* A descriptor that is duplicated onto itself only loses its close-on-exec flag. */
	for (size_t i = 0; i < n; i++)
		posix_spawn_file_actions_adddup2(&fa, keep[i], keep[i]);
	posix_spawn_file_actions_adddup2(&fa, in < 0 ? nothing : in, 0);
	posix_spawn_file_actions_adddup2(&fa, out, 1);
	posix_spawn_file_actions_adddup2(&fa, out, 2);
	r = posix_spawn(&pid, path, &fa, NULL, argv, envp);
	posix_spawn_file_actions_destroy(&fa);
	if (r != 0)
		return -1;
	r = wait_for(pid);
	got = pread(out, said, size - 1, 0);
	said[got > 0 ? got : 0] = '\0';
	return r;
}
