/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/bundle.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/digest.h"
#include "util/strbuf.h"

struct member {
	char *path; /* below the top folder */
	bool is_dir;
	char sha256[65];
	bool listed;
};

struct bundle {
	int fd;
	struct member *v;
	size_t n, cap;
	uint64_t left; /* bytes that files may still have */
	char *top;
	char **why;
};

static void release(struct bundle *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->v[i].path);
	free(b->v);
	free(b->top);
	if (b->fd >= 0)
		close(b->fd);
}

static int refuse(struct bundle *b, const char *path, const char *rule)
{
	AUTO_STRBUF struct strbuf name = STRBUF_INIT;

	for (const char *p = path; *p && name.len < 200; p++) {
		if (*p > ' ' && *p < 0x7f)
			strbuf_addch(&name, *p);
		else
			strbuf_addf(&name, "\\x%02x", (unsigned char)*p);
	}
	*b->why = xasprintf("%s%s%s", name.buf ? name.buf : "", *path ? ": " : "", rule);
	return -EBADMSG;
}

static bool is_harmless(const char *path)
{
	size_t depth = 0, len = strlen(path);

	if (len == 0 || len > BUNDLE_PATH_MAX || path[0] == '/')
		return false;
	for (const char *p = path; *p;) {
		size_t n = strcspn(p, "/");

		if (n == 0 || *p == '.' || *p == '-' || ++depth > BUNDLE_DEPTH_MAX)
			return false;
		for (size_t i = 0; i < n; i++) {
			char c = p[i];

			if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
				!(c >= '0' && c <= '9') && !strchr("._+~^@-", c))
				return false;
		}
		p += n;
		p += *p == '/';
	}
	return true;
}

/* A member's name below the top folder, which is the same for all; "" for that folder itself. */
static char *below_top(struct bundle *b, const char *name)
{
	AUTO_FREE char *path = xstrdup(name);
	size_t len = strlen(path), top;

	while (len && path[len - 1] == '/')
		path[--len] = '\0';
	if (!is_harmless(path))
		return NULL;
	top = strcspn(path, "/");
	if (!b->top)
		b->top = xstrndup(path, top);
	if (strlen(b->top) != top || strncmp(b->top, path, top) != 0)
		return NULL;
	return xstrdup(path + top + (path[top] == '/'));
}

static int look_at(struct bundle *b, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);
	uint64_t size = (uint64_t)archive_entry_size(e);
	AUTO_FREE char *path = NULL;
	bool is_dir;

	if (!name)
		return refuse(b, "", "a name in the bundle is not text");
	path = below_top(b, name);
	if (!path)
		return refuse(b, name,
			"a bundle has one folder, with names of letters, digits and ._+~^@- in it "
			"that "
			"lead nowhere else; ask for a bundle that `make submission` wrote");
	is_dir = archive_entry_filetype(e) == AE_IFDIR;
	if (archive_entry_hardlink(e) || archive_entry_symlink(e) ||
		(!is_dir && archive_entry_filetype(e) != AE_IFREG))
		return refuse(
			b, name, "a bundle holds plain files and folders, no links and no devices");
	if (!is_dir && (!*path || archive_entry_size(e) < 0 || size > b->left))
		return refuse(b, name, "it claims more bytes than the bundle has");
	if (b->n == BUNDLE_FILES_MAX)
		return refuse(b, "", "the bundle has more than 20000 files");
	b->left -= is_dir ? 0 : size;
	if (!*path)
		return 0;
	b->v = xgrow(b->v, b->n, &b->cap, sizeof(*b->v));
	b->v[b->n++] = (struct member){ .path = xstrdup(path), .is_dir = is_dir };
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->path, ((const struct member *)b)->path);
}

static struct member *find(struct bundle *b, const char *path)
{
	struct member key = { .path = (char *)path };

	return b->n ? bsearch(&key, b->v, b->n, sizeof(*b->v), by_path) : NULL;
}

/* Each name once, and no file where another has a folder: mkdir of that would fail half-way. */
static int look_at_names(struct bundle *b)
{
	if (b->n)
		qsort(b->v, b->n, sizeof(*b->v), by_path);
	for (size_t i = 0; i < b->n; i++) {
		AUTO_FREE char *path = xstrdup(b->v[i].path);

		if (i && strcmp(b->v[i - 1].path, path) == 0)
			return refuse(b, path, "the bundle has it twice");
		for (char *slash; (slash = strrchr(path, '/')) != NULL;) {
			const struct member *m;

			*slash = '\0';
			m = find(b, path);
			if (m && !m->is_dir)
				return refuse(b, b->v[i].path, "its folder is a file");
		}
	}
	if (!find(b, BUNDLE_SUMS))
		return refuse(
			b, "", "it has no " BUNDLE_SUMS "; this is no bundle of `make submission`");
	return 0;
}

