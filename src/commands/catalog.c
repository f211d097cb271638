/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "check/findings.h"
#include "command.h"
#include "metadata/epoch.h"
#include "util/alloc.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "windows/catalog.h"

/* A driver is small; firmware and tools in a package may be large. */
#define FILE_MAX (1u << 30)

static const char usage[] =
	"Usage: ddk catalog --out FILE.cat [OPTION]... FILE...\n"
	"       ddk catalog --verify FILE.cat [--ca FILE] [DIR|FILE]...\n"
	"Writes the security catalog of a Windows driver package, unsigned, or holds files\n"
	"against one.\n\n"
	"      --out FILE     the catalog to write: SHA-256 of each FILE, of .sys, .dll and\n"
	"                     other images the Authenticode hash\n"
	"      --os NAMES     systems that the package is for, between commas: 7_X86 7_X64\n"
	"                     8_X86 8_X64 6_3_X86 6_3_X64 10_X86 10_X64\n"
	"      --hwid ID      a hardware id of the package; may be given more than once\n"
	"      --epoch N      the catalog's date, seconds since 1970 (default: now)\n"
	"      --verify FILE  the catalog to read: every member has to be among the files, and\n"
	"                     every file, in a DIR all but .cat and .pdb, a member\n"
	"      --ca FILE      certificates in PEM that the signature has to lead to\n"
	"  -h, --help         this text\n\n"
	"Exit status: 0 fine, 1 something does not fit, 2 usage, 3 could not read or write.\n";

enum { OPT_OUT = 256, OPT_OS, OPT_HWID, OPT_EPOCH, OPT_VERIFY, OPT_CA };

static const struct option options[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "os", required_argument, NULL, OPT_OS },
	{ "hwid", required_argument, NULL, OPT_HWID },
	{ "epoch", required_argument, NULL, OPT_EPOCH },
	{ "verify", required_argument, NULL, OPT_VERIFY },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	const char *out;
	const char *verify;
	const char *ca;
	struct catalog catalog; /* to be written */
	bool has_epoch;
};

static void release_request(struct request *q)
{
	catalog_release(&q->catalog);
}

static bool is_name(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < 0x20 || *s >= 0x7f)
			return false;
	}
	return true;
}

/* The member that a file makes; its name points into path. */
static int read_member(const char *path, struct catalog_member *m, const char **why)
{
	AUTO_STRBUF struct strbuf data = STRBUF_INIT;
	int r = strbuf_read_file(&data, path, FILE_MAX);

	*why = NULL;
	m->name = basename(path);
	if (r < 0)
		return command_cannot(path, -r);
	return catalog_digest(m, m->name, data.buf ? data.buf : "", data.len, why) < 0
		       ? DDK_FINDINGS
		       : DDK_OK;
}

static int add_file(struct catalog *c, const char *path)
{
	struct catalog_member m;
	const char *why;
	int r = read_member(path, &m, &why);

	if (r == DDK_IO)
		return r;
	if (r != DDK_OK) {
		diag_error("%s: %s; leave it out of the catalog, or build it again", path, why);
		return r;
	}
	if (!is_name(m.name)) {
		diag_error("%s: a file in a catalog has a name in ASCII; rename it", path);
		return DDK_USAGE;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (strcasecmp(c->v[i].name, m.name) == 0) {
			diag_error("%s: a file of that name is in the catalog already; names are "
				   "compared without their directory and case",
				path);
			return DDK_USAGE;
		}
	}
	catalog_add(c, &m);
	return DDK_OK;
}

static int write_catalog(struct request *q, char **files, int n)
{
	AUTO_STRBUF struct strbuf der = STRBUF_INIT;
	int r;

	for (int i = 0; i < n; i++) {
		r = add_file(&q->catalog, files[i]);
		if (r != DDK_OK)
			return r;
	}
	if (!q->has_epoch)
		q->catalog.epoch = time(NULL);
	catalog_encode(&q->catalog, &der);
	r = outfile_write(q->out, 0644, der.buf, der.len);
	return r < 0 ? command_cannot(q->out, -r) : DDK_OK;
}

