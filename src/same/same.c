/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check/findings.h"
#include "medium/medium.h"
#include "medium/payload.h"
#include "module/module.h"
#include "same/same.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/digest.h"
#include "util/strbuf.h"

const char *same_name(enum sameness s)
{
	static const char *const names[] = { "identical", "identical but for signatures",
		"different" };

	return names[s];
}

void same_add(struct same *s, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	s->verdict = SAME_NOT;
	if (s->n == SAME_LINES_MAX) {
		s->more++;
		return;
	}
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	s->why = xgrow(s->why, s->n, &s->cap, sizeof(*s->why));
	s->why[s->n++] = printable(text);
}

/* A file to compare: opened, sized and digested. */
struct side {
	const char *path;
	int fd;
	bool is_rpm;
	struct digest digest;
};

static void close_side(struct side *x)
{
	if (x->fd >= 0)
		close(x->fd);
}

static int open_side(struct side *x, char **error)
{
	struct stat st;
	int r = 0;

	x->fd = open(x->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (x->fd < 0 || fstat(x->fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		r = digest_fd(&x->digest, DIGEST_SHA256, x->fd);
	if (r < 0) {
		*error = xasprintf(
			"%s: %s", x->path, r == -EINVAL ? "not a plain file" : strerror(-r));
		return r;
	}
	x->is_rpm = medium_is_rpm(x->fd);
	return 0;
}

static int read_content(const struct side *x, char content[static 65], char **error)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	bool is_signed;
	int r = strbuf_read_file(&sb, x->path, MODULE_SIZE_MAX);

	if (r < 0) {
		*error = xasprintf("%s: %s", x->path, strerror(-r));
		return r;
	}
	payload_module_content(sb.buf, sb.len, content, &is_signed);
	return 0;
}

static int compare_modules(
	struct same *s, const struct side *given, const struct side *built, char **error)
{
	char a[65], b[65];
	int r = read_content(given, a, error);

	if (r == 0)
		r = read_content(built, b, error);
	if (r == 0 && strcmp(a, b) == 0)
		s->verdict = SAME_UNSIGNED;
	else if (r == 0)
		same_add(s, "the modules differ, without signatures as well");
	return r;
}

static int compare(struct same *s, const struct side *given, const struct side *built, char **error)
{
	AUTO_FREE char *why = NULL;

	if (given->digest.size == built->digest.size &&
		strcmp(given->digest.sha256, built->digest.sha256) == 0)
		return 0;
	if (given->is_rpm != built->is_rpm) {
		same_add(s, "one is an RPM, the other is not");
		return 0;
	}
	if (given->is_rpm) {
		int r = same_rpms(s, given->fd, built->fd, &why);

		if (r < 0)
			*error = xasprintf(
				"%s or %s: %s", given->path, built->path, why ? why : strerror(-r));
		return r;
	}
	if (module_is_path(given->path) && module_is_path(built->path))
		return compare_modules(s, given, built, error);
	same_add(s, "sha256 %.16s..., %llu bytes; built %.16s..., %llu bytes", given->digest.sha256,
		(unsigned long long)given->digest.size, built->digest.sha256,
		(unsigned long long)built->digest.size);
	return 0;
}

int same_files(struct same *s, const char *given, const char *built, char **error)
{
	CLEANUP(close_side) struct side a = { .path = given, .fd = -1 };
	CLEANUP(close_side) struct side b = { .path = built, .fd = -1 };
	int r;

	*s = (struct same){ 0 };
	*error = NULL;
	r = open_side(&a, error);
	if (r == 0)
		r = open_side(&b, error);
	return r < 0 ? r : compare(s, &a, &b, error);
}

void same_release(struct same *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->why[i]);
	free(s->why);
	*s = (struct same){ 0 };
}
