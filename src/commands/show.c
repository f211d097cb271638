/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "medium/show.h"
#include "util/cleanup.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk show [OPTION] MEDIUM\n"
	"What is on a driver disk, an ISO image or a directory, and where it will load; or\n"
	"what one RPM or kernel module has.\n\n"
	"      --json     everything, as JSON\n"
	"      --sums     only the SHA-256 of each file, for sha256sum\n"
	"      --ids DIR  folder of pci.ids and usb.ids, for the names of devices\n"
	"                 (default: where the hwdata package has them)\n"
	"  -h, --help     this text\n\n"
	"Exit status: 0 fine, 1 parts could not be read, 2 usage, 3 could not read.\n";

enum { OPT_JSON = 256, OPT_SUMS, OPT_IDS };

static const struct option options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "sums", no_argument, NULL, OPT_SUMS },
	{ "ids", required_argument, NULL, OPT_IDS },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void print_sum(const char *path, const struct digest *d)
{
	AUTO_FREE char *shown = printable(path);

	printf("%s  %s\n", d->sha256, shown);
}

static void print_sums(const struct contents *c)
{
	for (size_t i = 0; i < c->medium.n; i++) {
		const struct medium_entry *e = &c->medium.v[i];
		const struct digest *d = contents_digest(c, e->path);

		if (d)
			print_sum(e->path, d);
	}
}

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SUMS };

static int run(const char *path, enum format format, const char *ids_dir)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	int r = contents_read(&c, path, &f);
	AUTO_IDS struct ids ids = { 0 };
	struct show s;

	if (r < 0) {
		diag_error("%s: %s", path, strerror(-r));
		return DDK_IO;
	}
	ids_read(&ids, ids_dir);
	show_gather(&s, &c);
	s.ids = &ids;
	if (format == FORMAT_SUMS)
		print_sums(&c);
	else if (format == FORMAT_JSON)
		show_print_json(&s, stdout);
	else
		show_print(&s, stdout);
	show_release(&s);
	findings_print(&f, stderr);
	return findings_fail(&f, false) ? DDK_FINDINGS : DDK_OK;
}

int cmd_show(int argc, char **argv)
{
	const char *ids = NULL;
	enum format format = FORMAT_TEXT;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_JSON:
			format = FORMAT_JSON;
			break;
		case OPT_SUMS:
			format = FORMAT_SUMS;
			break;
		case OPT_IDS:
			ids = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk show --help`");
			return DDK_USAGE;
		}
	}
	if (argc - optind != 1) {
		diag_error("show: give one medium, an ISO image, a directory, an RPM or a .ko "
			   "(`ddk show --help`)");
		return DDK_USAGE;
	}
	return run(argv[optind], format, ids);
}