struct verification {
	struct catalog catalog;
	bool *seen; /* by member */
	size_t n_files;
	size_t n_wrong;
	const char *path; /* of the catalog */
};

static void release_verification(struct verification *v)
{
	catalog_release(&v->catalog);
	free(v->seen);
}

/* One line about what does not fit; names come from anyone's disk. */
__attribute__((format(printf, 3, 4))) static void wrong(
	struct verification *v, const char *path, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *line = NULL;
	AUTO_FREE char *shown = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	line = xasprintf("%s: %s", path, text);
	shown = printable(line);
	puts(shown);
	v->n_wrong++;
}

static int verify_file(struct verification *v, const char *path)
{
	const struct catalog_member *named = NULL;
	struct catalog_member m;
	const char *why;
	bool found = false;
	int r = read_member(path, &m, &why);

	if (r == DDK_IO)
		return r;
	v->n_files++;
	for (size_t i = 0; i < v->catalog.n; i++) {
		const struct catalog_member *x = &v->catalog.v[i];
		bool is_same_name = strcasecmp(x->name, m.name) == 0;

		if (is_same_name)
			named = x;
		/* Equal files share a digest, and are members each by its own name. */
		if (r == DDK_OK && x->is_pe == m.is_pe && (is_same_name || !*x->name) &&
			memcmp(x->digest, m.digest, PE_DIGEST_SIZE) == 0) {
			v->seen[i] = true;
			found = true;
		}
	}
	if (found)
		return DDK_OK;
	if (named)
		v->seen[named - v->catalog.v] = true;
	if (r != DDK_OK)
		wrong(v, path, "%s", why);
	else if (named)
		wrong(v, path, "is not the file that %s was made of: its hash is another", v->path);
	else
		wrong(v, path, "is no member of %s", v->path);
	return DDK_OK;
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcasecmp(name + n - m, suffix) == 0;
}

static int is_wanted(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0 &&
	       !has_suffix(d->d_name, ".cat") && !has_suffix(d->d_name, ".pdb");
}

/* Links are not followed: a package is plain files. */
static int verify_dir(struct verification *v, const char *path)
{
	struct dirent **list = NULL;
	int n = scandir(path, &list, is_wanted, alphasort), r = DDK_OK;

	if (n < 0)
		return command_cannot(path, errno);
	for (int i = 0; i < n; i++) {
		AUTO_FREE char *child = xasprintf("%s/%s", path, list[i]->d_name);
		struct stat st;

		free(list[i]);
		if (r != DDK_OK)
			continue;
		if (lstat(child, &st) < 0)
			r = command_cannot(child, errno);
		else if (S_ISDIR(st.st_mode))
			r = verify_dir(v, child);
		else if (S_ISREG(st.st_mode))
			r = verify_file(v, child);
		else
			wrong(v, child, "is neither file nor directory; no package holds such");
	}
	free(list);
	return r;
}

static int verify_paths(struct verification *v, char **paths, int n)
{
	for (int i = 0; i < n; i++) {
		struct stat st;
		int r;

		if (stat(paths[i], &st) < 0)
			return command_cannot(paths[i], errno);
		r = S_ISDIR(st.st_mode) ? verify_dir(v, paths[i]) : verify_file(v, paths[i]);
		if (r != DDK_OK)
			return r;
	}
	for (size_t i = 0; n > 0 && i < v->catalog.n; i++) {
		if (!v->seen[i])
			wrong(v, v->path, "its member '%s' is not among the files",
				v->catalog.v[i].name);
	}
	return DDK_OK;
}

