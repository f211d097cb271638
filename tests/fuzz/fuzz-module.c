/* SPDX-License-Identifier: BSD-2-Clause */
/* A module from any bytes, with its rules applied. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "module/kabi.h"
#include "util/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_GATE struct gate g = { .uname = "6.1.0-1-amd64", .max_symbols = 5 };
	AUTO_SYMVERS struct symvers symvers = { 0 };
	AUTO_KABI struct kabi k = { 0 };
	struct gate_module gm = { .path = xstrdup("/lib/modules/6.1.0-1-amd64/extra/x.ko") };
	char *why = NULL;
	size_t line;

	symvers_parse(&symvers, (const char *)data, size, &line);
	g.extra = &symvers;
	gm.file = xstrdup("x.ko");
	if (module_parse(&gm.module, gm.path, data, size, &why) < 0 && !why)
		abort();
	free(why);
	g.v = xgrow(g.v, g.n, &g.cap, sizeof(*g.v));
	if (gm.module.name) {
		g.v[g.n++] = gm;
	} else {
		module_release(&gm.module);
		free(gm.path);
		free(gm.file);
	}
	gate_run(&g, &f);
	kabi_make(&k, &g);
	kabi_report(&k, &f);
	return 0;
}
