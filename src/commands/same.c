/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/findings.h"
#include "command.h"
#include "same/same.h"
#include "util/cleanup.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk same [OPTION]... GIVEN BUILT\n"
	"Whether two RPMs, modules or other files are the same once signatures are off both;\n"
	"if not, what differs, down to the file inside the RPM.\n\n"
	"      --strict   signatures have to be the same too\n"
	"      --json     the answer as JSON\n"
	"  -q, --quiet    say nothing when they are the same\n"
	"  -h, --help     this text\n\n"
	"Exit status: 0 the same, 1 different, 2 usage, 3 could not read.\n";

enum { OPT_STRICT = 256, OPT_JSON };

static const struct option options[] = {
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void print(const struct same *s, const char *given)
{
	AUTO_FREE char *name = printable(given);

	printf("%s: %s\n", name, same_name(s->verdict));
	for (size_t i = 0; i < s->n; i++)
		printf("  %s\n", s->why[i]);
	if (s->more)
		printf("  and %zu more differences\n", s->more);
}

static void print_json(const struct same *s, const char *given, const char *built)
{
	AUTO_FREE char *a = printable(given);
	AUTO_FREE char *b = printable(built);
	json_t *why = json_array();
	json_t *top;

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(why, json_string(s->why[i]));
	top = json_pack("{s:s, s:s, s:s, s:o, s:I}", "given", a, "built", b, "verdict",
		same_name(s->verdict), "differences", why, "more", (json_int_t)s->more);
	json_dumpf(top, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(top);
}

int cmd_same(int argc, char **argv)
{
	bool strict = false, json = false, quiet = false, good;
	AUTO_SAME struct same s = { 0 };
	AUTO_FREE char *error = NULL;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case OPT_STRICT:
			strict = true;
			break;
		case OPT_JSON:
			json = true;
			break;
		case 'q':
			quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk same --help`");
			return DDK_USAGE;
		}
	}
	if (argc - optind != 2) {
		diag_error("same: give two files, the given one first (`ddk same --help`)");
		return DDK_USAGE;
	}
	if (same_files(&s, argv[optind], argv[optind + 1], &error) < 0) {
		diag_error("%s", error);
		return DDK_IO;
	}
	good = s.verdict == SAME_BYTES || (s.verdict == SAME_UNSIGNED && !strict);
	if (json)
		print_json(&s, argv[optind], argv[optind + 1]);
	else if (!quiet || !good)
		print(&s, argv[optind]);
	return good ? DDK_OK : DDK_FINDINGS;
}
