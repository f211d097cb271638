/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_COMMAND_H
#define DDK_COMMAND_H

/* Exit statuses of every command; docs/ddk.1 documents them. */
enum ddk_status {
	DDK_OK = 0,
	DDK_FINDINGS = 1, /* the command ran, and what it looked at is not right */
	DDK_USAGE = 2,	  /* the command line or a configuration value is wrong */
	DDK_IO = 3,	  /* something could not be read or written */
};

struct command {
	const char *name;
	const char *summary; /* one line for `ddk --help` */
	/* argv[0] is the command's name; getopt starts fresh. Returns enum ddk_status. */
	int (*run)(int argc, char **argv);
};

/* Says why a file could not be read or written, an errno, and returns DDK_IO. */
int command_cannot(const char *path, int err);

int cmd_catalog(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_inf(int argc, char **argv);
int cmd_metadata(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_same(int argc, char **argv);
int cmd_sbom(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_stamp(int argc, char **argv);
int cmd_unbundle(int argc, char **argv);

#endif
