/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as an INF, as a template, and as a security string. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/alloc.h"
#include "windows/infcheck.h"
#include "windows/infdriver.h"
#include "windows/infstamp.h"
#include "windows/sddl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct inf_setting settings[] = { { "A", "" }, { "B", "x" } };
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_INF struct inf inf = { 0 };
	AUTO_STRBUF struct strbuf out = STRBUF_INIT;
	AUTO_FREE char *error = NULL;
	AUTO_FREE char *text = xstrndup((const char *)data, size);
	const char *why;
	struct sddl s;

	inf_parse(&inf, "fuzz", data, size, &f);
	inf_check(&inf, NULL, &f);
	for (int i = 0; i < 2; i++) {
		AUTO_INF_DRIVER struct inf_driver d = { 0 };
		struct inf_child_id child;

		inf_driver_read(&d, &inf, i ? "x86" : "amd64");
		for (size_t k = 0; k < d.ids.n; k++)
			inf_child_id(d.ids.v[k], &child);
	}
	inf_stamp((const char *)data, size, settings, 2, "1.2.3.4", "2026-11-21", &out, &error);
	sddl_parse(text, &s, &why);
	return 0;
}
