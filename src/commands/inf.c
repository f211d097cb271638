/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "util/alloc.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "windows/infcheck.h"
#include "windows/infstamp.h"

static const char usage[] =
	"Usage: ddk inf stamp TEMPLATE --out FILE --version A.B.C.D --date YYYY-MM-DD\n"
	"                     [--set NAME=VALUE]...\n"
	"       ddk inf check FILE [--dir DIR] [--strict] [--json]\n"
	"       ddk inf check --list-rules | --explain RULE\n"
	"Makes the INF of a Windows driver package of a template, or checks one.\n\n"
	"      --out FILE        the INF to write\n"
	"      --version A.B.C.D the driver's version, for DriverVer\n"
	"      --date YYYY-MM-DD the driver's date, for DriverVer\n"
	"      --set NAME=VALUE  the value of @NAME@; lines with an empty one are dropped\n"
	"      --dir DIR         the package, whose files have to be there\n"
	"      --strict          warnings fail too\n"
	"      --json            findings as JSON\n"
	"      --list-rules      every rule in one line\n"
	"      --explain RULE    what a rule says, and the cure\n"
	"  -h, --help            this text\n\n"
	"Exit status: 0 fine, 1 findings, 2 usage, or a template that does not fit,\n"
	"3 could not read or write.\n";

enum {
	OPT_OUT = 256,
	OPT_VERSION,
	OPT_DATE,
	OPT_SET,
	OPT_DIR,
	OPT_STRICT,
	OPT_JSON,
	OPT_LIST,
	OPT_EXPLAIN
};

static const struct option options[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "date", required_argument, NULL, OPT_DATE },
	{ "set", required_argument, NULL, OPT_SET },
	{ "dir", required_argument, NULL, OPT_DIR },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "list-rules", no_argument, NULL, OPT_LIST },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

struct request {
	const char *out;
	const char *version;
	const char *date;
	const char *dir;
	struct inf_setting *v;
	size_t n;
	size_t cap;
	bool strict;
	bool json;
};

static void release_request(struct request *q)
{
	for (size_t i = 0; i < q->n; i++)
		free((char *)q->v[i].name);
	free(q->v);
}

static int list_rules(void)
{
	for (size_t i = 0; i < INF_RULE_COUNT; i++) {
		const struct rule *r = inf_rule_get((enum inf_rule_id)i);

		printf("%s %-7s %s\n", r->id, severity_name(r->severity), r->what);
	}
	return DDK_OK;
}

static int explain(const char *id)
{
	const struct rule *r = inf_rule_find(id);

	if (!r) {
		diag_error("no rule '%s'; `ddk inf check --list-rules` lists them", id);
		return DDK_USAGE;
	}
	printf("%s (%s)\nRule: %s\nCure: %s\n", r->id, severity_name(r->severity), r->what,
		r->cure);
	return DDK_OK;
}

static int check(const struct request *q, const char *path)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_INF struct inf inf = { 0 };
	AUTO_STRBUF struct strbuf data = STRBUF_INIT;
	int r = strbuf_read_file(&data, path, INF_SIZE_MAX);

	if (r < 0)
		return command_cannot(path, -r);
	inf_parse(&inf, path, data.buf ? data.buf : "", data.len, &f);
	inf_check(&inf, q->dir, &f);
	if (q->json) {
		findings_print_json(&f, "inf", path, stdout);
	} else {
		findings_print(&f, stdout);
		printf("inf: %s: %zu error%s, %zu warning%s\n", path, f.count[SEVERITY_ERROR],
			f.count[SEVERITY_ERROR] == 1 ? "" : "s", f.count[SEVERITY_WARNING],
			f.count[SEVERITY_WARNING] == 1 ? "" : "s");
	}
	return findings_fail(&f, q->strict) ? DDK_FINDINGS : DDK_OK;
}

static int stamp(const struct request *q, const char *path)
{
	AUTO_STRBUF struct strbuf template = STRBUF_INIT;
	AUTO_STRBUF struct strbuf out = STRBUF_INIT;
	AUTO_FREE char *error = NULL;
	int r = strbuf_read_file(&template, path, INF_SIZE_MAX);

	if (r < 0)
		return command_cannot(path, -r);
	if (inf_stamp(template.buf ? template.buf : "", template.len, q->v, q->n, q->version,
		    q->date, &out, &error) < 0) {
		diag_error("%s: %s", path, error);
		return DDK_USAGE;
	}
	r = outfile_write(q->out, 0644, out.buf, out.len);
	return r < 0 ? command_cannot(q->out, -r) : DDK_OK;
}

/* A quote or a line's end in a value would make another INF of the template. */
static int add_setting(struct request *q, const char *text)
{
	const char *equals = strchr(text, '=');
	char *copy;

	if (!equals || !inf_is_token(text, (size_t)(equals - text))) {
		diag_error("--set '%s': has to be NAME=VALUE, the name in capitals, digits and _",
			text);
		return DDK_USAGE;
	}
	for (const char *s = equals + 1; *s; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '"') {
			diag_error(
				"--set '%s': a value has no quotes and control characters", text);
			return DDK_USAGE;
		}
	}
	copy = xstrdup(text);
	copy[equals - text] = '\0';
	for (size_t i = 0; i < q->n; i++) {
		if (strcmp(q->v[i].name, copy) == 0) {
			diag_error("--set %s: is given twice", copy);
			free(copy);
			return DDK_USAGE;
		}
	}
	q->v = xgrow(q->v, q->n, &q->cap, sizeof(*q->v));
	q->v[q->n++] = (struct inf_setting){ copy, copy + (equals - text) + 1 };
	return -1;
}

/* Returns -1 to go on, else an exit status. */
static int take_option(struct request *q, int c)
{
	switch (c) {
	case OPT_OUT:
		q->out = optarg;
		return -1;
	case OPT_VERSION:
		q->version = optarg;
		return -1;
	case OPT_DATE:
		q->date = optarg;
		return -1;
	case OPT_SET:
		return add_setting(q, optarg);
	case OPT_DIR:
		q->dir = optarg;
		return -1;
	case OPT_STRICT:
		q->strict = true;
		return -1;
	case OPT_JSON:
		q->json = true;
		return -1;
	case OPT_LIST:
		return list_rules();
	case OPT_EXPLAIN:
		return explain(optarg);
	case 'h':
		fputs(usage, stdout);
		return DDK_OK;
	default:
		diag_error("see `ddk inf --help`");
		return DDK_USAGE;
	}
}

int cmd_inf(int argc, char **argv)
{
	CLEANUP(release_request) struct request q = { 0 };
	const char *verb;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		r = take_option(&q, c);
		if (r >= 0)
			return r;
	}
	if (argc - optind != 2) {
		diag_error("inf: give `stamp` or `check`, and one file (`ddk inf --help`)");
		return DDK_USAGE;
	}
	verb = argv[optind];
	if (strcmp(verb, "check") == 0 && !q.out && !q.version && !q.date && !q.n)
		return check(&q, argv[optind + 1]);
	if (strcmp(verb, "stamp") == 0 && q.out && q.version && q.date && !q.dir && !q.strict &&
		!q.json)
		return stamp(&q, argv[optind + 1]);
	diag_error("inf: `stamp` needs --out, --version and --date, `check` takes --dir, --strict "
		   "and --json (`ddk inf --help`)");
	return DDK_USAGE;
}