/* Only plain tar: what is not compressed cannot be a bomb. */
static struct archive *open_tar(struct bundle *b)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_format_tar(a);
	if (lseek(b->fd, 0, SEEK_SET) == 0 && archive_read_open_fd(a, b->fd, 65536) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

/* Runs fn over all members. */
static int walk(struct bundle *b,
	int (*fn)(struct bundle *b, struct archive *a, struct archive_entry *e, int dir), int dir)
{
	struct archive *a = open_tar(b);
	struct archive_entry *e;
	int r;

	if (!a)
		return refuse(b, "", "it is no plain tar");
	for (;;) {
		r = archive_read_next_header(a, &e);
		if (r == ARCHIVE_EOF) {
			r = 0;
			break;
		}
		if (r != ARCHIVE_OK) {
			r = refuse(b, "", "it is no plain tar, or cut short or damaged");
			break;
		}
		r = fn(b, a, e, dir);
		if (r < 0)
			break;
	}
	archive_read_free(a);
	return r;
}

static int first_pass(struct bundle *b, struct archive *a, struct archive_entry *e, int dir)
{
	(void)a;
	(void)dir;
	return look_at(b, e);
}

/* The folders above path, below dir. */
static int make_folders(int dir, const char *path)
{
	for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
		AUTO_FREE char *folder = xstrndup(path, (size_t)(slash - path));

		if (mkdirat(dir, folder, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int write_file(struct archive *a, int dir, struct member *m)
{
	AUTO_CLOSE int fd =
		openat(dir, m->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	struct digest_ctx *ctx;
	struct digest d;
	char buf[65536];
	la_ssize_t n;
	int r = 0;

	if (fd < 0)
		return -errno;
	ctx = digest_begin(DIGEST_SHA256);
	while (r == 0 && (n = archive_read_data(a, buf, sizeof(buf))) != 0) {
		if (n < 0)
			r = -EBADMSG;
		else if (write(fd, buf, (size_t)n) != n)
			r = errno ? -errno : -EIO;
		else
			digest_add(ctx, buf, (size_t)n);
	}
	digest_end(ctx, &d);
	strcpy(m->sha256, d.sha256);
	return r;
}

static int second_pass(struct bundle *b, struct archive *a, struct archive_entry *e, int dir)
{
	AUTO_FREE char *path = below_top(b, archive_entry_pathname(e));
	struct member *m = path && *path ? find(b, path) : NULL;
	int r;

	/* The file could have been written over since the first pass. */
	if (!path || (*path && (!m || m->is_dir != (archive_entry_filetype(e) == AE_IFDIR))))
		return refuse(b, "", "it changed while it was read");
	if (!m)
		return 0;
	r = make_folders(dir, path);
	if (r == 0 && m->is_dir)
		r = mkdirat(dir, path, 0755) < 0 && errno != EEXIST ? -errno : 0;
	else if (r == 0)
		r = write_file(a, dir, m);
	if (r == -EBADMSG)
		return refuse(b, path, "the bundle is cut short or damaged");
	if (r < 0)
		*b->why = xasprintf("%s: %s", path, strerror(-r));
	return r;
}

/* One line of SHA256SUMS. */
static int check_line(struct bundle *b, const char *line)
{
	struct member *m;

	if (strspn(line, "0123456789abcdef") != 64 || strncmp(line + 64, "  ", 2) != 0)
		return refuse(b, BUNDLE_SUMS, "a line is not `digest  file'");
	m = find(b, line + 66);
	if (!m || m->is_dir || m->listed || strcmp(m->path, BUNDLE_SUMS) == 0)
		return refuse(b, line + 66,
			!m || m->is_dir ? "it stands in " BUNDLE_SUMS " and is not in the bundle"
					: "it may not stand there, or stands there twice");
	if (strncmp(m->sha256, line, 64) != 0)
		return refuse(b, line + 66,
			"its sha256 is not that of " BUNDLE_SUMS "; the bundle was changed or "
			"damaged, get it again");
	m->listed = true;
	return 0;
}

static int check_sums(struct bundle *b, int dir)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d/" BUNDLE_SUMS, dir);
	int r = strbuf_read_file(&sb, path, BUNDLE_FILES_MAX * (BUNDLE_PATH_MAX + 70));
	int files = 0;

	if (r < 0 || sb.len != (sb.buf ? strlen(sb.buf) : 0))
		return refuse(b, BUNDLE_SUMS, "it cannot be read");
	for (char *line = sb.buf; line && *line; line++) {
		size_t len = strcspn(line, "\n");
		bool last = line[len] == '\0';

		line[len] = '\0';
		r = check_line(b, line);
		if (r < 0)
			return r;
		if (last)
			break;
		line += len;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct member *m = &b->v[i];

		if (!m->is_dir && !m->listed && strcmp(m->path, BUNDLE_SUMS) != 0)
			return refuse(b, m->path, "it does not stand in " BUNDLE_SUMS);
		files += !m->is_dir;
	}
	return files;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static int fill(struct bundle *b, const char *dir)
{
	AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int r;

	if (fd < 0)
		return -errno;
	r = walk(b, second_pass, fd);
	return r < 0 ? r : check_sums(b, fd);
}

int bundle_unpack(const char *bundle, const char *dir, char **why)
{
	CLEANUP(release) struct bundle b = { .why = why };
	AUTO_FREE char *tmp = xasprintf("%s.XXXXXX", dir);
	struct stat st;
	int r;

	*why = NULL;
	b.fd = open(bundle, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (b.fd < 0 || fstat(b.fd, &st) < 0) {
		r = -errno;
		*why = xstrdup(strerror(errno));
		return r;
	}
	if (!S_ISREG(st.st_mode))
		return refuse(&b, "", "it is no plain file");
	b.left = (uint64_t)st.st_size;
	r = walk(&b, first_pass, -1);
	if (r == 0)
		r = look_at_names(&b);
	if (r < 0)
		return r;
	if (lstat(dir, &st) == 0 || !mkdtemp(tmp)) {
		r = lstat(dir, &st) == 0 ? -EEXIST : -errno;
		*why = xasprintf("%s: %s", dir, strerror(-r));
		return r;
	}
	r = fill(&b, tmp);
	if (r >= 0 && (chmod(tmp, 0755) < 0 || rename(tmp, dir) < 0))
		r = -errno;
	if (r < 0) {
		nftw(tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		if (!*why)
			*why = xasprintf("%s: %s", dir, strerror(-r));
	}
	return r;
}