static int verify_signature(struct verification *v, const struct strbuf *der, const char *ca)
{
	AUTO_FREE char *text = NULL;

	switch (catalog_signature(der->buf, der->len, ca, &text)) {
	case CATALOG_UNSIGNED:
		printf("%s: unsigned\n", v->path);
		v->n_wrong += ca != NULL;
		return DDK_OK;
	case CATALOG_SIGNED:
		printf("%s: signed by %s, not verified (--ca was not given)\n", v->path, text);
		return DDK_OK;
	case CATALOG_TRUSTED:
		printf("%s: signed by %s, verified\n", v->path, text);
		return DDK_OK;
	case CATALOG_BAD:
		wrong(v, v->path, "%s", text);
		return DDK_OK;
	default:
		diag_error("--ca %s: no certificates in PEM", ca);
		return DDK_IO;
	}
}

static int verify(const struct request *q, char **paths, int n)
{
	CLEANUP(release_verification) struct verification v = { .path = q->verify };
	AUTO_STRBUF struct strbuf der = STRBUF_INIT;
	AUTO_FREE char *error = NULL;
	int r = strbuf_read_file(&der, q->verify, CATALOG_MAX);

	if (r < 0)
		return command_cannot(q->verify, -r);
	if (catalog_decode(&v.catalog, der.buf ? der.buf : "", der.len, &error) < 0) {
		printf("%s: %s\n", q->verify, error);
		return DDK_FINDINGS;
	}
	v.seen = xcalloc(v.catalog.n + 1, sizeof(*v.seen));
	r = verify_signature(&v, &der, q->ca);
	if (r == DDK_OK)
		r = verify_paths(&v, paths, n);
	if (r != DDK_OK)
		return r;
	printf("%s: %zu member%s, %zu file%s, %zu that do not fit\n", q->verify, v.catalog.n,
		v.catalog.n == 1 ? "" : "s", v.n_files, v.n_files == 1 ? "" : "s", v.n_wrong);
	return v.n_wrong ? DDK_FINDINGS : DDK_OK;
}

static int add_systems(struct catalog *c, const char *names)
{
	AUTO_FREE char *copy = xstrdup(names);
	char *rest = copy, *name;

	while ((name = strsep(&rest, ","))) {
		if (catalog_add_os(c, name) < 0) {
			diag_error(
				"--os '%s': unknown; `ddk catalog --help` lists the systems", name);
			return DDK_USAGE;
		}
	}
	return DDK_OK;
}

/* Returns -1 to go on, else an exit status. */
static int take_option(struct request *q, int c)
{
	switch (c) {
	case OPT_OUT:
		q->out = optarg;
		return -1;
	case OPT_VERIFY:
		q->verify = optarg;
		return -1;
	case OPT_CA:
		q->ca = optarg;
		return -1;
	case OPT_OS:
		return add_systems(&q->catalog, optarg) == DDK_OK ? -1 : DDK_USAGE;
	case OPT_HWID:
		if (!is_name(optarg)) {
			diag_error("--hwid '%s': hardware ids are printable ASCII", optarg);
			return DDK_USAGE;
		}
		catalog_add_hwid(&q->catalog, optarg);
		return -1;
	case OPT_EPOCH:
		q->has_epoch = true;
		if (epoch_parse(optarg, &q->catalog.epoch) == 0)
			return -1;
		diag_error("--epoch '%s': " EPOCH_RULE, optarg);
		return DDK_USAGE;
	case 'h':
		fputs(usage, stdout);
		return DDK_OK;
	default:
		diag_error("see `ddk catalog --help`");
		return DDK_USAGE;
	}
}

int cmd_catalog(int argc, char **argv)
{
	CLEANUP(release_request) struct request q = { 0 };
	bool is_making;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		r = take_option(&q, c);
		if (r >= 0)
			return r;
	}
	is_making = q.has_epoch || q.catalog.os || q.catalog.n_hwids;
	if (!q.out == !q.verify || (q.verify && is_making) || (q.out && q.ca)) {
		diag_error("catalog: give --out, or --verify with --ca (`ddk catalog --help`)");
		return DDK_USAGE;
	}
	if (q.verify)
		return verify(&q, argv + optind, argc - optind);
	if (optind == argc) {
		diag_error("catalog: a catalog has members; give the files of the package");
		return DDK_USAGE;
	}
	return write_catalog(&q, argv + optind, argc - optind);
}
