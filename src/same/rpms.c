/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rpm/header.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmtag.h>
#include <rpm/rpmtd.h>

#include "medium/payload.h"
#include "rpm/rpmfile.h"
#include "rpm/sums.h"
#include "same/same.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/digest.h"

struct side {
	Header h;
	struct rpmfile rpm;
	struct payload_files files;
	char rest[65]; /* sha256 of all behind the signature header */
};

static int read_side(struct side *x, int fd, char **why)
{
	struct rpm_sums sums;
	struct digest d;
	FD_t f;
	/* A signature header that does not fit its RPM would be passed over below. */
	int r = rpmfile_read_fd(&x->rpm, fd, RPMFILE_CHECK_DIGESTS, why);

	if (r < 0)
		return r;
	if (!rpm_sums_places(&sums, fd) || lseek(fd, (off_t)sums.header_at, SEEK_SET) < 0)
		return -EBADMSG;
	r = digest_fd(&d, DIGEST_SHA256, fd);
	if (r < 0 || lseek(fd, (off_t)sums.header_at, SEEK_SET) < 0)
		return -EIO;
	strcpy(x->rest, d.sha256);
	f = fdDup(fd);
	x->h = f ? headerRead(f, HEADER_MAGIC_YES) : NULL;
	Fclose(f);
	if (!x->h)
		return -EBADMSG;
	return payload_files(&x->files, fd, why);
}

static void release_side(struct side *x)
{
	headerFree(x->h);
	payload_files_release(&x->files);
	rpmfile_release(&x->rpm);
}

/* Returns whether they differ by their signatures alone. */
static bool compare_file(struct same *s, const struct payload_file *a, const struct payload_file *b)
{
	if (a->mode != b->mode)
		same_add(s, "%s: mode %o, built %o", a->path, a->mode, b->mode);
	if (strcmp(a->link, b->link) != 0)
		same_add(s, "%s: leads to %s, built %s", a->path, a->link, b->link);
	if (strcmp(a->sha256, b->sha256) == 0)
		return false;
	if ((a->is_signed || b->is_signed) && strcmp(a->content, b->content) == 0)
		return true;
	same_add(s, "%s: %llu bytes, sha256 %.16s...; built %llu bytes, %.16s...%s", a->path,
		(unsigned long long)a->size, a->content, (unsigned long long)b->size, b->content,
		a->is_signed || b->is_signed ? " (without signatures)" : "");
	return false;
}

/* Both lists are sorted. Returns whether files differ by their signatures alone. */
static bool compare_payloads(
	struct same *s, const struct payload_files *given, const struct payload_files *built)
{
	bool is_signed = false;
	size_t i = 0, j = 0;

	while (i < given->n || j < built->n) {
		const struct payload_file *a = i < given->n ? &given->v[i] : NULL;
		const struct payload_file *b = j < built->n ? &built->v[j] : NULL;
		int c = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);

		if (c == 0)
			is_signed |= compare_file(s, a, b);
		else
			same_add(s, "%s: %s", c < 0 ? a->path : b->path,
				c < 0 ? "was not built" : "is not in the given RPM");
		i += c <= 0;
		j += c >= 0;
	}
	return is_signed;
}

/* Tags that follow from the bytes of files, which compare_payloads has looked at. */
static bool is_derived(rpmTagVal tag)
{
	static const rpmTagVal derived[] = { RPMTAG_SIZE, RPMTAG_LONGSIZE, RPMTAG_FILESIZES,
		RPMTAG_LONGFILESIZES, RPMTAG_FILEDIGESTS, RPMTAG_ARCHIVESIZE, RPMTAG_PAYLOADDIGEST,
		RPMTAG_PAYLOADDIGESTALT };

	for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
		if (tag == derived[i])
			return true;
	}
	return false;
}

/* A tag's elements as text; td was got from the header. */
struct values {
	char **v;
	size_t n;
};

static struct values values_of(Header h, rpmTagVal tag)
{
	struct values x = { 0 };
	struct rpmtd_s td;

	if (!headerGet(h, tag, &td, HEADERGET_MINMEM | HEADERGET_RAW))
		return x;
	x.v = xcalloc(rpmtdCount(&td), sizeof(*x.v));
	/* Binary data is one value, whatever its count says. */
	while (rpmtdNext(&td) >= 0 && x.n < rpmtdCount(&td)) {
		char *text = rpmtdFormat(&td, RPMTD_FORMAT_STRING, NULL);

		x.v[x.n++] = text ? text : xstrdup("");
	}
	rpmtdFreeData(&td);
	return x;
}

