// SPDX-License-Identifier: BSD-2-Clause
/*
 * Stands in for an outside command of install.sh: makes the Nth call of a run fail, or kills
 * the script before it; every other call goes on to the real command. A program, because a
 * run makes fifty of these calls and the test hundreds of runs.
 * Environment: SHIMS is the directory of shims and logs, SHIM_PATH the real PATH, SHIM_AT the
 * call that is meant, SHIM_HOW what to do there (before, fail, nothing).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *env(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		fprintf(stderr, "shim: %s is not set: run it from a test\n", name);
		exit(125);
	}
	return value;
}

static FILE *open_in(const char *dir, const char *name, const char *mode)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, mode);
	if (!file) {
		perror(path);
		exit(125);
	}
	return file;
}

/* Two sides of a pipe may come here at once: a number is taken by making its file. */
static long take_number(const char *dir)
{
	char path[4096];
	long n;
	int fd;

	for (n = 1;; n++) {
		snprintf(path, sizeof(path), "%s/taken.%ld", dir, n);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd >= 0)
			break;
		if (errno != EEXIST) {
			perror(path);
			exit(125);
		}
	}
	close(fd);
	return n;
}

static void kill_script(const char *dir)
{
	FILE *file = open_in(dir, "pid", "r");
	int pid = 0;

	if (fscanf(file, "%d", &pid) == 1 && pid > 1)
		kill(pid, SIGKILL);
	fclose(file);
}

int main(int argc, char **argv)
{
	const char *dir = env("SHIMS");
	const char *how = env("SHIM_HOW");
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	long n = take_number(dir);
	FILE *log = open_in(dir, "log", "a");
	int i;

	fprintf(log, "%ld %s", n, name);
	for (i = 1; i < argc; i++)
		fprintf(log, " %s", argv[i]);
	fputc('\n', log);
	fclose(log);

	if (n == atol(env("SHIM_AT"))) {
		if (!strcmp(how, "nothing"))
			return 0;
		if (!strcmp(how, "fail")) {
			fprintf(stderr, "error: %s was made to fail\n", name);
			return 1;
		}
		kill_script(dir);
		return 137;
	}
	setenv("PATH", env("SHIM_PATH"), 1);
	argv[0] = (char *)name;
	execvp(name, argv);
	perror(name);
	return 127;
}
