/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "check/check.h"
#include "command.h"
#include "util/cleanup.h"
#include "util/diag.h"

static const char usage[] =
	"Usage: ddk check [OPTION]... MEDIUM\n"
	"       ddk check --list-rules\n"
	"       ddk check --explain RULE\n"
	"Reads a driver disk, an ISO image or a directory, as each consumer would; or one\n"
	"RPM or kernel module by itself.\n\n"
	"      --consumer NAME  only what concerns installer, host, xapi, yum,\n"
	"                       kernel, team or guest\n"
	"      --cert FILE      certificate that signs modules (default: the disk's)\n"
	"      --key FILE       OpenPGP keys that sign RPMs and metadata (default: the disk's)\n"
	"      --shellcheck     shellcheck reads install.sh too, which takes seconds\n"
	"      --strict         warnings fail too\n"
	"      --json           findings as JSON\n"
	"      --list-rules     every rule in one line\n"
	"      --explain RULE   what a rule says, and the cure\n"
	"  -q, --quiet          say nothing when all is well\n"
	"  -h, --help           this text\n\n"
	"Exit status: 0 fine, 1 findings, 2 usage, 3 could not read.\n";

enum {
	OPT_CONSUMER = 256,
	OPT_STRICT,
	OPT_JSON,
	OPT_LIST,
	OPT_EXPLAIN,
	OPT_CERT,
	OPT_KEY,
	OPT_SHELLCHECK
};

static const struct option options[] = {
	{ "consumer", required_argument, NULL, OPT_CONSUMER },
	{ "cert", required_argument, NULL, OPT_CERT },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "shellcheck", no_argument, NULL, OPT_SHELLCHECK },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "list-rules", no_argument, NULL, OPT_LIST },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int list_rules(void)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);
		AUTO_FREE char *who = consumers_text(r->consumers);

		printf("%s %-7s %s (%s)\n", r->id, severity_name(r->severity), r->what, who);
	}
	return DDK_OK;
}

static int explain(const char *id)
{
	const struct rule *r = rule_find(id);
	AUTO_FREE char *who = NULL;

	if (!r) {
		diag_error("no rule '%s'; `ddk check --list-rules` lists them", id);
		return DDK_USAGE;
	}
	who = consumers_text(r->consumers);
	printf("%s (%s)\nRule: %s\nWho cares: %s\nCure: %s\n", r->id, severity_name(r->severity),
		r->what, who, r->cure);
	return DDK_OK;
}

struct request {
	unsigned consumers;
	bool strict;
	bool shellcheck;
	bool json;
	bool quiet;
};

static int run(const char *path, const struct request *q, struct trust *t)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	const struct check_tools tools = check_find_tools(q->shellcheck);
	int r = contents_read_verified(&c, path, t, &f);
	bool fail;

	if (r < 0) {
		diag_error("%s: %s", path, strerror(-r));
		return DDK_IO;
	}
	if (q->shellcheck && !tools.shellcheck) {
		diag_error("--shellcheck: shellcheck is not installed; install the package of that "
			   "name");
		return DDK_IO;
	}
	check_medium(&c, &tools, &f);
	if (q->consumers)
		findings_filter(&f, q->consumers);
	fail = findings_fail(&f, q->strict);
	if (q->json)
		findings_print_json(&f, "medium", path, stdout);
	else if (fail || !q->quiet) {
		AUTO_FREE char *shown = printable(path);

		findings_print(&f, stdout);
		printf("check: %s: %zu error%s, %zu warning%s, %zu note%s", shown,
			f.count[SEVERITY_ERROR], f.count[SEVERITY_ERROR] == 1 ? "" : "s",
			f.count[SEVERITY_WARNING], f.count[SEVERITY_WARNING] == 1 ? "" : "s",
			f.count[SEVERITY_NOTE], f.count[SEVERITY_NOTE] == 1 ? "" : "s");
		if (c.medium.is_single)
			putchar('\n');
		else
			printf("; %zu RPMs, %zu files\n", c.n_rpms,
				c.n_rpms + c.n_texts + c.n_files);
	}
	return fail ? DDK_FINDINGS : DDK_OK;
}

static bool add_trust(struct trust *t, int option, const char *path)
{
	AUTO_FREE char *why = NULL;
	int r = option == OPT_CERT ? trust_read_cert(t, path, &why) : trust_read_key(t, path, &why);

	if (r < 0)
		diag_error("%s", why);
	return r == 0;
}

int cmd_check(int argc, char **argv)
{
	AUTO_TRUST struct trust t = { 0 };
	struct request q = { 0 };
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case OPT_CONSUMER:
			q.consumers |= consumer_find(optarg);
			if (!consumer_find(optarg)) {
				diag_error("no consumer '%s'; there are installer, host, xapi, "
					   "yum, kernel, "
					   "team and guest",
					optarg);
				return DDK_USAGE;
			}
			break;
		case OPT_CERT:
		case OPT_KEY:
			if (!add_trust(&t, c, optarg))
				return DDK_IO;
			break;
		case OPT_SHELLCHECK:
			q.shellcheck = true;
			break;
		case OPT_STRICT:
			q.strict = true;
			break;
		case OPT_JSON:
			q.json = true;
			break;
		case OPT_LIST:
			return list_rules();
		case OPT_EXPLAIN:
			return explain(optarg);
		case 'q':
			q.quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk check --help`");
			return DDK_USAGE;
		}
	}
	if (argc - optind != 1) {
		diag_error("check: give one medium, an ISO image, a directory, an RPM or a .ko "
			   "(`ddk check --help`)");
		return DDK_USAGE;
	}
	return run(argv[optind], &q, &t);
}
