/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "command.h"
#include "report/report.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/outfile.h"

static const char usage[] =
	"Usage: ddk report --out FILE [OPTION]... MEDIUM [SOURCE-RPM]...\n"
	"Writes one HTML page about a driver disk that needs nothing else: what loads where, what\n"
	"`ddk check` finds, what differs from the disk before, and where it comes from.\n\n"
	"      --out FILE       the page\n"
	"      --previous DISK  the disk before, to compare with\n"
	"      --config FILE    what `make show-config JSON=yes` printed\n"
	"      --tools FILE     the toolchain: lines of a name, a tab, and a version\n"
	"      --ids DIR        folder of pci.ids and usb.ids, for the names of devices\n"
	"  -h, --help           this text\n\n"
	"Exit status: 0 written, whatever the findings; 2 usage, 3 could not read or write.\n";

enum { OPT_OUT = 256, OPT_PREVIOUS, OPT_CONFIG, OPT_TOOLS, OPT_IDS };

static const struct option options[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "previous", required_argument, NULL, OPT_PREVIOUS },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "tools", required_argument, NULL, OPT_TOOLS },
	{ "ids", required_argument, NULL, OPT_IDS },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	const char *medium;
	const char *out;
	const char *previous;
	const char *ids;
	char **sources; /* source RPMs */
	size_t n_sources;
	struct facts facts;
};

static int read_one(struct contents *c, const char *path, struct findings *f)
{
	int r = contents_read(c, path, f);

	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

static int write_page(const struct request *q, const struct report *r)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int ret;

	report_html(r, &sb);
	ret = outfile_write(q->out, 0644, sb.buf, sb.len);
	if (ret < 0)
		diag_error("%s: %s", q->out, strerror(-ret));
	return ret < 0 ? DDK_IO : DDK_OK;
}

/* new is read and checked; previous is read here, if there is one. */
static int compare_and_write(const struct request *q, struct report *r, const struct show *new)
{
	AUTO_FINDINGS struct findings reading = { 0 };
	AUTO_FINDINGS struct findings versioning = { 0 };
	AUTO_CONTENTS struct contents old = { 0 };
	AUTO_DIFF struct diff d = { 0 };
	struct show a;
	int status;

	if (!q->previous)
		return write_page(q, r);
	if (read_one(&old, q->previous, &reading) < 0)
		return DDK_IO;
	show_gather(&a, &old);
	diff_make(&d, &a, new, &versioning);
	r->diff = &d;
	r->versioning = &versioning;
	status = write_page(q, r);
	show_release(&a);
	return status;
}

/* Reads what q names into the report, whose contents are the caller's. */
static int read_all(const struct request *q, struct contents *c, struct contents *sources,
	struct findings *f, struct findings *beside)
{
	int r = read_one(c, q->medium, f);

	/* What is wrong with a source RPM that is not on the disk is no finding about the disk. */
	for (size_t i = 0; r == 0 && i < q->n_sources; i++)
		r = read_one(&sources[i], q->sources[i], beside);
	return r;
}

static void release_all(struct contents *sources, size_t n)
{
	for (size_t i = 0; i < n; i++)
		contents_release(&sources[i]);
	free(sources);
}

static int write_report(const struct request *q, const struct contents *c,
	const struct contents *sources, struct findings *f)
{
	AUTO_IDS struct ids ids = { 0 };
	struct digest image = { 0 };
	struct report r = {
		.findings = f, .facts = &q->facts, .sources = sources, .n_sources = q->n_sources
	};
	const struct check_tools tools = check_find_tools(false);
	struct show s;
	int status;

	check_medium(c, &tools, f);
	if (c->medium.is_iso && digest_file(&image, DIGEST_SHA256, q->medium) < 0)
		image.sha256[0] = '\0';
	ids_read(&ids, q->ids);
	show_gather(&s, c);
	s.ids = &ids;
	r.show = &s;
	r.image_sha256 = image.sha256;
	status = compare_and_write(q, &r, &s);
	show_release(&s);
	return status;
}

static int run(const struct request *q)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_FINDINGS struct findings beside = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	struct contents *sources = xcalloc(q->n_sources, sizeof(*sources));
	int status = DDK_IO;

	if (read_all(q, &c, sources, &f, &beside) == 0)
		status = write_report(q, &c, sources, &f);
	release_all(sources, q->n_sources);
	return status;
}

static int parse(struct request *q, int argc, char **argv)
{
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_OUT:
			q->out = optarg;
			break;
		case OPT_PREVIOUS:
			q->previous = optarg;
			break;
		case OPT_CONFIG:
			if (facts_read_config(&q->facts, optarg) < 0)
				return DDK_IO;
			break;
		case OPT_TOOLS:
			if (facts_read_tools(&q->facts, optarg) < 0)
				return DDK_IO;
			break;
		case OPT_IDS:
			q->ids = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			diag_error("see `ddk report --help`");
			return DDK_USAGE;
		}
	}
	if (optind == argc || !q->out) {
		diag_error("report: give a medium, perhaps source RPMs, and --out FILE (`ddk "
			   "report --help`)");
		return DDK_USAGE;
	}
	q->medium = argv[optind];
	q->sources = argv + optind + 1;
	q->n_sources = (size_t)(argc - optind - 1);
	return DDK_OK;
}

int cmd_report(int argc, char **argv)
{
	struct request q = { 0 };
	int status = parse(&q, argc, argv);

	if (status == DDK_OK)
		status = run(&q);
	facts_release(&q.facts);
	return status < 0 ? DDK_OK : status;
}
