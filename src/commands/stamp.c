/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/digest.h"
#include "util/outfile.h"
#include "iso/stamp.h"
#include "metadata/epoch.h"

#include "command.h"

struct options {
	long long epoch;
	const char *md5;
	const char *sha256;
	const char *name;
	const char *iso;
};

struct mapping {
	unsigned char *p;
	size_t size;
};

static void cleanup_mapping(struct mapping *m)
{
	if (m->p)
		munmap(m->p, m->size);
}

static void cleanup_edits(struct iso_edits *e)
{
	free(e->v);
}

static void print_help(FILE *out)
{
	fputs("Usage: ddk stamp --epoch N [OPTION]... ISO\n"
	      "Sets every date in an ISO 9660 image with Joliet and Rock Ridge to one value, in\n"
	      "place, so that one tree gives the same bytes every time; writes digests in the\n"
	      "same pass. A malformed image is left as it is.\n\n"
	      "      --epoch N      the date, seconds since 1970 (SOURCE_DATE_EPOCH)\n"
	      "      --md5 FILE     write the MD5 in the form that `md5sum -c` reads\n"
	      "      --sha256 FILE  write the SHA-256 in the form that `sha256sum -c` reads\n"
	      "      --name NAME    the image's name in these files (default: the base name of\n"
	      "                     ISO)\n"
	      "  -h, --help         this text\n\n"
	      "For genisoimage the options -r -J -joliet-long -input-charset utf-8 are known to\n"
	      "give the same image every time once it is stamped.\n"
	      "Exit status: 0 fine, 2 usage, 3 malformed image, or could not read or write.\n",
		out);
}

/* Returns -1 to go on, else an exit status. */
static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "epoch", required_argument, NULL, 'e' },
		{ "md5", required_argument, NULL, 'm' },
		{ "sha256", required_argument, NULL, 's' },
		{ "name", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *epoch = NULL, *slash;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (opt) {
		case 'e':
			epoch = optarg;
			break;
		case 'm':
			o->md5 = optarg;
			break;
		case 's':
			o->sha256 = optarg;
			break;
		case 'n':
			o->name = optarg;
			break;
		case 'h':
			print_help(stdout);
			return DDK_OK;
		default:
			diag_note("`ddk stamp --help` lists the options");
			return DDK_USAGE;
		}
	}
	if (!epoch || argc - optind != 1) {
		diag_error("stamp: --epoch and one image are needed; see `ddk stamp --help`");
		return DDK_USAGE;
	}
	if (epoch_parse(epoch, &o->epoch) < 0) {
		diag_error("--epoch '%s': " EPOCH_RULE, epoch);
		return DDK_USAGE;
	}
	o->iso = argv[optind];
	if (!o->name) {
		slash = strrchr(o->iso, '/');
		o->name = slash ? slash + 1 : o->iso;
	}
	/* md5sum has a form of its own for such names; a disk's name never is one. */
	if (!*o->name || strpbrk(o->name, "/\\\n")) {
		diag_error("--name '%s': must not be empty, nor hold a slash, backslash or newline",
			o->name);
		return DDK_USAGE;
	}
	return -1;
}

static int failed(const char *path, int err)
{
	diag_error("%s: %s", path, strerror(err));
	return DDK_IO;
}

static int write_back(int fd, const struct mapping *m, const struct iso_edits *edits)
{
	for (size_t i = 0; i < edits->n; i++) {
		size_t at = edits->v[i].offset, end = at + edits->v[i].len;

		while (at < end) {
			ssize_t n = pwrite(fd, m->p + at, end - at, (off_t)at);

			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return -errno;
			at += (size_t)n;
		}
	}
	return 0;
}

static int write_digest(const char *path, const char *hex, const char *name)
{
	AUTO_FREE char *line = NULL;
	int r;

	if (!path)
		return DDK_OK;
	line = xasprintf("%s  %s\n", hex, name);
	r = outfile_write(path, 0644, line, strlen(line));
	return r < 0 ? failed(path, -r) : DDK_OK;
}

static int stamp(const struct options *o)
{
	AUTO_CLOSE int fd = open(o->iso, O_RDWR | O_CLOEXEC);
	CLEANUP(cleanup_mapping) struct mapping m = { 0 };
	CLEANUP(cleanup_edits) struct iso_edits edits = { 0 };
	AUTO_FREE char *error = NULL;
	unsigned what = (o->md5 ? DIGEST_MD5 : 0) | (o->sha256 ? DIGEST_SHA256 : 0);
	struct digest sum;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(o->iso, errno);
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		diag_error("%s: is empty or no regular file; give an ISO 9660 image", o->iso);
		return DDK_IO;
	}
	/* Private: the file does not change before the whole image has proved sound. */
	m.p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE,
		fd, 0);
	if (m.p == MAP_FAILED) {
		m.p = NULL;
		return failed(o->iso, errno);
	}
	m.size = (size_t)st.st_size;
	if (iso_stamp(m.p, m.size, o->epoch, &edits, &error) < 0) {
		diag_error("%s: %s; the image is left as it was", o->iso, error);
		return DDK_IO;
	}
	r = write_back(fd, &m, &edits);
	if (r < 0)
		return failed(o->iso, -r);
	if (!what)
		return DDK_OK;
	madvise(m.p, m.size, MADV_SEQUENTIAL);
	digest_buffer(&sum, what, m.p, m.size);
	r = write_digest(o->md5, sum.md5, o->name);
	return r == DDK_OK ? write_digest(o->sha256, sum.sha256, o->name) : r;
}

int cmd_stamp(int argc, char **argv)
{
	struct options o = { 0 };
	int status = parse_options(argc, argv, &o);

	return status >= 0 ? status : stamp(&o);
}
