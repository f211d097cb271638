/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "bundle/bundle.h"
#include "command.h"
#include "util/cleanup.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk unbundle [OPTION] BUNDLE FOLDER\n"
	"Unpacks a bundle that `make submission` wrote into a new FOLDER, after it was looked\n"
	"through for names that lead out of it, links and sizes, and holds every file against\n"
	"its SHA256SUMS.\n\n"
	"  -q, --quiet  say nothing when all is well\n"
	"  -h, --help   this text\n\n"
	"Exit status: 0 fine, 1 the bundle is refused, 2 usage, 3 could not read or write.\n";

static const struct option options[] = {
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

int cmd_unbundle(int argc, char **argv)
{
	AUTO_FREE char *why = NULL;
	bool quiet = false;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case 'q':
			quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk unbundle --help`");
			return DDK_USAGE;
		}
	}
	if (argc - optind != 2) {
		diag_error("unbundle: give a bundle and a folder that does not exist yet (`ddk "
			   "unbundle --help`)");
		return DDK_USAGE;
	}
	r = bundle_unpack(argv[optind], argv[optind + 1], &why);
	if (r < 0) {
		diag_error("%s: %s", argv[optind], why);
		return r == -EBADMSG ? DDK_FINDINGS : DDK_IO;
	}
	if (!quiet)
		printf("unbundle: %s: %d files, all as SHA256SUMS has them\n", argv[optind], r);
	return DDK_OK;
}
