/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "util/diag.h"

static const struct command commands[] = {
	{ "metadata", "write every metadata file of a staged disk", cmd_metadata },
	{ "check", "read a medium as each consumer would", cmd_check },
	{ "show", "what is on a medium, and where it will load", cmd_show },
	{ "diff", "what changed between two disks, and their versioning", cmd_diff },
	{ "same", "whether two RPMs or modules are the same but for signatures", cmd_same },
	{ "report", "one HTML page about a medium", cmd_report },
	{ "sbom", "a bill of materials of a medium, as CycloneDX", cmd_sbom },
	{ "gate", "hold kernel modules against a header tree", cmd_gate },
	{ "unbundle", "unpack a bundle of `make submission`, and hold it against its sums",
		cmd_unbundle },
	{ "sign", "sign kernel modules", cmd_sign },
	{ "stamp", "give an ISO fixed dates, and write its digests", cmd_stamp },
	{ "catalog", "write or verify the catalog of a Windows driver package", cmd_catalog },
	{ "inf", "stamp or check the INF of a Windows driver package", cmd_inf },
};

static void print_help(FILE *out)
{
	fputs("Usage: ddk COMMAND [OPTION]... [ARGUMENT]...\n"
	      "Reads, writes and checks driver disks.\n\nCommands:\n",
		out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].summary);
	fputs("\n`ddk COMMAND --help` explains a command.\n"
	      "Exit status: 0 fine, 1 findings, 2 usage, 3 could not read or write.\n",
		out);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return DDK_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return DDK_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("ddk " DDK_VERSION);
		return DDK_OK;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	diag_error("unknown command '%s'; `ddk --help` lists them", argv[1]);
	return DDK_USAGE;
}