static void release_values(struct values *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->v[i]);
	free(x->v);
}

static void compare_tag(struct same *s, const struct side *given, const struct side *built,
	rpmTagVal tag, bool same_files)
{
	CLEANUP(release_values) struct values a = values_of(given->h, tag);
	CLEANUP(release_values) struct values b = values_of(built->h, tag);
	const char *name = rpmTagGetName(tag);
	bool of_files = strncmp(name, "File", 4) == 0 || strncmp(name, "Dir", 3) == 0 ||
			tag == RPMTAG_BASENAMES;

	if (a.n != b.n) {
		/* Another list of files was told of already. */
		if (!of_files || same_files)
			same_add(s, "header: %s has %zu values, built %zu", name, a.n, b.n);
		return;
	}
	for (size_t i = 0; i < a.n; i++) {
		if (strcmp(a.v[i], b.v[i]) == 0 || (of_files && !same_files))
			continue;
		if (of_files && a.n == given->files.n)
			same_add(s, "header: %s of file %zu is %.60s, built %.60s", name, i + 1,
				a.v[i], b.v[i]);
		else
			same_add(s, "header: %s is %.60s, built %.60s", name, a.v[i], b.v[i]);
	}
}

static const struct rpmfile_entry *find_entry(
	const struct rpmfile *r, const char *path, size_t hint)
{
	if (hint < r->nfiles && strcmp(r->files[hint].path, path) == 0)
		return &r->files[hint];
	for (size_t i = 0; i < r->nfiles; i++) {
		if (strcmp(r->files[i].path, path) == 0)
			return &r->files[i];
	}
	return NULL;
}

/* What the headers say of files whose bytes are the same. */
static void compare_entries(struct same *s, const struct side *given, const struct side *built)
{
	for (size_t i = 0; i < given->rpm.nfiles; i++) {
		const struct rpmfile_entry *a = &given->rpm.files[i];
		const struct rpmfile_entry *b = find_entry(&built->rpm, a->path, i);
		const struct payload_file *x = payload_files_find(&given->files, a->path);
		const struct payload_file *y = payload_files_find(&built->files, a->path);

		if (!b || (x && y && strcmp(x->sha256, y->sha256) != 0))
			continue;
		if (a->size != b->size || strcmp(a->digest, b->digest) != 0)
			same_add(s, "header: %s has %llu bytes, digest %.16s; built %llu, %.16s",
				a->path, (unsigned long long)a->size, a->digest,
				(unsigned long long)b->size, b->digest);
	}
}

static bool is_region(rpmTagVal tag)
{
	return tag >= RPMTAG_HEADERIMAGE && tag <= RPMTAG_HEADERIMMUTABLE;
}

static void compare_headers(
	struct same *s, const struct side *given, const struct side *built, bool same_files)
{
	const struct side *const both[] = { given, built };

	for (int i = 0; i < 2; i++) {
		HeaderIterator it = headerInitIterator(both[i]->h);
		rpmTagVal tag;

		while ((tag = headerNextTag(it)) != RPMTAG_NOT_FOUND) {
			/* The second round is for tags that only the built RPM has. */
			if (is_region(tag) || is_derived(tag) ||
				(i == 1 && headerIsEntry(given->h, tag)))
				continue;
			compare_tag(s, given, built, tag, same_files);
		}
		headerFreeIterator(it);
	}
}

static bool same_list(const struct payload_files *a, const struct payload_files *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++) {
		if (strcmp(a->v[i].path, b->v[i].path) != 0)
			return false;
	}
	return a->n == b->n;
}

int same_rpms(struct same *s, int given, int built, char **why)
{
	CLEANUP(release_side) struct side a = { 0 };
	CLEANUP(release_side) struct side b = { 0 };
	bool by_signature;
	int r = read_side(&a, given, why);

	if (r == 0)
		r = read_side(&b, built, why);
	if (r < 0)
		return r;
	if (strcmp(a.rest, b.rest) == 0) {
		s->verdict = SAME_UNSIGNED;
		return 0;
	}
	by_signature = compare_payloads(s, &a.files, &b.files);
	compare_entries(s, &a, &b);
	compare_headers(s, &a, &b, same_list(&a.files, &b.files));
	if (s->n == 0 && by_signature)
		s->verdict = SAME_UNSIGNED;
	else if (s->n == 0)
		same_add(s, "the same files and header, in other bytes: packed by another rpm or "
			    "compressor");
	return 0;
}
