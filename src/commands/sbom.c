/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "metadata/epoch.h"
#include "sbom/sbom.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk sbom [OPTION]... MEDIUM [SOURCE-RPM]...\n"
	"Prints a bill of materials of a driver disk as CycloneDX 1.5 JSON: packages, modules,\n"
	"firmware and other files with digests and licences, and the sources they are made of,\n"
	"from SRPMS/ on the medium or the source RPMs given.\n\n"
	"      --tools FILE  also the toolchain: lines of a name, a tab, and a version\n"
	"      --epoch N     the date, in seconds since 1970 (default: the newest package's)\n"
	"  -h, --help        this text\n\n"
	"Exit status: 0 fine, 1 parts could not be read, 2 usage, 3 could not read.\n";

enum { OPT_TOOLS = 256, OPT_EPOCH };

static const struct option options[] = {
	{ "tools", required_argument, NULL, OPT_TOOLS },
	{ "epoch", required_argument, NULL, OPT_EPOCH },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* The digests of one RPM's files, read in a second pass over the medium. */
struct filler {
	struct sbom *sbom;
	struct findings *f;
};

static bool want_rpm(void *arg, const struct medium_entry *e)
{
	size_t len = strlen(e->path);

	(void)arg;
	return len > 4 && strcmp(e->path + len - 4, ".rpm") == 0;
}

static void fill(struct sbom_rpm *v, size_t n, const char *path, int fd, struct findings *f)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *why = NULL;

		if (strcmp(v[i].rpm->path, path) != 0 || v[i].files.v)
			continue;
		if (payload_files(&v[i].files, fd, &why) < 0)
			findings_add(f, RULE_RP_PAYLOAD, path, "%s", why ? why : "unreadable");
		return;
	}
}

static void fill_entry(void *arg, const struct medium_entry *e, int fd)
{
	struct filler *x = arg;

	fill(x->sbom->binaries, x->sbom->n_binaries, e->path, fd, x->f);
	fill(x->sbom->sources, x->sbom->n_sources, e->path, fd, x->f);
}

static bool has_source(const struct sbom *s, const struct contents_rpm *r)
{
	for (size_t i = 0; i < s->n_sources; i++) {
		if (strcmp(s->sources[i].rpm->digest.sha256, r->digest.sha256) == 0)
			return true;
	}
	return false;
}

static void add_sources(struct sbom *s, const struct contents *c)
{
	for (size_t i = 0; i < c->n_rpms; i++) {
		if (!c->rpms[i].readable || !c->rpms[i].rpm.is_source || has_source(s, &c->rpms[i]))
			continue;
		s->sources = xgrow(s->sources, s->n_sources, &s->cap_sources, sizeof(*s->sources));
		s->sources[s->n_sources++] = (struct sbom_rpm){ .rpm = &c->rpms[i] };
	}
}

static int read_one(struct contents *c, const char *path, struct findings *f)
{
	int r = contents_read(c, path, f);

	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

static int fill_from(struct sbom *s, const char *path, struct findings *f)
{
	struct filler x = { s, f };
	struct medium_visitor visitor = { .arg = &x, .want = want_rpm, .file = fill_entry };
	AUTO_FINDINGS struct findings again = { 0 };
	struct medium m;
	int r = medium_read(&m, path, &visitor, &again);

	medium_release(&m);
	return r;
}

/* A bare module or RPM is named by its own name, whatever that ends in. */
static void add_binaries(struct sbom *s)
{
	s->binaries = xcalloc(s->show->n, sizeof(*s->binaries));
	for (size_t i = 0; i < s->show->n; i++) {
		if (!s->show->v[i].rpm->bare)
			s->binaries[s->n_binaries++].rpm = s->show->v[i].rpm;
	}
}

static void release(struct sbom *s)
{
	for (size_t i = 0; i < s->n_binaries; i++)
		payload_files_release(&s->binaries[i].files);
	for (size_t i = 0; i < s->n_sources; i++)
		payload_files_release(&s->sources[i].files);
	free(s->binaries);
	free(s->sources);
}

/* That of the newest package. */
static void set_epoch(struct sbom *s)
{
	s->epoch = 0;
	for (size_t i = 0; i < s->n_binaries; i++) {
		uint64_t built = s->binaries[i].rpm->rpm.buildtime;

		if (built <= EPOCH_MAX && (long long)built > s->epoch)
			s->epoch = (long long)built;
	}
}

/* paths[0] is the medium; v has room for what each of them holds. */
static int make(struct sbom *s, struct contents *v, char **paths, size_t n, struct findings *f)
{
	struct show show;
	json_t *top;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_one(&v[i], paths[i], f);
	if (r < 0)
		return r;
	show_gather(&show, &v[0]);
	s->show = &show;
	add_binaries(s);
	for (size_t i = 0; i < n; i++)
		add_sources(s, &v[i]);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = fill_from(s, paths[i], f);
	if (s->epoch < 0)
		set_epoch(s);
	top = sbom_json(s);
	json_dumpf(top, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(top);
	show_release(&show);
	return r;
}

static int run(struct sbom *s, char **paths, size_t n)
{
	AUTO_FREE struct contents *v = xcalloc(n, sizeof(*v));
	AUTO_FINDINGS struct findings f = { 0 };
	int r = make(s, v, paths, n, &f);

	release(s);
	for (size_t i = 0; i < n; i++)
		contents_release(&v[i]);
	findings_print(&f, stderr);
	return r < 0 ? DDK_IO : findings_fail(&f, false) ? DDK_FINDINGS : DDK_OK;
}

int cmd_sbom(int argc, char **argv)
{
	AUTO_FACTS struct facts facts = { 0 };
	struct sbom s = { .facts = &facts, .epoch = -1 };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_TOOLS:
			if (facts_read_tools(&facts, optarg) < 0)
				return DDK_IO;
			break;
		case OPT_EPOCH:
			if (epoch_parse(optarg, &s.epoch) < 0) {
				diag_error("--epoch %s: it " EPOCH_RULE, optarg);
				return DDK_USAGE;
			}
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk sbom --help`");
			return DDK_USAGE;
		}
	}
	if (optind == argc) {
		diag_error("sbom: give a medium, and perhaps source RPMs (`ddk sbom --help`)");
		return DDK_USAGE;
	}
	return run(&s, argv + optind, (size_t)(argc - optind));
}
