/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "diff/diff.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk diff [OPTION] OLD NEW\n"
	"What differs between two driver disks, ISO images or directories, and whether the\n"
	"new one keeps the rules of versioning.\n\n"
	"      --json  everything, as JSON\n"
	"  -h, --help  this text\n\n"
	"Exit status: 0 the rules are kept, 1 they are not, or parts could not be read,\n"
	"2 usage, 3 could not read.\n";

enum { OPT_JSON = 256 };

static const struct option options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int read_medium(struct contents *c, const char *path, struct findings *f)
{
	int r = contents_read(c, path, f);

	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

static int run(const char *old_path, const char *new_path, bool json)
{
	AUTO_FINDINGS struct findings reading = { 0 };
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents old = { 0 };
	AUTO_CONTENTS struct contents new = { 0 };
	AUTO_DIFF struct diff d = { 0 };
	struct show a, b;

	if (read_medium(&old, old_path, &reading) < 0 || read_medium(&new, new_path, &reading) < 0)
		return DDK_IO;
	show_gather(&a, &old);
	show_gather(&b, &new);
	diff_make(&d, &a, &b, &f);
	if (json)
		diff_print_json(&d, &f, stdout);
	else
		diff_print(&d, &f, stdout);
	show_release(&a);
	show_release(&b);
	findings_print(&reading, stderr);
	return findings_fail(&f, false) || findings_fail(&reading, false) ? DDK_FINDINGS : DDK_OK;
}

int cmd_diff(int argc, char **argv)
{
	bool json = false;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_JSON:
			json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk diff --help`");
			return DDK_USAGE;
		}
	}
	if (argc - optind != 2) {
		diag_error("diff: give two media, the old one first (`ddk diff --help`)");
		return DDK_USAGE;
	}
	return run(argv[optind], argv[optind + 1], json);
}
