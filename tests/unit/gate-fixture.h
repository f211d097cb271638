/* SPDX-License-Identifier: BSD-2-Clause */
/* Header trees and modules that the gate is tried with. */
#ifndef DDK_GATE_FIXTURE_H
#define DDK_GATE_FIXTURE_H

#include "command.h"
#include "module-fixture.h"
#include "module/kabi.h"

/* The fixture's own list of findings is another one. */
#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#include <errno.h>
#include <fcntl.h>

#define UNAME "6.1.0-1-amd64"

static const char auto_conf[] = "CONFIG_SMP=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_MODVERSIONS=y\n"
				"CONFIG_PREEMPT_BUILD=y\nCONFIG_X86_64=y\n";
static const char symvers[] = "0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
			      "0x22222222\tgpl_only\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
			      "0x33333333\tin_space\tdrivers/core-mod\tEXPORT_SYMBOL\tSPACE\n"
			      "0x00000000\tno_crc\tvmlinux\tEXPORT_SYMBOL\t\n";

static int setup(void **state)
{
	if (make_scratch(state) != 0 ||
		run("mkdir -p tree/include/generated tree/include/config old/include/linux bare"))
		return -1;
	write_scratch("tree/include/generated/utsrelease.h", "#define UTS_RELEASE \"" UNAME "\"\n");
	write_scratch("tree/include/config/auto.conf", auto_conf);
	write_scratch("tree/Module.symvers", symvers);
	write_scratch("old/include/linux/utsrelease.h", "#define UTS_RELEASE \"2.6.32.43xen\"\n");
	write_scratch("old/Module.symvers", "0x1\ta\tvmlinux\n");
	write_scratch("extra.symvers", "0x44444444\tother\tsome/where/other\tEXPORT_SYMBOL\n");
	return 0;
}

#define MAGIC	  "vermagic=" UNAME " SMP preempt mod_unload modversions "
#define INFO(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SYMBOLS(...)                                                                               \
	.imports = (const struct ko_symbol[]){ __VA_ARGS__ },                                      \
	.n_imports = sizeof((const struct ko_symbol[]){ __VA_ARGS__ }) / sizeof(struct ko_symbol)

static void write_ko(const char *name, const struct ko *ko)
{
	AUTO_STRBUF struct strbuf bytes = ko_build(ko);
	AUTO_FREE char *path = in_scratch(name);

	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
}

static void gate_files(struct gate *g, struct findings *f, const char *files)
{
	AUTO_FREE char *copy = xstrdup(files);
	char *save = NULL;

	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		AUTO_FREE char *path = in_scratch(name);

		assert_int_equal(gate_add(g, path, f), 0);
	}
	gate_run(g, f);
}

__attribute__((unused)) static const struct ko exporter = { .info = INFO("license=GPL", MAGIC,
								    "name=exporter"),
	.exports = (const struct ko_symbol[]){ { "shared", "", 0x55555555, false } },
	.n_exports = 1 };

__attribute__((unused)) static void read_tree(struct header_tree *t, const char *name)
{
	AUTO_FREE char *dir = in_scratch(name);
	AUTO_FREE char *why = NULL;

	if (header_tree_read(t, dir, &why) != 0)
		fail_msg("%s", why);
}

__attribute__((unused)) static int status_of(const char *line)
{
	char *argv[16] = { "gate" };
	int argc = 1;
	AUTO_FREE char *copy = xstrdup(line);
	char *save = NULL;
	int out = dup(1), null = open("/dev/null", O_WRONLY), r;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	fflush(stdout);
	dup2(null, 1);
	r = cmd_gate(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	return r;
}

#endif
