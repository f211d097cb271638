/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "check/findings.h"
#include "command.h"
#include "module/imports.h"
#include "module/kabi.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/outfile.h"

static const char usage[] =
	"Usage: ddk gate [OPTION]... (KO|RPM)...\n"
	"Holds kernel modules, alone or inside of RPMs, against the kernel they are for.\n\n"
	"      --tree TREE          header tree of the kernel\n"
	"      --uname UNAME        the kernel asked for (default: the tree's UTS_RELEASE)\n"
	"      --flavour NAME       flavour, for the messages\n"
	"      --symvers FILE       further exports (KBUILD_EXTRA_SYMBOLS); may be repeated;\n"
	"                           without --tree, all there are: a Module.symvers or kABI list\n"
	"      --imports FILE       also write what the modules import, and from where\n"
	"      --module-dir DIR     folder of modules (default: extra, updates or override)\n"
	"      --require-signature  each module must be signed\n"
	"      --cert FILE          and by this certificate\n"
	"      --all-symbols        list every symbol that does not fit, not just the first 20\n"
	"      --strict             warnings fail too\n"
	"      --json               findings as JSON\n"
	"  -q, --quiet              say nothing when all is well\n"
	"  -h, --help               this text\n\n"
	"All modules given count together: one may use what another exports.\n"
	"Exit status: 0 they fit, 1 they do not, 2 usage, 3 could not read.\n";

enum {
	OPT_TREE = 256,
	OPT_UNAME,
	OPT_FLAVOUR,
	OPT_SYMVERS,
	OPT_IMPORTS,
	OPT_DIR,
	OPT_SIG,
	OPT_CERT,
	OPT_ALL,
	OPT_STRICT,
	OPT_JSON
};

static const struct option options[] = {
	{ "tree", required_argument, NULL, OPT_TREE },
	{ "uname", required_argument, NULL, OPT_UNAME },
	{ "flavour", required_argument, NULL, OPT_FLAVOUR },
	{ "symvers", required_argument, NULL, OPT_SYMVERS },
	{ "imports", required_argument, NULL, OPT_IMPORTS },
	{ "module-dir", required_argument, NULL, OPT_DIR },
	{ "require-signature", no_argument, NULL, OPT_SIG },
	{ "cert", required_argument, NULL, OPT_CERT },
	{ "all-symbols", no_argument, NULL, OPT_ALL },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int add_symvers(struct symvers *s, const char *path)
{
	size_t line;
	int r = symvers_read(s, path, &line);

	if (r == -EINVAL && line)
		diag_error(
			"%s:%zu: neither a line of a Module.symvers (CRC, symbol, module, export "
			"type, "
			"between tabs) nor of a kABI list ([NAME], then one symbol a line); give "
			"the file that a build wrote",
			path, line);
	else if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

static int read_tree(struct header_tree *t, const char *dir)
{
	AUTO_FREE char *why = NULL;
	int r = header_tree_read(t, dir, &why);

	if (r < 0)
		diag_error("%s", why);
	return r;
}

static void print_json(const struct gate *g, const struct kabi *k, const struct findings *f)
{
	json_t *top = findings_object(f, "kernel", g->uname ? g->uname : "");

	if (g->extra && !g->tree)
		json_object_set_new(top, "symbols", kabi_json(k));
	json_dumpf(top, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(top);
}

static int write_imports(const struct gate *g, const char *path)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int r;

	imports_write(g, &sb);
	r = outfile_write(path, 0644, sb.buf, sb.len);
	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

static int run(
	struct gate *g, char **files, const char *imports, bool json, bool quiet, bool strict)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_KABI struct kabi k = { 0 };

	for (; *files; files++) {
		int r = gate_add(g, *files, &f);

		if (r < 0) {
			diag_error("%s: %s", *files, strerror(-r));
			return DDK_IO;
		}
	}
	if (imports && write_imports(g, imports) < 0)
		return DDK_IO;
	gate_run(g, &f);
	if (g->extra && !g->tree) {
		kabi_make(&k, g);
		kabi_report(&k, &f);
	}
	if (json)
		print_json(g, &k, &f);
	else
		findings_print(&f, stdout);
	if (findings_fail(&f, strict))
		return DDK_FINDINGS;
	if (!quiet && !json)
		printf("gate: %zu module%s fit%s %s (%zu symbols looked up)\n", g->n,
			g->n == 1 ? "" : "s", g->n == 1 ? "s" : "",
			g->uname ? g->uname : "what was given", g->checked);
	return DDK_OK;
}

int cmd_gate(int argc, char **argv)
{
	AUTO_TREE struct header_tree tree = { 0 };
	AUTO_SYMVERS struct symvers extra = { 0 };
	AUTO_TRUST struct trust trust = { 0 };
	AUTO_FREE char *why = NULL;
	AUTO_GATE struct gate g = { .max_symbols = 20 };
	bool json = false, quiet = false, strict = false;
	const char *imports = NULL;
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "qh", options, NULL)) != -1) {
		switch (c) {
		case OPT_TREE:
			header_tree_release(&tree);
			if (read_tree(&tree, optarg) < 0)
				return DDK_IO;
			g.tree = &tree;
			break;
		case OPT_UNAME:
			g.uname = optarg;
			break;
		case OPT_FLAVOUR:
			g.flavour = optarg;
			break;
		case OPT_SYMVERS:
			if (add_symvers(&extra, optarg) < 0)
				return DDK_IO;
			g.extra = &extra;
			break;
		case OPT_IMPORTS:
			imports = optarg;
			break;
		case OPT_DIR:
			g.module_dir = optarg;
			break;
		case OPT_CERT:
			if (trust_read_cert(&trust, optarg, &why) < 0) {
				diag_error("%s", why);
				return DDK_IO;
			}
			g.trust = &trust;
			g.require_signature = true;
			break;
		case OPT_SIG:
			g.require_signature = true;
			break;
		case OPT_ALL:
			g.max_symbols = SIZE_MAX;
			break;
		case OPT_STRICT:
			strict = true;
			break;
		case OPT_JSON:
			json = true;
			g.max_symbols = SIZE_MAX;
			break;
		case 'q':
			quiet = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk gate --help`");
			return DDK_USAGE;
		}
	}
	if (optind == argc) {
		diag_error("gate: no module given; name .ko files or RPMs (`ddk gate --help`)");
		return DDK_USAGE;
	}
	if (!g.tree && !g.extra && !g.uname) {
		diag_error("gate: nothing to hold the modules against; give --tree, --uname or "
			   "--symvers");
		return DDK_USAGE;
	}
	if (!g.uname && g.tree)
		g.uname = g.tree->release;
	return run(&g, argv + optind, imports, json, quiet, strict);
}
