/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "medium/show.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk show [OPTION] MEDIUM\n"
	"What is on a driver disk, an ISO image or a directory, and where it will load; or\n"
	"what one RPM or kernel module has.\n\n"
	"      --json     everything, as JSON\n"
	"      --ids DIR  folder of pci.ids and usb.ids, for the names of devices\n"
	"                 (default: where the hwdata package has them)\n"
	"  -h, --help     this text\n\n"
	"Exit status: 0 fine, 1 parts could not be read, 2 usage, 3 could not read.\n";

enum { OPT_JSON = 256, OPT_IDS };

static const struct option options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "ids", required_argument, NULL, OPT_IDS },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int run(const char *path, bool json, const char *ids_dir)
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
	if (json)
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
	bool json = false;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_JSON:
			json = true;
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
	return run(argv[optind], json, ids);
}
